"""What contacts are put together from beside the values of records, asked of tables filled by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipelines.store.contacts import golden_records
from pipelines.store.contacts.numbers import number_members
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


@pytest.fixture
def ready(tables: Tables) -> Tables:
    """Records 1 and 2 of contact 7 and 3 of contact 8, which are numbered; a conversation and a delivery."""
    for record, contact, source in ((1, 7, "crm"), (2, 7, "app"), (3, 8, "crm")):
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact)})
        tables.put("record", {"record_key": uid(record), "source": source})
    tables.put("delivery", {"delivery_id": uid(50)})
    tables.put("conversation", {"conversation_id": uid(30), "channel": "sms", "status": "open"})
    tables.put("conversation", {"conversation_id": uid(31), "channel": "email", "status": "resolved"})
    members = pl.DataFrame({"record_key": [uid(1), uid(2), uid(3)], "contact_id": [uid(7), uid(7), uid(8)]})
    number_members(tables.connection, members)
    return tables


def message(tables: Tables, number: int, record: int, day: int, direction: str = "inbound", **said: Any) -> None:
    told = {"message_id": uid(number), "conversation_id": uid(30), "record_key": uid(record), "delivery_id": uid(50)}
    tables.put(
        "message", told | {"sent_at": on(day), "direction": direction, "kind": "text", "row_number": number} | said
    )


def interactions(tables: Tables) -> list[tuple[int, str, int]]:
    """Contact, kind and number of the message of each interaction up to the ninth day."""
    found = golden_records.interactions(tables.connection, on(9))
    return found.select("contact_id", "kind", "row_number").rows()


def test_the_first_and_the_last_interaction_of_each_direction_are_told(ready: Tables) -> None:
    for number, record, day, direction in (
        *((1, 1, 3, "outbound"), (2, 2, 2, "inbound"), (3, 1, 5, "inbound"), (4, 2, 9, "outbound")),
        *((5, 1, 10, "inbound"), (6, 3, 4, "inbound")),
    ):
        message(ready, number, record, day, direction)
    assert interactions(ready) == [
        *((0, "first", 2), (0, "last", 4), (0, "last_inbound", 3), (0, "last_outbound", 4)),
        *((1, "first", 6), (1, "last", 6), (1, "last_inbound", 6)),
    ]
    [told] = golden_records.interactions(ready.connection, on(9)).filter(contact_id=1, kind="first").rows(named=True)
    assert (told["happened_at"], told["channel"], told["record_key"], told["delivery_id"]) == (on(4), "sms", 2, 0)


def test_of_messages_of_one_moment_the_id_says_which_was_first(ready: Tables) -> None:
    for number in (2, 1, 3):
        message(ready, number, 1, 2)
    assert interactions(ready)[:2] == [(0, "first", 1), (0, "last", 3)]


@pytest.mark.parametrize("kind", ["auto_reply", "bounce", "note"])
def test_what_is_nobodys_act_is_no_interaction(ready: Tables, kind: str) -> None:
    message(ready, 1, 1, 2, kind=kind)
    assert interactions(ready) == []


def test_a_contact_comes_from_the_first_content_of_its_records(ready: Tables) -> None:
    for record, version, day, row in ((1, 1, 3, 11), (2, 2, 2, 12), (2, 3, 4, 13), (3, 4, 5, 14), (1, 5, 2, 15)):
        told = {"record_key": uid(record), "version": uid(version), "first_seen_at": on(day), "row_number": row}
        ready.put("source_record", told | {"delivery_id": uid(50), "line_number": row + 1})
    assert golden_records.origins(ready.connection).rows() == [
        (0, "app", on(2), 1, 0, 12, 13),  # of two of one moment that of the first source
        (1, "crm", on(5), 2, 0, 14, 15),
    ]


def takes_part(tables: Tables, record: int, conversation: int, day: int | None, untimed: bool = False) -> None:
    told = {"conversation_id": uid(conversation), "record_key": uid(record), "messages": 1, "has_untimed": untimed}
    tables.put("conversation_stats", told | {"first_at": None if day is None else on(day)})


@pytest.mark.parametrize(
    ("day", "untimed", "counts"), [(9, False, True), (10, False, False), (10, True, True), (None, True, True)]
)
def test_a_contact_talks_where_a_conversation_has_begun(
    ready: Tables, day: int | None, untimed: bool, counts: bool
) -> None:
    takes_part(ready, 1, 30, day, untimed)
    found = golden_records.member_counts(ready.connection, on(9)).drop("blocked_since").rows()
    assert found == [(0, 2, ["sms"] if counts else [], counts), (1, 1, [], False)]


@pytest.mark.parametrize(("status", "is_open"), [("open", True), ("pending", True), ("resolved", False), (None, False)])
def test_a_conversation_is_open_or_pending_until_it_is_resolved(
    ready: Tables, status: str | None, is_open: bool
) -> None:
    ready.connection.execute("UPDATE conversation SET status = ? WHERE conversation_id = ?", [status, uid(30)])
    takes_part(ready, 2, 30, 1)
    takes_part(ready, 1, 31, 2)
    takes_part(ready, 2, 31, 2)
    [anna, _] = golden_records.member_counts(ready.connection, on(9)).rows(named=True)
    assert (anna["channels"], anna["has_open_conversation"]) == (["email", "sms"], is_open)

    ready.put("contact", {"contact_id": uid(7)}, {"contact_id": uid(8)})
    inputs = golden_records.status_inputs(ready.connection, on(9)).select("contact_id", "has_open_conversation").rows()
    assert inputs == [(uid(7), is_open), (uid(8), False)]


def test_a_blocked_contact_is_so_since_its_first_block(ready: Tables) -> None:
    ready.put("decision", {"decision_id": uid(40), "kind": "block", "decided_at": on(3)})
    ready.put("decision_record", {"decision_id": uid(40), "record_key": uid(1)})
    counts = golden_records.member_counts(ready.connection, on(9))
    assert counts["blocked_since"].to_list() == [on(3), None]
    ready.put("contact", {"contact_id": uid(7)}, {"contact_id": uid(8)})
    assert golden_records.status_inputs(ready.connection, on(9))["blocked_since"].to_list() == [on(3), None]


@pytest.mark.parametrize(
    ("day", "untimed", "run_to", "counts"),
    [(9, False, None, True), (10, False, None, False), (10, True, None, True), (9, False, "over", False)],
)
def test_a_status_depends_on_conversations_that_have_begun_of_members_of_now(
    ready: Tables, day: int, untimed: bool, run_to: str | None, counts: bool
) -> None:
    ready.connection.execute("UPDATE membership SET run_to = ? WHERE record_key = ?", [run_to, uid(1)])
    ready.put("contact", {"contact_id": uid(7), "status": "active"})
    takes_part(ready, 1, 30, day, untimed)
    [row] = golden_records.status_inputs(ready.connection, on(9)).rows(named=True)
    assert (row["status"], row["has_open_conversation"]) == ("active", counts)


def test_a_status_is_changed_of_those_that_have_another(tables: Tables) -> None:
    tables.put("contact", *({"contact_id": uid(number), "status": "active", "run_id": "before"} for number in (7, 8)))
    fresh = {"contact_id": [uid(7)], "status": ["inactive"], "status_reason": ["old"], "status_since": [on(3)]}
    golden_records.keep_status(tables.connection, pl.DataFrame(fresh), "now")
    assert tables.rows("SELECT status, status_reason, status_since, run_id FROM contact ORDER BY contact_id") == [
        *(("inactive", "old", on(3), "now"), ("active", "", None, "before")),
    ]


def golden(*contacts: tuple[int, str], as_of: int = 0) -> pl.DataFrame:
    """Golden records of these ids and names."""
    plain = {"source": "crm", "status": "active", "status_reason": "", "status_as_of": on(as_of), "records": 1}
    rows = [{"contact_id": uid(number), "name": name, "tags": [], "channels": []} | plain for number, name in contacts]
    attributes = pl.Series(
        "attributes", [[]] * len(rows), dtype=pl.List(pl.Struct({"key": pl.String, "value": pl.String}))
    )
    lists = {"tags": pl.List(pl.String), "channels": pl.List(pl.String)}
    return pl.DataFrame(rows, schema_overrides=lists).with_columns(attributes)


def chosen(*values: tuple[int, str]) -> pl.DataFrame:
    """Values of fields, by the number of the record they come from."""
    place = {"delivery_id": 0, "row_number": 1, "line_number": 2, "rule": "only_value", "candidates": 1}
    rows = [{"field": "name", "value": value, "record_key": record} | place for record, value in values]
    return pl.DataFrame(rows).with_columns(lost=pl.lit(None, pl.String))


def known(*values: tuple[int, str]) -> pl.DataFrame:
    place = {"delivery_id": 0, "row_number": 1, "line_number": 2, "scope": "", "validity": "valid", "is_primary": True}
    return pl.DataFrame(
        [
            {"type": "phone", "value": value, "record_key": record, "value_folded": None} | place
            for record, value in values
        ],
        schema_overrides={"value_folded": pl.String},
    )


def test_golden_records_are_kept_instead_of_what_contacts_had(ready: Tables) -> None:
    none = pl.Series("contact_id", [], dtype=pl.String)
    first = golden((7, "Ann"), (8, "Bea"))
    changed = golden_records.replace_contacts(
        ready.connection, none, first, chosen((0, "Ann"), (2, "Bea")), known((2, "+1")), "one"
    )
    assert changed == 0
    assert ready.rows("SELECT contact_id, value, record_key, delivery_id FROM contact_field ORDER BY 1") == [
        *((uid(7), "Ann", uid(1), uid(50)), (uid(8), "Bea", uid(3), uid(50))),
    ]
    assert ready.rows("SELECT contact_id, value, record_key, is_primary FROM contact_identifier") == [
        (uid(8), "+1", uid(3), True),
    ]
    before = pl.Series("contact_id", [uid(7), uid(8), uid(9)])
    ready.put("contact", {"contact_id": uid(9)}, {"contact_id": uid(10), "run_id": "other"})
    now = golden((7, "Anna"), (8, "Bea"), as_of=5)
    changed = golden_records.replace_contacts(
        ready.connection, before, now, chosen((0, "Anna"), (2, "Bea")), known((0, "+2")), "two"
    )
    assert changed == 1
    assert ready.rows("SELECT contact_id, name, run_id FROM contact ORDER BY 1") == [
        *((uid(7), "Anna", "two"), (uid(8), "Bea", "one"), (uid(10), None, "other")),
    ]
    assert ready.rows("SELECT value FROM contact_field ORDER BY 1") == [("Anna",), ("Bea",)]
    assert ready.rows("SELECT value FROM contact_identifier") == [("+2",)]
