"""Numbers of a sheet as text: digits, dates and times, as the number format of their cell shows them."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial

Shown = Callable[[float], str]

EXACT = 2**53  # from here on, not every whole number is one that a cell can hold
DAY = 86_400_000  # milliseconds
SINCE_1900 = datetime(1899, 12, 30)
SINCE_1904 = datetime(1904, 1, 1)
LEAP_1900 = 60  # the day that 1900 had not, and Excel has: before it, all are one later
LAST_DAY = 2_958_465  # 9999-12-31
DURATION_BUILT_IN = 46
DATES_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
NO_WORDS = re.compile(r'"[^"]*"|\\.|[_*].', re.DOTALL)
ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
BRACKETS = re.compile(r"\[[^\]]*\]")
OF_TIME = re.compile("[dmyhs]", re.IGNORECASE)


def shown_as(number: str, code: str | None, *, since_1904: bool) -> Shown:
    """How a number format shows numbers, by its own code or else by the number of a built-in one."""
    moment = partial(point_in_time, since_1904=since_1904)
    if code is None:
        built_in = int(number)
        return duration if built_in == DURATION_BUILT_IN else moment if built_in in DATES_BUILT_IN else plain
    bare = NO_WORDS.sub("", code)
    if ELAPSED.search(bare):
        return duration
    first = BRACKETS.sub("", bare).partition(";")[0]
    if first.casefold() in ("general", "standard"):
        return plain
    if OF_TIME.search(first):
        return moment
    return partial(padded, width=len(first)) if first and not first.strip("0") else plain


def plain(number: float) -> str:
    """All digits of a number, without an exponent; one too large to have kept its digits keeps the exponent instead."""
    if number.is_integer():
        return str(int(number)) if abs(number) < EXACT else f"{number:.16E}"
    return format(Decimal(repr(number)), "f")


def padded(number: float, width: int) -> str:
    """A number with the leading zeros that its format (`00000`) shows."""
    return plain(number).zfill(width) if number.is_integer() else plain(number)


def duration(number: float) -> str:
    """Hours, minutes and seconds of a number of days."""
    if not 0 <= number <= LAST_DAY:
        return plain(number)
    minutes, seconds = divmod(round(number * 86_400), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def point_in_time(number: float, *, since_1904: bool) -> str:
    """ISO 8601: a date for whole days, a time for less than one, both for what has both."""
    if not 0 <= number <= LAST_DAY:
        return plain(number)
    milliseconds = timedelta(milliseconds=round(number * DAY))
    if number < 1:
        return (datetime.min + milliseconds).time().isoformat()
    early = timedelta(days=number < LEAP_1900)
    moment = (SINCE_1904 if since_1904 else SINCE_1900 + early) + milliseconds
    return moment.date().isoformat() if moment.time() == time.min else moment.isoformat()
