from typing import Any

import polars as pl
import pytest

from pipelines.store.decisions import change_requests
from tests.pipelines.store.decisions.decided import decide, keys, on, place
from tests.store_tables import Tables, uid


def found(tables: Tables, *words: str) -> list[int]:
    """Contacts (their numbers) that one text of these words means."""
    called = pl.DataFrame({"text": "somebody", "word": words})
    rows = change_requests.find_contacts(tables.connection, called).rows()
    assert {text for text, _ in rows} <= {"somebody"}
    return [int(contact[-2:], 16) for _, contact in rows]


@pytest.fixture
def known(tables: Tables) -> Tables:
    """Contact 7 of records 1 and 2, contact 8 of record 3; record 4 was in contact 7 once."""
    place(tables, c7=(1, 2), c8=(3,))
    tables.put("membership", {"record_key": uid(4), "contact_id": uid(7), "run_to": "over"})
    tables.put("contact", {"contact_id": uid(7)}, {"contact_id": uid(8)})
    tables.put("contact_identifier", {"contact_id": uid(7), "value": "Ann@Example.com"})
    tables.put("contact_identifier", {"contact_id": uid(7), "value": "+4930"}, {"contact_id": uid(8), "value": "+4930"})
    for record, point in ((1, "Former@example.com"), (3, "shared@example.com"), (2, "shared@example.com"), (4, "gone")):
        tables.put("identifier", {"record_key": uid(record), "normalised": point})
    for number, record_id in ((1, "17"), (2, "18"), (3, "19"), (4, "20")):
        tables.put("record", {"record_key": uid(number), "source": "crm", "record_id": record_id})
    return tables


@pytest.mark.parametrize(
    ("words", "contacts"),
    [
        ((uid(7),), [7]),
        ((uid(9),), []),
        (("ann@example.COM",), [7]),
        (("+4930",), [7, 8]),
        (("former@example.com",), [7]),
        (("SHARED@example.com",), [7, 8]),
        (("gone",), []),
        (("crm:17",), [7]),
        (("crm:20",), []),
        (("CRM:17",), []),
        (("crm:17", "crm:18"), [7]),
        (("crm:19", "crm:17", "crm:17"), [7, 8]),
        (("nobody",), []),
    ],
)
def test_a_contact_is_meant_by_its_id_by_what_it_is_known_by_or_by_a_record(
    known: Tables, words: tuple[str, ...], contacts: list[int]
) -> None:
    assert found(known, *words) == contacts


def test_an_id_that_a_source_gave_to_somebody_else_means_who_has_it_now(known: Tables) -> None:
    known.put("record", {"record_key": uid(5), "source": "crm", "record_id": "17", "id_key": uid(1)})
    known.put("reused_id", {"id_key": uid(1), "record_key": uid(1)})
    place(known, c8=(5,))
    for record, day in ((1, 1), (5, 2)):
        known.put("source_record", {"record_key": uid(record), "last_seen_at": on(day)})
    assert found(known, "crm:17") == [8]


def test_a_request_that_was_granted_is_known_again(tables: Tables) -> None:
    change_requests.keep_applied(tables.connection, uid(1), uid(10))
    change_requests.keep_applied(tables.connection, uid(1), uid(11))
    change_requests.keep_applied(tables.connection, uid(3), uid(12))
    assert change_requests.applied_requests(tables.connection, keys(1, 2)) == {uid(1)}


OPPOSITES = {"block": "unblock", "unblock": "block", "tag": "untag", "untag": "tag", "merge": "unmerge"}


def holds(tables: Tables, kind: str, then: str = "", record: int = 1, **later: Any) -> bool:
    """Whether a request of this kind about record 1 still holds, after another decision, of a later day."""
    decide(tables, 10, kind, (1,), day=3, field="f", value="v", row_number=2)
    change_requests.keep_applied(tables.connection, uid(5), uid(10))
    if then:
        said: dict[str, Any] = {"day": 4, "field": "f", "value": "v"} | later
        decide(tables, 20, then, (record,), **said)
    return change_requests.still_holds(tables.connection, uid(5))


@pytest.mark.parametrize("kind", [*OPPOSITES, "edit", "pin", "note"])
def test_what_was_granted_holds(tables: Tables, kind: str) -> None:
    assert holds(tables, kind)


def test_a_request_that_nobody_granted_does_not_hold(tables: Tables) -> None:
    decide(tables, 10, "tag", (1,))
    assert not change_requests.still_holds(tables.connection, uid(5))


@pytest.mark.parametrize(
    ("kind", "then"), [*OPPOSITES.items(), *((a, b) for a in ("edit", "pin") for b in ("edit", "pin"))]
)
def test_what_was_granted_holds_until_the_opposite_is_decided(tables: Tables, kind: str, then: str) -> None:
    assert not holds(tables, kind, then)


@pytest.mark.parametrize(("kind", "then"), [(kind, kind) for kind in OPPOSITES] + [("note", "note"), ("edit", "tag")])
def test_what_is_no_opposite_leaves_it_as_it_is(tables: Tables, kind: str, then: str) -> None:
    assert holds(tables, kind, then)


@pytest.mark.parametrize(
    ("kind", "then", "later"),
    [
        ("block", "unblock", {"revoked_at": on(5)}),
        ("block", "unblock", {"record": 2}),
        ("block", "unblock", {"day": 2}),
        ("block", "unblock", {"day": 3}),  # of the same moment, but no later row
        ("block", "unblock", {"day": 3, "row_number": 2}),
        ("tag", "untag", {"value": "w"}),
        ("untag", "tag", {"value": "w"}),
        ("edit", "pin", {"field": "g"}),
        ("pin", "edit", {"field": "g"}),
    ],
)
def test_an_opposite_is_a_later_one_that_stands_about_the_same(
    tables: Tables, kind: str, then: str, later: dict[str, Any]
) -> None:
    assert holds(tables, kind, then, **later)


def test_of_one_moment_the_later_row_is_the_opposite(tables: Tables) -> None:
    assert not holds(tables, "block", "unblock", day=3, row_number=3)


def test_what_was_granted_and_taken_back_does_not_hold(tables: Tables) -> None:
    decide(tables, 10, "tag", (1,), revoked_at=on(4))
    change_requests.keep_applied(tables.connection, uid(5), uid(10))
    assert not change_requests.still_holds(tables.connection, uid(5))


def test_decisions_are_about_records_that_there_are(tables: Tables) -> None:
    decide(tables, 10, "merge", (2,), (1, 3))
    decide(tables, 11, "block", (1,))
    decide(tables, 12, "block", (4,))
    tables.put("record", *({"record_key": uid(number)} for number in (4, 2, 1)))
    about = change_requests.records_about(tables.connection, [uid(10), uid(11)])
    assert about.to_list() == [uid(1), uid(2)]


def test_what_requests_of_a_run_did_is_counted(tables: Tables) -> None:
    place(tables, c7=(1, 2), c8=(3,), c9=(5,))
    tables.put("membership", {"record_key": uid(4), "contact_id": uid(8), "run_to": "over"})
    tables.put("delivery", {"delivery_id": uid(50), "run_id": "run1"}, {"delivery_id": uid(51), "run_id": "run0"})
    decide(tables, 10, "tag", (1,), (5,), delivery_id=uid(50))
    decide(tables, 11, "tag", (2,), delivery_id=uid(50))
    decide(tables, 12, "merge", (3, 4), delivery_id=uid(50))
    decide(tables, 13, "block", (5,), delivery_id=uid(51))
    decide(tables, 14, "block", (5,))
    for number, (kind, old, new, decision) in enumerate(
        [
            *(("merged", 70, 8, 12), ("merged", 70, 9, 12), ("merged", 71, 8, 12), ("merged", 72, 8, 13)),
            *(("split", 8, 80, 12), ("restored", 8, 81, 12), ("split", 9, 80, 12), ("reused", 8, 82, 12)),
        ]
    ):
        told = {"number": number, "kind": kind, "old_id": uid(old), "new_id": uid(new)}
        tables.put("id_changes", told | {"run_id": f"decision:{uid(decision)}"})
    tables.put("id_changes", {"number": 99, "kind": "merged", "old_id": uid(79), "new_id": uid(8), "run_id": "run1"})
    assert change_requests.effects(tables.connection, "run1") == ({"merge": 1, "tag": 2}, 2, 2, 2)
    assert change_requests.effects(tables.connection, "run2") == ({}, 0, 0, 0)


def test_changes_of_ids_are_those_of_the_decision_that_made_them(tables: Tables) -> None:
    assert change_requests.last_change(tables.connection) == 0
    for number, old, new in ((1, 7, 8), (2, 7, 8), (3, 9, 7), (4, 9, 8)):
        tables.put("id_changes", {"number": number, "old_id": uid(old), "new_id": uid(new), "run_id": "run"})
    assert change_requests.last_change(tables.connection) == 4

    change_requests.attribute_id_changes(tables.connection, 1, {uid(7): uid(10)})
    by_decision = f"decision:{uid(10)}"
    assert [run for (run,) in tables.rows("SELECT run_id FROM id_changes ORDER BY number")] == [
        *("run", by_decision, by_decision, "run"),
    ]
