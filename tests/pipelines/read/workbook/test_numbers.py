from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.workbook.numbers import SINCE_1900, duration, plain, point_in_time, shown_as


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (491512345678.0, "491512345678"),
        (-5.0, "-5"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (2.0**53 - 1, "9007199254740991"),
        (2.0**53, "9.0071992547409920E+15"),
        (4.9e20, "4.9000000000000000E+20"),
    ],
)
def test_a_number_keeps_its_digits_or_shows_that_it_could_not(number: float, said: str) -> None:
    assert plain(number) == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("General", "45000.5"),
        ("0.00", "45000.5"),
        ("#,##0.00 [$€-407]", "45000.5"),
        ('"Day "0', "45000.5"),
        (r"0\d", "45000.5"),
        ("[Red]0", "45000.5"),
        ("@", "45000.5"),
        ("0.00E+00", "45000.5"),
        ("yyyy-mm-dd", "2023-03-15T12:00:00"),
        ("[$-407]d. mmmm yyyy;@", "2023-03-15T12:00:00"),
        ("h:mm AM/PM", "2023-03-15T12:00:00"),
        ("mm:ss", "2023-03-15T12:00:00"),
        ("[h]:mm:ss", "1080012:00:00"),
    ],
)
def test_a_format_says_what_a_number_is(code: str, said: str) -> None:
    assert shown_as("164", code, since_1904=False)(45000.5) == said


@pytest.mark.parametrize(
    ("built_in", "said"), [("0", "1.25"), ("14", "1900-01-01T06:00:00"), ("46", "30:00:00"), ("49", "1.25")]
)
def test_built_in_formats_need_no_code(built_in: str, said: str) -> None:
    assert shown_as(built_in, None, since_1904=False)(1.25) == said


def test_zeros_in_front_that_the_format_shows_are_kept() -> None:
    shown = shown_as("164", "00000", since_1904=False)
    assert (shown(1067.0), shown(123456.0), shown(0.5)) == ("01067", "123456", "0.5")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (45000.0, "2023-03-15"),
        (45000.75, "2023-03-15T18:00:00"),
        (0.25, "06:00:00"),
        (1.0, "1900-01-01"),
        (59.0, "1900-02-28"),
        (61.0, "1900-03-01"),
        (45000.999999999, "2023-03-16"),
        (2958465.0, "9999-12-31"),
        (2958466.0, "2958466"),
        (-1.0, "-1"),
    ],
)
def test_a_day_is_counted_as_excel_counts_it(number: float, said: str) -> None:
    assert point_in_time(number, since_1904=False) == said


def test_days_may_count_from_1904() -> None:
    assert point_in_time(43538.0, since_1904=True) == "2023-03-15"


@pytest.mark.parametrize(
    ("number", "said"), [(1.5, "36:00:00"), (0.0, "0:00:00"), (1 / 86400, "0:00:01"), (-1.0, "-1")]
)
def test_a_duration_may_be_longer_than_a_day(number: float, said: str) -> None:
    assert duration(number) == said


@given(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 30)))
def test_a_moment_is_read_back_to_the_millisecond(moment: datetime) -> None:
    number = (moment - SINCE_1900) / timedelta(days=1)
    read = datetime.fromisoformat(point_in_time(number, since_1904=False))
    assert abs(read - moment) <= timedelta(milliseconds=1)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_has_a_text_in_any_format(number: float) -> None:
    for code in ("General", "000", "d.m.yyyy", "[h]:mm", "h:mm"):
        assert shown_as("164", code, since_1904=False)(number)


def test_formats_that_are_built_in_show_dates_by_their_numbers() -> None:
    shows_dates = [number for number in range(60) if shown_as(str(number), None, since_1904=False) is not plain]
    assert shows_dates == [*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)]
    assert shown_as("46", None, since_1904=False) is duration
