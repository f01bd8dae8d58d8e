from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.normalise.date import dates, timestamps
from pipelines.normalise.locale import convention


def day(raw: str, locale: str) -> tuple[date | None, str | None]:
    return dates(pl.DataFrame({"raw": [raw]}), convention(locale)).select("day", "code").row(0)


@pytest.mark.parametrize(
    ("locale", "month"), [("en_US", 3), ("en_GB", 4), ("de_DE", 4), ("fr_FR", 4), ("pt_BR", 4), ("ar_EG", 4)]
)
@pytest.mark.parametrize("raw", ["03/04/2025", "3-4-2025", "03/04/2025 08:00"])
def test_a_locale_says_which_number_is_the_month(locale: str, month: int, raw: str) -> None:
    assert day(raw, locale) == (date(2025, month, 7 - month), None)


def test_a_locale_that_begins_with_the_year_says_nothing_of_the_others() -> None:
    assert day("03/04/2025", "sv_SE") == (None, "DATE_AMBIGUOUS")
    assert day("13/04/2025", "sv_SE") == (date(2025, 4, 13), None)


@pytest.mark.parametrize(("locale", "raw"), [("en_US", "13/04/2025"), ("en_GB", "04/13/2025")])
def test_a_date_that_does_not_fit_the_locale_is_none(locale: str, raw: str) -> None:
    assert day(raw, locale) == (None, "DATE_UNPARSEABLE")


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "ko_KR"])
@pytest.mark.parametrize("raw", ["2025-04-03", "2025/4/3", "2025.04.03", "2025-04-03T10:00:00Z"])
def test_a_date_with_the_year_first_is_the_same_everywhere(locale: str, raw: str) -> None:
    assert day(raw, locale) == (date(2025, 4, 3), None)


@pytest.mark.parametrize(
    ("locale", "raw", "year"),
    [
        ("de_DE", "31.12.49", 2049),
        ("de_DE", "31.12.50", 1950),
        ("en_US", "12/31/07", 2007),
        ("ko_KR", "99.12.31", 1999),
    ],
)
def test_two_digits_of_a_year_are_of_the_hundred_years_around_2000(locale: str, raw: str, year: int) -> None:
    assert day(raw, locale) == (date(year, 12, 31), None)


@pytest.mark.parametrize(("locale", "raw"), [("en_GB", "03/04/25"), ("de_DE", "03/04/25"), ("de_DE", "25-04-03")])
def test_two_digits_of_a_year_are_refused_where_the_locale_does_not_write_them_so(locale: str, raw: str) -> None:
    assert day(raw, locale) == (None, "DATE_UNPARSEABLE")


@pytest.mark.parametrize(
    ("locale", "raw"),
    [
        ("de_DE", "3. September 2025"),
        ("de_DE", "3. Sept. 2025"),
        ("en_GB", "3-Sep-2025"),
        ("en_US", "September 3rd, 2025"),
        ("en_US", "SEP 3, 2025 10:30 PM"),
        ("fr_FR", "3 septembre 2025"),
        ("pt_BR", "3 de setembro de 2025"),
        ("ru_RU", "3 сентября 2025"),
        ("hi_IN", "3 सितंबर 2025"),
    ],
)
def test_months_are_known_by_name(locale: str, raw: str) -> None:
    assert day(raw, locale) == (date(2025, 9, 3), None)


@pytest.mark.parametrize(
    ("locale", "raw"), [("fr_FR", "3 jui 2025"), ("de_DE", "3 septembre 2025"), ("en_US", "3 x 2025")]
)
def test_a_word_that_is_no_month_of_the_locale_names_none(locale: str, raw: str) -> None:
    assert day(raw, locale) == (None, "DATE_UNPARSEABLE")


def test_digits_of_another_script_are_read_with_its_locale() -> None:
    assert day("٣/٤/٢٠٢٥", "ar_EG") == (date(2025, 4, 3), None)


def test_times_are_read_in_the_order_of_the_locale_too() -> None:
    read = timestamps(pl.DataFrame({"raw": ["03/04/2025 10:00"]}), ZoneInfo("UTC"), convention("en_US"))
    assert read["at"].to_list() == [datetime(2025, 3, 4, 10, tzinfo=UTC)]


@given(
    st.dates(min_value=date(1950, 1, 1), max_value=date(2049, 12, 31)),
    st.sampled_from(
        ["de_DE", "en_US", "en_GB", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "pt_BR", "ru_RU", "tr_TR"]
    ),
    st.sampled_from(["short", "long"]),
)
@settings(deadline=None)
def test_what_unicode_writes_is_read_as_itself(written: date, locale: str, width: str) -> None:
    text = format_date(written, width, locale)
    assert day(text, locale) == (written, None)
