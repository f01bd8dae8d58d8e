from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipelines.audit.commitments import commitment, contact_commitment
from pipelines.store.audit.log import LogFilter, changes_of, created_as, log, log_batches
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)
SALT = b"s" * 32


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def event(tables: Tables, seq: int, action: str, **said: Any) -> None:
    tables.put("audit_event", {"seq": seq, "action": action, "recorded_at": on(seq)} | said)


def logged(tables: Tables, **wanted: Any) -> list[int]:
    return log(tables.connection, LogFilter(**wanted))["seq"].to_list()


@pytest.fixture
def trail(tables: Tables) -> Tables:
    """Events of two contacts, of which one was another before, by two people."""
    for seq, action, said in (
        (3, "contact.updated", {"object_id": uid(7), "actor": "ina"}),
        (1, "contact.created", {"object_id": uid(8), "actor": "ina"}),
        (
            2,
            "decision.created",
            {"object_id": uid(50), "related": [uid(9), uid(7)], "actor": "bo", "on_behalf_of": "ina"},
        ),
        (4, "contact.created", {"object_id": uid(10), "actor": "bo"}),
        (5, "run.ended", {"object_id": "run", "actor": "bo"}),
    ):
        event(tables, seq, action, **said)
    for number, (old, new, kind) in enumerate(
        [(8, 9, "merged"), (9, 7, "merged"), (10, 7, "split"), (7, 11, "merged")]
    ):
        tables.put("id_changes", {"number": number, "old_id": uid(old), "new_id": uid(new), "kind": kind})
    return tables


@pytest.mark.parametrize(
    ("wanted", "seqs"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"contact_id": uid(7)}, [1, 2, 3]),  # and those that were merged into it
        ({"contact_id": uid(8)}, [1]),
        ({"contact_id": uid(9)}, [1, 2]),
        ({"contact_id": uid(12)}, []),
        ({"actor": "ina"}, [1, 2, 3]),
        ({"actor": "bo"}, [2, 4, 5]),
        ({"action": "contact"}, [1, 3, 4]),
        ({"action": "contact.created"}, [1, 4]),
        ({"action": "created"}, []),
        ({"since": on(3)}, [3, 4, 5]),
        ({"last": 2}, [4, 5]),
        ({"last": 1, "actor": "ina"}, [3]),
    ],
)
def test_events_are_told_by_contact_actor_action_and_time(
    trail: Tables, wanted: dict[str, Any], seqs: list[int]
) -> None:
    assert logged(trail, **wanted) == seqs


def test_an_event_tells_the_decision_that_it_is_or_that_led_to_it(tables: Tables) -> None:
    tables.put(
        "decision", {"decision_id": uid(50), "kind": "tag", "field": "f", "value": "v", "reason": "r", "actor": "a"}
    )
    event(tables, 1, "decision.created", object_type="decision", object_id=uid(50))
    event(tables, 2, "contact.updated", object_type="contact", object_id=uid(50), run_id=f"decision:{uid(50)}")
    event(tables, 3, "contact.updated", object_type="contact", object_id=uid(50), run_id="run1")
    event(tables, 4, "decision.created", object_type="decision", object_id=uid(51))
    told = log(tables.connection, LogFilter()).select("kind", "field", "value", "said", "decided_by").rows()
    assert told == [("tag", "f", "v", "r", "a")] * 2 + [(None,) * 5] * 2


def test_all_events_come_in_batches_since_a_time(trail: Tables) -> None:
    for since, seqs in ((None, [1, 2, 3, 4, 5]), (on(4), [4, 5])):
        assert pl.concat(log_batches(trail.connection, LogFilter(since=since)))["seq"].to_list() == seqs


def changed(
    tables: Tables, seq: int, field: str, before: list[str], after: list[str], contact: int = 7, **said: Any
) -> None:
    tables.put(
        "audit_value",
        {"seq": seq, "contact_id": uid(contact), "field": field, "before": before, "after": after} | said,
    )


def changes(tables: Tables, *seqs: int) -> dict[int, list[dict[str, Any]]]:
    return changes_of(tables.connection, pl.DataFrame({"seq": seqs}, schema={"seq": pl.Int64}))


def test_what_an_event_changed_is_proven_by_its_commitments(tables: Tables) -> None:
    tables.put("delivery", {"delivery_id": uid(1), "source": "crm", "file_name": "a.csv"})
    tables.put("audit_salt", {"object_id": uid(7), "salt": SALT})
    was, becomes = (commitment(SALT, "name", [name]) for name in ("Ann", "Bea"))
    phone = commitment(SALT, "phone", ["1"])
    event(tables, 1, "contact.updated", fields=["name", "phone"], before=[was, phone], after=[becomes, phone])
    event(tables, 2, "contact.updated", fields=["name"], before=[was], after=[becomes])
    event(tables, 3, "contact.removed", fields=["name", "phone"], before=[was], after=[])
    event(tables, 4, "contact.updated", fields=["name"], before=[was], after=[becomes])
    changed(tables, 1, "phone", ["1"], ["2"])  # not what is committed
    changed(tables, 1, "name", ["Ann"], ["Bea"], delivery_id=uid(1))
    changed(tables, 2, "name", ["Cleo"], ["Bea"])
    changed(tables, 3, "name", ["Ann"], [])
    changed(tables, 4, "name", ["Ann"], ["Bea"], contact=8)  # the salt of whom is gone
    found = changes(tables, 1, 2, 3, 4)
    assert {seq: [(each["field"], each["is_proven"]) for each in rows] for seq, rows in found.items()} == {
        1: [("name", True), ("phone", False)],
        2: [("name", False)],
        3: [("name", None)],  # it is committed to as a whole
        4: [("name", None)],
    }
    assert found[1][0] == {
        "field": "name",
        "before": ["Ann"],
        "after": ["Bea"],
        "source": "crm",
        "file_name": "a.csv",
        "is_proven": True,
    }
    assert list(changes(tables, 2)) == [2]


def created(tables: Tables, seq: int, *fields: str) -> list[tuple[str, list[str], bool | None]]:
    found = created_as(tables.connection, uid(7), seq, fields)
    return [(each["field"], each["after"], each["is_proven"]) for each in found]


def test_a_contact_was_made_of_what_was_replaced_since_and_of_what_it_still_has(tables: Tables) -> None:
    tables.put("audit_salt", {"object_id": uid(7), "salt": SALT})
    cells = [("email", "a@example.com"), ("name", "Ann"), ("tags", "a"), ("tags", "b")]
    whole = contact_commitment(SALT, cells)
    event(tables, 1, "contact.created", object_id=uid(7), fields=["email", "name", "tags", "gone"], after=[whole])
    for field, value in (("tags", "b"), ("tags", "a"), ("name", "Cleo"), ("email", "a@example.com")):
        tables.put("contact_field", {"contact_id": uid(7), "field": field, "value": value})
    changed(tables, 3, "name", ["Bea"], ["Cleo"])
    changed(tables, 2, "name", ["Ann"], ["Bea"])
    changed(tables, 2, "name", ["nobody"], ["x"], contact=8)
    assert created(tables, 1, "email", "name", "tags", "gone") == [
        *(("email", ["a@example.com"], True), ("name", ["Ann"], True), ("tags", ["a", "b"], True)),
    ]
    assert created(tables, 1, "name") == [("name", ["Ann"], False)]
    [told] = created_as(tables.connection, uid(7), 1, ["name"])
    assert told == {
        "field": "name",
        "before": [],
        "after": ["Ann"],
        "source": None,
        "file_name": None,
        "is_proven": False,
    }


def test_what_came_before_a_contact_was_made_anew_is_no_part_of_it(tables: Tables) -> None:
    tables.put("audit_salt", {"object_id": uid(7), "salt": SALT})
    for seq, name in ((1, "Ann"), (5, "Dora")):
        event(
            tables,
            seq,
            "contact.created",
            object_id=uid(7),
            fields=["name"],
            after=[contact_commitment(SALT, [("name", name)])],
        )
    event(tables, 4, "contact.created", object_id=uid(8))
    event(tables, 3, "contact.updated", object_id=uid(7))
    tables.put("contact_field", {"contact_id": uid(7), "field": "name", "value": "Dora"})
    changed(tables, 4, "name", ["Ann"], [])
    assert created(tables, 1, "name") == [("name", ["Ann"], True)]
    assert created(tables, 5, "name") == [("name", ["Dora"], True)]


def test_of_a_contact_whose_salt_is_gone_nothing_is_proven(tables: Tables) -> None:
    event(tables, 1, "contact.created", object_id=uid(7), fields=["name"], after=[b"x"])
    tables.put("contact_field", {"contact_id": uid(7), "field": "name", "value": "Ann"})
    assert created(tables, 1, "name") == [("name", ["Ann"], None)]
