"""What survivorship reads, asked of tables filled by hand: records are numbered in the order of their keys from 0."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipelines.store.contacts import candidate_values
from pipelines.store.contacts.numbers import Numbered, number_contacts, number_members
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)
ANNA, BEA = 7, 8  # contacts


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def decide(tables: Tables, number: int, kind: str, *sides: tuple[int, ...], day: int = 0, **said: Any) -> None:
    tables.put("decision", {"decision_id": uid(number), "kind": kind, "decided_at": on(day)} | said)
    for side, records in enumerate(sides):
        for record in records:
            tables.put("decision_record", {"decision_id": uid(number), "record_key": uid(record), "side": side})


def numbered(tables: Tables) -> Numbered:
    """Number records 1 and 2 of one contact and 3 of another: as 0, 1 and 2."""
    members = pl.DataFrame({"record_key": [uid(3), uid(1), uid(2)], "contact_id": [uid(BEA), uid(ANNA), uid(ANNA)]})
    return number_members(tables.connection, members)


def content(tables: Tables, record: int, version: int = 0, **said: Any) -> None:
    tables.put("source_record", {"record_key": uid(record), "version": uid(version), "delivery_id": uid(50)} | said)


# Numbers


def test_keys_are_numbered_in_their_order_and_told_again(tables: Tables) -> None:
    tables.put("delivery", {"delivery_id": uid(50), "format": "chat"})
    decide(tables, 40, "tag", (1,))
    known = numbered(tables)
    assert known.records.to_list() == [uid(1), uid(2), uid(3)]
    assert known.contacts.to_list() == [uid(ANNA), uid(BEA)]
    assert known.origins.to_list() == [uid(40), uid(50)]
    assert tables.rows("SELECT origin, format FROM origin_number ORDER BY ALL") == [(0, None), (1, "chat")]

    numbers = pl.DataFrame({"record_key": [2, 0], "contact_id": [1, 0], "delivery_id": [1, 0], "rule": ["a", "b"]})
    assert known.keyed(numbers).rows() == [(uid(3), uid(BEA), uid(50), "a"), (uid(1), uid(ANNA), uid(40), "b")]
    lost = [
        [{"value": "x", "record_key": 0, "delivery_id": 1}, {"value": "y", "record_key": 2, "delivery_id": 0}],
        None,
    ]
    losers = known.keyed_losers(pl.DataFrame({"field": ["a", "b"], "lost": lost}))
    assert losers["field"].to_list() == ["a", "b"]
    assert losers["lost"].to_list() == [
        [
            {"value": "x", "record_key": uid(1), "delivery_id": uid(50)},
            {"value": "y", "record_key": uid(3), "delivery_id": uid(40)},
        ],
        None,
    ]
    own = known.numbered(pl.DataFrame({"record_key": [uid(3), uid(9), uid(1)], "x": [1, 2, 3]}))
    assert sorted(own.rows()) == [(0, 3), (2, 1)]


def test_members_of_contacts_are_those_of_now(tables: Tables) -> None:
    for record, contact, run_to in ((1, ANNA, None), (2, ANNA, "over"), (3, BEA, None), (4, 9, None)):
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact), "run_to": run_to})
    known = number_contacts(tables.connection, pl.Series([uid(ANNA), uid(BEA)]))
    assert (known.records.to_list(), known.contacts.to_list()) == ([uid(1), uid(3)], [uid(ANNA), uid(BEA)])


# What people decided


@pytest.fixture
def decided(tables: Tables) -> Tables:
    """An edit for record 1 that speaks over 2, a tag for 3, and what stands nowhere or is about no value."""
    decide(tables, 40, "edit", (1,), (2, 3), day=3, field="name", value="Ann", row_number=2)
    decide(tables, 41, "tag", (3,), day=1, value="vip")
    decide(tables, 42, "pin", (9,), (2,), day=1, field="name")  # of a record that is no member
    decide(tables, 43, "untag", (2,), day=2, value="vip", revoked_at=on(9))
    decide(tables, 44, "note", (1,), day=2, value="x")
    numbered(tables)
    return tables


def test_what_stands_decided_about_values_is_told_in_its_order_of_the_record_that_carries_it(decided: Tables) -> None:
    found = candidate_values.decided_values(decided.connection)
    assert found.drop("turn").rows() == [
        (1, 2, 1, "tag", "tags", "vip", on(1)),
        (0, 0, 0, "edit", "name", "Ann", on(3)),
    ]
    assert found["turn"].to_list() == sorted(found["turn"])


def test_decisions_are_ordered_by_moment_row_and_id(tables: Tables) -> None:
    for number, day, row in ((44, 1, None), (43, 2, 10), (42, 2, 9), (41, 2, 9), (40, 12, None)):
        decide(tables, number, "tag", (1,), day=day, row_number=row, value=str(number))
    numbered(tables)
    assert candidate_values.decided_values(tables.connection)["value"].to_list() == ["44", "41", "42", "43", "40"]


def test_an_edit_speaks_over_the_members_that_it_is_about(decided: Tables) -> None:
    decide(decided, 45, "pin", (3,), (2,), day=5, field="name")
    numbered(decided)
    found = candidate_values.overruled_values(decided.connection).rows()
    assert found == [(0, 0, 0), (0, 0, 1), (1, 5, 2)]


def test_whether_anything_was_decided_is_known(tables: Tables) -> None:
    assert not candidate_values.has_decisions(tables.connection)
    decide(tables, 40, "tag", (1,))
    assert candidate_values.has_decisions(tables.connection)


def since(tables: Tables) -> list[tuple[int, str, str, int]]:
    found = candidate_values.values_since_decision(tables.connection).rows()
    return [(record, field, value, (moment - FIRST).days) for record, field, value, moment in found]


@pytest.mark.parametrize(
    ("kind", "field", "expected"),
    [
        ("edit", "name", [(0, "name", "Ann", 1), (0, "name", "Bea", 2), (1, "name", "Cleo", 3)]),
        ("pin", "attr.tier", [(0, "attr.tier", "gold", 1), (0, "attr.tier", "tin", 2)]),
        ("untag", None, [(0, "tags", "a", 1), (0, "tags", "b", 1)]),
        ("edit", "phone", [(0, "phone", "+1", 1), (0, "wa_id", "+1", 1)]),
        ("edit", "email", [(0, "email", "e", 2)]),
        ("tag", None, []),
    ],
)
def test_since_when_a_value_is_stated_is_its_first_sighting(
    tables: Tables, kind: str, field: str | None, expected: list[tuple[int, str, str, int]]
) -> None:
    for version, (record, day, name, tags, attributes) in enumerate(
        [
            (1, 1, "Ann", ["a", "b"], {"tier": "gold"}),
            (1, 2, "Bea", ["a"], {"tier": "tin"}),
            (1, 4, "Ann", [], {"tier": "gold"}),
            (2, 3, "Cleo", [], {}),
            (3, 0, "Dora", ["a"], {"tier": "gold"}),
        ]
    ):
        content(tables, record, version, first_seen_at=on(day), name=name, tags=tags, attributes=attributes)
    for version, type_, value in ((0, "phone", "+1"), (0, "wa_id", "+1"), (2, "phone", "+1"), (1, "email", "e")):
        tables.put("identifier", {"record_key": uid(1), "version": uid(version), "type": type_, "normalised": value})
    decide(tables, 40, kind, (1,), day=5, field=field, value="x")
    numbered(tables)
    assert since(tables) == expected


def test_the_primary_of_a_merge_counts_where_another_side_of_it_is_in_the_contact(tables: Tables) -> None:
    decide(tables, 43, "merge", (1,), (2,), day=1)
    decide(tables, 42, "merge", (2, 1), (3,), day=2)  # whose other side is another contact
    decide(tables, 41, "merge", (2,), (1,), day=3, revoked_at=on(9))
    decide(tables, 40, "unmerge", (2,), (1,), day=3)
    decide(tables, 44, "merge", (2, 3), (1,), day=3)
    numbered(tables)
    found = candidate_values.primaries(tables.connection)
    assert found.drop("turn").rows() == [(0, 3, 0), (0, 4, 1)]
    assert found["turn"].to_list() == sorted(found["turn"])


# What a contact has


def test_the_values_of_a_field_are_told_in_order(tables: Tables) -> None:
    for contact, field, value in ((7, "tags", "b"), (7, "tags", "a"), (7, "name", "x"), (8, "tags", "c")):
        tables.put("contact_field", {"contact_id": uid(contact), "field": field, "value": value})
    assert candidate_values.values_of(tables.connection, uid(7), "tags") == ["a", "b"]


def test_a_field_is_pinned_by_the_newest_pin_of_a_member_that_carries_it(tables: Tables) -> None:
    for record, contact, run_to in ((1, 7, None), (2, 8, None), (3, 7, "over")):
        tables.put("membership", {"record_key": uid(record), "contact_id": uid(contact), "run_to": run_to})
    assert candidate_values.pin_of(tables.connection, uid(7), "name") is None
    for number, kind, sides, day, said in (
        *((40, "pin", ((1,),), 2, {}), (41, "pin", ((1,),), 1, {}), (42, "edit", ((1,),), 5, {})),
        *((43, "pin", ((1,),), 5, {"field": "phone"}), (44, "pin", ((1,),), 5, {"revoked_at": on(9)})),
        *((45, "pin", ((2,), (1,)), 5, {}), (46, "pin", ((3,),), 5, {})),
    ):
        decide(tables, number, kind, *sides, day=day, **{"field": "name"} | said)
    assert candidate_values.pin_of(tables.connection, uid(7), "name") == uid(40)


@pytest.mark.parametrize(
    ("text", "tag"), [("VIP", "VIP"), (" vip ", "vip"), ("Vip", "VIP"), ("press", None), ("v", None)]
)
def test_a_tag_is_spelt_as_the_contact_has_it(tables: Tables, text: str, tag: str | None) -> None:
    tables.put(
        "contact", {"contact_id": uid(7), "tags": ["vip", "VIP", "fair"]}, {"contact_id": uid(8), "tags": ["press"]}
    )
    assert candidate_values.tag_of(tables.connection, uid(7), text) == tag


# What records state

PRIORITIES = pl.DataFrame({"source": ["crm"], "priority": [10]}, schema={"source": pl.String, "priority": pl.Int64})


@pytest.fixture
def stating(tables: Tables) -> Tables:
    """Three records, of which the first two say something; the newest content speaks for each field."""
    tables.put("delivery", {"delivery_id": uid(50), "format": "csv"}, {"delivery_id": uid(51), "format": "whatsapp"})
    tables.put("chat_format", {"format": "whatsapp"})
    for record, source in ((1, "crm"), (2, "gone"), (3, "crm")):
        tables.put("record", {"record_key": uid(record), "source": source})
    return tables


def speaks(tables: Tables, record: int, *fields: str, version: int = 0) -> None:
    for field in fields:
        told = {"record_key": uid(record), "version": uid(version), "field": field, "observed_at": on(3)}
        tables.put("record_field", told)


def stated(tables: Tables, *columns: str) -> list[tuple[Any, ...]]:
    numbered(tables)
    return sorted(candidate_values.stated_values(tables.connection, PRIORITIES).select(columns).rows(), key=str)


def test_every_value_is_stated_with_its_place(stating: Tables) -> None:
    content(stating, 1, tags=["a", "b"], attributes={"tier": "gold"}, row_number=4, line_number=5, fills=["tags"])
    speaks(stating, 1, "tags", "attr.tier", "attr.none")
    expected = {"contact_id": 0, "record_key": 0, "priority": 10, "silenced": False, "observed_at": on(3)}
    expected |= {"delivery_id": 0, "row_number": 4, "line_number": 5, "position": 0}
    assert stated(stating, "field", "value", "only_fills", *expected) == [
        ("attr.tier", "gold", False, *expected.values()),
        ("tags", "a", True, *expected.values()),
        ("tags", "b", True, *expected.values()),
    ]


def test_a_source_that_is_no_longer_configured_comes_last(stating: Tables) -> None:
    for record in (1, 2, 3):
        content(stating, record, attributes={"tier": "gold"})
        speaks(stating, record, "attr.tier")
    assert stated(stating, "record_key", "priority", "contact_id") == [(0, 10, 0), (1, 2147483647, 0), (2, 10, 1)]


def test_an_identifier_is_stated_as_it_is_kept(stating: Tables) -> None:
    content(stating, 1)
    content(stating, 1, 9)
    for version, kind, value, position in (
        (0, "phone", "+1", 0),
        (0, "phone", "+2", 1),
        (0, "email", "e", 0),
        (9, "phone", "+9", 0),
    ):
        told = {"record_key": uid(1), "version": uid(version), "type": kind, "normalised": value, "position": position}
        stating.put("identifier", told | {"scope": "s", "validity": "valid"})
    speaks(stating, 1, "phone")
    assert stated(stating, "field", "value", "position", "scope", "validity") == [
        *(("phone", "+1", 0, "s", "valid"), ("phone", "+2", 1, "s", "valid")),
    ]


@pytest.mark.parametrize(
    ("raw", "flat"),
    [
        ('{"n":"Berg"}', False),
        ('{"n":"BERG"}', True),
        ('{"n":"berg"}', True),
        ('{"n":"BERG","o":"Berg"}', False),
        ('{"n":"bERG"}', False),
        (None, False),
    ],
)
def test_a_name_that_was_written_without_regard_to_capitals_is_flat(
    stating: Tables, raw: str | None, flat: bool
) -> None:
    content(stating, 1, name="Ann Berg", first_name="Ann", last_name="Berg", name_tokens=["ann", "berg"], raw=raw)
    speaks(stating, 1, "name")
    shown = ("value", "first_name", "last_name", "form", "flat", "display_name")
    assert stated(stating, *shown) == [("Ann Berg", "Ann", "Berg", "ann berg", flat, False)]


def test_of_a_name_of_one_word_that_word_is_looked_at(stating: Tables) -> None:
    content(stating, 1, name="Ann", first_name="Ann", raw='{"n":"ANN"}')
    speaks(stating, 1, "name")
    assert stated(stating, "flat") == [(True,)]


def test_a_name_in_a_chat_is_a_display_name(stating: Tables) -> None:
    content(stating, 1, name="Ann", delivery_id=uid(51), tags=["a"])
    speaks(stating, 1, "name", "tags")
    assert stated(stating, "field", "display_name") == [("name", True), ("tags", None)]
