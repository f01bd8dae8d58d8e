"""The published views of a warehouse are those of their contract, and hold what the warehouse says."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.decide.annotate import note, tag
from pipelines.decide.block import block
from pipelines.decide.edit import edit
from pipelines.normalise.text import fold_case
from pipelines.store.contacts.published_values import PUBLISHED
from pipelines.store.reads.timeline import length
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.published_values import fill_published_values
from schemas.published.contract import SCHEMA
from schemas.published.views import VIEWS
from tests.deciding import rebuilt, ruling
from tests.small_project import SmallProject, starting_point

NUMBER, CHAT = "+49 151 23456789", "whatsapp:wa:4915123456789"
ATTRIBUTES = {
    "tier": {"type": "dropdown", "values": ["Gold", "silver"]},
    "seats": {"type": "number", "merge": "sum"},
    "signed_on": {"type": "date"},
    "newsletter": {"type": "boolean", "merge": "most_restrictive"},
    "hobbies": {"type": "text", "merge": "union"},
}


@starting_point
def shop(project: SmallProject) -> None:
    """Two contacts of a list, one of whom has a chat, with attributes of every type."""
    project.configure(attributes=ATTRIBUTES)
    project.deliver(
        "crm",
        "2026-02-01",
        """
        id,name,phone,email,tags,tier,seats,signed_on,newsletter,hobbies
        1,Jürgen Straße,0151 23456789,J.Strasse@Example.com,"VIP, Ärzte",gold,12,2025-12-31,yes,"Rad; FIsch"
        2,Ina Berg,,ina@example.com,,,,,,
        """,
    )
    project.chat(NUMBER, f"2026-02-02 09:04 {NUMBER}: first", "2026-02-02 09:05 Small Shop: second")
    project.run()


def described(connection: Connection, view: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, *_ in connection.execute(f"DESCRIBE {SCHEMA}.{view}").fetchall()]


@pytest.mark.parametrize("view", VIEWS.values(), ids=str)
def test_a_view_has_the_columns_of_its_contract(project: SmallProject, view: Any) -> None:
    assert described(project.connection, view.name) == [(column.name, column.type) for column in view.columns]


def test_the_schema_holds_these_views_and_no_others(project: SmallProject) -> None:
    made = project.rows("SELECT view_name FROM duckdb_views() WHERE schema_name = ?", SCHEMA)
    assert {each["view_name"] for each in made} == VIEWS.keys()


def test_views_and_columns_say_what_the_contract_says(project: SmallProject) -> None:
    views = project.rows("SELECT view_name, comment FROM duckdb_views() WHERE schema_name = ?", SCHEMA)
    columns = project.rows(
        "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE schema_name = ?", SCHEMA
    )
    assert {each["view_name"]: each["comment"] for each in views} == {
        view.name: view.description for view in VIEWS.values()
    }
    assert {(each["table_name"], each["column_name"]): each["comment"] for each in columns} == {
        (view.name, column.name): column.description for view in VIEWS.values() for column in view.columns
    }


def test_what_a_column_derives_from_is_there() -> None:
    for view in VIEWS.values():
        for column in view.columns:
            for origin in column.derives_from:
                of, _, name = origin.rpartition(".")
                assert VIEWS[of or view.name].column(name).name == name


def test_names_are_folded_as_filters_fold_them(shop: SmallProject) -> None:
    [row] = shop.rows("FROM published.contacts WHERE first_name = 'Jürgen'")
    assert (row["name_folded"], row["last_name_folded"]) == ("jürgen strasse", "strasse")
    assert row["name_folded"] == pl.select(fold_case(pl.lit(row["name"]))).item()


def test_numbers_addresses_and_tags_are_there_in_the_forms_in_which_they_are_looked_for(shop: SmallProject) -> None:
    [row] = shop.rows("FROM published.contacts WHERE first_name = 'Jürgen'")
    assert (row["phone"], row["phone_digits"], row["phones"]) == ("+4915123456789", "4915123456789", ["+4915123456789"])
    assert (row["email"], row["email_folded"]) == ("j.strasse@example.com", "j.strasse@example.com")
    assert (row["emails"], row["emails_folded"]) == (["j.strasse@example.com"], ["j.strasse@example.com"])
    assert (row["tags"], row["tags_folded"]) == (["VIP", "Ärzte"], ["vip", "ärzte"])


def test_an_address_that_folding_changes_is_there_folded_as_well(shop: SmallProject) -> None:
    shop.deliver("crm", "2026-02-03", "id,name,email\n3,Ann Lee,straße@example.com")
    shop.run()
    [row] = shop.rows("FROM published.contacts WHERE name = 'Ann Lee'")
    assert (row["email"], row["email_folded"], row["emails_folded"]) == (
        *("straße@example.com", "strasse@example.com"),
        ["strasse@example.com"],
    )
    [known] = shop.rows("FROM published.identifiers WHERE contact_id = ? AND type = 'email'", row["contact_id"])
    assert (known["value"], known["value_folded"]) == ("straße@example.com", "strasse@example.com")


def test_a_contact_without_numbers_has_empty_lists(shop: SmallProject) -> None:
    [row] = shop.rows("FROM published.contacts WHERE name = 'Ina Berg'")
    assert (row["phone_digits"], row["phones"], row["tags"], row["tags_folded"]) == (None, [], [], [])


def test_attributes_are_typed_and_lists_have_a_row_for_each_value(shop: SmallProject) -> None:
    rows = shop.rows("SELECT * EXCLUDE (contact_id) FROM published.attributes ORDER BY name, position")
    empty = {"value_number": None, "value_date": None, "value_boolean": None}
    assert rows == [
        {"name": "hobbies", "position": 1, "value_text": "FIsch", "value_folded": "fisch"} | empty,
        {"name": "hobbies", "position": 2, "value_text": "Rad", "value_folded": "rad"} | empty,
        {"name": "newsletter", "position": 1, "value_text": "true", "value_folded": "true"}
        | empty
        | {"value_boolean": True},
        {"name": "seats", "position": 1, "value_text": "12", "value_folded": "12"} | empty | {"value_number": 12.0},
        {"name": "signed_on", "position": 1, "value_text": "2025-12-31", "value_folded": "2025-12-31"}
        | empty
        | {"value_date": date(2025, 12, 31)},
        {"name": "tier", "position": 1, "value_text": "Gold", "value_folded": "gold"} | empty,
    ]


def test_an_attribute_that_is_cleared_is_gone_from_the_view(shop: SmallProject) -> None:
    contact = shop.contact_of("crm:1")
    shop.deliver("crm", "2026-02-03", "id,name,tier\n1,Jürgen Straße,\\N")
    shop.run()
    assert "tier" not in {each["name"] for each in shop.rows("FROM published.attributes WHERE contact_id = ?", contact)}


def test_an_attribute_of_another_type_is_typed_anew(shop: SmallProject) -> None:
    shop.configure(attributes=ATTRIBUTES | {"seats": {"type": "text"}})
    shop.run()
    [row] = shop.rows("FROM published.attributes WHERE name = 'seats'")
    assert (row["value_text"], row["value_number"]) == ("12", None)


def test_every_entry_of_a_timeline_is_a_message_an_event_or_a_note(shop: SmallProject) -> None:
    contact = shop.contact_of("crm:1")
    note(shop.project, shop.connection, contact, "calls back", ruling(1))
    tag(shop.project, shop.connection, contact, "fair", ruling(2))
    edit(shop.project, shop.connection, contact, "phone", "030 90182077", ruling(3))
    kinds = {view: shop.rows(f"SELECT contact_id FROM published.{view}") for view in ("messages", "events", "notes")}
    assert {view: len(rows) for view, rows in kinds.items()} == {"messages": 2, "events": 2, "notes": 1}
    assert sum(map(len, kinds.values())) == length(shop.connection)


def test_an_event_of_a_decision_names_the_field_it_changed(shop: SmallProject) -> None:
    contact = shop.contact_of("crm:1")
    edit(shop.project, shop.connection, contact, "phone", "030 90182077", ruling(3, "she called: new phone"))
    tag(shop.project, shop.connection, contact, "fair", ruling(4))
    rows = shop.rows("SELECT kind, field, after FROM published.events ORDER BY happened_at")
    assert rows == [
        {"kind": "edited", "field": "phone", "after": "+493090182077"},
        {"kind": "tagged", "field": "tags", "after": "fair"},
    ]


def test_a_conversation_says_how_much_was_exchanged_and_when_last(shop: SmallProject) -> None:
    [row] = shop.rows("FROM published.conversations")
    assert (row["contact_id"], row["channel"], row["messages"]) == (shop.contact_of("crm:1"), "whatsapp", 2)
    assert (row["last_message_at"].minute, row["labels"]) == (5, [])


def test_what_a_block_suppresses_is_in_no_published_view(shop: SmallProject) -> None:
    block(shop.project, shop.connection, shop.contact_of("crm:2"), ruling(1))
    shop.chat("+49 151 98765432", "2026-06-20 10:00 +49 151 98765432: hello")
    shop.deliver("crm", "2026-06-20", "id,name,phone,email\n2,Ina Berg,0151 98765432,ina@example.com")
    shop.run()
    contact = shop.contact_of("crm:2")
    assert shop.rows("FROM blocked_conversation WHERE contact_id = ?", contact) != []
    for view in ("messages", "conversations"):
        assert shop.rows(f"FROM published.{view} WHERE contact_id = ?", contact) == []


def test_a_value_says_where_it_was_read_or_who_decided_it(shop: SmallProject) -> None:
    contact = shop.contact_of("crm:1")
    edit(shop.project, shop.connection, contact, "email", "js@example.com", ruling(3))
    rows = shop.rows("FROM published.field_provenance WHERE contact_id = ? AND field IN ('email', 'name')", contact)
    decided, read = sorted(rows, key=lambda each: each["field"])
    assert (read["source"], read["record_id"], read["file_name"], read["line_number"], read["decided_by"]) == (
        *("crm", "1", "crm-2026-02-01.csv", 2),
        None,
    )
    assert (decided["value"], decided["decided_by"], decided["reason"]) == ("js@example.com", "Ina", "they told us")


def published_rows(project: SmallProject) -> dict[str, list[dict[str, Any]]]:
    return {view: project.rows(f"FROM published.{view} ORDER BY ALL") for view in VIEWS if view != "deliveries"}


def test_a_rebuild_gives_the_same_views(shop: SmallProject) -> None:
    before = published_rows(shop)
    rebuilt(shop)
    assert published_rows(shop) == before


def test_contacts_of_an_earlier_version_get_their_folded_and_typed_values(shop: SmallProject) -> None:
    shop.deliver("crm", "2026-02-03", "id,name,email\n3,Ann Lee,straße@example.com")
    shop.run()
    shop.connection.execute("DELETE FROM setting")
    shop.connection.execute(
        """INSERT INTO setting SELECT 'attribute.' || key, json_object('type', value[1], 'merge', value[2])
           FROM (SELECT unnest(map_entries(map {'tier': ['dropdown', 'most_recent'], 'seats': ['number', 'sum'],
             'signed_on': ['date', 'most_recent'], 'newsletter': ['boolean', 'most_restrictive'],
             'hobbies': ['text', 'union']}), recursive := true))"""
    )
    before = published_rows(shop)
    for column in PUBLISHED.split(", "):
        shop.connection.execute(f"UPDATE contact SET {column} = NULL")
    shop.connection.execute("UPDATE contact_identifier SET value_folded = NULL")
    shop.connection.execute("DELETE FROM contact_attribute")
    assert published_rows(shop) != before
    fill_published_values(shop.connection)
    assert published_rows(shop) == before


def test_a_contact_is_not_another_for_what_only_the_views_show(shop: SmallProject) -> None:
    shop.connection.execute("UPDATE contact SET name_folded = 'of an earlier version'")
    before = shop.rows("SELECT contact_id, run_id FROM contact ORDER BY contact_id")
    rebuilt(shop)
    assert shop.rows("SELECT contact_id, run_id FROM contact ORDER BY contact_id") == before
