"""Moments as people write them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DATE = "2026-11-20"


def parse_instant(text: str, zone: ZoneInfo, days: int = 0) -> datetime:
    """The moment in UTC that is meant by an ISO 8601 text; of a date its beginning in `zone`, so many days later.

    Raises:
        ValueError: It is none.
        OverflowError: No calendar goes so far.
    """
    stated = datetime.fromisoformat(text)
    if len(text) <= len(DATE):
        stated = datetime.combine(stated.date() + timedelta(days=days), time())
    return (stated if stated.tzinfo else stated.replace(tzinfo=zone)).astimezone(UTC)
