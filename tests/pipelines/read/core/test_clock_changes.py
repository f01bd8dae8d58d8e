from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.read.core.clock_changes import ClockChanges
from tests.examples import examples

BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")


def test_a_repeated_half_hour_is_as_long_as_the_zone_says() -> None:
    changes = ClockChanges(LORD_HOWE)
    first, second = (changes.read(datetime(2025, 4, 6, 1, minute)) for minute in (50, 40))
    assert (first.later, second.later) == (timedelta(), timedelta(minutes=30))


def test_what_runs_back_outside_the_repeated_hour_stays_in_the_first_pass() -> None:
    changes = ClockChanges(BERLIN)
    walls = [datetime(2025, 10, 26, *at) for at in ((1, 50), (1, 40), (2, 30), (3, 10), (3, 5))]
    assert {changes.read(wall).later for wall in walls} == {timedelta()}


def test_the_next_chat_and_the_next_year_begin_anew() -> None:
    changes = ClockChanges(BERLIN)
    walls = [datetime(2025, 10, 26, 2, 50), datetime(2025, 10, 26, 2, 10), datetime(2026, 10, 25, 2, 5)]
    assert [bool(changes.read(wall).later) for wall in walls] == [False, True, False]


@settings(max_examples=examples(200, light=20), deadline=None)
@given(st.lists(st.integers(0, 3 * 60 - 1), unique=True, min_size=1).map(sorted))
def test_times_of_a_dense_night_are_read_as_they_were(minutes: list[int]) -> None:
    """Any minutes of the night, written as the wall showed them: none comes before the one it followed."""
    began = datetime(2025, 10, 26, 0, 0, tzinfo=UTC)
    changes = ClockChanges(BERLIN)
    walls = [(began + timedelta(minutes=each)).astimezone(BERLIN).replace(tzinfo=None) for each in minutes]
    read = [changes.read(wall) for wall in walls]
    assert all(one.first + one.later <= other.first + other.later for one, other in pairwise(read))


def test_two_times_that_are_one_do_not_run_back() -> None:
    changes = ClockChanges(BERLIN)
    walls = [datetime(2025, 10, 26, 2, minute) for minute in (10, 10, 5, 5, 30)]
    assert [bool(changes.read(wall).later) for wall in walls] == [False, False, True, True, True]


def test_an_hour_that_clocks_skip_is_read_as_if_they_had_not() -> None:
    changes = ClockChanges(BERLIN)
    skipped, after = (changes.read(datetime(2025, 3, 30, hour, 30)) for hour in (2, 3))
    assert (skipped.first, skipped.later, skipped.is_skipped) == (
        datetime(2025, 3, 30, 1, 30, tzinfo=UTC),
        timedelta(),
        True,
    )
    assert (after.first, after.is_skipped) == (datetime(2025, 3, 30, 1, 30, tzinfo=UTC), False)
