"""Events as they are appended, left by readers, and read for verification."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.audit.canonical import leaf_hashes
from pipelines.audit.events import Action, Event, Outcome, as_frame
from pipelines.store.audit import salts, spool, verified
from pipelines.store.audit.record import next_number, record
from pipelines.store.audit.verified import Verification
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def event(name: str, **said: str) -> Event:
    return Event(Action.CONTACT_READ, "contact", name, recorded_at=FIRST, details=said)


def test_the_first_event_of_all_says_what_had_been_there(tables: Tables) -> None:
    for table, rows in (("record", 6), ("contact", 5)):
        tables.put(table, *[{}] * rows)
    tables.put("decision", *({"decision_id": uid(number)} for number in range(4)))
    tables.put("delivery", *({"delivery_id": uid(number)} for number in range(3)))
    tables.put("export", *({"export_id": uid(number)} for number in range(2)))
    tables.put("run", {})
    assert next_number(tables.connection) == 0
    assert record(tables.connection, event("one"), event("two")) == 1
    assert record(tables.connection, event("three")) == next_number(tables.connection) - 1 == 3
    [(opened, details), *others] = tables.rows("SELECT action, details FROM audit_event ORDER BY seq")
    assert opened == "trail.opened"
    assert {each["name"]: each["value"] for each in details} == {
        "records": "6",
        "contacts": "5",
        "decisions": "4",
        "deliveries": "3",
        "exports": "2",
        "runs": "1",
    }
    assert len(others) == 3


def test_every_event_has_a_leaf(tables: Tables) -> None:
    record(tables.connection, event("one"), event("two"))
    hashes = leaf_hashes(as_frame([event("one"), event("two")]))
    assert tables.rows("SELECT seq, hash FROM audit_leaf WHERE seq > 0 ORDER BY 1") == [(1, hashes[0]), (2, hashes[1])]
    assert record(tables.connection) == 3


def test_a_salt_is_made_once_and_can_be_deleted_with_all_values(tables: Tables) -> None:
    asked = pl.Series([uid(7), uid(8)])
    one = dict(salts.salts_of(tables.connection, asked.head(1)).iter_rows())
    both = dict(salts.salts_of(tables.connection, asked).iter_rows())
    assert both[uid(7)] == one[uid(7)] != both[uid(8)]
    assert dict(salts.salts_of(tables.connection, asked).iter_rows()) == both
    tables.put("audit_value", {"contact_id": uid(7)}, {"contact_id": uid(8)})
    salts.unlink(tables.connection, asked.head(1))
    assert tables.rows("SELECT object_id FROM audit_salt") == [(uid(8),)]
    assert tables.rows("SELECT contact_id FROM audit_value") == [(uid(8),)]


# What readers leave


def absorbed(tables: Tables) -> list[tuple[object, ...]]:
    return tables.rows("SELECT object_id, outcome, details FROM audit_event WHERE seq > 0 ORDER BY seq")


def test_what_a_reader_leaves_is_taken_in_as_it_was(tables: Tables, tmp_path: Path) -> None:
    folder = tmp_path / "audit" / "reads"
    said = Event(
        Action.CONTACT_READ,
        "contact",
        "x",
        "run",
        Outcome.FAILED,
        role="sales",
        reason="why",
        on_behalf_of="Bo",
        details={"rows": 3},
    )
    spool.spool(folder, said)
    assert folder.stat().st_mode & 0o777 == 0o700
    [path] = folder.iterdir()
    assert (path.suffix, path.stat().st_mode & 0o777) == (".json", 0o600)
    assert spool.absorb(tables.connection, folder) == 1
    [found] = tables.rows(
        """SELECT action, object_type, object_id, run_id, outcome, role, reason, on_behalf_of, details
           FROM audit_event WHERE seq > 0"""
    )
    assert found[:-1] == ("contact.read", "contact", "x", "run", "failed", "sales", "why", "Bo")
    details = {each["name"]: each["value"] for each in found[-1]}
    assert (details.pop("event_id") in path.name, details) == (True, {"rows": "3"})
    assert not list(folder.iterdir())
    assert spool.absorb(tables.connection, folder) == 0


def test_files_of_readers_are_taken_in_in_their_order_and_each_once(tables: Tables, tmp_path: Path) -> None:
    for name in ("one", "two"):
        spool.spool(tmp_path, event(name))
    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert spool.absorb(tables.connection, tmp_path) == 2
    for name, text in kept.items():  # as if they had not been removed
        (tmp_path / name).write_text(text)
    spool.spool(tmp_path, event("three"))
    assert spool.absorb(tables.connection, tmp_path) == 1
    assert [name for name, *_ in absorbed(tables)] == ["one", "two", "three"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "change",
    [
        {"action": "no.action"},
        {"outcome": "perhaps"},
        {"recorded_at": "soon"},
        {"recorded_at": 5},
        {"object_id": "a name, that is\nno id"},
        {"more": "x"},
        {"details": {"name": "Ann"}},
        {"details": "x"},
    ],
)
def test_of_a_file_that_holds_no_event_it_is_recorded_that_there_was_one(
    tables: Tables, tmp_path: Path, change: dict[str, object]
) -> None:
    spool.spool(tmp_path, event("one"))
    [path] = tmp_path.iterdir()
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert spool.absorb(tables.connection, tmp_path) == 1
    assert [told[:2] for told in absorbed(tables)] == [("unreadable", "failed")]
    assert [each.suffix for each in tmp_path.iterdir()] == [".unreadable"]
    assert spool.absorb(tables.connection, tmp_path) == 0


# What verification reads


def test_a_trail_goes_as_far_as_its_last_event_or_leaf(tables: Tables) -> None:
    assert verified.extent(tables.connection) == (0, 0, 0)
    tables.put("audit_event", {"seq": 0}, {"seq": 4})
    tables.put("audit_leaf", {"seq": 0}, {"seq": 1}, {"seq": 2})
    assert verified.extent(tables.connection) == (2, 3, 5)
    tables.put("audit_leaf", {"seq": 7})
    assert verified.extent(tables.connection) == (2, 4, 8)


def test_events_and_leaves_are_read_in_batches_of_their_numbers(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verified, "BATCH", 2)
    tables.put("audit_event", *({"seq": seq, "object_id": f"e{seq}"} for seq in (4, 3, 1, 0)))
    tables.put("audit_leaf", *({"seq": seq, "hash": bytes([seq])} for seq in range(5)))
    found = list(verified.batches(tables.connection, 1, 4))
    assert [(each.numbers, each.leaf_numbers, each.leaves) for each in found] == [
        ([1], [1, 2], [b"\x01", b"\x02"]),
        ([3], [3], [b"\x03"]),
    ]
    assert found[0].events["object_id"] == ["e1"]
    assert verified.leaves_up_to(tables.connection, 3) == [b"\x00", b"\x01", b"\x02"]
    assert verified.leaves_up_to(tables.connection, 3, 2) == [b"\x02"]


def test_an_event_is_read_as_it_is_hashed(tables: Tables) -> None:
    told = {"before": [b"\x0a"], "after": [], "fields": ["name"], "recorded_at": FIRST + timedelta(microseconds=5)}
    tables.put("audit_event", {"seq": 3, "object_id": "x", "details": [{"name": "rows", "value": "2"}]} | told)
    found = verified.event_of(tables.connection, 3)
    assert found is not None
    assert (found["before"], found["after"], found["fields"]) == (["0a"], [], ["name"])
    assert (found["recorded_at"], found["details"]) == ("2026-06-01T00:00:00.000005Z", [{"name": "rows", "value": "2"}])
    assert verified.event_of(tables.connection, 2) is None


def test_seals_are_told_by_their_numbers(tables: Tables) -> None:
    assert verified.seal_before_last(tables.connection) == (0, [], [])
    assert (verified.sealed_size(tables.connection), verified.first_seal_over(tables.connection, 0)) == (0, None)
    tables.put("audit_seal", {"number": 1, "size": 3, "line": "a", "peaks": [b"x"]})
    assert verified.seal_before_last(tables.connection) == (0, [], ["a"])
    tables.put(
        "audit_seal", {"number": 3, "size": 9, "line": "c"}, {"number": 2, "size": 5, "line": "b", "peaks": [b"y"]}
    )
    assert verified.seal_before_last(tables.connection) == (5, [b"y"], ["b", "c"])
    assert verified.sealed_size(tables.connection) == 9
    sizes = [verified.first_seal_over(tables.connection, number) for number in (2, 3, 5, 9)]
    assert sizes == [(3, "a"), (5, "b"), (9, "c"), None]


def test_the_last_verification_is_kept(tables: Tables) -> None:
    assert verified.last_verification(tables.connection) is None
    for number in (1, 2):
        made = Verification(FIRST, ["fault"] * number, number)
        verified.keep_verification(tables.connection, made)
        assert verified.last_verification(tables.connection) == made
