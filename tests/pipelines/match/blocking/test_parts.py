"""What keys are made of: which records share a part, and which have none of it."""

from collections.abc import Mapping

import polars as pl
import pytest

from pipelines.match.blocking.parts import DERIVED, OF_FIRMS, OF_NAMES, fields_of_part, parts_of

NAMED = {"record": pl.UInt32, "given_name": pl.String, "family_name": pl.String, "middle_name": pl.String}
FACTS = {"record": pl.UInt32, "field": pl.String, "value": pl.String}
Names = tuple[str | None, str | None, str | None]


def shared(part: str, one: str, other: str, field: str | None = None) -> bool:
    """Whether two records that each state a value of a field share a part made of it."""
    told = field or (DERIVED[part].field if part in DERIVED else part)
    facts = pl.DataFrame([(0, told, one), (1, told, other)], schema=FACTS, orient="row")
    found = parts_of(pl.DataFrame(schema=NAMED), facts, frozenset({part}))
    own = (
        [set(found[part].filter(pl.col("record") == nth)["value"]) for nth in (0, 1)] if part in found else [set()] * 2
    )
    return bool(own[0] & own[1])


def shared_by_names(part: str, one: Names, other: Names) -> bool:
    names = pl.DataFrame([(0, *one), (1, *other)], schema=NAMED, orient="row")
    found = parts_of(names, pl.DataFrame(schema=FACTS), frozenset({part}))
    own = (
        [set(found[part].filter(pl.col("record") == nth)["value"]) for nth in (0, 1)] if part in found else [set()] * 2
    )
    return bool(own[0] & own[1])


@pytest.mark.parametrize(
    ("part", "one", "other", "is_shared"),
    [
        ("mailbox", "anna.berg@a.example", "anna-berg+shop@b.example", True),
        ("mailbox", "anna.berg@a.example", "anna.bergs@a.example", False),
        ("mailbox", "annab@a.example", "annab@b.example", True),
        ("mailbox", "anna@a.example", "anna@b.example", False),
        ("mailbox_stem", "anna.berg@a.example", "annabella@b.example", True),
        ("mailbox_stem", "anna.berg@a.example", "anna.cerg@a.example", False),
        ("mailbox_stem", "anna@a.example", "anna@b.example", False),
        ("id_half", "AB-12-34", "AB1299", True),
        ("id_half", "AB-12-34", "XY1299", False),
        ("id_half", "AB-1234", "XB1234", True),
        ("id_half", "123456", "456123", False),
        ("id_half", "AB1234", "AB9934", False),
        ("id_half", "AB12345", "AB19945", True),
        ("id_half", "AB12345", "AB99245", False),
        ("id_half", "12345", "12345", False),
        ("id_half", "123456", "123456", True),
        ("birth_year", "19800304", "19801128", True),
        ("birth_year", "19800304", "19810304", False),
        ("birthday", "19800304", "19710403", True),
        ("birthday", "19800304", "19800305", False),
        ("birthday", "198003", "198003", False),
        ("house", "oak street 12", "12 elm road", True),
        ("house", "oak street 12", "13 elm road", False),
        ("house", "oak street", "oak street", False),
        ("phone", "+49301234567", "0301234567", True),
        ("phone", "+49301234567", "+49301234568", False),
        ("email", "a@x.example", "a@x.example", True),
        ("email", "a@x.example", "b@x.example", False),
    ],
)
def test_a_part_survives_most_slips_of_its_field(part: str, one: str, other: str, is_shared: bool) -> None:
    assert shared(part, one, other) is is_shared


def test_columns_of_one_role_make_one_part() -> None:
    facts = pl.DataFrame([(0, "exact_id a", "123456"), (1, "exact_id b", "123456")], schema=FACTS, orient="row")
    found = parts_of(pl.DataFrame(schema=NAMED), facts, frozenset({"exact_id"}))
    assert found["exact_id"]["value"].n_unique() == 1


@pytest.mark.parametrize(
    ("part", "one", "other", "is_shared"),
    [
        ("name", ("anna", "berg", None), ("berg", "anna", None), True),
        ("name", ("anna", "berg", None), ("anna", "berga", None), False),
        ("name", ("anna", None, None), ("anna", None, None), False),
        ("given_name", ("anna", "berg", None), ("anna", "lund", None), True),
        ("given_name", ("anna", "berg", None), ("berg", "anna", None), False),
        ("family_name", ("anna", "berg", None), ("otto", "berg", None), True),
        ("family_initial", ("anna", "berg", None), ("alma", "berg", None), True),
        ("family_initial", ("anna", "berg", None), ("otto", "berg", None), False),
        ("family_initial", (None, "berg", None), (None, "berg", None), False),
        ("stems", ("anna", "berg", None), ("bergson", "annabella", None), True),
        ("stems", ("anna", "berg", None), ("anna", "beck", None), False),
        ("stems", (None, "berg", None), (None, "berg", None), False),
        ("name_word", ("anna", "berg", "maria"), ("maria", None, None), True),
        ("name_word", ("anna", "berg", None), ("otto", "anna", None), True),
        ("name_word", ("anna", "berg", None), ("otto", "lund", "mara"), False),
    ],
)
def test_a_part_of_a_name_survives_most_slips_of_it(part: str, one: Names, other: Names, is_shared: bool) -> None:
    assert shared_by_names(part, one, other) is is_shared


def of_firms(part: str, one: Mapping[str, str], other: Mapping[str, str], person: Names = (None, None, None)) -> bool:
    """Whether two records without a person's name, but for the first, share a part."""
    told = [(nth, field, value) for nth, facts in enumerate((one, other)) for field, value in facts.items()]
    names = pl.DataFrame([(0, *person), (1, None, None, None)], schema=NAMED, orient="row")
    found = parts_of(names, pl.DataFrame(told, schema=FACTS, orient="row"), frozenset({part}))
    own = (
        [set(found[part].filter(pl.col("record") == nth)["value"]) for nth in (0, 1)] if part in found else [set()] * 2
    )
    return bool(own[0] & own[1])


ACME = {"company": "acme traders", "street": "12 n oakwood street"}


def test_firms_meet_by_their_names_the_words_of_them_and_their_place() -> None:
    assert of_firms("organisation", ACME, ACME)
    assert not of_firms("organisation", ACME, {"company": "acme trader"})
    assert of_firms("organisation_word", ACME, {"company": "traders of bath"})
    assert not of_firms("organisation_word", ACME, {"company": "other firm"})
    assert not of_firms("organisation_word", {"company": "the inn"}, {"company": "the bar"})
    assert of_firms("place", ACME, {"company": "other", "street": "12 n oakworth road"})
    assert not of_firms("place", ACME, {"company": "other", "street": "13 n oakwood street"})
    assert not of_firms("place", ACME, {"street": "12 n oakwood street"})


@pytest.mark.parametrize("person", [("anna", None, None), (None, "berg", None)])
def test_people_do_not_meet_as_firms_do(person: Names) -> None:
    assert not of_firms("organisation", ACME, ACME, person)
    assert of_firms("organisation", ACME, ACME, (None, None, "maria"))


def test_only_parts_that_are_wanted_and_that_somebody_has_are_made() -> None:
    names = pl.DataFrame([(0, "anna", "berg", None)], schema=NAMED, orient="row")
    found = parts_of(names, pl.DataFrame(schema=FACTS), frozenset({"name", "phone", "stems"}))
    assert list(found) == ["name", "stems"]
    assert found["name"].schema == {"record": pl.UInt32, "value": pl.UInt64}


def test_a_name_of_two_equal_words_makes_one_key() -> None:
    names = pl.DataFrame([(0, "anna", "anna", None)], schema=NAMED, orient="row")
    assert parts_of(names, pl.DataFrame(schema=FACTS), frozenset({"name_word"}))["name_word"].height == 1


@pytest.mark.parametrize("part", OF_NAMES)
def test_parts_of_names_are_made_of_names(part: str) -> None:
    words = {"given_name", "family_name"}
    assert fields_of_part(part) == words | ({"middle_name"} if part == "name_word" else set())


def test_other_parts_are_made_of_the_fields_of_their_role() -> None:
    assert "email" in fields_of_part("mailbox")
    assert "phone" in fields_of_part("phone")
    assert {part: DERIVED[part].field for part in DERIVED} == {
        "mailbox": "email",
        "mailbox_stem": "email",
        "id_half": "exact_id",
        "birth_year": "date_of_birth",
        "birthday": "date_of_birth",
        "house": "street",
        "organisation": "company",
        "organisation_word": "company",
        "place": "street",
    }
    assert OF_FIRMS == ("organisation", "organisation_word", "place")
