from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.read.core.epoch import at_either, at_milliseconds, at_seconds

WHEN = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize("value", [1_700_000_000, "1700000000"])
def test_seconds_may_be_a_number_or_digits(value: Any) -> None:
    assert at_seconds(value) == at_either(value) == WHEN


@pytest.mark.parametrize("value", [1_700_000_000_000, "1700000000000"])
def test_milliseconds_are_told_from_seconds_by_their_size(value: Any) -> None:
    assert at_milliseconds(value) == at_either(value) == WHEN


@pytest.mark.parametrize("value", [None, True, 1.5, "now", "", "१७", "1e9", 10**30, "9" * 30, 10**17, [], -(10**17)])
def test_what_counts_no_time_is_none(value: Any) -> None:
    assert at_seconds(value) is None
