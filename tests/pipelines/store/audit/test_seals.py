import shutil
from pathlib import Path

import pytest

from pipelines.audit.events import Action, Event
from pipelines.errors import KeyMissing
from pipelines.store.audit import seals
from pipelines.store.audit.record import record
from pipelines.store.audit.seal_file import file_lines
from pipelines.store.warehouse.connection import value
from tests.pipelines.store.audit.trails import verified, wrong
from tests.small_project import SmallProject, reopened, small_project

RUN = Event(Action.RUN_STARTED, "run", "r")


def sealed_project(folder: Path) -> Path:
    """A project with a seal."""
    with small_project(folder) as project:
        record(project.connection, RUN)
    return folder


def lines_in(project: SmallProject) -> list[str]:
    return file_lines(project.project.seals_path)


def test_the_end_of_a_command_that_writes_seals_what_it_recorded(tmp_path: Path) -> None:
    folder = sealed_project(tmp_path / "small")
    with reopened(folder) as project:
        assert seals.is_sealed(project.connection)
        assert lines_in(project) == seals.seal_lines(project.connection)
        assert len(lines_in(project)) == 1


def test_a_command_that_records_nothing_makes_no_seal(tmp_path: Path) -> None:
    folder = sealed_project(tmp_path / "small")
    for _ in range(2):
        with reopened(folder) as project:
            assert len(lines_in(project)) == 1


def test_the_first_event_counts_what_was_there_before(tmp_path: Path) -> None:
    with small_project(tmp_path / "small") as project:
        project.connection.execute("INSERT INTO run VALUES ('before', now(), now())")
        record(project.connection, RUN)
        [first] = project.rows("FROM audit_event WHERE seq = 0")
        assert first["action"] == "trail.opened"
        assert {"name": "runs", "value": "1"} in first["details"]
        assert {"name": "contacts", "value": "0"} in first["details"]


def test_the_key_is_made_once_for_its_owner_with_its_public_half_beside_it(tmp_path: Path) -> None:
    keys = sealed_project(tmp_path / "small") / ".onecontact" / "keys"
    secret = (keys / "seal.key").read_text()
    assert (keys / "seal.key").stat().st_mode & 0o777 == 0o600
    assert (keys / "seal.pub").read_text().startswith("-----BEGIN PUBLIC KEY-----")
    with reopened(keys.parents[1]) as project:
        record(project.connection, RUN)
    assert (keys / "seal.key").read_text() == secret


def test_a_key_that_is_lost_is_not_made_anew_in_silence(tmp_path: Path) -> None:
    folder = sealed_project(tmp_path / "small")
    (folder / ".onecontact" / "keys" / "seal.key").unlink()
    with pytest.raises(KeyMissing, match=r"seal\.key does not exist"), reopened(folder) as project:
        record(project.connection, RUN)


def test_under_another_key_the_trail_goes_on_and_both_are_known(tmp_path: Path) -> None:
    folder = sealed_project(tmp_path / "small")
    keys = folder / ".onecontact" / "keys"
    (keys / "seal.key").write_text("11" * 32)
    with reopened(folder) as project:
        record(project.connection, RUN)
    assert {path.name for path in keys.glob("*.pub")} == {"seal.pub", "seal-1.pub"}
    with reopened(folder) as project:
        assert wrong(project) == []
        assert len(lines_in(project)) == 2


def test_killed_between_the_commit_and_the_file_the_next_command_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sealed_project(tmp_path / "small")

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(seals, "write_lines", die)
        with pytest.raises(Killed), reopened(folder) as project:
            record(project.connection, RUN)
    with reopened(folder) as project:
        assert len(lines_in(project)) == 2
        assert verified(project).faults == []


def test_killed_before_the_seal_the_next_command_seals(tmp_path: Path) -> None:
    folder = sealed_project(tmp_path / "small")
    with pytest.raises(ZeroDivisionError), reopened(folder) as project:
        raise ZeroDivisionError(record(project.connection, RUN))
    with reopened(folder) as project:
        assert not seals.is_sealed(project.connection)
        record(project.connection, RUN)
    with reopened(folder) as project:
        assert (seals.is_sealed(project.connection), wrong(project)) == (True, [])


def test_a_file_with_other_seals_is_left_as_it_is_and_told(tmp_path: Path) -> None:
    folder = sealed_project(tmp_path / "small")
    backup = shutil.copytree(folder, tmp_path / "backup")
    with reopened(folder) as project:
        record(project.connection, RUN)
    ahead = project.project.seals_path.read_text()
    shutil.copy(backup / ".onecontact" / "warehouse.duckdb", folder / ".onecontact" / "warehouse.duckdb")
    with reopened(folder) as project:
        assert any("the end was cut off, or a backup restored" in fault for fault in wrong(project))
        record(project.connection, RUN)
        record(project.connection, RUN)
    assert project.project.seals_path.read_text() == ahead
    with reopened(folder) as project:
        assert "seal 2 in seals.jsonl is not the one in the warehouse" in wrong(project)


def test_leaves_are_of_32_bytes(tmp_path: Path) -> None:
    with small_project(tmp_path / "small") as project:
        record(project.connection, RUN, RUN)
        assert value(project.connection, "SELECT sum(octet_length(hash)) FROM audit_leaf") == 3 * 32
