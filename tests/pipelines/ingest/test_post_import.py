from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.ingest import post_import
from pipelines.landing import arrivals
from pipelines.landing.remote_file import Remote
from pipelines.project import OpenProject
from pipelines.store.ingest import archive
from pipelines.store.ingest.file_problems import file_problems
from pipelines.store.ingest.unreachable_sources import unreachable
from schemas.project import Project
from tests.small_project import SETTINGS, SmallProject

PEOPLE = "id,name,email\n1,Anna Berg,anna@example.com\n2,Ben Tal,ben@example.com"


def configure(project: SmallProject, after_import: str) -> None:
    crm = SETTINGS["sources"]["crm"] | {"after_import": after_import}
    project.configure(sources=SETTINGS["sources"] | {"crm": crm})


def test_a_file_is_kept_unless_its_source_says_otherwise(project: SmallProject) -> None:
    path = project.deliver("crm", "2026-06-01", PEOPLE)
    project.receive()
    assert path.exists()
    assert project.rows("FROM post_import_action") == []


@pytest.mark.heavy
@pytest.mark.parametrize("after_import", ["delete", "archive"])
def test_a_run_never_needs_a_file_again(project: SmallProject, after_import: str) -> None:
    configure(project, after_import)
    path = project.deliver("crm", "2026-06-01", PEOPLE)
    project.run()
    before = project.people()
    assert not path.exists()
    assert project.receive() == []
    project.run()
    assert (project.people(), len(before)) == (before, 2)


def test_what_was_deleted_is_noted(project: SmallProject) -> None:
    configure(project, "delete")
    project.deliver("crm", "2026-06-01", PEOPLE)
    [taken] = project.receive()
    assert project.rows("SELECT delivery_id::VARCHAR AS id, fate FROM post_import_action") == [
        {"id": taken.delivery_id, "fate": "deleted"}
    ]


def test_an_archived_file_can_be_had_back(project: SmallProject) -> None:
    configure(project, "archive")
    project.deliver("crm", "2026-06-01", PEOPLE)
    [taken] = project.receive()
    whole = b"".join(archive.restore(project.connection, project.project.archive, taken.delivery_id))
    assert whole.decode().strip() == PEOPLE


@pytest.mark.parametrize("after_import", ["delete", "archive"])
def test_a_file_that_comes_again_is_put_away_again(project: SmallProject, after_import: str) -> None:
    configure(project, after_import)
    for _ in range(2):
        path = project.deliver("crm", "2026-06-01", PEOPLE)
        project.receive()
        assert not path.exists()
    assert len(project.rows("FROM post_import_action")) == 1


@pytest.mark.parametrize("content", ["", "a,b\n1,2"])
def test_a_file_that_was_refused_stays(project: SmallProject, content: str) -> None:
    configure(project, "delete")
    path = project.deliver("crm", "2026-06-01", content)
    [taken] = project.receive()
    assert taken.state == "refused"
    assert path.exists()


@pytest.mark.parametrize("after_import", ["delete", "archive"])
def test_what_a_killed_run_left_undone_is_done_by_the_next(
    project: SmallProject, after_import: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(project, after_import)
    path = project.deliver("crm", "2026-06-01", PEOPLE)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(post_import, "delete_file", killed)
        with pytest.raises(KeyboardInterrupt):
            project.receive()
    assert path.exists()
    assert [each.known for each in project.receive()] == [True]
    assert not path.exists()


@pytest.mark.parametrize("after_import", ["delete", "archive"])
def test_a_file_that_was_touched_since_it_was_read_stays(
    project: SmallProject, after_import: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(project, after_import)
    path = project.deliver("crm", "2026-06-01", PEOPLE)

    def touched(folder: Path, file: Path, before: arrivals.Stamp) -> bool:
        path.write_text(f"{PEOPLE}\n3,Cleo Dorn,cleo@example.com\n")
        return arrivals.is_untouched(folder, file, before)

    with monkeypatch.context() as patched:
        patched.setattr(post_import, "is_untouched", touched)
        project.receive()
    assert "Cleo" in path.read_text()
    project.receive()
    assert not path.exists()
    assert len(project.rows("FROM record")) == 3


def test_a_file_of_another_content_but_the_same_looks_is_not_deleted(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(project, "delete")
    path = project.deliver("crm", "2026-06-01", PEOPLE)
    monkeypatch.setattr(post_import, "sha256_of", lambda _: "0" * 64)
    project.receive()
    assert path.exists()


def test_a_file_that_cannot_be_removed_is_told_of_and_the_others_go_on(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(project, "delete")
    first = project.deliver("crm", "2026-06-01", PEOPLE)
    second = project.deliver("crm", "2026-06-02", "id,name\n3,Cleo Dorn")
    unlink = Path.unlink

    def forbidden(path: Path, missing_ok: bool = False) -> None:
        if path == first:
            raise PermissionError(str(path))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", forbidden)
    project.receive()
    assert (first.exists(), second.exists(), len(project.rows("FROM record"))) == (True, False, 3)
    [stuck] = file_problems(project.connection)
    assert (stuck.source, stuck.file_name) == ("crm", first.name)
    assert stuck.reason.startswith("was taken in, with all its rows, but could not be deleted (`after_import: delete`)")
    assert unreachable(project.connection) == {}
    monkeypatch.undo()
    project.receive()
    assert file_problems(project.connection) == []


def test_a_file_that_cannot_be_archived_stays_and_is_told_of(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(project, "archive")
    path = project.deliver("crm", "2026-06-01", PEOPLE)

    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device", "secret name")

    with monkeypatch.context() as patched:
        patched.setattr(archive, "archive", full)
        [taken] = project.receive()
    [stuck] = file_problems(project.connection)
    assert (taken.state, path.exists(), unreachable(project.connection)) == ("accepted", True, {})
    assert "could not be archived (`after_import: archive`): No space left on device; it stays" in stuck.reason
    project.receive()
    assert (path.exists(), file_problems(project.connection)) == (False, [])


def test_a_file_that_another_source_has_not_taken_in_stays(project: SmallProject) -> None:
    crm = SETTINGS["sources"]["crm"] | {"after_import": "delete"}
    project.configure(sources={"crm": crm, "other": crm | {"key": "number"}})
    path = project.deliver("crm", "2026-06-01", PEOPLE)
    assert sorted(each.state for each in project.receive()) == ["accepted", "refused"]
    assert path.exists()


@pytest.mark.parametrize("after_import", ["delete", "archive"])
def test_a_file_with_a_row_that_cannot_be_given_back_whole_stays(project: SmallProject, after_import: str) -> None:
    configure(project, after_import)
    path = project.deliver("crm", "2026-06-01", f"{PEOPLE}\n3,{'x' * 70_000},cleo@example.com")
    project.receive()
    assert path.exists()
    assert "LIMIT_EXCEEDED" in file_problems(project.connection)[0].reason


@pytest.mark.parametrize(
    ("version", "is_there", "content", "is_same"),
    [
        ("etag", True, "other", True),  # its server says so, and nothing is fetched
        ("", True, "read", True),
        ("", True, "other", False),
        ("etag", False, "read", False),
    ],
)
def test_a_remote_file_is_unchanged_by_its_version_or_else_by_what_is_in_it(
    monkeypatch: pytest.MonkeyPatch, version: str, is_there: bool, content: str, is_same: bool
) -> None:
    path = Remote(None, "https://host.example", "list.csv", 9, None, version)
    stamp = arrivals.Stamp("list.csv", 9, 0)
    file = arrivals.LandedFile("crm", path, "hash of read", 9, datetime(2026, 6, 1, tzinfo=UTC), "name", stamp)
    monkeypatch.setattr(post_import, "is_untouched", lambda *_: is_there)
    monkeypatch.setattr(post_import, "sha256_of", lambda _: f"hash of {content}")
    project = OpenProject(Path(), Project.model_validate(SETTINGS | {"sources": {}}), [])
    assert post_import.is_unchanged(project, file) is is_same
