from datetime import date, time

import pytest

from pipelines.errors import DeliveryHeld
from pipelines.read.whatsapp_chat.clock import DateOrder, Evidence, date_order, dated, header, order_in
from schemas.error_codes import ErrorCode

SHAPES = {
    "[۱۵/۰۹/۲۰۲۵،\u200f ۹:۵۳ ق.ظ.] x": (15, 9, 2025),
    "15/9/2025, 9:53 - x": (15, 9, 2025),
    "9/15/25, 9:53 AM - x": (9, 15, 25),
    "9/15/25, 9:53\u202fam - x": (9, 15, 25),
    "15/9/25, 9:53\u00a0a. m. - x": (15, 9, 25),
    "15/09/25, 9:53 a.m. - x": (15, 9, 25),
    "[15/09/25, 9:53:00] x": (15, 9, 25),
    "\u200e[15/09/25 9:53:00] x": (15, 9, 25),
    "2025/09/15, 09:53 - x": (2025, 9, 15),
    "2025-09-15 09:53 - x": (2025, 9, 15),
    "15.09.25, 09:53 - x": (15, 9, 25),
    "15. 9. 2025 9:53 - x": (15, 9, 2025),
    "[15.09.25 9.53.00] x": (15, 9, 25),
    "13-6-2018 9:53 - x": (13, 6, 2018),
    "[9:53:00, 15/09/25] x": (15, 9, 25),
    "09:53, 15/09/2025 - x": (15, 9, 2025),
    "13.6.2018 klo 9.53.00: x": (13, 6, 2018),
    "15\u200f/9\u200f/2025، 9:53 ص - x": (15, 9, 2025),
    "١٥/٩/٢٠٢٥، ٩:٥٣ ص - x": (15, 9, 2025),
    "۱۵/۹/۲۰۲۵, ۹:۵۳ - x": (15, 9, 2025),
    "[15/9/2568 BE, 9:53:00] x": (15, 9, 2568),
    "[15/9/R7, 9:53:00] x": (15, 9, 2025),
    "[9/15/H30 9:53:00] x": (9, 15, 2018),
}


@pytest.mark.heavy
@pytest.mark.parametrize(("line", "parts"), SHAPES.items())
def test_headers_of_every_shape_are_understood(line: str, parts: tuple[int, int, int]) -> None:
    found = header(line)
    assert found is not None
    assert (found.parts, found.time, found.body) == (parts, time(9, 53), "x")


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("12:05 AM", time(0, 5)),
        ("12:05 pm", time(12, 5)),
        ("1:05 p. m.", time(13, 5)),
        ("1:05 م", time(13, 5)),
        ("오후 1:05", time(13, 5)),
        ("下午1:05", time(13, 5)),
        ("1:05 μ.μ.", time(13, 5)),
    ],
)
def test_half_days_become_hours(clock: str, expected: time) -> None:
    found = header(f"15/9/25, {clock} - x")
    assert found is not None
    assert found.time == expected


@pytest.mark.parametrize("clock", ["noonish 1:05", "1:05 blurg"])
def test_words_that_may_be_any_half_of_the_day_leave_the_time_open(clock: str) -> None:
    found = header(f"15/9/25, {clock} - x")
    assert found is not None
    assert (found.time, found.shape.half_days, found.body) == (None, True, "x")


@pytest.mark.parametrize(
    ("locale", "separator", "order"),
    [
        ("de_DE", ".", "day_first"),
        ("de_DE", "/", "day_first"),
        ("en_US", "/", "month_first"),
        ("en_US", ".", "day_first"),
        ("hu_HU", ".", "year_first"),
        (None, ".", "day_first"),
        (None, "/", None),
    ],
)
def test_a_locale_says_the_order_and_no_locale_puts_months_before_dots(
    locale: str | None, separator: str, order: DateOrder | None
) -> None:
    assert order_in(locale, separator) == order


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "15/9/25: arrival",
        "15/9/25, 9:53 no dash",
        "15/13/2025, 25:00 - x",
        "31/31/25, 9:53 - x",
        "1403/6/24, 9:53 - x",
        "15 Sep 2025, 9:53 - x",
        "9/15/25, 9:53 when it rains - x",
    ],
)
def test_what_is_no_header_or_another_calendar_is_left(line: str) -> None:
    assert header(line) is None


def evidence(*dates: tuple[int, int, int]) -> Evidence:
    found = Evidence()
    for parts in dates:
        found.add(parts)
    return found


@pytest.mark.parametrize(
    ("dates", "configured", "expected"),
    [
        ([(1, 2, 25), (13, 2, 25)], None, "day_first"),
        ([(1, 2, 25), (2, 13, 25)], "day_first", "month_first"),
        ([(30, 1, 2025), (1, 2, 2025)], None, "day_first"),
        ([(1, 2, 2025), (2, 2, 2025), (1, 3, 2025)], None, "day_first"),
        ([(1, 2, 2025), (1, 3, 2025), (2, 1, 2025)], "day_first", "month_first"),
        ([(1, 2, 2025)], "month_first", "month_first"),
        ([(2025, 1, 2)], "day_first", "year_first"),
        ([(25, 9, 30), (25, 10, 1)], None, "year_first"),
        ([(13, 5, 24), (14, 5, 24)], None, "day_first"),
        ([(25, 9, 15)], "year_first", "year_first"),
        ([(5, 5, 2025)], None, "day_first"),
    ],
)
def test_digits_then_time_then_configuration_decide(
    dates: list[tuple[int, int, int]], configured: DateOrder | None, expected: DateOrder
) -> None:
    assert date_order(evidence(*dates), configured) == expected


def test_one_line_somebody_pasted_does_not_outweigh_the_rest() -> None:
    assert date_order(evidence((13, 2, 25), (14, 2, 25), (2, 15, 25)), None) == "day_first"


def test_undecidable_dates_are_held_with_the_way_out() -> None:
    with pytest.raises(DeliveryHeld, match="set date_order: day_first or month_first") as held:
        date_order(evidence((1, 2, 25), (3, 4, 25)), None)
    assert held.value.code == ErrorCode.DATE_AMBIGUOUS


def test_years_of_the_buddhist_era_are_543_ahead() -> None:
    assert dated((18, 3, 2565), "day_first") == date(2022, 3, 18)


def test_equal_dates_may_be_taken_in_at_once() -> None:
    found = Evidence()
    found.add((13, 2, 25), 3)
    found.add((2, 13, 25))
    assert (found.headers, found.impossible["month_first"], found.impossible["day_first"]) == (4, 3, 1)


def test_two_digit_years_are_of_this_century() -> None:
    assert dated((1, 2, 25), "day_first") == date(2025, 2, 1)
    assert dated((29, 2, 25), "day_first") is None


@pytest.mark.parametrize(
    ("line", "is_wide"),
    [
        ("2025/09/15, 09:53 - x", True),
        ("15/9/2025, 9:53 - x", True),
        ("15/9/25, 9:53 - x", False),
        ("25/9/15, 9:53 - x", False),
    ],
)
def test_a_header_with_a_year_of_four_digits_has_another_shape(line: str, is_wide: bool) -> None:
    found = header(line)
    assert found is not None
    assert found.shape.wide_years is is_wide
