from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.normalise.date import dates, timestamps

BERLIN = ZoneInfo("Europe/Berlin")


def cells(*raw: str | None) -> pl.DataFrame:
    return pl.DataFrame({"raw": raw}, schema={"raw": pl.String})


def day(raw: str | None) -> tuple[date | None, str | None]:
    return dates(cells(raw)).select("day", "code").row(0)


def instant(raw: str | None, zone: ZoneInfo = BERLIN) -> dict[str, Any]:
    return timestamps(cells(raw), zone).row(0, named=True)


@pytest.mark.parametrize(
    "raw",
    [
        *("2025-04-13", "2025-4-13", "2025/04/13", "13.04.2025", "13.4.2025", "13/04/2025", "4/13/2025", "04-13-2025"),
        *("2025-04-13T23:30:00-05:00", "2025-04-13 08:00", "13.4.2025 08:00", " 2025-04-13 "),
        *("2025.04.13", "2025. 4. 13.", "13. 4. 2025"),
    ],
)
def test_a_day_is_understood_as_its_spelling_orders_it(raw: str) -> None:
    assert day(raw) == (date(2025, 4, 13), None)


def test_with_dots_the_day_is_always_first() -> None:
    assert day("3.4.2025") == (date(2025, 4, 3), None)


@pytest.mark.parametrize("raw", ["03/04/2025", "3-4-2025", "12/01/2025 10:00"])
def test_a_day_whose_order_the_digits_leave_open_is_not_guessed(raw: str) -> None:
    assert day(raw) == (None, "DATE_AMBIGUOUS")


def test_a_day_that_is_the_same_in_either_order_is_not_ambiguous() -> None:
    assert day("04/04/2025") == (date(2025, 4, 4), None)


@pytest.mark.parametrize(
    "raw",
    ["soon", "2025-02-30", "4.13.2025", "13/13/2025", "0/4/2025", "25-04-13", "2025-04-13 x", "20250413", "0000-01-01"],
)
def test_what_names_no_day_is_said_to(raw: str) -> None:
    assert day(raw) == (None, "DATE_UNPARSEABLE")


@pytest.mark.parametrize("raw", [None, "", " "])
def test_a_blank_cell_names_no_day_and_no_instant(raw: str | None) -> None:
    assert day(raw) == (None, None)
    assert list(instant(raw).values())[1:] == [None, None, None, None]


@given(st.dates(min_value=date(1000, 1, 1)))
def test_an_iso_date_is_read_as_itself(written: date) -> None:
    assert day(written.isoformat()) == (written, None)


@pytest.mark.parametrize(
    ("raw", "precision"),
    [
        ("2024-05-29 16:30:00 UTC", "second"),
        ("2024-05-29T16:30:00Z", "second"),
        ("2024-05-29T18:30:00+02:00", "second"),
        ("2024-05-29T18:30:00+0200", "second"),
        ("2024-05-29T11:30:00.000-05", "millisecond"),
        ("2024-05-29T16:30Z", "minute"),
        ("1717000200", "second"),
        ("1717000200.000", "millisecond"),
        ("1717000200000", "millisecond"),
    ],
)
def test_a_time_that_states_its_zone_is_taken_at_its_word(raw: str, precision: str) -> None:
    known = instant(raw)
    assert known["at"] == datetime(2024, 5, 29, 16, 30, tzinfo=UTC)
    assert (known["precision"], known["zone_source"], known["code"]) == (precision, "stated", None)


@pytest.mark.parametrize(
    "raw", ["2024-05-29 18:30", "29.05.2024 18:30", "29.5.2024, 18:30", "5/29/2024 6:30 PM", "29/5/2024 6:30 p.m."]
)
def test_a_time_on_the_wall_is_one_of_the_sources_zone(raw: str) -> None:
    known = instant(raw)
    assert known["at"] == datetime(2024, 5, 29, 16, 30, tzinfo=UTC)
    assert (known["precision"], known["zone_source"]) == ("minute", "assumed")


def test_a_day_alone_is_its_beginning_in_the_sources_zone() -> None:
    assert instant("2024-05-29")["at"] == datetime(2024, 5, 28, 22, tzinfo=UTC)


@pytest.mark.parametrize(("raw", "hour"), [("2024-01-01 12:05 AM", 0), ("2024-01-01 12:05 PM", 12)])
def test_twelve_comes_before_one(raw: str, hour: int) -> None:
    assert instant(raw, ZoneInfo("UTC"))["at"] == datetime(2024, 1, 1, hour, 5, tzinfo=UTC)


def test_of_an_hour_that_the_clocks_repeat_the_first_is_meant() -> None:
    assert instant("2024-10-27 02:30:00")["at"] == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


def test_an_hour_that_the_clocks_leave_out_is_read_as_if_they_had_not() -> None:
    assert instant("2024-03-31 02:30:00")["at"] == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)


def test_a_fraction_is_kept_to_the_microsecond() -> None:
    assert instant("1717000200.0000029")["at"] == datetime(2024, 5, 29, 16, 30, 0, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("03/04/2025 10:00", "DATE_AMBIGUOUS"),
        ("2024-05-29 24:30", "DATE_UNPARSEABLE"),
        ("2024-05-29 13:00 PM", "DATE_UNPARSEABLE"),
        ("2024-05-29 0:30 AM", "DATE_UNPARSEABLE"),
        ("2024-05-29 0:30 PM", "DATE_UNPARSEABLE"),
        ("2024-05-29 16:30 CET", "DATE_UNPARSEABLE"),
        ("12345", "DATE_UNPARSEABLE"),
    ],
)
def test_what_names_no_instant_is_said_to(raw: str, code: str) -> None:
    known = instant(raw)
    assert (known["at"], known["precision"], known["zone_source"], known["code"]) == (None, None, None, code)


def test_columns_have_their_types_even_without_rows() -> None:
    assert dates(cells()).schema == {"raw": pl.String, "day": pl.Date, "code": pl.String}
    assert timestamps(cells(), BERLIN).schema == {
        "raw": pl.String,
        "at": pl.Datetime("us", "UTC"),
        "precision": pl.String,
        "zone_source": pl.String,
        "code": pl.String,
    }


@given(st.datetimes(min_value=datetime(1000, 1, 2), timezones=st.just(UTC)))
def test_an_iso_instant_is_read_as_itself(written: datetime) -> None:
    assert instant(written.isoformat())["at"] == written
