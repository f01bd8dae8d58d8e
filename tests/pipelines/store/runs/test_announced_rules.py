"""What each rule of a new version changed, counted in tables filled by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipelines.store.reads.contact_news import fields_stated_since, new_contacts
from pipelines.store.runs.rebuild import DERIVED, contacts_that_differ, differences, keep_stored_copy
from pipelines.store.runs.rule_changes import RULES, announce_rules, is_announced
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)
CONSENT = '{"type": "boolean", "merge": "most_restrictive"}'


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


@pytest.fixture
def upgraded(tables: Tables) -> Tables:
    """A warehouse that a run has filled before the one that announces what is new: delivery 1 is of the first."""
    tables.put("run", {"run_id": "before"}, {"run_id": "now"})
    tables.put("delivery", {"delivery_id": uid(1), "run_id": "before"}, {"delivery_id": uid(2), "run_id": "now"})
    tables.put("setting", {"name": "attribute.news", "definition": CONSENT})
    tables.put("setting", {"name": "attribute.tier", "definition": '{"type": "text"}'})
    tables.put("setting", {"name": "source.crm", "definition": '{"merge": "most_restrictive"}'})
    return tables


def changed(tables: Tables, rule: str) -> int:
    """How much a rule changed."""
    announced = announce_rules(tables.connection, "now")
    return announced.get(RULES[rule].of_one, announced.get(RULES[rule].of_several, 0)) if announced else 0


def test_rules_are_announced_once_whatever_they_changed(upgraded: Tables) -> None:
    assert announce_rules(upgraded.connection, "now") == {}
    assert all(is_announced(upgraded.connection, rule) for rule in RULES)
    assert upgraded.rows("SELECT DISTINCT changed, run_id FROM announced_rule") == [(0, "now")]


def test_former_notes_are_counted_once_each(upgraded: Tables) -> None:
    for record, version, notes, delivery in (
        *((1, 1, "old", 1), (1, 2, "old", 1), (1, 3, "new", 1), (2, 1, "old", 1), (3, 1, "fresh", 2), (3, 2, None, 1)),
    ):
        told = {"record_key": uid(record), "version": uid(version), "notes": notes, "delivery_id": uid(delivery)}
        upgraded.put("source_record", told)
    for record, version, field in ((1, 3, "notes"), (2, 1, "name")):
        upgraded.put("record_field", {"record_key": uid(record), "version": uid(version), "field": field})
    assert changed(upgraded, "notes_are_added") == 2


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("edits_give_way", {"rule": "stated_after_edit"}),
        ("display_names_give_way", {"rule": "stated_name", "field": "name"}),
    ],
)
def test_values_that_another_rule_chose_are_counted(upgraded: Tables, rule: str, said: dict[str, Any]) -> None:
    for field, delivery, chosen_by in (
        ("name", 1, None),
        ("name", 1, None),
        ("first_name", 1, None),
        ("last_name", 1, None),
        ("name", 2, None),
        ("name", 1, "only_value"),
    ):
        told = {"field": field, "delivery_id": uid(delivery)} | {"rule": chosen_by or said["rule"]}
        upgraded.put("contact_field", told)
    assert changed(upgraded, rule) == 2


def test_records_of_other_people_are_counted(upgraded: Tables) -> None:
    for record, id_key, delivery in ((1, 9, 1), (2, 9, 2), (3, None, 1), (4, 9, 1)):
        upgraded.put("record", {"record_key": uid(record)} | ({"id_key": uid(id_key)} if id_key else {}))
        upgraded.put("source_record", {"record_key": uid(record), "delivery_id": uid(delivery)})
    assert changed(upgraded, "reused_ids_are_told_apart") == 2


@pytest.mark.parametrize(
    ("refusing", "reached"),
    [
        ({"status": "blocked"}, 2),
        ({"attributes": {"news": "false"}}, 2),
        ({"attributes": {"news": "true"}}, 0),
        ({"attributes": {"tier": "false"}}, 0),
        ({"status": "active"}, 0),
    ],
)
def test_contacts_with_the_address_of_somebody_who_refuses_are_counted(
    upgraded: Tables, refusing: dict[str, Any], reached: int
) -> None:
    upgraded.put(
        "contact",
        {"contact_id": uid(1)} | refusing,
        {"contact_id": uid(2)},
        {"contact_id": uid(3)},
        {"contact_id": uid(4)},
    )
    for contact, kind, value in (
        *((1, "phone", "+1"), (1, "email", "a"), (1, "username", "u"), (2, "phone", "+1"), (2, "email", "a")),
        *((3, "email", "a"), (4, "username", "u"), (4, "email", "+1")),
    ):
        upgraded.put("contact_identifier", {"contact_id": uid(contact), "type": kind, "value": value})
    assert changed(upgraded, "addresses_are_suppressed") == reached


@pytest.mark.parametrize(
    ("before", "now", "run_to", "counted"),
    [("false", "true", None, 1), ("true", "true", None, 0), ("false", "false", None, 0), ("false", "true", "over", 0)],
)
def test_a_no_of_former_times_that_is_a_yes_now_is_counted(
    upgraded: Tables, before: str, now: str, run_to: str | None, counted: int
) -> None:
    upgraded.put("reused_id", {"id_key": uid(1), "record_key": uid(1)})
    upgraded.put("record", {"record_key": uid(1)}, {"record_key": uid(2), "id_key": uid(1)})
    upgraded.put("membership", {"record_key": uid(1), "contact_id": uid(7), "run_to": run_to})
    upgraded.put("contact", {"contact_id": uid(7), "attributes": {"news": now}})
    for record, day, answer in ((1, 1, before), (2, 2, "false")):
        told = {
            "record_key": uid(record),
            "last_seen_at": on(day),
            "attributes": {"news": answer},
            "delivery_id": uid(2),
        }
        upgraded.put("source_record", told)
        upgraded.put("record_field", {"record_key": uid(record), "field": "attr.news"})
    assert changed(upgraded, "newer_answers_replace_former_ones") == counted


def test_contacts_with_several_values_are_counted_once(upgraded: Tables) -> None:
    for contact, field, rule, delivery in (
        *((6, "attr.a", "union", 1), (6, "attr.a", "union", 1)),
        *((7, "attr.a", "union", 1), (7, "attr.a", "union", 1), (7, "attr.b", "union", 1), (7, "attr.b", "union", 1)),
        *((8, "attr.a", "union", 1), (8, "attr.b", "union", 1), (9, "tags", "union", 1), (9, "tags", "union", 1)),
        *((10, "attr.a", "max", 1), (10, "attr.a", "max", 1), (11, "attr.a", "union", 2), (11, "attr.a", "union", 2)),
    ):
        told = {"contact_id": uid(contact), "field": field, "rule": rule, "delivery_id": uid(delivery)}
        upgraded.put("contact_field", told)
    assert changed(upgraded, "unions_are_lists") == 2


def test_messages_of_chats_that_came_after_a_block_are_counted(upgraded: Tables) -> None:
    upgraded.put("delivery", {"delivery_id": uid(3), "format": "whatsapp"})
    upgraded.put("chat_format", {"format": "whatsapp"})
    upgraded.put("decision", {"decision_id": uid(50), "kind": "block", "decided_at": on(3)})
    upgraded.put("decision_record", {"decision_id": uid(50), "record_key": uid(1)})
    upgraded.put(
        "membership", {"record_key": uid(1), "contact_id": uid(7)}, {"record_key": uid(2), "contact_id": uid(8)}
    )
    upgraded.put("conversation", {"conversation_id": uid(30), "delivery_id": uid(3), "started_at": on(1)})
    upgraded.put("conversation_stats", {"conversation_id": uid(30), "record_key": uid(1), "first_at": on(1)})
    for number, record, day, delivery in ((1, 1, 4, 1), (2, 1, 3, 1), (3, 1, 4, 2), (4, 2, 4, 1), (5, 1, 5, 1)):
        told = {"message_id": uid(number), "conversation_id": uid(30), "record_key": uid(record), "sent_at": on(day)}
        upgraded.put("message", told | {"delivery_id": uid(delivery)})
    assert changed(upgraded, "blocks_end_conversations") == 2


# What is new of contacts


def test_a_contact_is_new_if_no_record_was_in_it_before(tables: Tables) -> None:
    tables.put("run", {"run_id": "one", "started_at": on(1)}, {"run_id": "two", "started_at": on(3)})
    for number, day in ((50, 2), (51, 4)):
        tables.put("decision", {"decision_id": uid(number), "decided_at": on(day)})
    for contact, run_from in (
        *((1, "one"), (1, "two"), (2, "two"), (3, f"decision:{uid(50)}"), (4, f"decision:{uid(51)}"), (5, "forgotten")),
    ):
        tables.put("membership", {"record_key": uid(contact), "contact_id": uid(contact), "run_from": run_from})
    asked = pl.Series([uid(number) for number in (1, 2, 3, 4, 5, 6)])
    assert sorted(new_contacts(tables.connection, asked, on(2))) == [uid(2), uid(4), uid(6)]


def test_fields_are_stated_since_by_a_later_delivery_or_decision(tables: Tables) -> None:
    for number, day in ((1, 2), (2, 3)):
        tables.put("delivery", {"delivery_id": uid(number), "received_at": on(day)})
        tables.put("decision", {"decision_id": uid(50 + number), "decided_at": on(day)})
    for contact, field, origin in (
        *((7, "name", 2), (7, "email", 52), (7, "phone", 1), (7, "tags", 2), (7, "tags", 2), (7, "other", 2)),
        *((8, "name", 51), (9, "name", 2), (10, "name", 99)),
    ):
        tables.put("contact_field", {"contact_id": uid(contact), "field": field, "delivery_id": uid(origin)})
    asked = pl.Series([uid(7), uid(8), uid(10)])
    found = fields_stated_since(tables.connection, asked, {"name", "email", "phone", "tags"}, on(2))
    assert found.rows() == [(uid(7), ["email", "name", "tags"])]


# What is derived, compared with what it was

TELLING = {  # a column of each table that is compared
    **dict.fromkeys(("record_field", "compared_identifier", "shared_identifier", "contact_field"), "field"),
    **dict.fromkeys(("receipt_only_message", "conversation_stats", "suppressed_conversation"), "conversation_id"),
    **dict.fromkeys(("match_edge", "vetoed_edge", "pooled_join"), "record_lo"),
    **dict.fromkeys(("contact", "contact_attribute"), "name"),
    "blocking_key": "record_key",
    "membership": "reason",
    "contact_identifier": "value",
    "contact_search": "text",
}


def test_rows_that_are_missing_or_surplus_are_counted_by_table(tables: Tables) -> None:
    def put(table: str, *values: int) -> None:
        column = TELLING[table]
        whose = {"contact_id": uid(7)} if table in OF_CONTACTS else {}
        rows = [{column: uid(each) if column.endswith(("_id", "_key", "_lo")) else str(each)} for each in values]
        tables.put(table, *(row | whose for row in rows))

    for table in DERIVED:
        put(table, 1, 1)
    keep_stored_copy(tables.connection)
    for table in DERIVED:
        tables.connection.execute(f"DELETE FROM {table}")
        put(table, 1, 2, 2)
    assert differences(tables.connection).rows() == [(table, 2, 3, 1, 2) for table in DERIVED]
    assert contacts_that_differ(tables.connection) == [uid(7)]


OF_CONTACTS = {table for table in DERIVED if table.startswith("contact")} | {"membership", "suppressed_conversation"}


@pytest.mark.parametrize(
    ("table", "column"), [("match_edge", "run_id"), ("contact", "run_id"), ("contact", "status_as_of")]
)
def test_which_run_derived_something_and_when_makes_no_difference(tables: Tables, table: str, column: str) -> None:
    tables.put(table, {})
    keep_stored_copy(tables.connection)
    other = on(5) if column == "status_as_of" else "other"
    tables.connection.execute(f"UPDATE {table} SET {column} = ?", [other])
    assert contacts_that_differ(tables.connection) == []
    assert differences(tables.connection)["missing"].sum() == 0


def test_memberships_of_former_times_are_not_derived(tables: Tables) -> None:
    keep_stored_copy(tables.connection)
    tables.put("membership", {"contact_id": uid(7), "run_to": "over"})
    assert contacts_that_differ(tables.connection) == []
