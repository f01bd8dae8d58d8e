"""Times that sources count from 1970, in seconds or milliseconds, as numbers or digits in a string."""

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 18  # digits; more would be no time of this calendar
SECONDS_BELOW = 10**11  # the year 5138 in seconds, 1973 in milliseconds


def at_seconds(value: Any) -> datetime | None:
    """The time a count of seconds means; None for what is no such count."""
    count = whole_number(value)
    return None if count is None else _at(seconds=count)


def at_milliseconds(value: Any) -> datetime | None:
    """The time a count of milliseconds means; None for what is no such count."""
    count = whole_number(value)
    return None if count is None else _at(milliseconds=count)


def at_either(value: Any) -> datetime | None:
    """The time a count of seconds or of milliseconds means, told apart by its size: no chat is of before 1973."""
    count = whole_number(value)
    if count is None:
        return None
    return _at(seconds=count) if abs(count) < SECONDS_BELOW else _at(milliseconds=count)


def whole_number(value: Any) -> int | None:
    """A number as JSON has it, or in digits; None for anything else, and for a number that counts nothing."""
    if isinstance(value, str):
        digits = value.removeprefix("-")
        return int(value) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST else None
    return value if type(value) is int and abs(value) < 10**LONGEST else None


def _at(*, seconds: int = 0, milliseconds: int = 0) -> datetime | None:
    try:
        return EPOCH + timedelta(seconds=seconds, milliseconds=milliseconds)
    except OverflowError:
        return None
