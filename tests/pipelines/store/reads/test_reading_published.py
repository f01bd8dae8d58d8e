"""The published views as they are read, of tables filled by hand."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.store.reads import published
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def numbers(found: Iterable[str]) -> list[int]:
    return [int(each[-2:], 16) for each in found]


@pytest.fixture
def people(tables: Tables) -> Tables:
    """Three contacts, of whom the second was last heard of, and the third never."""
    for number, name, day, tags in ((1, "Ann Berg", 1, []), (2, "Bea Berg", 5, ["vip"]), (3, "Cleo Dorn", None, [])):
        heard = None if day is None else FIRST + timedelta(days=day)
        names = {"name": name, "name_folded": name.lower(), "attributes": {"tier": f"t{number}"}, "tags": tags}
        tables.put("contact", {"contact_id": uid(number), "last_interaction_at": heard} | names)
    for number, kind, value, primary in (
        *((1, "phone", "+4930901820", True), (1, "email", "b@a.example", False), (1, "email", "c@a.example", True)),
        *((1, "email", "a@a.example", False), (3, "email", "cleo@a.example", True)),
    ):
        known = {"contact_id": uid(number), "type": kind, "value": value, "is_primary": primary}
        tables.put("contact_identifier", known)
    tables.put(
        "contact_attribute", {"contact_id": uid(3), "name": "tier", "value_text": "Gold", "value_folded": "gold"}
    )
    return tables


def test_contacts_last_heard_of_come_first(people: Tables) -> None:
    people.put("contact", {"contact_id": uid(4), "last_interaction_at": FIRST + timedelta(days=5)})
    found = published.contacts(people.connection, ["contact_id", "name"], ["tier"])
    assert (found.columns, numbers(found["contact_id"])) == (["contact_id", "name", "attr.tier"], [2, 4, 1, 3])
    assert found["attr.tier"].to_list() == ["t2", None, "t1", "t3"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["berg"], [1, 2]),
        (["BERG", "ann"], [1]),
        (["vip"], [2]),
        (["901820"], [1]),
        (["030901820"], [1]),
        (["901"], [1]),  # in the number as it is written
        (["0 9 0 1"], []),
        (["a.example"], [1, 3]),
        (["gold"], [3]),
        (["00000000-0000"], [1, 2, 3]),
        (["zoe"], []),
        (["berg", "gold"], []),
        ([], []),
    ],
)
def test_contacts_are_found_in_whom_every_word_is(people: Tables, words: list[str], found: list[int]) -> None:
    assert numbers(published.contacts_with(people.connection, words)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ANN berg", [1]),
        (uid(2), [2]),
        ("0000", [1, 2, 3]),
        ("cleo@a.example", [3]),
        ("berg", [1, 2]),
        ("dorn cleo", [3]),
    ],
)
def test_a_contact_is_meant_precisely_or_else_found(people: Tables, text: str, found: list[int]) -> None:
    assert numbers(published.resolve(people.connection, text)) == found


def test_one_contact_is_told_with_what_it_is_known_by_the_primary_first(people: Tables) -> None:
    assert published.contact(people.connection, uid(2))["name"] == "Bea Berg"
    found = published.identifiers(people.connection, uid(1)).select("type", "value", "is_primary").rows()
    assert found == [
        *(("email", "c@a.example", True), ("email", "a@a.example", False), ("email", "b@a.example", False)),
        ("phone", "+4930901820", True),
    ]


def test_values_of_a_contact_are_told_by_field(people: Tables) -> None:
    for contact, field, value in ((1, "tags", "b"), (1, "tags", "a"), (1, "name", "Ann"), (2, "name", "Bea")):
        people.put("contact_field", {"contact_id": uid(contact), "field": field, "value": value})
    found = published.fields(people.connection, uid(1)).select("field", "value").rows()
    assert found == [("name", "Ann"), ("tags", "a"), ("tags", "b")]
