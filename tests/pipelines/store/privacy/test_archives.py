import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import NotArchived
from pipelines.privacy.files.outcome import Fate, Rewrite, Wanted
from pipelines.privacy.needles import needles
from pipelines.store.ingest import archive
from pipelines.store.privacy import archives
from pipelines.store.privacy.archives import finish, rewrite_archived, search_archived
from pipelines.store.warehouse.connection import value
from tests.small_project import SmallProject

NOW = datetime(2026, 6, 30, tzinfo=UTC)
HEAD, BOB = "id,name,email\n", "1,Bob,bob@example.org\n"
ANNA = "2,Zacharias Quittenbaum,zacharias@example.org\n"
WHO = needles(emails=["zacharias@example.org"])


class Killed(BaseException):
    pass


def delivered(project: SmallProject, content: str = HEAD + BOB + ANNA) -> str:
    """Deliver and archive a file; the id of the delivery."""
    project.deliver("crm", "2026-06-01", content)
    delivery = project.receive()[0].delivery_id
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    place = project.project.archive
    assert archive.archive(project.connection, place, "crm", delivery, sha256, io.BytesIO(content.encode()), NOW)
    return delivery


def rewritten(project: SmallProject, delivery: str) -> Rewrite:
    wanted = Wanted(WHO, scratch=project.project.archive.parent)
    return rewrite_archived(project.connection, project.project.archive, delivery, wanted, NOW)


def back(project: SmallProject, delivery: str) -> str:
    return b"".join(archive.restore(project.connection, project.project.archive, delivery)).decode()


def key(project: SmallProject) -> str:
    return str(value(project.connection, "SELECT archive_key FROM post_import_action"))


def files(project: SmallProject) -> list[str]:
    hidden = project.project.archive.parent
    return sorted(path.name for path in project.project.archive.rglob("*") if path.is_file()) + sorted(
        path.name for path in hidden.glob("tmp*")
    )


def test_an_archive_comes_back_without_the_person_under_a_new_key(project: SmallProject) -> None:
    delivery = delivered(project)
    before = key(project)
    done = rewritten(project, delivery)
    assert (done.fate, done.removed) == (Fate.REWRITTEN, 1)
    assert back(project, delivery) == HEAD + BOB
    assert key(project) != before
    assert files(project) == [f"{delivery}.duckdb"]


def test_an_archive_can_be_rewritten_again(project: SmallProject) -> None:
    delivery = delivered(project)
    rewritten(project, delivery)
    assert rewritten(project, delivery).fate is Fate.UNTOUCHED
    wanted = Wanted(needles(emails=["bob@example.org"]), scratch=project.project.archive.parent)
    assert rewrite_archived(project.connection, project.project.archive, delivery, wanted, NOW).fate is Fate.EMPTIED


def test_an_archive_of_nobody_else_is_erased(project: SmallProject) -> None:
    delivery = delivered(project, HEAD + ANNA)
    assert rewritten(project, delivery).fate is Fate.EMPTIED
    assert files(project) == []
    with pytest.raises(NotArchived):
        back(project, delivery)


def test_an_archive_of_others_keeps_its_key(project: SmallProject) -> None:
    delivery = delivered(project, HEAD + BOB)
    before = key(project)
    assert rewritten(project, delivery).fate is Fate.UNTOUCHED
    assert (key(project), back(project, delivery)) == (before, HEAD + BOB)


@pytest.mark.parametrize("step", ["write_encrypted", "read_back", "transaction"])
def test_killed_before_the_key_is_kept_the_old_archive_stays(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    delivery = delivered(project)

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(archives, step, killed)
        with pytest.raises(Killed):
            rewritten(project, delivery)
    finish(project.connection, project.project.archive)
    assert back(project, delivery) == HEAD + BOB + ANNA
    assert files(project) == [f"{delivery}.duckdb"]
    assert rewritten(project, delivery).fate is Fate.REWRITTEN


def test_killed_before_it_is_in_its_place_the_new_archive_is_put_there(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = delivered(project)

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(Killed):
            rewritten(project, delivery)
    assert finish(project.connection, project.project.archive) == 1
    assert back(project, delivery) == HEAD + BOB
    assert files(project) == [f"{delivery}.duckdb"]
    assert finish(project.connection, project.project.archive) == 0


def test_an_archive_is_searched(project: SmallProject) -> None:
    delivery = delivered(project)
    place, hidden = project.project.archive, project.project.archive.parent
    assert search_archived(project.connection, place, delivery, WHO, hidden).identified > 0
    rewritten(project, delivery)
    assert search_archived(project.connection, place, delivery, WHO, hidden).is_clean
    assert files(project) == [f"{delivery}.duckdb"]


def test_what_is_not_archived_is_not_rewritten(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", HEAD + BOB)
    delivery = project.receive()[0].delivery_id
    with pytest.raises(NotArchived):
        rewritten(project, delivery)
