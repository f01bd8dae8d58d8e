"""Components that no veto can part are clusters without a look at their edges one by one."""

import polars as pl
import pytest

from pipelines.match.clusters.components import components_of_keys
from pipelines.match.clusters.uncontested import uncontested

LIMITS = {"email": 2}
Edge = tuple[str, str, str, float]
PAIR: list[Edge] = [("a", "b", "merge", 0.99)]
TRIANGLE: list[Edge] = [("a", "b", "merge", 0.99), ("b", "c", "merge", 0.9), ("a", "c", "review", 0.6)]


def joined(
    edges: list[Edge],
    *,
    exclusive: dict[str, list[str]] | None = None,
    emails: dict[str, list[str]] | None = None,
    contradicted: tuple[str, ...] = (),
) -> set[str]:
    """The records of uncontested components, with 0.8 as the probability from which two records are one."""
    frame = pl.DataFrame(edges, schema=["record_lo", "record_hi", "zone", "probability"], orient="row")
    component = components_of_keys(frame.filter(pl.col("zone") == "merge"))
    stated = exclusive or {}
    profiles = component.select("record_key").with_columns(
        exclusive=pl.Series([stated.get(each, []) for each in component["record_key"]], dtype=pl.List(pl.String))
    )
    points = [(record, "email", value) for record, values in (emails or {}).items() for value in values]
    schema = {"record_key": pl.String, "field": pl.String, "value": pl.String}
    found = uncontested(
        frame,
        component,
        profiles,
        pl.DataFrame(points, schema=schema, orient="row"),
        pl.Series(contradicted, dtype=pl.String),
        LIMITS,
        0.8,
    )
    return set(found["record_key"])


def test_a_pair_that_nothing_speaks_against_is_a_cluster() -> None:
    assert joined(PAIR) == {"a", "b"}


def test_only_the_component_with_a_contradiction_is_contested() -> None:
    assert joined([*PAIR, ("c", "d", "merge", 0.99)], contradicted=("d",)) == {"a", "b"}


def test_two_values_of_an_exclusive_attribute_contest_a_component() -> None:
    assert joined(PAIR, exclusive={"a": ["id=1"], "b": ["id=2"]}) == set()


@pytest.mark.parametrize("values", [{"a": ["id=1"], "b": ["id=1"]}, {"a": ["id=1"], "b": ["tax=2"]}])
def test_one_value_of_each_exclusive_attribute_contests_nothing(values: dict[str, list[str]]) -> None:
    assert joined(PAIR, exclusive=values) == {"a", "b"}


@pytest.mark.parametrize(("emails", "free"), [(["x", "y"], {"a", "b"}), (["x", "y", "z"], set())])
def test_more_addresses_than_one_person_has_contest_a_component(emails: list[str], free: set[str]) -> None:
    assert joined(PAIR, emails={"a": emails[:1], "b": emails}) == free


def test_a_doubtful_edge_between_two_lone_records_is_no_bridge() -> None:
    assert joined([("a", "b", "merge", 0.9)]) == {"a", "b"}


def test_a_doubtful_edge_may_be_a_bridge_where_another_pair_is_below_auto_or_not_known() -> None:
    assert joined(TRIANGLE) == set()
    assert joined(TRIANGLE[:2]) == set()


def test_a_doubtful_edge_is_no_bridge_where_every_pair_is_likely() -> None:
    assert joined([*TRIANGLE[:2], ("a", "c", "merge", 0.8)]) == {"a", "b", "c"}


def test_a_pair_with_two_edges_is_likely_once() -> None:
    assert joined([*TRIANGLE, TRIANGLE[0]]) == set()


@pytest.mark.parametrize("stranger", ["c", "0"])
def test_an_edge_that_is_not_sure_and_leads_out_contests_a_component(stranger: str) -> None:
    lo, hi = sorted(("b", stranger))

    assert joined([*PAIR, (lo, hi, "review", 0.6)]) == set()


def test_an_edge_that_leads_out_and_is_sure_but_may_not_merge_contests_nothing() -> None:
    assert joined([*PAIR, ("b", "c", "review", 0.99)]) == {"a", "b"}


def test_a_chain_of_sure_edges_is_a_cluster_and_one_with_a_doubtful_edge_is_not() -> None:
    sure: list[Edge] = [("a", "b", "merge", 0.99), ("b", "c", "merge", 0.99)]
    assert joined(sure) == {"a", "b", "c"}
    assert joined([sure[0], ("b", "c", "merge", 0.97)]) == set()
    assert joined([*sure, ("a", "c", "review", 0.3)]) == {"a", "b", "c"}
