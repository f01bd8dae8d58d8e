from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from pipelines.store.contacts import id_history
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def member(tables: Tables, record: int, contact: int, anchor: int = 0, over: bool = False, **said: Any) -> None:
    """A record that is in a contact, or was."""
    tables.put("record", {"record_key": uid(record), "anchor_id": uid(anchor or record)} | said)
    joined = {"record_key": uid(record), "contact_id": uid(contact)}
    tables.put("membership", joined | ({"run_to": "over"} if over else {}))


def changed(tables: Tables, number: int, kind: str, old: int, new: int | None, run: str = "run") -> None:
    ids = {"old_id": uid(old), "new_id": None if new is None else uid(new)}
    tables.put("id_changes", {"number": number, "kind": kind, "changed_at": on(number), "run_id": run} | ids)


def test_ids_that_lead_to_a_contact_are_those_its_records_are_anchors_of(tables: Tables) -> None:
    for record, contact, anchor, over in ((1, 7, 7, False), (2, 7, 9, False), (3, 7, 8, False), (4, 7, 6, True)):
        member(tables, record, contact, anchor, over=over)
    member(tables, 5, 10, 5)
    assert id_history.former_ids(tables.connection, uid(7)) == [uid(8), uid(9)]


def test_an_id_of_former_times_leads_to_where_its_anchor_is(tables: Tables) -> None:
    member(tables, 1, 7, 7)
    member(tables, 2, 7, 8)
    changed(tables, 1, "withdrawn", 5, 6)
    changed(tables, 2, "merged", 5, 8)
    assert id_history.resolve_ids(tables.connection, [uid(7), uid(8), f" {uid(8)} ", uid(9), "x", uid(5)]) == {
        uid(8): uid(7),
        f" {uid(8)} ": uid(7),
        uid(5): uid(7),
    }
    assert id_history.resolve_id(tables.connection, uid(8)) == uid(7)
    assert id_history.resolve_id(tables.connection, uid(7).upper()) is None


def test_what_became_of_an_id_is_told_in_order_with_where_the_other_is_now(tables: Tables) -> None:
    member(tables, 1, 7, 7)
    member(tables, 2, 7, 8)
    tables.put("decision", {"decision_id": uid(50), "kind": "merge"}, {"decision_id": uid(51), "kind": "revoke"})
    tables.put("decision", {"decision_id": uid(52), "kind": "merge", "revoked_at": on(9)})
    for number, kind, old, new, run in (
        *((4, "withdrawn", 7, None, "run"), (2, "merged", 8, 7, f"decision:{uid(50)}")),
        *((1, "split", 7, 8, f"decision:{uid(51)}"), (3, "reused", 7, 9, f"decision:{uid(52)}")),
        (5, "merged", 9, 10, "run"),
    ):
        changed(tables, number, kind, old, new, run)
    found = id_history.id_moves(tables.connection, uid(7))
    assert found.select("kind", "other", "is_origin", "changed_at", "decision_id", "is_now").rows() == [
        ("split", uid(8), True, on(1), None, uid(7)),
        ("merged", uid(8), False, on(2), uid(50), uid(7)),
        ("reused", uid(9), True, on(3), None, None),
        ("withdrawn", None, True, on(4), None, None),
    ]


def borne(tables: Tables) -> None:
    """A record id that contact 7 had first, then 8, then 7 once more by another record."""
    tables.put("reused_id", {"id_key": uid(1), "record_key": uid(1)})
    for record, contact, first, last, place in ((1, 7, 0, 2, 5), (2, 8, 3, 5, 1), (3, 7, 6, 8, 1)):
        id_key: dict[str, Any] = {} if record == 1 else {"id_key": uid(1)}
        member(tables, record, contact, source="crm", record_id="17", **id_key)
        seen = {"first_seen_at": on(first), "last_seen_at": on(last), "last_row": place}
        tables.put("source_record", {"record_key": uid(record), "version": uid(record)} | seen)
    tables.put("contact", *({"contact_id": uid(contact), "name": f"number {contact}"} for contact in (7, 8)))


def test_a_record_id_that_two_contacts_have_had_tells_who_had_it_later_and_since_when(tables: Tables) -> None:
    borne(tables)
    assert id_history.shared_record_ids(tables.connection, uid(7)).rows() == [
        ("crm:17", uid(8), True, on(3)),
        ("crm:17", uid(8), False, on(6)),
    ]
    assert id_history.shared_record_ids(tables.connection, uid(8)).rows() == [
        ("crm:17", uid(7), False, on(3)),
        ("crm:17", uid(7), True, on(6)),
    ]
    assert id_history.shared_record_ids(tables.connection, uid(9)).is_empty()


def test_a_record_that_is_in_no_contact_any_more_shares_no_id(tables: Tables) -> None:
    borne(tables)
    tables.connection.execute("UPDATE membership SET run_to = 'over' WHERE contact_id = ?", [uid(8)])
    assert id_history.shared_record_ids(tables.connection, uid(7)).is_empty()


def test_bearers_of_an_id_are_told_the_one_of_now_first(tables: Tables) -> None:
    borne(tables)
    member(tables, 9, 9, source="crm", record_id="18")
    found = id_history.bearers(tables.connection, " crm:17 ").select("contact_id", "name", "is_current").rows()
    assert found == [
        (uid(7), "number 7", True),
        (uid(7), "number 7", False),
        (uid(8), "number 8", False),
    ]
    assert id_history.bearers(tables.connection, "crm:18").is_empty()
    former = id_history.former_bearers(tables.connection, "crm:17")
    assert (former.columns, former["contact_id"].to_list()) == (["contact_id", "name", "phone", "email"], [uid(8)])


def test_former_bearers_are_told_once_in_the_order_of_their_ids(tables: Tables) -> None:
    tables.put("reused_id", {"id_key": uid(1), "record_key": uid(1)})
    for record in range(1, 40):
        contact = 100 + record // 2
        id_key: dict[str, Any] = {} if record == 1 else {"id_key": uid(1)}
        member(tables, record, contact, source="crm", record_id="17", **id_key)
        tables.put("source_record", {"record_key": uid(record), "last_seen_at": on(record)})
    tables.put("contact", *({"contact_id": uid(contact)} for contact in range(100, 120)))
    found = id_history.former_bearers(tables.connection, "crm:17")["contact_id"].to_list()
    assert found == [uid(contact) for contact in range(100, 119)]


def test_a_change_can_reach_whoever_shares_or_has_shared_a_record_with_a_contact(tables: Tables) -> None:
    for record, contact, over in (
        *((1, 7, False), (2, 7, True), (2, 8, False), (3, 8, False), (3, 9, True)),
        *((4, 9, False), (5, 10, False)),
    ):
        joined = {"record_key": uid(record), "contact_id": uid(contact)}
        tables.put("membership", joined | ({"run_to": "over"} if over else {}))
    asked = pl.Series([uid(7)])
    assert id_history.affected_contacts(tables.connection, asked).to_list() == [uid(7), uid(8), uid(9)]
    assert id_history.affected_contacts(tables.connection, pl.Series([uid(10)])).to_list() == [uid(10)]
