from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from console.terminal.dates import beginning, end
from pipelines.errors import ConfigurationError

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_day_lasts_from_its_beginning_to_its_end_on_the_projects_clock() -> None:
    assert beginning("--since", "2026-06-01", BERLIN) == datetime(2026, 5, 31, 22, tzinfo=UTC)
    assert end("--until", "2026-06-01", BERLIN) == datetime(2026, 6, 1, 22, tzinfo=UTC)


def test_a_day_on_which_clocks_change_has_its_own_length() -> None:
    assert end("--until", "2026-10-25", BERLIN) == datetime(2026, 10, 25, 23, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-06-01T10:00", "2026-06-01T08:00Z", "2026-06-01 10:00:00+02:00"])
def test_a_time_is_that_time(text: str) -> None:
    assert beginning("--since", text, BERLIN) == end("--until", text, BERLIN) == datetime(2026, 6, 1, 8, tzinfo=UTC)


def test_nothing_said_is_nothing_meant() -> None:
    assert beginning("--since", None, BERLIN) is None
    assert end("--until", None, BERLIN) is None


@pytest.mark.parametrize("text", ["tomorrow", "2026-02-30", "9999-12-31", ""])
def test_what_is_no_date_is_refused_by_the_name_of_its_option(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--until must be a date"):
        end("--until", text, BERLIN)


def test_a_date_before_all_calendars_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="--since must be a date"):
        beginning("--since", "0001-01-01", ZoneInfo("Asia/Tokyo"))
