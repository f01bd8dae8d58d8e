import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.model.name_frequency import MOST, RARITY, odds_by_name
from tests.examples import examples

RATES = st.floats(0.05, 5)


@settings(deadline=None, max_examples=examples(50, light=10))
@given(RATES)
def test_the_more_frequent_a_name_the_less_it_says(duplicates: float) -> None:
    assert (np.diff(odds_by_name(duplicates), axis=0) < 0).all()


@settings(deadline=None, max_examples=examples(50, light=10))
@given(RATES)
def test_the_more_records_bear_a_name_the_less_it_says(duplicates: float) -> None:
    assert (np.diff(odds_by_name(duplicates), axis=1) < 0).all()


@settings(deadline=None, max_examples=examples(50, light=10))
@given(RATES)
def test_odds_are_positive_and_finite(duplicates: float) -> None:
    odds = odds_by_name(duplicates)
    assert odds.shape == (RARITY[1] - RARITY[0] + 1, MOST - 1)
    assert (odds > 0).all()
    assert np.isfinite(odds).all()


def test_the_more_duplicates_a_list_has_the_likelier_two_records_are_one() -> None:
    assert (odds_by_name(0.5) < odds_by_name(2.0)).all()


def test_the_only_two_records_of_a_very_rare_name_are_one_person() -> None:
    assert odds_by_name(0.9)[0, 0] > 100


def test_two_of_many_records_of_a_common_name_are_not() -> None:
    assert odds_by_name(0.9)[-1, -1] < 0.02


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        odds_by_name(0.9)[0, 0] = 1
