import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.engines.engine import Engine, distinct, parts
from pipelines.match.engines.polars import IN_MEMORY, PolarsEngine, lazy
from tests.examples import examples

ROWS = pl.DataFrame(
    {"key": [5, 1, 3, 3, 2, 1, 4], "word": list("abcdefg")}, schema={"key": pl.UInt64, "word": pl.String}
)
SIZES = pl.Schema({"key": pl.UInt64, "size": pl.UInt32})


def sizes(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("key").agg(size=pl.len())


def pairs(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    return rows.join(others, on="key").select("key", "word", other="word_right")


@pytest.mark.parametrize("engine", [IN_MEMORY, PolarsEngine(at_once=2)])
def test_groups_are_never_cut(engine: Engine) -> None:
    found = engine.collect(engine.map_groups([lazy(ROWS)], "key", sizes, SIZES))
    assert sorted(found.rows()) == [(1, 2), (2, 1), (3, 2), (4, 1), (5, 1)]


def test_groups_of_several_frames_come_together() -> None:
    schema = pl.Schema({"key": pl.UInt64, "word": pl.String, "other": pl.String})
    found = PolarsEngine(2).map_groups([lazy(ROWS), lazy(ROWS.filter(pl.col("key") > 2))], "key", pairs, schema)
    assert sorted(IN_MEMORY.collect(found).rows()) == sorted(pairs(ROWS, ROWS.filter(pl.col("key") > 2)).rows())


def test_a_function_gets_every_row_in_some_batch() -> None:
    asked = []

    def seen(rows: pl.DataFrame) -> pl.DataFrame:
        asked.append(rows.height)
        return rows

    found = PolarsEngine(3).map_batches(lazy(ROWS), seen, ROWS.schema)
    assert asked == [3, 3, 1]
    assert IN_MEMORY.collect(found).equals(ROWS)


def test_a_function_that_gives_other_columns_than_it_says_is_a_mistake() -> None:
    with pytest.raises(pl.exceptions.SchemaError):
        IN_MEMORY.map_batches(lazy(ROWS), sizes, pl.Schema({"key": pl.UInt64}))


def test_a_frame_without_rows_has_its_columns_and_still_goes_through_the_function() -> None:
    found = PolarsEngine(2).map_groups([lazy(ROWS.clear())], "key", sizes, SIZES)
    assert IN_MEMORY.collect(found).schema == SIZES


def test_rows_are_counted_and_told_apart() -> None:
    assert IN_MEMORY.rows(lazy(ROWS)) == 7
    assert IN_MEMORY.rows(distinct(lazy(ROWS.select("key")))) == 5
    assert (IN_MEMORY.batches(10**9), PolarsEngine(4).batches(9), PolarsEngine(4).batches(0)) == (1, 3, 1)


def test_a_part_begins_at_each_start_and_the_first_one_takes_what_is_before() -> None:
    rows = lazy(pl.DataFrame({"key": list(range(10))}))
    found = [IN_MEMORY.collect(rows.filter(part))["key"].to_list() for part in parts("key", [7, 2, 5, 5])]
    assert found == [[0, 1, 2, 3, 4], [5, 6], [7, 8, 9]]


@settings(max_examples=examples(40, light=8), deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1), st.lists(st.integers(0, 2**64 - 1), min_size=1))
def test_parts_part_whatever_they_are_asked_for(starts: list[int], keys: list[int]) -> None:
    rows = lazy(pl.DataFrame({"key": keys}, schema={"key": pl.UInt64}))
    found = [IN_MEMORY.collect(rows.filter(part))["key"].to_list() for part in parts("key", starts)]
    assert sorted(key for each in found for key in each) == sorted(keys)
