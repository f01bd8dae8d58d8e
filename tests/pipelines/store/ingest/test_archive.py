import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import ArchiveDamaged, NotArchived, WrongKey
from pipelines.store.ingest import archive
from pipelines.store.warehouse.database import open_warehouse
from tests.small_project import SmallProject
from tests.store_tables import Tables, uid

NOW = datetime(2026, 6, 30, tzinfo=UTC)
PEOPLE = "id,name\n1,Zacharias Quittenbaum\n"


@pytest.fixture
def delivered(project: SmallProject) -> str:
    """Id of a delivery that was taken in and is still where it landed."""
    project.deliver("crm", "2026-06-01", PEOPLE)
    return project.receive()[0].delivery_id


def keep(project: SmallProject, delivery: str, content: bytes = PEOPLE.encode()) -> bool:
    sha256 = hashlib.sha256(PEOPLE.encode()).hexdigest()
    place = project.project.archive
    return archive.archive(project.connection, place, "crm", delivery, sha256, io.BytesIO(content), NOW)


def back(project: SmallProject, delivery: str) -> bytes:
    return b"".join(archive.restore(project.connection, project.project.archive, delivery))


def files(project: SmallProject) -> list[Path]:
    return sorted(path for path in project.project.archive.rglob("*") if path.is_file())


def test_what_is_archived_comes_back_as_it_was(project: SmallProject, delivered: str) -> None:
    assert keep(project, delivered)
    assert back(project, delivered) == back(project, delivered[:8]) == PEOPLE.encode()
    assert archive.archived(project.connection)["delivery_id"].to_list() == [delivered]


def test_a_file_larger_than_a_chunk_comes_back_as_it_was(
    project: SmallProject, delivered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "CHUNK", 7)
    assert keep(project, delivered)
    assert back(project, delivered) == PEOPLE.encode()


def test_one_file_is_left_which_is_encrypted_and_its_owners_only(project: SmallProject, delivered: str) -> None:
    keep(project, delivered)
    [file] = files(project)
    assert file.name == f"{delivered}.duckdb"
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"Quittenbaum" not in file.read_bytes()


def test_each_file_has_a_key_of_its_own_that_the_warehouse_alone_holds(project: SmallProject, delivered: str) -> None:
    keep(project, delivered)
    [file] = files(project)
    with pytest.raises(WrongKey), open_warehouse(file, "0123456789abcdef" * 4, read_only=True):
        pass


def test_a_file_that_is_another_by_now_is_not_archived(project: SmallProject, delivered: str) -> None:
    assert not keep(project, delivered, b"id,name\n1,Somebody Else\n")
    assert (files(project), archive.archived(project.connection).height) == ([], 0)


def test_what_a_killed_attempt_left_does_not_matter(project: SmallProject, delivered: str) -> None:
    place = project.project.archive / "crm" / f"{delivered}.part"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"half")
    place.with_name(place.name + ".wal").write_bytes(b"half")
    assert keep(project, delivered)
    assert back(project, delivered) == PEOPLE.encode()
    assert len(files(project)) == 1


def test_an_attempt_that_was_killed_before_it_was_noted_is_made_again(project: SmallProject, delivered: str) -> None:
    keep(project, delivered)
    project.connection.execute("DELETE FROM post_import_action")
    assert not archive.is_archived(project.connection, project.project.archive, "crm", delivered)
    assert keep(project, delivered)
    assert back(project, delivered) == PEOPLE.encode()


def test_an_erased_file_is_gone_and_its_key_too(project: SmallProject, delivered: str) -> None:
    keep(project, delivered)
    archive.erase(project.connection, project.project.archive, "crm", delivered)
    assert files(project) == []
    assert project.rows("SELECT fate, archive_key FROM post_import_action") == [
        {"fate": "deleted", "archive_key": None}
    ]
    with pytest.raises(NotArchived, match="no delivery is"):
        back(project, delivered)


def test_an_id_that_fits_several_deliveries_is_refused(project: SmallProject, delivered: str) -> None:
    keep(project, delivered)
    project.deliver("crm", "2026-06-02", PEOPLE)
    keep(project, project.receive()[-1].delivery_id)
    with pytest.raises(NotArchived, match="several deliveries are"):
        back(project, "")


def test_a_missing_file_is_told_of(project: SmallProject, delivered: str) -> None:
    keep(project, delivered)
    files(project)[0].unlink()
    with pytest.raises(ArchiveDamaged, match="restore it from a backup"):
        back(project, delivered)


def test_what_is_not_what_was_delivered_is_not_given_back_whole(project: SmallProject, delivered: str) -> None:
    keep(project, delivered)
    project.connection.execute("UPDATE delivery SET file_digest = ?", ["0" * 64])
    with pytest.raises(ArchiveDamaged, match="does not hold"):
        back(project, delivered)


def test_archived_deliveries_are_told_the_latest_first(tables: Tables, tmp_path: Path) -> None:
    for number, fate, day in ((1, "archived", 2), (2, "deleted", 3), (3, "archived", 4), (4, "archived", 4)):
        tables.put("delivery", {"delivery_id": uid(number), "source": "crm", "file_name": f"{number}.csv"})
        done = {"delivery_id": uid(number), "fate": fate, "done_at": NOW.replace(day=day)}
        tables.put("post_import_action", done | ({"archive_key": "key"} if number == 1 else {}))
    assert archive.archived(tables.connection)["file_name"].to_list() == ["3.csv", "4.csv", "1.csv"]

    (tmp_path / "crm").mkdir()
    for number in (1, 3):
        (tmp_path / "crm" / f"{uid(number)}.duckdb").touch()
    had_back = [archive.is_archived(tables.connection, tmp_path, "crm", uid(number)) for number in (1, 3, 9)]
    assert had_back == [True, False, False]
    archive.erase(tables.connection, tmp_path, "crm", uid(1))
    assert not archive.is_archived(tables.connection, tmp_path, "crm", uid(1))
    assert tables.rows("SELECT fate, archive_key FROM post_import_action WHERE delivery_id = ?", uid(1)) == [
        ("deleted", None),
    ]
