import polars as pl
import pytest

from pipelines.read.tables.role_guess import guessed_roles, role_of, says_something
from schemas.list_roles import ListRole

NOTHING = pl.Series([], dtype=pl.String)


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("First Name", ListRole.GIVEN_NAME),
        ("nachname", ListRole.FAMILY_NAME),
        ("Name", ListRole.FULL_NAME),
        ("E-Mail", ListRole.EMAIL),
        ("Handy", ListRole.PHONE),
        ("WhatsApp", ListRole.WA_ID),
        ("ID", ListRole.RECORD_ID),
        ("PLZ", ListRole.POSTCODE),
        ("date_of_birth", ListRole.DATE_OF_BIRTH),
        ("Straße", ListRole.STREET),
        ("Firma", ListRole.COMPANY),
        ("shoe size", None),
        ("notes", None),
        ("_row", None),
    ],
)
def test_a_header_tells_the_role(header: str, role: ListRole | None) -> None:
    assert role_of(header, NOTHING) == role


def test_values_tell_the_role_where_the_header_does_not() -> None:
    columns = {
        "reach": pl.Series(["a@example.com", "b@example.com"]),
        "ring": pl.Series(["+44 20 7946 0111", "020 7946 0112"]),
        "size": pl.Series(["42", "43"]),
    }
    assert guessed_roles(columns) == {"reach": ListRole.EMAIL, "ring": ListRole.PHONE}


def test_one_column_at_most_tells_rows_apart() -> None:
    assert guessed_roles({"id": NOTHING, "Contact ID": NOTHING}) == {"id": ListRole.RECORD_ID}


def test_an_id_alone_says_nothing_of_a_person() -> None:
    assert not says_something({"id": ListRole.RECORD_ID, "x": ListRole.IGNORE})
    assert says_something({"id": ListRole.RECORD_ID, "town": ListRole.CITY})


def names_of(**cells: list[str]) -> dict[str, ListRole]:
    return guessed_roles({name: pl.Series(name, values, pl.String) for name, values in cells.items()})


@pytest.mark.parametrize(("plain", "given"), [("Name", "Vorname"), ("Name", "First_Name"), ("Naam", "Voornaam")])
def test_a_name_beside_given_names_is_the_family_name(plain: str, given: str) -> None:
    assert names_of(**{plain: ["Weber"], given: ["Karl"]}) == {
        plain: ListRole.FAMILY_NAME,
        given: ListRole.GIVEN_NAME,
    }


def test_a_name_that_holds_the_given_names_is_the_whole_name() -> None:
    assert names_of(Name=["Karl Weber", "Berg, Anna"], Vorname=["Anna", "Karl"])["Name"] == ListRole.FULL_NAME


def test_a_name_beside_both_names_or_none_is_the_whole_name() -> None:
    assert names_of(Name=["Weber"], Vorname=["Karl"], Nachname=["Weber"])["Name"] == ListRole.FULL_NAME
    assert names_of(Naam=["Weber"]) == {"Naam": ListRole.FULL_NAME}
