from collections.abc import Iterable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.clusters import components as module
from pipelines.match.clusters.components import components, components_by_joins, components_of
from pipelines.match.engines.polars import IN_MEMORY, lazy
from tests.examples import examples

Edges = list[tuple[int, int]]
ENDS = {"lo": pl.UInt32, "hi": pl.UInt32}


def edges_of(edges: Edges) -> pl.DataFrame:
    return pl.DataFrame(edges, schema=ENDS, orient="row")


def by_hand(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    label = {end: end for edge in edges for end in edge}
    for _ in label:
        for lo, hi in edges:
            label[lo] = label[hi] = min(label[lo], label[hi])
    return label


def found(frame: pl.DataFrame) -> dict[int, int]:
    return dict(frame.select("record", "component").iter_rows())


EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(10, 25)) | st.tuples(st.integers(0, 9), st.integers(10, 12)))


@settings(max_examples=examples(40, light=8), deadline=None)
@given(EDGES)
def test_all_that_hangs_together_is_one_component(edges: Edges) -> None:
    assert found(components_of(edges_of(edges))) == by_hand(edges)


@settings(max_examples=examples(10, light=3), deadline=None)
@given(EDGES)
def test_joins_find_the_same_components(edges: Edges) -> None:
    frame = IN_MEMORY.collect(components_by_joins(IN_MEMORY, lazy(edges_of(edges))))
    assert frame.height == len(by_hand(edges))
    assert found(frame) == by_hand(edges)


def test_a_long_chain_takes_few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROUNDS", 9)
    chain = [(nth, nth + 1) for nth in range(200)]
    assert set(found(IN_MEMORY.collect(components(IN_MEMORY, lazy(edges_of(chain)), on_driver=0))).values()) == {0}


def test_what_does_not_settle_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROUNDS", 1)
    with pytest.raises(RuntimeError, match="did not settle in 1 rounds"):
        components_by_joins(IN_MEMORY, lazy(edges_of([(nth, nth + 1) for nth in range(50)])))


def test_numbers_may_have_gaps_and_edges_come_twice() -> None:
    assert found(components_of(edges_of([(7, 4_000_000_000), (7, 4_000_000_000), (3, 9)]))) == {
        7: 7, 4_000_000_000: 7, 3: 3, 9: 3,
    }  # fmt: skip
