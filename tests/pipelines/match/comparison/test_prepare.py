import polars as pl
import pytest

from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.names.parts import compared_names
from pipelines.match.comparison.prepare import FACTS, NAMED, comparison_form, countries, named_by_mailbox


def fold(field: str, value: str | None) -> str | None:
    found = comparison_form(
        field, pl.DataFrame({"record": [0], "value": [value]}, schema={"record": pl.UInt32, "value": pl.String})
    )
    assert found.schema == FACTS
    return found["value"].item() if found.height else None


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("email", " Mara.Quint@Example.COM ", "mara.quint@example.com"),
        ("email", "mara at example", None),
        ("phone", "+44 (0)20 7946 0111 ext. 7", "4402079460111"),
        ("phone", "0044 20 7946 0111", "442079460111"),
        ("phone", "12345", None),
        ("phone", "0000000000", None),
        ("date_of_birth", "1980-03-04", "19800304"),
        ("date_of_birth", "4/3/1980", "19800403"),
        ("date_of_birth", "1980", "1980"),
        ("city", "São Paulo", "sao paulo"),
        ("company", "Northwind Traders, Inc.", "northwind traders"),
        ("street", "12 North Oak Street", "12 n oak st"),
        ("city", "unknown", None),
        ("city", "  ", None),
        ("city", None, None),
    ],
)
def test_values_are_folded_to_what_is_compared(field: str, value: str | None, expected: str | None) -> None:
    assert fold(field, value) == expected


def test_columns_of_one_role_are_values_side_by_side() -> None:
    columns = pl.DataFrame({"phone": ["+44 20 7946 0111"], "mobile": ["+44 20 7946 0999"], "land": ["GB"]})
    _, facts = prepare_list(columns, {"phone": "phone", "mobile": "phone", "land": "country"})
    assert facts.filter(pl.col("field") == "phone")["value"].to_list() == ["442079460111", "442079460999"]


def test_the_number_of_a_house_and_its_street_are_one_value() -> None:
    columns = pl.DataFrame({"number": ["12"], "street": ["Oak Street"]})
    _, facts = prepare_list(columns, {"number": "street", "street": "street"})
    assert facts.rows() == [(0, "street", "12 oak st")]


def test_a_number_with_its_country_code_tells_the_country_of_a_row_that_names_none() -> None:
    columns = pl.DataFrame({"phone": ["+44 20 7946 0111", "+44 20 7946 0111"], "land": [None, "DE"]})
    _, facts = prepare_list(columns, {"phone": "phone", "land": "country"})
    assert facts.filter(pl.col("field") == "country")["value"].to_list() == ["gb", "de"]


def test_a_calling_code_of_many_countries_counts_for_the_greatest() -> None:
    assert countries()["120"] == "us"
    assert countries()["491"] == "de"


def test_a_whole_name_is_parted() -> None:
    names, _ = prepare_list(pl.DataFrame({"name": ["Quint, Mara"]}), {"name": "full_name"})
    assert names.row(0, named=True) == {"record": 0, "given_name": "mara", "middle_name": None, "family_name": "quint"}


def test_what_follows_the_first_given_name_is_a_middle_name() -> None:
    named = pl.DataFrame({"record": [0], "first_name": ["Mara Ann"], "last_name": ["O'Quint"]})
    assert compared_names(named).rows() == [(0, "mara", "ann", "oquint")]


def test_a_middle_name_of_its_own_comes_first() -> None:
    columns = pl.DataFrame({"given": ["Mara Ann"], "middle": ["B."], "family": ["Quint"]})
    roles = {"given": "given_name", "middle": "middle_name", "family": "family_name"}
    assert prepare_list(columns, roles)[0]["middle_name"].to_list() == ["b"]


def test_rows_without_anything_have_no_facts_and_no_name() -> None:
    columns = pl.DataFrame({"name": [None], "city": [None]}, schema={"name": pl.String, "city": pl.String})
    names, facts = prepare_list(columns, {"name": "full_name", "city": "city"})
    assert names.select("given_name", "family_name").row(0) == (None, None)
    assert facts.equals(pl.DataFrame(schema=FACTS))


@pytest.mark.parametrize(
    ("field", "value"),
    [("channel_id", ""), ("city", " "), ("date_of_birth", "soon"), ("email", "@"), ("phone", "x")],
)
def test_a_value_of_which_nothing_is_left_says_nothing(field: str, value: str) -> None:
    assert fold(field, value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a.n.na+shop@gmail.com", "anna@gmail.com"),
        ("anna@googlemail.com", "anna@gmail.com"),
        ("a.nna+x@example.com", "a.nna+x@example.com"),
    ],
)
def test_one_mailbox_of_gmail_is_one_address(value: str, expected: str) -> None:
    assert fold("email", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(
            ("1234568", "1234568"),
            ("123456", None),
            ("0049301234567", "49301234567"),
            ("+49 30 1234567 x12", "49301234567"),
        ),
        *((number, None) for number in ("1111111", "2222222", "12345678", "1234567890", "5555555", "0000000")),
    ],
)
def test_a_number_that_nobody_has_says_nothing(value: str, expected: str | None) -> None:
    assert fold("phone", value) == expected


@pytest.mark.parametrize(
    ("given", "family", "mailbox", "expected"),
    [
        ("bob", None, "robert.smith@example.com", "smith"),
        ("robert", None, "smith_robert7@example.com", "smith"),
        ("robert", None, "robert-smith@example.com", "smith"),
        ("robert", "jones", "robert.smith@example.com", "jones"),
        ("r", None, "r.smith@example.com", None),
        ("robert", None, "r.smith@example.com", None),
        ("robert", None, "anna.smith@example.com", None),
        ("robert", None, "robertsmith@example.com", None),
        (None, None, "robert.smith@example.com", None),
    ],
)
def test_a_mailbox_tells_the_family_name_of_who_states_a_given_name_alone(
    given: str | None, family: str | None, mailbox: str, expected: str | None
) -> None:
    names = pl.DataFrame([(0, given, None, family)], schema=NAMED, orient="row")
    facts = pl.DataFrame([(0, "email", mailbox), (1, "email", "robert.other@example.com")], schema=FACTS, orient="row")
    assert named_by_mailbox(names, facts)["family_name"].to_list() == [expected]


def test_of_two_mailboxes_the_first_by_the_alphabet_names() -> None:
    names = pl.DataFrame([(0, "robert", None, None)], schema=NAMED, orient="row")
    facts = pl.DataFrame(
        [(0, "email", f"robert.{each}@x.example") for each in ("smith", "jones")], schema=FACTS, orient="row"
    )
    assert named_by_mailbox(names, facts).rows() == [(0, "robert", None, "jones")]
