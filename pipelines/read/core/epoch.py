"""Times that sources count from 1970, in seconds or milliseconds, as numbers or digits in a string."""

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 18  # digits; more would be no time of this calendar
SECONDS_BELOW = 10**11  # the year 5138 in seconds, 1973 in milliseconds
DIGITS_BELOW = 12  # of seconds; fewer are a time for sure


def at_seconds(value: Any) -> datetime | None:
    """The time a count of seconds means; None for what is no such count."""
    if isinstance(value, str) and len(value) < DIGITS_BELOW and value.isdigit() and value.isascii():
        return EPOCH + timedelta(0, int(value))
    count = whole_number(value)
    return None if count is None else _at(count)


def at_milliseconds(value: Any) -> datetime | None:
    """The time a count of milliseconds means; None for what is no such count."""
    count = whole_number(value)
    return None if count is None else _at(0, count)


def at_either(value: Any) -> datetime | None:
    """The time a count of seconds or of milliseconds means, told apart by its size: no chat is of before 1973."""
    count = whole_number(value)
    if count is None:
        return None
    return _at(count) if -SECONDS_BELOW < count < SECONDS_BELOW else _at(0, count)


def whole_number(value: Any) -> int | None:
    """A number as JSON has it, or in digits; None for anything else, and for a number that counts nothing."""
    if isinstance(value, str):
        digits = value[1:] if value[:1] == "-" else value
        return int(value) if len(digits) <= LONGEST and digits.isdigit() and digits.isascii() else None
    return value if type(value) is int and abs(value) < 10**LONGEST else None


def _at(seconds: int, milliseconds: int = 0) -> datetime | None:
    try:
        return EPOCH + timedelta(0, seconds, milliseconds * 1_000)
    except OverflowError:
        return None
