from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipelines.dates import parse_instant

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_date_begins_at_midnight_of_the_zone() -> None:
    assert parse_instant("2026-07-01", BERLIN) == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_the_day_after_counts_on_the_clock_of_the_zone_also_when_that_is_changed() -> None:
    assert parse_instant("2026-10-25", BERLIN, days=1) == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_a_time_stands_as_it_is_and_without_an_offset_is_that_of_the_zone() -> None:
    assert parse_instant("2026-07-01T09:30+00:00", BERLIN, days=1) == datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
    assert parse_instant("2026-07-01T09:30", BERLIN, days=1) == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)


def test_what_is_no_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        parse_instant("soon", BERLIN)
