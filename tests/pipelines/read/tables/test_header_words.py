import pytest

from pipelines.read.tables.header_words import (
    ALIASES,
    MEANINGS,
    fold,
    header_place,
    holds_a_person,
    kind,
    shared,
    shown,
    told_apart,
)


@pytest.mark.parametrize(
    ("header", "folded"),
    [
        (" E-Mail_Address ", "e mail address"),
        ("Straße", "strasse"),
        ("ＴＥＬ", "tel"),
        ("_Extra", "_extra"),
        ("_", "_"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_headers_are_compared_without_case_and_signs_between_words(header: str, folded: str) -> None:
    assert fold(header) == folded


@pytest.mark.parametrize("field", ALIASES)
def test_every_word_means_its_field(field: str) -> None:
    assert {MEANINGS[fold(alias)] for alias in ALIASES[field].split("|")} == {field}


def test_these_fields_have_words_of_their_own() -> None:
    assert list(ALIASES) == [
        *("name", "first_name", "last_name", "email", "phone", "wa_id", "messenger_thread", "record_id"),
        *("external_id", "tags", "notes", "observed_at", "channel"),
    ]


def test_headers_that_are_alike_are_told_apart_and_known_to_be_shared() -> None:
    names = told_apart(["Email", "e-mail", "email", "Email (2)", "Name"])
    assert names == ["Email", "e-mail", "email (2)", "Email (2) (2)", "Name"]
    assert shared(["Email", "Email (2)", "Tel (2)", "Name"]) == ["email", "email", "tel (2)", "name"]


@pytest.mark.parametrize(
    ("cell", "looks_like"),
    [
        ("anna@example.com", "email"),
        ('" anna@example.com "', "email"),
        ("+49 (30) 901-820", "phone"),
        ("1234567", "phone"),
        ("123456", "number"),
        ("53111", "number"),
        ("Anna", "text"),
        ("anna@example", "text"),
        (" ", ""),
    ],
)
def test_a_cell_looks_like_what_it_is(cell: str, looks_like: str) -> None:
    assert kind(cell) == looks_like


LIST = ["Name", "Email", "Mood"]


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([LIST], 0),
        ([["Customers of May"], LIST], 1),
        ([["Customers of May", "", ""], ["", "", ""], LIST], 2),
        ([["Customers", "of", "May"], LIST], 0),
        ([["Anna", "x"], LIST], 1),
        ([["Customers"], ["Name", "Mood"]], 0),
        ([["Customers"], ["Tags", "Notes"]], 0),
        ([["Customers"], ["Name", "Email", "anna@example.com"]], 0),
        ([["Customers"], ["Name", "Email", "anna@example.com"], [*LIST, "x"]], 2),
        ([["Name"], LIST], 0),
        ([], 0),
        ([["x"]] * 10 + [LIST], 10),
        ([["x"]] * 11 + [LIST], 0),
    ],
)
def test_a_header_may_stand_below_a_title(rows: list[list[str]], place: int) -> None:
    assert header_place(rows) == place


def test_what_may_be_somebody_is_called_by_its_place() -> None:
    assert shown(["Name", "Mood"]) == ["Name", "Mood"]
    assert shown(["_extra", "Mood"]) == ["_extra", "Mood"]
    assert shown(["Anna Berg", "Email", "Bonn"]) == ["column 1", "Email", "column 3"]


def test_a_header_that_holds_somebody_is_none() -> None:
    assert holds_a_person(["Name", "anna@example.com"])
    assert holds_a_person(["0151 2345678"])
    assert not holds_a_person(["Name", "53111"])
    assert not holds_a_person(["Anna@example.com"], told=["anna@example.com"])
