from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise.email import MISSPELT, emails


def email(raw: str | None) -> dict[str, Any]:
    return emails(pl.DataFrame([(raw,)], schema={"raw": pl.String}, orient="row")).row(0, named=True)


@pytest.mark.parametrize(
    ("raw", "normalised"),
    [
        (" Jane.Doe@Example.COM ", "jane.doe@example.com"),
        ("jane@shop.test", "jane@shop.test"),
        ("jane@shop.example", "jane@shop.example"),
        ("jane+news@example.com", "jane+news@example.com"),
        ("mailto:jane@example.com", "jane@example.com"),
        ("<jane@example.com>", "jane@example.com"),
        ("'jane@example.com'", "jane@example.com"),
        ("ｊａｎｅ＠example.com", "jane@example.com"),
        ("jane\u200b@example.com", "jane@example.com"),
        ("JÜRGEN@example.com", "jürgen@example.com"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
        ("test@example.com", "test@example.com"),
    ],
)
def test_an_address_has_one_spelling(raw: str, normalised: str) -> None:
    known = email(raw)
    assert (known["normalised"], known["validity"], known["code"]) == (normalised, "valid", None)


@pytest.mark.parametrize("raw", [None, "", " "])
def test_a_blank_cell_says_nothing(raw: str | None) -> None:
    assert list(email(raw).values())[1:] == [None, None, None, None, False]


@pytest.mark.parametrize(
    "raw",
    [
        *("jane", "jane@", "@example.com", "jane@localhost", "jane@example..com", "jane doe@example.com", "mailto:"),
        *(
            "jane@example.com, joe@example.com",
            "Jane Doe <jane@example.com>",
            "jane@example",
            "j" * 250 + "@example.com",
        ),
    ],
)
def test_what_is_not_one_address_is_refused(raw: str) -> None:
    known = email(raw)
    assert (known["normalised"], known["validity"], known["code"]) == (None, "invalid", "EMAIL_SYNTAX")


@pytest.mark.parametrize(
    "raw",
    [
        *("test@test.com", "none@none.com", "no@no.com", "x@x.com", "noemail@shop.example", "no-email@shop.example"),
        *("100001234567890@facebook.com", "n/a", "unknown", "-"),
    ],
)
def test_what_stands_for_no_address_is_refused(raw: str) -> None:
    known = email(raw)
    assert (known["normalised"], known["validity"], known["code"]) == (None, "invalid", "EMAIL_PLACEHOLDER")
    assert (known["suggestion"], known["is_role"]) == (None, False)


@pytest.mark.parametrize(
    ("raw", "suggestion"),
    [
        ("Jane@gmial.com", "jane@gmail.com"),
        ("jane@hotmial.com", "jane@hotmail.com"),
        ("jane@yaho.com", "jane@yahoo.com"),
        ("jane@shop.con", "jane@shop.com"),
        ("jane@gmial.con", "jane@gmail.com"),
    ],
)
def test_an_address_whose_domain_looks_misspelt_is_kept_with_a_suggestion(raw: str, suggestion: str) -> None:
    known = email(raw)
    assert (known["normalised"], known["validity"]) == (raw.lower(), "possible")
    assert (known["code"], known["suggestion"]) == ("EMAIL_DOMAIN_MISSPELT", suggestion)


def test_no_suggestion_is_a_slip_itself() -> None:
    assert not set(MISSPELT.values()) & MISSPELT.keys()


def test_an_address_that_works_inside_a_company_only_is_possible() -> None:
    known = email("Jane@corp.local")
    assert (known["normalised"], known["validity"], known["code"]) == ("jane@corp.local", "possible", None)


@pytest.mark.parametrize(
    "raw",
    [
        "info@shop.example",
        "No-Reply@shop.example",
        "sales+de@shop.example",
        "kontakt@shop.example",
        "büro@shop.example",
    ],
)
def test_a_mailbox_that_many_share_is_marked(raw: str) -> None:
    assert email(raw)["is_role"] is True


@pytest.mark.parametrize("raw", ["jane@example.com", "infolina@example.com", "jane.sales@example.com"])
def test_a_mailbox_of_somebody_is_not_marked(raw: str) -> None:
    assert email(raw)["is_role"] is False


def test_rows_keep_their_order_and_their_other_columns() -> None:
    rows = [("b@example.com", 1), (None, 2), ("A@example.com", 3), ("b@example.com", 4)]
    known = emails(pl.DataFrame(rows, schema={"raw": pl.String, "row": pl.Int64}, orient="row"))
    assert known["row"].to_list() == [1, 2, 3, 4]
    assert known["normalised"].to_list() == ["b@example.com", None, "a@example.com", "b@example.com"]


def test_columns_have_their_types_even_without_rows() -> None:
    texts = dict.fromkeys(("raw", "normalised", "validity", "code", "suggestion"), pl.String)
    assert emails(pl.DataFrame(schema={"raw": pl.String})).schema == {**texts, "is_role": pl.Boolean}


@given(st.one_of(st.emails(), st.text(max_size=8).map(lambda local: f"{local}@bücher.example")))
def test_normalising_an_address_twice_is_normalising_it_once(raw: str) -> None:
    once = email(raw)
    twice = email(once["normalised"])
    assert twice["normalised"] == once["normalised"]
    assert once["normalised"] is None or list(twice.values())[1:] == list(once.values())[1:]


@pytest.mark.parametrize("raw", ["j***@example.com", "jane@ex*****.com", "j••••@example.com", "jane@exam…"])
def test_an_address_of_which_a_part_is_hidden_is_none(raw: str) -> None:
    known = emails(pl.DataFrame({"raw": [raw]})).row(0, named=True)
    assert (known["normalised"], known["code"]) == (None, "IDENTIFIER_MASKED")
