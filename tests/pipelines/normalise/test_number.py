from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.normalise.locale import convention
from pipelines.normalise.number import numbers, spelt, whole_numbers

PLACES = [None, "en_US", "de_DE", "fr_FR", "de_CH", "en_IN"]


def number(raw: str | None, locale: str | None = None) -> tuple[str | None, str | None]:
    frame = pl.DataFrame({"raw": [raw]}, schema={"raw": pl.String})
    return numbers(frame, convention(locale) if locale else None).select("value", "code").row(0)


@pytest.mark.parametrize("raw", ["1.234", "1,234", "-1.000", "+999,999"])
def test_a_number_whose_sign_may_part_thousands_or_decimals_is_not_guessed(raw: str) -> None:
    assert number(raw) == (None, "NUMBER_AMBIGUOUS")


@pytest.mark.parametrize("raw", ["1234.567", "1234,567", "1 234,567", "1'234.567", "1.234567"])
def test_a_number_is_certain_where_its_sign_cannot_part_thousands(raw: str) -> None:
    assert Decimal(str(number(raw)[0])) in (Decimal("1234.567"), Decimal("1.234567"))


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009"])
def test_spaces_of_any_width_part_thousands(space: str) -> None:
    assert number(f"1{space}234{space}567,5") == ("1234567.5", None)


@pytest.mark.parametrize(
    ("raw", "locale", "value"),
    [
        ("−5", None, "-5"),
        ("−1.234,5", "de_DE", "-1234.5"),
        ("1'234,5", "de_DE", "1234.5"),
        ("1’234.5", "en_US", "1234.5"),
        ("1 234.5", "en_US", "1234.5"),
        ("-0", None, "0"),
        ("-0.00", "en_US", "0"),
        ("+0", None, "0"),
    ],
)
def test_signs_that_everybody_writes_are_understood_in_any_locale(raw: str, locale: str | None, value: str) -> None:
    assert number(raw, locale) == (value, None)


@pytest.mark.parametrize(("locale", "value"), [("en_US", "1.234"), ("de_DE", "1234"), ("de_CH", "1.234")])
def test_a_locale_says_what_its_signs_mean(locale: str, value: str) -> None:
    assert number("1.234", locale) == (value, None)


@pytest.mark.parametrize(("locale", "raw"), [("de_DE", "1.5"), ("en_US", "1,5"), ("fr_FR", "1.234,5")])
def test_a_number_that_does_not_fit_the_locale_is_refused_even_if_it_is_certain_elsewhere(
    locale: str, raw: str
) -> None:
    assert number(raw, locale) == (None, "ATTR_TYPE")


@pytest.mark.parametrize(("locale", "example"), [("de_DE", "1.234,5"), ("fr_FR", "1 234,5"), ("en_US", "1,234.5")])
def test_what_is_expected_is_said_in_the_locale(locale: str, example: str) -> None:
    frame = numbers(pl.DataFrame({"raw": ["many"]}), convention(locale))
    assert frame["expected"].to_list() == [f"a number as the source's locale {locale} writes it, such as {example}"]


@pytest.mark.parametrize("raw", ["1.23E+11", "4e5", "-1,2E-07"])
def test_a_number_that_a_spreadsheet_has_cut_is_named_as_that(raw: str) -> None:
    frame = numbers(pl.DataFrame({"raw": [raw]}), None)
    assert frame.select("value", "code").row(0) == (None, "ATTR_TYPE")
    assert frame["expected"][0].startswith("all digits; a spreadsheet has cut them")


def test_a_blank_cell_has_no_value_but_its_column_keeps_its_type() -> None:
    assert number(None)[0] is None
    assert numbers(pl.DataFrame(schema={"raw": pl.String}), None).schema == {
        "raw": pl.String,
        "value": pl.String,
        "code": pl.String,
        "expected": pl.String,
    }


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    st.sampled_from(PLACES),
)
@settings(deadline=None)
def test_a_number_that_is_spelt_for_a_place_is_read_there_as_itself(amount: Decimal, locale: str | None) -> None:
    canonical, _ = number(f"{amount:f}", "en_US")
    place = convention(locale) if locale else None
    written = pl.DataFrame({"value": [canonical]}).select(spelt(pl.col("value"), place)).item()
    assert number(written, locale) == (canonical, None)
    assert Decimal(str(canonical)) == amount


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**9),
    st.sampled_from(["en_US", "de_DE", "fr_FR", "de_CH"]),
)
@settings(deadline=None)
def test_a_number_with_its_thousands_parted_is_worth_the_same(amount: Decimal, locale: str) -> None:
    place = convention(locale)
    signs = str.maketrans({",": place.group, ".": place.decimal})
    value, code = number(f"{amount:,f}".translate(signs), locale)
    assert code is None
    assert Decimal(str(value)) == amount


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["24103.0", None, "10115.0"], ["24103", None, "10115"]),
        (["24103.0", "unknown"], ["24103", "unknown"]),
        (["24103.0", "10115"], ["24103.0", "10115"]),
        (["24103.0", "1.5"], ["24103.0", "1.5"]),
        (["1.0", "2.0"], ["1.0", "2.0"]),
        (["1.0", "1002.0"], ["1", "1002"]),
        (["v1.0"], ["v1.0"]),
        ([], []),
    ],
)
def test_a_column_of_floats_is_one_of_whole_numbers(written: list[str | None], read: list[str | None]) -> None:
    assert whole_numbers(pl.Series(written, dtype=pl.String)).to_list() == read
