import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise.text import NO_VALUE, joined
from pipelines.read.tables.contact_table import LISTS, parts, tags_of
from pipelines.read.tables.several_values import part_addresses, part_phones


def phones(cell: str) -> list[str]:
    return list(parts(part_phones(pl.Series([cell])), LISTS["phone"]).item())


def addresses(cell: str) -> list[str]:
    return list(parts(part_addresses(pl.Series([cell])), LISTS["email"]).item())


def tags(cell: str) -> list[str]:
    return list(tags_of(pl.Series([cell]), LISTS["tags"]).item())


@pytest.mark.parametrize(
    "between", [";", " ; ", ",", ", ", "/", " / ", "\n", " | ", " oder ", " or ", " ou ", " y ", " и ", " & "]
)
def test_two_numbers_in_a_cell_are_two(between: str) -> None:
    numbers = ["+49 30 901820", "0151 23456789"]
    assert phones(between.join(numbers)) == numbers
    numbers = ["(202) 555-0143", "(202) 555-0144", "202-555-0145"]
    assert phones(between.join(numbers)) == numbers


@pytest.mark.parametrize(
    "cell",
    [
        *("030/901820", "0171/39 200 05", "02 28 / 12 34 56", "030 901820/21", "030 901820, DW 12", "+44 20 7946 0123"),
        *("030 901820 or ask", "030 901820 oder abends", "0, 30, 901820"),
    ],
)
def test_signs_within_a_number_do_not_part_it(cell: str) -> None:
    assert phones(cell) == [cell]


def test_an_extension_behind_a_semicolon_stays_with_its_number() -> None:
    assert phones("+49 30 901820;ext=5; +49 30 901821") == ["+49 30 901820 ext. 5", "+49 30 901821"]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("Ada Berg <ada@example.com>", ["ada@example.com"]),
        ("Berg, Ada <ada@example.com>", ["ada@example.com"]),
        ('"Berg, Ada" <ada@example.com>, Bo <bo@example.com>', ["ada@example.com", "bo@example.com"]),
        ("bo@example.com, Ada <ada@example.com>", ["bo@example.com", "ada@example.com"]),
        ("ada@example.com or bo@example.com", ["ada@example.com", "bo@example.com"]),
        ("a@example.com / b@example.com / c@example.com", ["a@example.com", "b@example.com", "c@example.com"]),
        ("a@example.com b@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com\nb@example.com", ["a@example.com", "b@example.com"]),
        ("a@example.com|b@example.com", ["a@example.com", "b@example.com"]),
        ("ada berg@example.com", ["ada berg@example.com"]),
        ("<ada@example.com>", ["ada@example.com"]),
    ],
)
def test_addresses_in_a_cell_are_found(cell: str, found: list[str]) -> None:
    assert addresses(cell) == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("VIP; Trade", ["VIP", "Trade"]),
        ("VIP, Trade", ["VIP", "Trade"]),
        ("VIP|Trade, fair", ["VIP", "Trade, fair"]),
        ('"VIP","Trade, fair"', ["VIP", "Trade, fair"]),
        ('"VIP"', ["VIP"]),
        ('"VIP"; "Trade; fair"', ["VIP", "Trade; fair"]),
        ('["VIP", "Trade, fair"]', ["VIP", "Trade, fair"]),
        ('[{"id": 1, "name": "VIP"}]', ["VIP"]),
        ("['VIP', 'Trade, fair']", ["VIP", "Trade, fair"]),
        ("('VIP', 'Trade')", ["VIP", "Trade"]),
        ("[3,4]", ["3", "4"]),
        ('{VIP,"Trade, fair"}', ["VIP", "Trade, fair"]),
        ("[]", []),
        ("{}", []),
        ("nan", []),
        ("None, VIP", ["VIP"]),
        ("Tom's", ["Tom's"]),
        ("[VIP", ["[VIP"]),
        (r"press\, media; vip", ["press, media", "vip"]),
        (r"a\|b", ["a|b"]),
    ],
)
def test_tags_are_read_in_the_notation_they_are_written_in(cell: str, found: list[str]) -> None:
    assert tags(cell) == found


@given(st.text("[](){}|\"',;\\ab: 1", max_size=12).map(str.strip).filter(bool))
def test_any_cell_has_tags(cell: str) -> None:
    assert all(tag.strip() for tag in tags(cell))


@given(st.lists(st.text("[](){}|\"',;\\ab: 1", min_size=1, max_size=6).map(str.strip).filter(bool), min_size=1))
def test_tags_that_an_export_has_joined_are_read_as_they_were(written: list[str]) -> None:
    cell = pl.DataFrame({"tags": [written]}).select(joined(pl.col("tags"))).item()
    assert tags(cell) == [tag for tag in written if tag not in NO_VALUE]


def test_one_word_in_brackets_is_no_list_and_empty_brackets_hold_nothing() -> None:
    assert tags("[a]") == ["[a]"]
    assert tags("(x)") == ["(x)"]
    assert tags("[]") == tags("[\u00a0]") == tags("()") == []
