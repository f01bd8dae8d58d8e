"""Each way to tamper with a trail is named; what only seals kept elsewhere can tell is told by them."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.audit.events import Action, Event
from pipelines.audit.seals import make_seal
from pipelines.audit.tree import Peaks, grown
from pipelines.audit.verification.trail import recomputed
from pipelines.steps.audit.verify import verify_whole
from pipelines.store.audit import verified as reads
from pipelines.store.audit.record import record
from pipelines.store.audit.seals import seal_lines
from pipelines.store.warehouse.connection import Connection
from tests.pipelines.store.audit.trails import NOW, deliver_change, deliver_two, recently_wrong, verified, wrong
from tests.small_project import SmallProject, reopened, small_project, starting_point

# Seals: over 0 to 2, to 3, to 6.
CONTENT = "action, actor, after, before, details, fields, object_id, object_type, outcome, recorded_at, related, run_id"


@pytest.fixture(name="trail", scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trail") / "small"
    with small_project(folder) as project:
        deliver_two(project)
        project.run()
    with reopened(folder) as project:
        project.runs = 1
        deliver_change(project)
        project.run()
    with reopened(folder) as project:
        record(project.connection, *(Event(Action.RUN_STARTED, "run", f"r{nth}") for nth in range(3)))
    return folder


@pytest.fixture
def project(trail: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    folder = Path(shutil.copytree(trail, tmp_path / "small"))
    with reopened(folder) as opened:
        yield opened


def tamper(project: SmallProject, *statements: str) -> None:
    for statement in statements:
        project.connection.execute(statement)


def test_a_trail_that_nobody_touched_verifies(project: SmallProject) -> None:
    assert wrong(project) == recently_wrong(project) == []
    assert verify_whole(project.project, project.connection)[:3] == (7, 3, True)
    assert len(seal_lines(project.connection)) == 3


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'somebody'",
        "recorded_at = recorded_at - INTERVAL 1 day",
        "object_id = 'x'",
        "fields = ['email', 'phone']",
        "after = [unhex(repeat('00', 32)), after[2]]",
        "details = [{'name': 'rows', 'value': '1'}]",
        "on_behalf_of = 'x'",
        "outcome = 'denied'",
    ],
)
def test_a_changed_event_is_named(project: SmallProject, change: str) -> None:
    tamper(project, f"UPDATE audit_event SET {change} WHERE seq = 3")
    assert wrong(project) == ["event 3 was changed"]


def test_a_removed_event_is_named(project: SmallProject) -> None:
    tamper(project, "DELETE FROM audit_event WHERE seq = 3")
    assert wrong(project)[1:] == ["event 3 was removed"]


def test_a_removed_event_is_named_where_the_later_ones_were_renumbered(project: SmallProject) -> None:
    tamper(project, "DELETE FROM audit_event WHERE seq = 3", "UPDATE audit_event SET seq = seq - 1 WHERE seq > 3")
    assert "event 3 was removed, and the later ones renumbered" in wrong(project)


def test_the_last_event_removed_is_named(project: SmallProject) -> None:
    tamper(project, "DELETE FROM audit_event WHERE seq = 6")
    assert any(fault.startswith("event 6 was removed") for fault in wrong(project))


def test_an_inserted_event_is_named(project: SmallProject) -> None:
    tamper(project, f"INSERT INTO audit_event (seq, {CONTENT}) SELECT 7, {CONTENT} FROM audit_event WHERE seq = 2")
    assert any(fault.startswith("event 7 was inserted") for fault in wrong(project))


def test_an_inserted_event_is_named_where_the_later_ones_were_renumbered(project: SmallProject) -> None:
    tamper(
        project,
        "UPDATE audit_event SET seq = seq + 1 WHERE seq >= 3",
        f"INSERT INTO audit_event (seq, {CONTENT}) SELECT 3, {CONTENT} FROM audit_event WHERE seq = 1",
    )
    assert "event 3 was inserted, and the later ones renumbered" in wrong(project)


def test_an_event_that_is_there_twice_is_named(project: SmallProject) -> None:
    tamper(project, f"INSERT INTO audit_event (seq, {CONTENT}) SELECT 3, {CONTENT} FROM audit_event WHERE seq = 2")
    assert "event 3 is there more than once" in wrong(project)


def test_exchanged_events_are_named(project: SmallProject) -> None:
    tamper(project, "UPDATE audit_event SET seq = CASE seq WHEN 1 THEN 3 ELSE 1 END WHERE seq IN (1, 3)")
    assert wrong(project) == ["events 1 and 3 were exchanged"]


def test_many_changed_events_are_counted(project: SmallProject) -> None:
    record(project.connection, *(Event(Action.RUN_STARTED, "run", f"more{nth}") for nth in range(30)))
    tamper(project, "UPDATE audit_event SET actor = 'somebody' WHERE seq >= 7")
    faults = wrong(project)
    assert (faults[0], faults[-1], len(faults)) == ("event 7 was changed", "10 more events were changed", 21)


def rehash(connection: Connection) -> None:
    """Make all leaves anew out of events that were tampered with."""
    batch = reads.read_batch(connection, 0, 100)
    connection.execute("DELETE FROM audit_leaf")
    for number, leaf in zip(batch.numbers, recomputed(batch.events), strict=True):
        connection.execute("INSERT INTO audit_leaf VALUES (?, ?)", [number, leaf])


def test_an_event_that_was_changed_with_its_leaf_is_between_two_seals(project: SmallProject) -> None:
    tamper(project, "UPDATE audit_event SET actor = 'somebody' WHERE seq = 3")
    rehash(project.connection)
    [fault] = wrong(project)
    assert fault.startswith("seal 2 in the warehouse (")
    assert fault.endswith("among events 3 to 3 the past was rewritten after it was sealed")


def test_an_end_that_was_cut_off_with_its_leaves_is_told(project: SmallProject) -> None:
    tamper(project, "DELETE FROM audit_event WHERE seq > 4", "DELETE FROM audit_leaf WHERE seq > 4")
    assert wrong(project) == ["seal 3 in the warehouse is over 7 events, of which 5 are left: the end was cut off"]


def reseal(project: SmallProject) -> None:
    """Make leaves and seals anew, with the project's own key: what somebody can do who has the whole project."""
    rehash(project.connection)
    lines = [json.loads(line) for line in seal_lines(project.connection)]
    secret = (project.project.folder / ".onecontact" / "keys" / "seal.key").read_text().strip()
    leaves = reads.leaves_up_to(project.connection, 100)
    project.connection.execute("DELETE FROM audit_seal")
    before = None
    for says in lines:
        peaks = grown(Peaks(), leaves[: says["size"]])
        before = make_seal(secret, before, peaks, says["project"], says["run_id"], NOW)
        project.connection.execute(
            "INSERT INTO audit_seal VALUES (?, ?, ?, ?)", [before.number, peaks.size, before.line, list(peaks.hashes)]
        )
    project.project.seals_path.write_text("".join(f"{line}\n" for line in seal_lines(project.connection)))


def test_a_past_made_anew_with_the_key_is_found_by_seals_kept_elsewhere_and_by_nothing_else(
    project: SmallProject,
) -> None:
    outside = seal_lines(project.connection)
    tamper(project, "UPDATE audit_event SET actor = 'somebody' WHERE seq = 3")
    reseal(project)
    assert wrong(project) == []
    faults = verify_whole(project.project, project.connection, outside).faults
    assert faults[0] == "seal 1 in the file given is not the one in the warehouse"
    assert faults[1].startswith("seal 2 in the file given (")
    assert faults[1].endswith("among events 3 to 3 the past was rewritten after it was sealed")


def test_an_end_cut_off_and_sealed_anew_is_found_by_seals_kept_elsewhere(project: SmallProject) -> None:
    outside = seal_lines(project.connection)
    tamper(
        project,
        "DELETE FROM audit_event WHERE seq > 3",
        "DELETE FROM audit_leaf WHERE seq > 3",
        "DELETE FROM audit_seal WHERE number = 3",
    )
    project.project.seals_path.write_text("".join(f"{line}\n" for line in outside[:2]))
    assert wrong(project) == []
    faults = verify_whole(project.project, project.connection, outside).faults
    assert faults == [
        "the file given holds 3 seals, the warehouse 2: the end was cut off, or a backup restored",
        "seal 3 in the file given is over 7 events, of which 4 are left: the end was cut off",
    ]


def test_seals_kept_elsewhere_that_are_older_hold(project: SmallProject) -> None:
    older = seal_lines(project.connection)[:2]
    assert verify_whole(project.project, project.connection, older).faults == []
    assert verify_whole(project.project, project.connection, []).faults == ["the file given holds no seal"]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE audit_seal SET line = replace(line, 'small', 'large') WHERE number = 2",
            "seal 2 in the warehouse does",
        ),
        ("DELETE FROM audit_seal WHERE number = 2", "seal 2 in the warehouse says that it is seal 3"),
    ],
)
def test_a_seal_that_was_tampered_with_is_named(project: SmallProject, statement: str, fault: str) -> None:
    tamper(project, statement)
    assert any(each.startswith(fault) for each in wrong(project))


def test_a_file_of_seals_that_was_changed_is_told(project: SmallProject) -> None:
    path = project.project.seals_path
    path.write_text(path.read_text().replace("small", "large"))
    assert wrong(project) == ["seal 1 in seals.jsonl is not the one in the warehouse"]


# What a run verifies


def test_each_run_sees_what_was_done_to_the_end_of_the_trail(project: SmallProject) -> None:
    tamper(project, "UPDATE audit_event SET actor = 'somebody' WHERE seq = 5")
    assert recently_wrong(project) == ["event 5 was changed"]


def test_each_run_sees_that_an_old_event_is_gone(project: SmallProject) -> None:
    tamper(project, "DELETE FROM audit_event WHERE seq = 1")
    assert recently_wrong(project) == ["there are 6 events, their numbers end at 6"]


def test_all_is_verified_first_and_then_once_a_week_and_for_as_long_as_something_is_wrong(
    project: SmallProject,
) -> None:
    assert verified(project).is_whole
    assert not verified(project, NOW + timedelta(days=6)).is_whole
    tamper(project, "UPDATE audit_event SET actor = 'somebody' WHERE seq = 1")
    assert verified(project, NOW + timedelta(days=6)).faults == []
    for days in (7, 8):
        found = verified(project, NOW + timedelta(days=days))
        assert (found.is_whole, found.faults) == (True, ["event 1 was changed"])


@starting_point
def opened(project: SmallProject) -> None:
    """A project in which nothing has been recorded."""


def test_a_trail_without_events_verifies(opened: SmallProject) -> None:
    assert wrong(opened) == recently_wrong(opened) == []
