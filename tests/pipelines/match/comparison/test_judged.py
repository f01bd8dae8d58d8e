import numpy as np
import polars as pl

from pipelines.match.comparison.addresses import Codes
from pipelines.match.comparison.foreign_words import UNKNOWN
from pipelines.match.comparison.judged import INDEX, Levels, judged_pairs, level_by_number
from pipelines.match.priors import LEVELS


def test_a_pair_is_judged_where_both_sides_have_a_value_and_not_the_same() -> None:
    asked: list[list[int]] = []

    def judge(lo: Codes, hi: Codes) -> Levels:
        asked.append([*lo, *hi])
        return np.array([7] * len(lo), np.uint8)

    lo, hi = np.array([0, 1, -1, 1, 2]), np.array([0, 2, 1, -1, 3])
    assert level_by_number(lo, hi, judge).tolist() == [1, 7, 0, 0, 7]
    assert asked == [[1, 2, 2, 3]]


def test_every_two_different_values_are_looked_at_once_whichever_comes_first() -> None:
    values = pl.Series(["anna", "ana", "otto"])
    asked: list[tuple[str, str]] = []

    def judge(texts: pl.DataFrame) -> pl.Series:
        asked.extend(texts.select("lo", "hi").iter_rows())
        return pl.Series(["different" if "otto" in pair else UNKNOWN for pair in texts.iter_rows()])

    field = next(iter(LEVELS))
    found = judged_pairs(field, values, np.array([0, 1, 0, 2]), np.array([1, 0, 2, 2]), judge)
    assert found.tolist() == [0, 0, INDEX[field]["different"], 1]
    assert sorted(asked) == [("anna", "ana"), ("anna", "otto")]


def test_levels_are_numbered_from_one_and_one_that_a_field_does_not_have_is_different() -> None:
    assert all(list(index.values()) == list(range(1, len(index) + 1)) for index in INDEX.values())
    assert {field: list(index) for field, index in INDEX.items()} == {
        field: list(each) for field, each in LEVELS.items()
    }
    field = next(iter(LEVELS))
    found = judged_pairs(field, pl.Series(["a", "b"]), np.array([0]), np.array([1]), lambda _: pl.Series(["no level"]))
    assert found.tolist() == [INDEX[field]["different"]]
