"""Whom an address reaches although somebody else with it said no, asked of tables filled by hand."""

from typing import Any

import pytest

from pipelines.store.reads.suppressed_addresses import (
    contacts_with_addresses_of,
    refusals_of_others,
    suppressed_contacts,
)
from tests.store_tables import Tables, uid

BLOCKED: dict[str, Any] = {"status": "blocked"}
REFUSING: dict[str, Any] = {"attributes": {"news": "false"}}


def contact(tables: Tables, number: int, *addresses: tuple[str, str], primary: bool = True, **said: Any) -> None:
    """A contact of the record of its number, known by these addresses."""
    tables.put("contact", {"contact_id": uid(number)} | said)
    tables.put("membership", {"record_key": uid(number), "contact_id": uid(number)})
    for kind, value in addresses:
        known = {"contact_id": uid(number), "record_key": uid(number), "type": kind, "value": value}
        tables.put("contact_identifier", known | {"is_primary": primary})


def stated(tables: Tables, record: int, kind: str, value: str, *spellings: str) -> None:
    """What a record states or has stated, with all spellings of it."""
    told = {"record_key": uid(record), "type": kind, "normalised": value, "match_keys": [value, *spellings]}
    tables.put("identifier", told)


def suppressed(tables: Tables, *columns: str) -> list[tuple[int, str | None]]:
    found = suppressed_contacts(tables.connection, columns, ["news"]).rows()
    return [(int(each[-2:], 16), consent) for each, consent in found]


def because(tables: Tables, number: int) -> list[tuple[str, str | None, int]]:
    found = refusals_of_others(tables.connection, uid(number), ["news"]).rows()
    return [(value, consent, int(other[-2:], 16)) for value, consent, other in found]


@pytest.mark.parametrize(
    ("said", "consent"),
    [(BLOCKED, None), (REFUSING, "news")],
)
@pytest.mark.parametrize(
    ("kind", "column"), [("phone", "phones"), ("email", "emails"), ("phone", "phone"), ("email", "email")]
)
def test_a_no_reaches_everybody_else_with_the_address(
    tables: Tables, said: dict[str, Any], consent: str | None, kind: str, column: str
) -> None:
    contact(tables, 1, (kind, "x"), ("username", "u"), **said)
    contact(tables, 2, (kind, "x"))
    contact(tables, 3, (kind, "y"), ("username", "u"))
    assert suppressed(tables, column) == [(2, consent)]
    assert because(tables, 2) == [("x", consent, 1)]
    assert because(tables, 1) == because(tables, 3) == []


@pytest.mark.parametrize("said", [{}, {"attributes": {"news": "true"}}, {"attributes": {"other": "false"}}])
def test_who_did_not_say_no_suppresses_nobody(tables: Tables, said: dict[str, Any]) -> None:
    contact(tables, 1, ("phone", "x"), **said)
    contact(tables, 2, ("phone", "x"))
    assert suppressed(tables, "phones") == []
    assert because(tables, 2) == []


def test_a_file_reaches_by_the_columns_it_has(tables: Tables) -> None:
    contact(tables, 1, ("phone", "x"), ("email", "e"), **BLOCKED)
    contact(tables, 2, ("phone", "x"), primary=False)
    contact(tables, 3, ("email", "e"))
    reached = {column: suppressed(tables, column) for column in ("phones", "phone", "emails", "email", "name")}
    assert reached == {"phones": [(2, None)], "phone": [], "emails": [(3, None)], "email": [(3, None)], "name": []}
    assert suppressed(tables, "phones", "email") == [(2, None), (3, None)]


def test_an_address_is_one_of_its_kind(tables: Tables) -> None:
    contact(tables, 1, ("phone", "x"), **BLOCKED)
    contact(tables, 2, ("email", "x"))
    assert suppressed(tables, "phones", "emails") == []
    assert because(tables, 2) == []


def test_two_who_say_no_suppress_each_other_and_one_alone_not_itself(tables: Tables) -> None:
    contact(tables, 1, ("phone", "x"), **BLOCKED)
    contact(tables, 2, ("phone", "x"), **BLOCKED)
    contact(tables, 3, ("phone", "y"), **REFUSING)
    assert suppressed(tables, "phones") == [(1, None), (2, None)]
    assert because(tables, 1) == [("x", None, 2)]


def test_of_several_who_say_no_the_first_is_told_of_each_consent(tables: Tables) -> None:
    contact(tables, 4, ("phone", "x"))
    for number, said in ((3, BLOCKED), (2, BLOCKED), (1, REFUSING)):
        contact(tables, number, ("phone", "x"), **said)
    assert sorted(because(tables, 4), key=str) == [("x", "news", 1), ("x", None, 2)]


@pytest.mark.parametrize("kind", ["phone", "wa_id"])
def test_a_number_is_the_same_in_every_spelling(tables: Tables, kind: str) -> None:
    contact(tables, 1, ("phone", "+5215512345678"), **BLOCKED)
    stated(tables, 1, kind, "+5215512345678", "+525512345678")
    contact(tables, 2, ("phone", "+525512345678"))
    assert suppressed(tables, "phones") == [(2, None)]


@pytest.mark.parametrize("kind", ["phone", "wa_id"])
def test_a_number_whose_other_spelling_is_suppressed_is_so_itself(tables: Tables, kind: str) -> None:
    contact(tables, 1, ("phone", "+525512345678"), **BLOCKED)
    contact(tables, 2, ("phone", "+5215512345678"))
    stated(tables, 2, kind, "+5215512345678", "+525512345678")
    contact(tables, 3, ("phone", "+5215512345679"))
    stated(tables, 3, "email", "+5215512345679", "+525512345678")
    assert suppressed(tables, "phones") == [(2, None)]
    assert because(tables, 2) == [("+5215512345678", None, 1)]
    assert because(tables, 3) == []


@pytest.mark.parametrize(("kind", "reached"), [("phone", [2]), ("wa_id", [2]), ("email", []), ("username", [])])
def test_whatever_somebody_who_says_no_was_ever_known_by_counts(tables: Tables, kind: str, reached: list[int]) -> None:
    contact(tables, 1, **BLOCKED)
    stated(tables, 1, kind, "former")
    contact(tables, 2, ("phone", "former"))
    assert [number for number, _ in suppressed(tables, "phones")] == reached
    assert because(tables, 2) == [("former", None, 1)] * len(reached)


def test_what_a_record_that_left_was_known_by_is_anothers(tables: Tables) -> None:
    contact(tables, 1, **BLOCKED)
    tables.put("membership", {"record_key": uid(9), "contact_id": uid(1), "run_to": "over"})
    stated(tables, 9, "phone", "former")
    contact(tables, 2, ("phone", "former"))
    assert suppressed(tables, "phones") == []
    assert because(tables, 2) == []


def test_others_with_the_addresses_of_a_contact_are_told_whatever_they_said(tables: Tables) -> None:
    contact(tables, 1, ("phone", "x"), ("email", "e"), ("username", "u"))
    stated(tables, 1, "email", "former")
    contact(tables, 4, ("phone", "x"), primary=False)
    contact(tables, 3, ("email", "former"))
    contact(tables, 2, ("username", "u"), ("phone", "e"))
    assert contacts_with_addresses_of(tables.connection, uid(1)).to_list() == [uid(3), uid(4)]
    assert contacts_with_addresses_of(tables.connection, uid(9)).is_empty()
