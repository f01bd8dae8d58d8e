"""Dates and times of the command line."""

from datetime import datetime
from zoneinfo import ZoneInfo

from pipelines.dates import DATE, parse_instant
from pipelines.errors import ConfigurationError


def beginning(option: str, text: str | None, zone: ZoneInfo) -> datetime | None:
    """The moment that is meant; of a date its beginning in `zone`. Raises ConfigurationError that names the option."""
    return None if text is None else _moment(option, text, zone, days=0)


def end(option: str, text: str | None, zone: ZoneInfo) -> datetime | None:
    """The moment that is meant; of a date its end in `zone`: the day is included."""
    return None if text is None else _moment(option, text, zone, days=1)


def _moment(option: str, text: str, zone: ZoneInfo, days: int) -> datetime:
    try:
        return parse_instant(text, zone, days)
    except (ValueError, OverflowError):
        raise ConfigurationError(f"{option} must be a date or a time such as {DATE} or {DATE}T09:30") from None
