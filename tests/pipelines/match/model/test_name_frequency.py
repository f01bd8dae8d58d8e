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


# Odds that two records of one name are one person: by how many other bearers are expected, and by records of the name.
BEARERS = (2, 3, 10, 64)
ODDS = {
    0.9: {
        -14: [902.414, 676.413, 244.958, 40.1501],
        -7: [10.4426, 7.30431, 1.62522, 0.0958939],
        0: [1.85316, 1.04849, 0.13061, 0.0152423],
        3: [1.79335, 1.00857, 0.125543, 0.0147391],
        7: [1.78534, 1.00323, 0.12487, 0.0146717],
    },
    0.3: {
        -14: [300.805, 225.207, 80.8889, 12.4226],
        -7: [3.48088, 2.1874, 0.304077, 0.0294961],
        0: [0.617719, 0.282704, 0.0385714, 0.00501619],
        3: [0.597785, 0.271883, 0.0372569, 0.00485261],
        7: [0.595115, 0.27044, 0.0370812, 0.00483071],
    },
}


@pytest.mark.parametrize("duplicates", ODDS)
def test_a_name_says_what_it_said(duplicates: float) -> None:
    table = odds_by_name(duplicates)

    assert table.shape == (22, 63)
    for rarity, odds in ODDS[duplicates].items():
        assert [table[rarity + 14, records - 2] for records in BEARERS] == pytest.approx(odds, rel=1e-5), rarity


def test_what_a_name_says_by_how_rare_it_is_and_how_many_records_bear_it() -> None:
    shown = np.log2(odds_by_name(0.5)[np.ix_([0, 7, 14, 21], [0, 1, 8, 62])])
    assert shown == pytest.approx(
        np.array(
            [  # 2, 3, 10 and 64 records
                [8.970, 8.553, 7.083, 4.437],  # 1 / 16384 others are expected
                [2.536, 1.953, -0.601, -4.309],  # 1 / 128
                [0.042, -0.942, -3.906, -6.896],  # 1
                [-0.012, -1.007, -3.965, -6.951],  # 128
            ]
        ),
        abs=0.001,
    )
