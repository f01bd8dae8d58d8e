from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.cluster import Clustered, cluster, components

AUTO = 0.95
CERTAIN, LIKELY = "same_email", "score"
Edge = tuple[str, str, str, float]  # lo, hi, rule, weight


def frame(edges: Sequence[Edge]) -> pl.DataFrame:
    rows = [(lo, hi, rule, weight, 1 / (1 + 2**-weight)) for lo, hi, rule, weight in edges]
    schema = {
        "record_lo": pl.String,
        "record_hi": pl.String,
        "rule": pl.String,
        "weight": pl.Float64,
        "probability": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def clustered(
    edges: Sequence[Edge],
    records: str,
    names: Mapping[str, str] | None = None,
    exclusive: Mapping[str, str] | None = None,
    points: Sequence[tuple[str, str, str]] = (),
) -> Clustered:
    """Cluster records, each of one letter; names, exclusive attributes and points (record, field, value) if given."""
    profiles = pl.DataFrame(
        [
            (r, sorted((names or {}).get(r, "").split()), [e] if (e := (exclusive or {}).get(r)) else [])
            for r in records
        ],
        schema={"record_key": pl.String, "tokens": pl.List(pl.String), "exclusive": pl.List(pl.String)},
        orient="row",
    )
    stated = pl.DataFrame(
        [(*point, True) for point in points],
        schema={"record_key": pl.String, "field": pl.String, "value": pl.String, "exact": pl.Boolean},
        orient="row",
    )
    return cluster(frame(edges), profiles, stated, AUTO)


def groups(found: Clustered) -> set[str]:
    """The clusters, each as its records' letters."""
    together = found.clusters.sort("record_key").group_by("cluster").agg(pl.col("record_key").str.join(""))
    return set(together["record_key"])


def test_records_along_merge_edges_are_one_cluster_named_by_its_smallest_record() -> None:
    found = clustered([("b", "c", CERTAIN, 20), ("a", "c", CERTAIN, 18)], "abc")

    assert found.clusters.sort("record_key").rows() == [("a", "a"), ("b", "a"), ("c", "a")]


def test_without_edges_every_record_is_by_itself() -> None:
    found = clustered([], "ab")

    assert groups(found) == {"a", "b"}
    assert found.vetoed.is_empty()


def test_an_exclusive_attribute_parts_records_that_a_third_connects() -> None:
    edges = [("a", "b", CERTAIN, 20.0), ("b", "c", CERTAIN, 18.0)]

    found = clustered(edges, "abc", exclusive={"a": "account_id=1", "c": "account_id=2"})

    assert groups(found) == {"ab", "c"}
    assert found.vetoed.rows() == [("b", "c", "veto:exclusive")]


def test_the_stronger_edge_decides_on_which_side_a_record_between_two_is() -> None:
    edges = [("a", "b", CERTAIN, 18.0), ("b", "c", CERTAIN, 20.0)]

    found = clustered(edges, "abc", exclusive={"a": "account_id=1", "c": "account_id=2"})

    assert groups(found) == {"a", "bc"}


def test_edges_of_one_weight_are_taken_in_the_order_of_their_records() -> None:
    edges = [("b", "c", CERTAIN, 20.0), ("a", "b", CERTAIN, 20.0)]

    found = clustered(edges, "abc", exclusive={"a": "account_id=1", "c": "account_id=2"})

    assert groups(found) == {"ab", "c"}


def test_names_that_contradict_each_other_part_what_a_nameless_record_connects() -> None:
    edges = [("a", "b", CERTAIN, 20.0), ("b", "c", CERTAIN, 18.0)]

    found = clustered(edges, "abc", names={"a": "claudia weber", "c": "thomas weber"})

    assert groups(found) == {"ab", "c"}
    assert found.vetoed.rows() == [("b", "c", "veto:names")]


def test_names_that_agree_are_joined_through_a_nameless_record() -> None:
    edges = [("a", "b", CERTAIN, 20.0), ("b", "c", CERTAIN, 18.0)]

    assert groups(clustered(edges, "abc", names={"a": "thomas weber", "c": "tom weber"})) == {"abc"}


def test_nobody_has_more_than_five_addresses() -> None:
    edges = [("a", record, CERTAIN, 20.0 - nth) for nth, record in enumerate("bcdef")]
    points = [(record, "email", f"{record}@example.com") for record in "abcdef"]

    found = clustered(edges, "abcdef", points=points)

    assert groups(found) == {"abcde", "f"}
    assert found.vetoed.rows() == [("a", "f", "veto:cardinality")]


def test_an_address_that_both_sides_have_counts_once() -> None:
    edges = [("a", record, CERTAIN, 20.0) for record in "bcdef"]
    points = [(record, "email", "anna@example.com") for record in "abcdef"]

    assert groups(clustered(edges, "abcdef", points=points)) == {"abcdef"}


GROWN: list[Edge] = [("a", "b", CERTAIN, 20.0), ("c", "d", CERTAIN, 19.0)]


def test_a_weak_bridge_does_not_join_two_grown_clusters() -> None:
    found = clustered([*GROWN, ("b", "c", LIKELY, 8.0)], "abcd")

    assert groups(found) == {"ab", "cd"}
    assert found.vetoed.rows() == [("b", "c", "bridge")]


def test_a_certain_edge_joins_two_grown_clusters() -> None:
    assert groups(clustered([*GROWN, ("b", "c", CERTAIN, 8.0)], "abcd")) == {"abcd"}


def test_edges_between_all_their_records_join_two_grown_clusters() -> None:
    across: list[Edge] = [(lo, hi, LIKELY, 8.0) for lo in "ab" for hi in "cd"]

    assert groups(clustered([*GROWN, *across], "abcd")) == {"abcd"}


def test_a_single_record_may_join_a_cluster_by_a_likely_edge() -> None:
    assert groups(clustered([("a", "b", CERTAIN, 20.0), ("b", "c", LIKELY, 8.0)], "abc")) == {"abc"}


def test_an_edge_whose_records_came_together_another_way_is_not_reported() -> None:
    found = clustered([*GROWN, ("b", "c", LIKELY, 8.0), ("a", "d", CERTAIN, 7.0)], "abcd")

    assert groups(found) == {"abcd"}
    assert found.vetoed.is_empty()


def test_a_long_chain_is_one_component() -> None:
    records = [f"{nth:03}" for nth in range(200)]
    shuffled = sorted(pairwise(records), key=lambda pair: (int(pair[0]) * 37) % 200)

    found = components(frame([(lo, hi, CERTAIN, 20.0) for lo, hi in shuffled]))

    assert found.sort("record_key").rows() == [(record, "000") for record in records]


def test_what_no_edge_connects_are_two_components() -> None:
    found = components(frame([("a", "b", CERTAIN, 20.0), ("c", "d", CERTAIN, 20.0)]))

    assert found.sort("record_key").rows() == [("a", "a"), ("b", "a"), ("c", "c"), ("d", "c")]


RECORDS = "abcdef"
pairs_of_records = st.tuples(st.sampled_from(RECORDS), st.sampled_from(RECORDS)).filter(lambda pair: pair[0] < pair[1])
edge_lists = st.lists(
    st.tuples(pairs_of_records, st.sampled_from([CERTAIN, LIKELY]), st.sampled_from([8.0, 15.0, 20.0])),
    min_size=1,
    max_size=10,
    unique_by=lambda edge: edge[0],
).map(lambda found: [(*pair, rule, weight) for pair, rule, weight in found])
names_of_records = st.dictionaries(
    st.sampled_from(RECORDS), st.sampled_from(["anna berg", "thomas berg", "tom berg", "berg"]), max_size=6
)
accounts_of_records = st.dictionaries(st.sampled_from(RECORDS), st.sampled_from(["account_id=1", "account_id=2"]))


@settings(max_examples=40, deadline=None)
@given(edge_lists, names_of_records, accounts_of_records, st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(
    edges: list[Edge], names: dict[str, str], accounts: dict[str, str], random: Random
) -> None:
    shuffled, records = random.sample(edges, len(edges)), "".join(random.sample(RECORDS, len(RECORDS)))

    one, other = clustered(edges, RECORDS, names, accounts), clustered(shuffled, records, names, accounts)

    assert one.clusters.sort("record_key").equals(other.clusters.sort("record_key"))
    assert one.vetoed.equals(other.vetoed)


@settings(max_examples=40, deadline=None)
@given(edge_lists, accounts_of_records)
def test_every_record_is_in_one_cluster_that_holds_no_contradiction(
    edges: list[Edge], accounts: dict[str, str]
) -> None:
    found = groups(clustered(edges, RECORDS, exclusive=accounts))

    assert sorted("".join(found)) == list(RECORDS)
    assert all(len({accounts[record] for record in group if record in accounts}) <= 1 for group in found)
