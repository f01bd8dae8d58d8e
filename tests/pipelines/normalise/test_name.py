from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.normalise.name import any_names, is_plain, names

SCHEMA = {"name": pl.String, "first_name": pl.String, "last_name": pl.String}
Written = tuple[str | None, str | None, str | None]


def kept(name: str | None, first: str | None = None, last: str | None = None) -> dict[str, Any]:
    return names(pl.DataFrame([(name, first, last)], schema=SCHEMA, orient="row")).row(0, named=True)


def parts(name: str | None, first: str | None = None, last: str | None = None) -> tuple[str | None, str | None]:
    known = kept(name, first, last)
    return known["first_name"], known["last_name"]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Jane Doe", "Jane", "Doe"),
        ("Jane", "Jane", None),
        ("Jane Mary Doe", "Jane Mary", "Doe"),
        ("Ludwig van der Berg", "Ludwig", "van der Berg"),
        ("Maria De La Cruz", "Maria", "De La Cruz"),
        ("Ahmad bin Salim", "Ahmad", "bin Salim"),
        ("Abdul al-Rashid", "Abdul", "al-Rashid"),
        ("Al Doe", "Al", "Doe"),
        ("John Doe Jr.", "John", "Doe Jr."),
        ("Doe, Jane", "Jane", "Doe"),
        ("García Márquez, Ana", "Ana", "García Márquez"),
        ("Doe, Jr.", "Doe", "Jr."),
        ("山田太郎", "山田太郎", None),
        ("(Jane)", "(Jane)", None),
        ("Acme, Inc.", "Acme, Inc.", None),
        ("Doe, Roe & Co", "Doe, Roe & Co", None),
    ],
)
def test_a_name_is_parted_before_the_family_name(name: str, first: str, last: str | None) -> None:
    assert parts(name) == (first, last)


@pytest.mark.parametrize(
    ("name", "display"),
    [
        ("Dr. Jane Doe", "Dr. Jane Doe"),
        ("Herr Prof. Dr. Jane Doe", "Herr Prof. Dr. Jane Doe"),
        ("Mrs Jane Doe", "Mrs Jane Doe"),
        ("Jane Doe, PhD", "Jane Doe, PhD"),
        ("Jane Doe MBA", "Jane Doe MBA"),
        ("Dr. Doe, Jane", "Dr. Jane Doe"),
        ("Doe, Dr. Jane", "Dr. Jane Doe"),
        ("Jane Doe (Acme)", "Jane Doe (Acme)"),
    ],
)
def test_titles_and_remarks_stay_in_the_name_but_are_no_part(name: str, display: str) -> None:
    known = kept(name)
    assert known["name"] == display
    assert (known["first_name"], known["last_name"]) == ("Jane", "Doe")
    assert known["name_tokens"] == ["doe", "jane"]


def test_parts_that_are_given_are_not_parted_again() -> None:
    assert parts("Jane Mary Doe Roe", "Jane Mary", "Doe Roe") == ("Jane Mary", "Doe Roe")


def test_titles_are_kept_out_of_parts_that_are_given() -> None:
    assert parts(None, "Dr. Jane", "Doe, PhD") == ("Jane", "Doe")


def test_a_name_is_made_of_its_parts_where_there_is_none() -> None:
    assert kept(None, "Jane", "Doe")["name"] == "Jane Doe"
    assert kept("+49 30 901820", "Jane", None)["name"] == "Jane"


@pytest.mark.parametrize(
    "junk",
    [
        *(None, "", "~", "...", "+49 151 23456789", "0151/23456789", "jane@example.com", "<jane@example.com>", "👩‍💻"),
        *("unknown", "Test", "n/a", "FB User", "Facebook user", "WhatsApp", "Mr.", "Herr Dr."),
    ],
)
def test_what_names_nobody_becomes_null(junk: str | None) -> None:
    assert kept(junk, junk, junk) == {"name": None, "first_name": None, "last_name": None, "name_tokens": []}


def test_parts_that_name_nobody_leave_it_to_the_name() -> None:
    assert parts("Jane Doe", "0151 23456789", "unknown") == ("Jane", "Doe")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "~ Jane Doe",
            "~Jane Doe",
            "'Jane Doe'",
            '"Doe, Jane"',
            "Jane Doe <jane@example.com>",
            " Jane\u00a0 Doe\u200b",
        ),
        *("Jane 🌸 Doe", "👩‍💻 Jane Doe 👍🏽", "🇩🇪Jane Doe❤️", "★ Jane Doe ★"),
    ],
)
def test_what_is_written_around_a_name_goes(name: str) -> None:
    known = kept(name)
    assert (known["name"], known["first_name"], known["last_name"]) == ("Jane Doe", "Jane", "Doe")


@pytest.mark.parametrize(
    ("name", "cased"),
    [
        ("JANE DOE", "Jane Doe"),
        ("jane doe", "Jane Doe"),
        ("LUDWIG VAN DER BERG", "Ludwig van der Berg"),
        ("AL DOE", "Al Doe"),
        ("MARY O'NEILL-MCCOY", "Mary O'Neill-McCoy"),
        ("ronald mcdoe", "Ronald McDoe"),
        ("J.R. DOE", "J.R. Doe"),
        ("JOHN DOE III", "John Doe III"),
        ("JD", "JD"),
        ("Ronald MacDoe", "Ronald MacDoe"),
        ("ÉLODIE ÇELIK", "Élodie Çelik"),
        ("محمد علي", "محمد علي"),
    ],
)
def test_a_name_in_one_case_gets_capitals_as_names_have_them(name: str, cased: str) -> None:
    assert kept(name)["name"] == cased


def test_better_casing_that_is_given_is_not_replaced_by_a_guess() -> None:
    assert kept("DANNY DEVITO", "Danny", "DeVito")["name"] == "Danny DeVito"


def test_a_family_name_in_capitals_beside_a_given_name_gets_its_case() -> None:
    assert parts(None, "Jan", "VAN DER BERG") == ("Jan", "van der Berg")


def test_tokens_do_not_depend_on_order_case_or_accents() -> None:
    assert kept("José GARCÍA-Doe")["name_tokens"] == ["doe", "garcia", "jose"]
    assert kept("Garcia Doe, Jose")["name_tokens"] == ["doe", "garcia", "jose"]


def test_rows_keep_their_order_and_their_other_columns() -> None:
    rows = [(1, "Doe, Jane", None, None), (2, None, None, None), (3, "Roe", None, None)]
    known = names(pl.DataFrame(rows, schema={"row": pl.Int64, **SCHEMA}, orient="row"))
    assert known.select("row", "name").rows() == [(1, "Jane Doe"), (2, None), (3, "Roe")]


def test_columns_have_their_types_even_without_rows() -> None:
    assert names(pl.DataFrame(schema=SCHEMA)).schema == {**SCHEMA, "name_tokens": pl.List(pl.String)}


CASES = st.sampled_from([str.upper, str.lower, str.title, str])
GIVEN = st.sampled_from(["Jane", "Anne-Marie", "J.R.", "Jo 👍🏽", "Dr. Jane", "Ömer", "山田", "Al"])
FAMILY = st.sampled_from(
    ["Doe", "O'Neill", "van der Berg", "De La Cruz", "McDoe Jr.", "Li", "Doe, PhD", "al-Rashid", "II"]
)
WHOLE = st.one_of(st.tuples(GIVEN, FAMILY).map(" ".join), st.tuples(FAMILY, GIVEN).map(", ".join), GIVEN)


@pytest.mark.heavy
@settings(deadline=None)
@given(st.tuples(st.none() | WHOLE, st.none() | GIVEN, st.none() | FAMILY), CASES)
def test_keeping_a_kept_name_changes_nothing(written: Written, case: Callable[[str], str]) -> None:
    name, first, last = (case(cell) if cell else None for cell in written)
    once = kept(name, first, last)
    assert kept(once["name"], once["first_name"], once["last_name"]) == once


NOTED = st.sampled_from(
    [
        *("Mr", "Mrs.", "Dr", "Drsir", "Herr", "Sir", "Prof", "PhD", "Mba", "Esq", "Ph", "D", "Jr", "Sr.", "II", "Van"),
        *("De", "La", "Al", "Test", "Unknown", "None", "Null", "No", "Name", "Keine", "Angabe", "User", "Whatsapp"),
        *("Facebook", "Deleted", "Inc", "Gmbh", "Corp", "Co", "&", "Plc"),
    ]
)
WORD = st.one_of(
    st.from_regex(r"\A[A-Z][a-z]{1,3}(['-]?[A-Z][a-z]+)?\Z"),
    NOTED,
    NOTED.map(str.title),
    st.text("AaBzé' -,.(\u200b\n0", max_size=5),
)
CELL = st.none() | st.lists(WORD, min_size=1, max_size=3).map(" ".join)


@pytest.mark.heavy
@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL) | st.tuples(st.none(), CELL, CELL), max_size=10))
def test_plain_names_are_kept_as_all_names_are(written: list[Written]) -> None:
    frame = pl.DataFrame(written, schema=SCHEMA, orient="row")
    assert_frame_equal(names(frame).drop("name_tokens"), any_names(frame))


@pytest.mark.parametrize(
    "written",
    [
        *((None, "Jane", "Doe"), (None, "Anne-Marie", "O'Neill"), (None, "Ronald", "McDoe"), (None, None, "Doe Roe")),
        *(("Jane Doe", None, None), ("Jane", None, None), ("Jane Mary", "Jane", "Doe"), (None, None, None)),
    ],
)
def test_a_typical_name_is_plain(written: Written) -> None:
    assert pl.DataFrame([written], schema=SCHEMA, orient="row").select(is_plain()).item() is True


@pytest.mark.parametrize(
    "odd",
    [
        *(
            "jane",
            "JANE",
            "J",
            "van Doe",
            "José",
            "Jane ",
            "Jane  Doe",
            "'Jane'",
            "Jane, Doe",
            "Jane\nDoe",
            "Jane Mary Doe",
        ),
        *("Test", "Unknown", "No Name", "Whatsapp", "Mr", "Dr Jane", "Drsir", "Doe Mba", "Doe Esq", "Acme Gmbh", ""),
    ],
)
def test_a_name_with_anything_to_look_at_is_not_plain(odd: str) -> None:
    assert pl.DataFrame([(odd, "Jane", "Doe")], schema=SCHEMA, orient="row").select(is_plain()).item() is False


@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_a_last_first_in_the_field_of_one_part_is_the_whole_name(field: str) -> None:
    written = {"name": [None], "first_name": [None], "last_name": [None]} | {field: ["Petersen, Ole"]}
    schema = dict.fromkeys(("name", "first_name", "last_name"), pl.String)
    kept = names(pl.DataFrame(written, schema=schema)).row(0, named=True)
    assert (kept["name"], kept["first_name"], kept["last_name"]) == ("Ole Petersen", "Ole", "Petersen")


# Names that look like none, parts that are stated, and letters of other alphabets


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("Jennifer", "Null", ("Jennifer", "Null")),
        ("JENNIFER", "NULL", ("Jennifer", "Null")),
        ("Mme Claire", "Test", ("Claire", "Test")),
        ("Claire", "None", ("Claire", "None")),
        ("Jennifer", "null", ("Jennifer", None)),
        ("Jennifer", "NULL", ("Jennifer", None)),
        ("Test", "Test", (None, None)),
        ("Null", None, (None, None)),
        ("Jennifer", "NaN", ("Jennifer", None)),
        ("Nan", "Smith", ("Nan", "Smith")),
        ("Nil", "Sen", ("Nil", "Sen")),
        ("None", "Smith", (None, "Smith")),
        ("NULL", "SMITH", (None, "Smith")),
        ("null", "smith", (None, "Smith")),
        ("None", "None", (None, None)),
        ("N/A", "Smith", (None, "Smith")),
        ("NaN", "Smith", (None, "Smith")),
    ],
)
def test_a_placeholder_that_is_a_name_is_judged_by_what_stands_beside_it(
    first: str, last: str | None, found: tuple[str | None, str | None]
) -> None:
    assert parts(None, first, last) == found


@pytest.mark.parametrize("word", ["NaN", "nan", "<NA>", "NaT"])
def test_what_programs_write_names_nobody(word: str) -> None:
    assert kept(word)["name"] is None


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("None Smith", None, "Smith"),
        ("None van der Berg", None, "van der Berg"),
        ("nan Smith", None, "Smith"),
        ("Jane null", "Jane", None),
        ("Jane NaN", "Jane", None),
        ("Jane None Smith", "Jane", "Smith"),
        ("None None", None, None),
        ("null null", None, None),
        ("Jane None", "Jane", "None"),
        ("Nan Smith", "Nan", "Smith"),
        ("nan smith", "Nan", "Smith"),
        ("Nan Nan", "Nan", "Nan"),
        ("Jennifer Null", "Jennifer", "Null"),
        ("Null Problem GmbH", "Null Problem GmbH", None),
    ],
)
def test_a_whole_name_is_parted_without_what_a_program_joined_for_no_part(
    name: str, first: str | None, last: str | None
) -> None:
    assert parts(name) == (first, last)


@pytest.mark.parametrize("name", ["D*** D", "D*** D***", "J. S*****", "A█████", "M•• K••", "王**", "Sch***", "****n"])
def test_a_name_of_which_initials_are_shown_names_nobody(name: str) -> None:
    assert kept(name) == {"name": None, "first_name": None, "last_name": None, "name_tokens": []}


def test_a_masked_part_is_none_and_leaves_the_other() -> None:
    assert parts("Jane D***") == ("Jane", None)
    assert parts(None, "Jane", "D***") == ("Jane", None)
    assert parts(None, "D***", "D") == (None, None)


@pytest.mark.parametrize("name", ["**Anna**", "*Anna*", "Kim**"])
def test_stars_around_a_name_hide_nothing(name: str) -> None:
    assert kept(name)["name"] == name


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Wei Li, Sales Manager", "Wei Li"),
        ("Li, Wei", "Wei Li"),
        ("Wei Li", "Wei Li"),
        ("Wei Li, PhD", "Wei Li, PhD"),
        ("Acme, Berlin", "Acme, Berlin"),
    ],
)
def test_parts_that_are_stated_say_which_is_which(name: str, found: str) -> None:
    known = kept(name, "Wei", "Li")
    assert (known["name"], known["first_name"], known["last_name"]) == (found, "Wei", "Li")


def test_a_letter_that_was_lost_leaves_a_mark() -> None:
    known = kept("J\ufffdrgen Gro\ufffd")
    assert known["name"] == "J\ufffdrgen Gro\ufffd"
    assert known["name_tokens"] == ["gro", "jrgen"]


@pytest.mark.parametrize(
    ("written", "cased"),
    [
        ("İBRAHİM IŞIK", "İbrahim Işık"),
        ("IŞIL YILDIRIM ÇAĞLAR", "Işıl Yıldırım Çağlar"),
        ("İREM ÖZTÜRK", "İrem Öztürk"),
        ("ILSE WIRTH", "Ilse Wirth"),
        ("ion ionescu", "Ion Ionescu"),
    ],
)
def test_turkish_letters_keep_their_dots(written: str, cased: str) -> None:
    assert kept(written)["name"] == cased
    assert kept(written)["name_tokens"] == kept(cased)["name_tokens"]
