from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.contact_list import ContactTable, Mode, OnReject, Update


def table(**options: Any) -> ContactTable:
    return ContactTable.model_validate({"format": "x", "path": "landing/*.csv"} | options)


def test_by_default_every_row_counts_and_none_stops_its_file() -> None:
    made = table()
    assert made.mode is Mode.UPSERT
    assert not made.on_reject.stops(rejected=10, rows=10)


@pytest.mark.parametrize(
    ("said", "rejected", "rows", "stops"),
    [
        ("continue", 10, 10, False),
        ("all_or_nothing", 0, 10, False),
        ("all_or_nothing", 1, 10, True),
        ({"abort_if_count": 2}, 2, 10, False),
        ({"abort_if_count": 2}, 3, 10, True),
        ({"abort_if_pct": 10}, 1, 10, False),
        ({"abort_if_pct": 10}, 2, 10, True),
        ({"abort_if_pct": 0}, 0, 0, False),
    ],
)
def test_a_limit_is_passed_by_more_than_it_says(said: Any, rejected: int, rows: int, stops: bool) -> None:
    assert table(on_reject=said).on_reject.stops(rejected, rows) is stops


@given(st.floats(0, 100), st.integers(0, 1000), st.integers(0, 1000))
def test_a_file_without_a_refused_row_is_never_stopped(pct: float, count: int, rows: int) -> None:
    assert not OnReject(abort_if_pct=pct).stops(0, rows)
    assert not OnReject(abort_if_count=count).stops(0, rows)


@pytest.mark.parametrize(
    "said", ["never", {"abort_if_pct": 101}, {"abort_if_count": -1}, {"abort_if_pct": 1, "abort_if_count": 1}, {"x": 1}]
)
def test_a_limit_that_cannot_be_is_refused(said: Any) -> None:
    with pytest.raises(ValidationError):
        table(on_reject=said)


def test_a_column_that_is_not_to_be_read_means_nothing() -> None:
    made = table(columns={"Handy": "phone", "Mood": "tier"}, update={"Mood": "ignore", "Handy": "fill_blank"})
    assert made.told() == {"Handy": "phone", "Mood": "ignore"}
    assert made.update["Handy"] is Update.FILL_BLANK


@pytest.mark.parametrize("options", [{"mode": "replace"}, {"update": {"Phone": "maybe"}}, {"encoding": "klingon"}])
def test_a_word_nobody_knows_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        table(**options)
