import polars as pl
import pytest

from pipelines.read.tables.attribute_guess import guessed_attribute
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType


def guess(*cells: str, header: str = "x") -> Attribute:
    return guessed_attribute(header, pl.Series(cells, dtype=pl.String))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["yes", "no", "yes"], "boolean"),
        (["1", "0"], "boolean"),
        (["1", "1"], "number"),
        (["3", "4.5", "1,234.50"], "number"),
        (["2026-01-05", "05.02.2026"], "date"),
        (["03/04/2026", "05/06/2026"], "date"),
        (["gold", "7"], "text"),
        (["007", "12"], "text"),
    ],
)
def test_a_type_is_the_narrowest_that_takes_the_values(cells: list[str], kind: str) -> None:
    assert guess(*cells).type == kind


@pytest.mark.parametrize("header", ["zip", "postal code", "kundennummer", "ad id", "plz"])
def test_a_number_that_only_names_something_is_text(header: str) -> None:
    assert guess("10115", "20095", header=header).type is AttributeType.TEXT


@pytest.mark.parametrize("header", ["do not call", "is customer", "email opt out"])
def test_a_header_that_asks_is_answered_by_yes_or_no(header: str) -> None:
    assert guess("0", "0", header=header).type is AttributeType.BOOLEAN
    assert guess("3", header=header).type is AttributeType.NUMBER


@pytest.mark.parametrize(
    "header",
    [
        *(
            "newsletter",
            "newsletter subscribed",
            "email opt in",
            "email optin",
            "accepts email marketing",
            "gdpr consent",
        ),
        *("accepts marketing", "opted in", "marketing permission", "werbeeinwilligung", "newsletter abonniert"),
        *("consentement marketing", "consenso", "email opt in?"),
    ],
)
@pytest.mark.parametrize("cells", [("yes", "no"), ("yes",), ("TRUE", "FALSE", "TRUE"), ("1", "0"), ("ja", "nein")])
def test_what_people_agreed_to_is_a_consent_of_which_one_no_is_enough(header: str, cells: tuple[str, ...]) -> None:
    assert guess(*cells, header=header) == Attribute(type=AttributeType.BOOLEAN, merge=AttributeMerge.MOST_RESTRICTIVE)


@pytest.mark.parametrize(
    "header",
    ["email opt out", "opted out", "unsubscribed from emails", "do not call", "email blacklist", "no newsletter"],
)
def test_of_what_people_objected_to_one_yes_is_enough(header: str) -> None:
    assert guess("no", "yes", header=header) == Attribute(type=AttributeType.BOOLEAN, merge=AttributeMerge.ANY_TRUE)


@pytest.mark.parametrize(
    ("header", "cells", "kind"),
    [
        ("newsletter", ("weekly", "monthly"), "text"),
        ("newsletter", ("yes", "no", "perhaps"), "text"),
        ("newsletter frequency", ("1", "1"), "number"),
        ("opt in date", ("2026-01-05", "2026-02-05"), "date"),
        ("email opt in at", ("2026-01-05",), "date"),
    ],
)
def test_what_holds_no_yes_and_no_is_no_consent(header: str, cells: tuple[str, ...], kind: str) -> None:
    assert guess(*cells, header=header) == Attribute(type=AttributeType(kind))


def test_one_value_in_twenty_may_be_wrong() -> None:
    assert guess(*map(str, range(38)), "?", "??").type is AttributeType.NUMBER
    assert guess(*map(str, range(17)), "?").type is AttributeType.TEXT


def test_few_values_that_repeat_are_a_list() -> None:
    assert guess(*["gold", "silver"] * 4) == Attribute(type=AttributeType.DROPDOWN, values=("gold", "silver"))


def test_values_that_do_not_repeat_or_are_too_many_are_text() -> None:
    assert guess("gold", "silver", "bronze").type is AttributeType.TEXT
    assert guess(*[f"value {letter}" for letter in "abcdefghijklm"] * 9).type is AttributeType.TEXT
    assert guess(*["gold"] * 9).type is AttributeType.TEXT


@pytest.mark.parametrize("value", ["jane@example.com", "id 123456", "called and will call again", "x" * 31])
def test_what_may_be_about_a_person_is_no_list(value: str) -> None:
    assert guess(*[value, "gold"] * 9).type is AttributeType.TEXT


def test_values_that_differ_in_case_alone_are_no_list() -> None:
    assert guess(*["gold", "Gold"] * 9).type is AttributeType.TEXT
