import polars as pl

from benchmarks.labelled.labelled import Labelled, once

TWICE = Labelled(
    pl.DataFrame({"name": ["Ada", "Ada L.", "Bo", "Bo", "Cy"], "cluster_id": [1, 1, 2, 2, 3]}), {"name": "full_name"}
)


def test_everybody_is_there_once() -> None:
    found = once(TWICE)
    assert sorted(found.records["cluster_id"]) == [1, 2, 3]
    assert found.roles == TWICE.roles


def test_the_draw_is_the_same_each_time() -> None:
    assert once(TWICE).records.equals(once(TWICE).records)
