from typing import Any

import polars as pl
import pytest

from pipelines.match.score import NAMES_CONTRADICT
from pipelines.store.matching import changed_edges
from tests.store_tables import Tables, uid


def edge(tables: Tables, lo: int, hi: int, probability: float, zone: str = "review", **said: Any) -> None:
    ends = {"record_lo": uid(lo), "record_hi": uid(hi)}
    tables.put("match_edge", ends | {"probability": probability, "zone": zone} | said)


def kept(tables: Tables) -> list[tuple[Any, ...]]:
    return tables.rows("SELECT record_lo, record_hi, zone FROM match_edge ORDER BY ALL")


def test_the_threshold_that_edges_are_kept_from_is_noted(tables: Tables) -> None:
    assert changed_edges.review_threshold_kept(tables.connection) is None
    for review in (0.25, 0.3):
        changed_edges.keep_review_threshold(tables.connection, review)
        assert changed_edges.review_threshold_kept(tables.connection) == review


def stirred(tables: Tables) -> list[int]:
    found = changed_edges.reclassify_edges(tables.connection, auto=0.8, review=0.3, sure=0.95)
    return [int(key[-2:], 16) for key in found]


@pytest.mark.parametrize(
    ("probability", "zone", "is_stirred", "becomes"),
    [
        (0.29, "review", True, None),
        (0.3, "review", False, "review"),
        (0.79, "review", False, "review"),
        (0.79, "merge", True, "review"),
        (0.8, "review", True, "merge"),
        (0.8, "merge", True, "merge"),  # clustering judges it once more
        (0.94, "merge", True, "merge"),
        (0.95, "merge", False, "merge"),
        (0.95, "review", True, "merge"),
    ],
)
def test_an_edge_has_the_zone_of_its_probability(
    tables: Tables, probability: float, zone: str, is_stirred: bool, becomes: str | None
) -> None:
    edge(tables, 2, 3, probability, zone)
    edge(tables, 1, 4, 0.99, "merge")
    assert stirred(tables) == ([2, 3] if is_stirred else [])
    assert kept(tables) == [(uid(1), uid(4), "merge"), *([(uid(2), uid(3), becomes)] if becomes else [])]


def test_names_that_contradict_each_other_never_merge(tables: Tables) -> None:
    edge(tables, 1, 2, 0.99, "review", rule=NAMES_CONTRADICT)
    edge(tables, 3, 4, 0.99, "merge", rule=NAMES_CONTRADICT)
    assert stirred(tables) == [3, 4]
    assert {zone for *_, zone in kept(tables)} == {"review"}


def test_edges_are_counted_by_zone(tables: Tables) -> None:
    for lo, zone in ((1, "review"), (2, "merge"), (3, "review")):
        edge(tables, lo, 9, 0.5, zone)
    assert changed_edges.count_by_zone(tables.connection).rows() == [("merge", 1), ("review", 2)]


def test_edges_that_differ_are_counted_by_what_they_were_and_would_be(tables: Tables) -> None:
    for lo, zone in ((1, "merge"), (2, "merge"), (3, "review"), (4, "review"), (5, "review")):
        edge(tables, lo, 9, 0.5, zone)
    coming = [(1, "merge"), (2, "review"), (4, "merge"), (5, "merge"), (6, "merge")]
    fresh = pl.DataFrame(
        [(uid(lo), uid(9), zone, 1.0) for lo, zone in coming],
        schema=["record_lo", "record_hi", "zone", "weight"],
        orient="row",
    )
    assert changed_edges.changed_edges(tables.connection, fresh).rows() == [
        *(("merge", "review", 1), ("none", "merge", 1), ("review", "merge", 2), ("review", "none", 1)),
    ]
