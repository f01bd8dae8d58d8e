import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log2
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.clusters import cluster as cluster_module
from pipelines.match.clusters.cluster import LIMITS, Clustered, cluster, limited
from pipelines.match.clusters.components import components_of_keys
from pipelines.match.priors import SURE
from pipelines.match.score import NAMES_CONTRADICT
from pipelines.match.source_links import DECISION, SOURCE_MERGE
from tests.examples import examples

AUTO = 0.8
CERTAIN, LIKELY, DOUBTFUL = 0.9999, 0.9, 0.5  # probabilities: needs no support, does, is shown to a person
Edge = tuple[str, str, float]  # lo, hi, probability


def frame(edges: Sequence[Edge], vague: str = "", rule: str = "same_email") -> pl.DataFrame:
    """Edges; those with a record of `vague` do not say by the given name who is meant."""
    return pl.DataFrame(
        [
            (
                lo,
                hi,
                "merge" if chance >= AUTO else "review",
                rule,
                log2(chance / (1 - chance)),
                chance,
                says_nothing,
                "{}",
            )
            for lo, hi, chance in edges
            for says_nothing in [lo in vague or hi in vague]
        ],
        schema={
            "record_lo": pl.String,
            "record_hi": pl.String,
            "zone": pl.String,
            "rule": pl.String,
            "weight": pl.Float64,
            "probability": pl.Float64,
            "vague": pl.Boolean,
            "evidence": pl.String,
        },
        orient="row",
    )


def clustered(
    edges: Sequence[Edge],
    records: str,
    *,
    names: Mapping[str, str] | None = None,
    exclusive: Mapping[str, str] | None = None,
    points: Sequence[tuple[str, str, str]] = (),
    vague: str = "",
    rule: str = "same_email",
) -> Clustered:
    """Cluster records, each of one letter.

    `names`: given and family name; `-` stands for one that is not known. `points`: record, field, value.
    """
    return clustered_edges(frame(edges, vague, rule), records, names=names, exclusive=exclusive, points=points)


def clustered_edges(
    edges: pl.DataFrame,
    records: str,
    *,
    names: Mapping[str, str] | None = None,
    exclusive: Mapping[str, str] | None = None,
    points: Sequence[tuple[str, str, str]] = (),
    said: Mapping[str, int] | None = None,
) -> Clustered:
    """Cluster records, each of one letter, along edges (`frame`). `said`: hashes of what they say."""
    rows = []
    for record in records:
        first, last = (names or {}).get(record, "- -").split()
        held = [account] if (account := (exclusive or {}).get(record)) else []
        rows.append((record, None if first == "-" else first, None, None if last == "-" else last, held))
    profiles = pl.DataFrame(
        rows,
        schema={
            "record_key": pl.String,
            "given_name": pl.String,
            "middle_name": pl.String,
            "family_name": pl.String,
            "exclusive": pl.List(pl.String),
        },
        orient="row",
    )
    stated = pl.DataFrame(
        list(points), schema={"record_key": pl.String, "field": pl.String, "value": pl.String}, orient="row"
    )
    if said is not None:
        profiles = profiles.with_columns(said=pl.col("record_key").replace_strict(said, return_dtype=pl.UInt64))
    return cluster(edges, profiles, stated, AUTO)


def groups(found: Clustered) -> set[str]:
    """The clusters, each as its records' letters."""
    together = found.clusters.sort("record_key").group_by("cluster", maintain_order=True).agg("record_key")
    return {"".join(records) for records in together["record_key"].to_list()}


def test_records_along_merge_edges_are_one_cluster_named_by_its_smallest_record() -> None:
    found = clustered([("b", "c", CERTAIN), ("a", "c", CERTAIN)], "abc")

    assert found.clusters.sort("record_key").rows() == [("a", "a"), ("b", "a"), ("c", "a")]


def test_without_edges_every_record_is_by_itself() -> None:
    found = clustered([], "ab")

    assert groups(found) == {"a", "b"}
    assert found.vetoed.is_empty()


def test_edges_that_a_person_should_look_at_join_nothing() -> None:
    found = clustered([("a", "b", CERTAIN), ("b", "c", DOUBTFUL)], "abc")

    assert groups(found) == {"ab", "c"}
    assert found.vetoed.is_empty()


def test_an_exclusive_attribute_parts_records_that_a_third_connects() -> None:
    found = clustered(
        [("a", "b", 0.9999), ("b", "c", 0.999)], "abc", exclusive={"a": "account_id=1", "c": "account_id=2"}
    )

    assert groups(found) == {"ab", "c"}
    assert found.vetoed.rows() == [("b", "c", "veto:exclusive")]


def test_values_of_two_exclusive_attributes_part_nobody() -> None:
    found = clustered([("a", "b", CERTAIN)], "ab", exclusive={"a": "account_id=1", "b": "vat=2"})

    assert groups(found) == {"ab"}


def test_the_stronger_edge_decides_on_which_side_a_record_between_two_is() -> None:
    found = clustered(
        [("a", "b", 0.999), ("b", "c", 0.9999)], "abc", exclusive={"a": "account_id=1", "c": "account_id=2"}
    )

    assert groups(found) == {"a", "bc"}


def test_edges_of_one_weight_are_taken_in_the_order_of_their_records() -> None:
    found = clustered(
        [("b", "c", CERTAIN), ("a", "b", CERTAIN)], "abc", exclusive={"a": "account_id=1", "c": "account_id=2"}
    )

    assert groups(found) == {"ab", "c"}


SPOUSES = {"a": "claudia weber", "c": "thomas weber"}


def test_given_names_that_contradict_each_other_part_what_a_nameless_record_connects() -> None:
    found = clustered([("a", "b", 0.9999), ("b", "c", LIKELY)], "abc", names=SPOUSES, vague="b")

    assert groups(found) == {"ab", "c"}
    assert found.vetoed.rows() == [("b", "c", "veto:names")]


def test_a_record_that_fits_two_people_about_equally_goes_to_neither() -> None:
    found = clustered([("a", "b", 0.9999), ("b", "c", 0.999)], "abc", names=SPOUSES, vague="b")

    assert groups(found) == {"a", "b", "c"}
    assert found.vetoed.rows() == [("a", "b", "veto:rivals"), ("b", "c", "veto:rivals")]


def test_a_person_that_somebody_has_decided_on_is_no_rival() -> None:
    edges = pl.concat([frame([("a", "b", 0.9999)], "b", rule=DECISION), frame([("b", "c", 0.999)], "b")])

    assert groups(clustered_edges(edges, "abc", names=SPOUSES)) == {"ab", "c"}


def test_given_names_that_agree_are_joined_through_a_nameless_record() -> None:
    names = {"a": "thomas weber", "c": "tom weber"}

    assert groups(clustered([("a", "b", CERTAIN), ("b", "c", CERTAIN)], "abc", names=names, vague="b")) == {"abc"}


def test_an_edge_that_says_by_a_name_who_is_meant_joins_in_spite_of_contradicting_names() -> None:
    edges = [("a", "b", CERTAIN), ("b", "c", CERTAIN)]

    assert groups(clustered(edges, "abc", names=SPOUSES | {"b": "claudia-thomas weber"})) == {"abc"}


def test_names_do_not_part_what_the_source_has_merged() -> None:
    edges = [("a", "b", CERTAIN), ("b", "c", CERTAIN)]

    found = clustered(edges, "abc", names=SPOUSES, vague="b", rule=SOURCE_MERGE)

    assert groups(found) == {"abc"}
    assert found.vetoed.is_empty()


def test_an_exclusive_attribute_parts_even_what_the_source_has_merged() -> None:
    accounts = {"a": "account_id=1", "b": "account_id=2"}

    assert groups(clustered([("a", "b", CERTAIN)], "ab", exclusive=accounts, rule=SOURCE_MERGE)) == {"a", "b"}


def test_neither_names_nor_limits_nor_other_pairs_part_what_somebody_has_decided_to_be_one() -> None:
    edges = [("a", "b", CERTAIN), ("b", "c", LIKELY)]
    names = {"a": "claudia weber", "b": "anna berg", "c": "thomas weber"}
    points = [(record, "email", f"{record}{nth}@example.com") for record in "abc" for nth in range(LIMITS["email"])]
    found = clustered(edges, "abc", names=names, points=points, vague="b", rule=DECISION)

    assert groups(found) == {"abc"}
    assert found.vetoed.is_empty()


def test_a_decision_that_parts_records_wins_over_one_that_makes_them_one() -> None:
    sides = {"a": "decision 1=0", "c": "decision 1=1"}
    found = clustered([("a", "b", CERTAIN), ("b", "c", CERTAIN)], "abc", exclusive=sides, rule=DECISION)

    assert groups(found) == {"ab", "c"}
    assert found.vetoed.rows() == [("b", "c", "veto:decision")]


def test_nobody_has_more_addresses_than_the_limit() -> None:
    others = "bcdefgh"[: LIMITS["email"]]
    edges = [("a", record, 0.9999 - nth / 1e5) for nth, record in enumerate(others)]
    points = [(record, "email", f"{record}@example.com") for record in f"a{others}"]

    found = clustered(edges, f"a{others}", points=points)

    assert groups(found) == {f"a{others[:-1]}", others[-1]}
    assert found.vetoed.rows() == [("a", others[-1], "veto:cardinality")]


def test_an_address_that_both_sides_have_counts_once() -> None:
    edges = [("a", record, CERTAIN) for record in "bcdefg"]
    points = [(record, "email", "anna@example.com") for record in "abcdefg"]

    assert groups(clustered(edges, "abcdefg", points=points)) == {"abcdefg"}


def test_both_spellings_of_a_number_count_once() -> None:
    others = "bcde"
    edges = [("a", record, CERTAIN) for record in others]
    points = [
        (record, "phone", f"5511{digit}855501{nth}1") for nth, record in enumerate(f"a{others}") for digit in ("9", "")
    ]

    assert groups(clustered(edges, f"a{others}", points=points)) == {f"a{others}"}


def test_what_has_no_limit_is_not_counted() -> None:
    edges = [("a", record, CERTAIN) for record in "bcdefg"]
    points = [(record, "channel_id", f"psid:{record}") for record in "abcdefg"]

    assert groups(clustered(edges, "abcdefg", points=points)) == {"abcdefg"}


GROWN: list[Edge] = [("a", "b", 0.9999), ("c", "d", 0.9998)]
NAMED = dict.fromkeys("abcd", "anna berg")


def test_a_weak_bridge_does_not_join_two_clusters_whose_other_pairs_are_unlike() -> None:
    found = clustered([*GROWN, ("b", "c", LIKELY)], "abcd", names=NAMED)

    assert groups(found) == {"ab", "cd"}
    assert found.vetoed.rows() == [("b", "c", "bridge")]


def test_an_edge_that_is_sure_needs_no_support() -> None:
    assert groups(clustered([*GROWN, ("b", "c", SURE)], "abcd", names=NAMED)) == {"abcd"}


def test_what_is_sure_begins_at_98_in_100() -> None:
    assert SURE == 0.98


def test_a_bridge_joins_where_the_pair_in_the_middle_would_merge() -> None:
    half = [("a", "c", LIKELY), ("b", "c", LIKELY), ("a", "d", DOUBTFUL), ("b", "d", DOUBTFUL)]

    assert groups(clustered([*GROWN, *half], "abcd", names=NAMED)) == {"abcd"}


def test_a_bridge_does_not_join_where_the_pair_in_the_middle_would_not_merge() -> None:
    less = [("b", "c", LIKELY), ("a", "c", DOUBTFUL), ("a", "d", DOUBTFUL), ("b", "d", DOUBTFUL)]

    assert groups(clustered([*GROWN, *less], "abcd", names=NAMED)) == {"ab", "cd"}


def test_pairs_of_which_one_has_no_full_name_have_no_say_on_a_bridge() -> None:
    names = {"b": "anna berg", "c": "anna berg", "a": "anna -", "d": "- berg"}

    assert groups(clustered([*GROWN, ("b", "c", LIKELY)], "abcd", names=names)) == {"abcd"}


def test_a_single_record_joins_a_cluster_of_two_by_half_of_its_pairs() -> None:
    assert groups(clustered([("a", "b", CERTAIN), ("b", "c", LIKELY)], "abc", names=NAMED)) == {"abc"}


def test_two_single_records_need_no_support() -> None:
    assert groups(clustered([("a", "b", LIKELY)], "ab", names=NAMED)) == {"ab"}


def told_of(*fields: str) -> str:
    return json.dumps({field: {"level": "exact", "weight": 3.0} for field in fields})


def test_a_record_joins_a_cluster_that_all_its_doubtful_edges_together_tie() -> None:
    edges = frame([("a", "b", CERTAIN), ("a", "c", DOUBTFUL), ("b", "c", DOUBTFUL)])
    telling = edges.with_columns(
        evidence=pl.Series(["{}", told_of("city", "company"), told_of("city", "street", "text")])
    )

    apart, together = clustered_edges(edges, "abc"), clustered_edges(telling, "abc")

    assert groups(apart) == {"ab", "c"}
    assert groups(together) == {"abc"}
    assert together.pooled.select("record_lo", "record_hi", "pairs").rows() == [("a", "c", 2)]


def test_pooled_evidence_joins_no_two_values_of_an_exclusive_attribute() -> None:
    edges = frame([("a", "b", CERTAIN), ("a", "c", DOUBTFUL), ("b", "c", DOUBTFUL)])
    telling = edges.with_columns(
        evidence=pl.Series(["{}", told_of("city", "company"), told_of("city", "street", "text")])
    )

    found = clustered_edges(telling, "abc", exclusive={"a": "account=1", "c": "account=2"})

    assert groups(found) == {"ab", "c"}
    assert found.pooled.is_empty()


def test_of_three_clusters_that_doubtful_edges_tie_in_a_row_two_join() -> None:
    sure: list[Edge] = [("a", "b", CERTAIN), ("c", "d", CERTAIN), ("e", "f", CERTAIN)]
    tie: list[Edge] = [("a", "c", DOUBTFUL), ("b", "d", DOUBTFUL), ("c", "e", DOUBTFUL), ("d", "f", DOUBTFUL)]
    strong, weak = told_of("city", "company"), told_of("city", "street", "text")
    edges = frame([*sure, *tie]).with_columns(evidence=pl.Series(["{}", "{}", "{}", strong, weak, strong, weak]))

    found = clustered_edges(edges, "abcdef")

    assert groups(found) == {"abcd", "ef"}
    assert found.pooled.select("record_lo", "record_hi", "pairs").rows() == [("a", "c", 2)]


def test_of_two_equal_ties_what_records_say_decides_however_they_are_called() -> None:
    sure: list[Edge] = [("a", "b", CERTAIN), ("c", "d", CERTAIN), ("e", "f", CERTAIN)]
    tie: list[Edge] = [("a", "c", DOUBTFUL), ("b", "d", DOUBTFUL), ("c", "e", DOUBTFUL), ("d", "f", DOUBTFUL)]
    strong, weak = told_of("city", "company"), told_of("city", "street", "text")
    edges = frame([*sure, *tie]).with_columns(evidence=pl.Series(["{}", "{}", "{}", strong, weak, strong, weak]))

    found = clustered_edges(edges, "abcdef", said={"a": 5, "b": 6, "c": 8, "d": 9, "e": 1, "f": 2})

    assert groups(found) == {"ab", "cdef"}


@pytest.mark.parametrize(("more", "together"), [("postcode", {"ab", "cdef"}), ("text", {"abcd", "ef"})])
def test_of_two_ties_the_stronger_one_joins_however_its_clusters_are_called(more: str, together: set[str]) -> None:
    sure: list[Edge] = [("a", "b", CERTAIN), ("c", "d", CERTAIN), ("e", "f", CERTAIN)]
    tie: list[Edge] = [("a", "c", DOUBTFUL), ("b", "d", DOUBTFUL), ("c", "e", DOUBTFUL), ("d", "f", DOUBTFUL)]
    told = [told_of("city", "company"), told_of("street", "text"), told_of("city", "company", more)]
    edges = frame([*sure, *tie]).with_columns(evidence=pl.Series(["{}", "{}", "{}", *told, told_of("street", "text")]))

    said = {record: nth for nth, record in enumerate("abcdef")}
    assert groups(clustered_edges(edges, "abcdef")) == groups(clustered_edges(edges, "abcdef", said=said)) == together


def test_of_two_equal_ties_the_record_that_says_least_decides() -> None:
    sure: list[Edge] = [("a", "b", CERTAIN), ("c", "d", CERTAIN), ("e", "f", CERTAIN)]
    tie: list[Edge] = [("a", "c", DOUBTFUL), ("b", "d", DOUBTFUL), ("c", "e", DOUBTFUL), ("d", "f", DOUBTFUL)]
    strong, weak = told_of("city", "company"), told_of("city", "street", "text")
    edges = frame([*sure, *tie]).with_columns(evidence=pl.Series(["{}", "{}", "{}", strong, weak, strong, weak]))

    found = clustered_edges(edges, "abcdef", said={"a": 5, "b": 6, "c": 8, "d": 9, "e": 1, "f": 50})

    assert groups(found) == {"ab", "cdef"}


PAIRED: list[Edge] = [("b", "c", CERTAIN), ("a", "b", DOUBTFUL), ("a", "c", DOUBTFUL)]  # a is alone, and comes first


def pooled(rule: str = "same_email", points: Sequence[tuple[str, str, str]] = ()) -> set[str]:
    """The clusters of PAIRED, where doubtful edges of this rule together tie the lone record to the other two."""
    evidence = pl.Series(["{}", told_of("city", "company"), told_of("city", "street", "text")])
    doubtful = pl.col("zone") != "merge"
    edges = frame(PAIRED).with_columns(evidence=evidence, rule=pl.when(doubtful).then(pl.lit(rule)).otherwise("rule"))
    return groups(clustered_edges(edges, "abc", points=points))


def test_a_lone_record_joins_whichever_comes_first() -> None:
    assert pooled() == {"abc"}


def test_given_names_are_weighed_in_pooled_evidence_and_veto_nothing() -> None:
    assert pooled(rule=NAMES_CONTRADICT) == {"abc"}


@pytest.mark.parametrize(("addresses", "together"), [(2, {"abc"}), (3, {"a", "bc"})])
def test_pooled_evidence_gives_nobody_six_of_a_kind(addresses: int, together: set[str]) -> None:
    points = [(record, "email", f"{record}{nth}") for record in "ab" for nth in range(addresses)]
    assert pooled(points=points) == together


@pytest.mark.parametrize("field", ["email", "phone"])
@pytest.mark.parametrize("sides", ["ab", "ba"], ids=["the first has them", "the second has them"])
def test_nobody_has_six_of_a_kind(field: str, sides: str) -> None:
    def groups_with(count: int) -> set[str]:
        return groups(
            clustered([("a", "b", CERTAIN)], "ab", points=[(sides[0], field, f"{nth}0000000") for nth in range(count)])
        )

    assert groups_with(5) == {"ab"}
    assert groups_with(6) == {"a", "b"}


def test_eight_digits_tell_a_number() -> None:
    def groups_with(*numbers: str) -> set[str]:
        points = [("ab"[nth % 2], "phone", number) for nth, number in enumerate(numbers)]
        return groups(clustered([("a", "b", CERTAIN)], "ab", points=points))

    assert groups_with(*(f"49{nth}25550111" for nth in range(6))) == {"ab"}
    assert groups_with(*(f"49{nth}5550111" for nth in range(6))) == {"a", "b"}


def test_a_family_name_alone_is_no_full_name() -> None:
    names = dict.fromkeys("bc", "anna berg")

    for lone in ("- berg", "anna -"):
        found = clustered([*GROWN, ("b", "c", LIKELY)], "abcd", names=names | {"a": lone, "d": lone})
        assert groups(found) == {"abcd"}


def test_an_edge_whose_records_came_together_another_way_is_not_reported() -> None:
    found = clustered([("a", "b", 0.9999), ("b", "c", 0.999), ("a", "c", 0.99)], "abc", names=SPOUSES, vague="b")

    assert groups(found) == {"abc"}
    assert found.vetoed.is_empty()


def test_a_long_chain_is_one_component() -> None:
    records = [f"{nth:03}" for nth in range(200)]
    shuffled = sorted(pairwise(records), key=lambda pair: (int(pair[0]) * 37) % 200)

    found = components_of_keys(frame([(lo, hi, CERTAIN) for lo, hi in shuffled]))

    assert found.sort("record_key").rows() == [(record, "000") for record in records]


def test_what_no_edge_connects_are_two_components() -> None:
    found = components_of_keys(frame([("a", "b", CERTAIN), ("c", "d", CERTAIN)]))

    assert found.sort("record_key").rows() == [("a", "a"), ("b", "a"), ("c", "c"), ("d", "c")]


RECORDS = "abcdef"
pairs_of_records = st.tuples(st.sampled_from(RECORDS), st.sampled_from(RECORDS)).filter(lambda pair: pair[0] < pair[1])
edge_lists = st.lists(
    st.tuples(pairs_of_records, st.sampled_from([DOUBTFUL, LIKELY, 0.94, CERTAIN])),
    min_size=1,
    max_size=10,
    unique_by=lambda edge: edge[0],
).map(lambda found: [(*pair, chance) for pair, chance in found])
names_of_records = st.dictionaries(
    st.sampled_from(RECORDS), st.sampled_from(["anna berg", "thomas berg", "tom berg", "- berg"]), max_size=6
)
accounts_of_records = st.dictionaries(st.sampled_from(RECORDS), st.sampled_from(["account_id=1", "account_id=2"]))


@settings(max_examples=examples(40, light=8), deadline=None)
@given(edge_lists, names_of_records, accounts_of_records, st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(
    edges: list[Edge], names: dict[str, str], accounts: dict[str, str], random: Random
) -> None:
    shuffled, records = random.sample(edges, len(edges)), "".join(random.sample(RECORDS, len(RECORDS)))
    vague = "".join(record for record in RECORDS if names.get(record, "- -").startswith("-"))

    one = clustered(edges, RECORDS, names=names, exclusive=accounts, vague=vague)
    other = clustered(shuffled, records, names=names, exclusive=accounts, vague=vague)

    assert one.clusters.sort("record_key").equals(other.clusters.sort("record_key"))
    assert one.vetoed.equals(other.vetoed)


@settings(max_examples=examples(40, light=8), deadline=None)
@given(edge_lists, accounts_of_records)
def test_every_record_is_in_one_cluster_that_holds_no_contradiction(
    edges: list[Edge], accounts: dict[str, str]
) -> None:
    found = groups(clustered(edges, RECORDS, exclusive=accounts))

    assert sorted("".join(found)) == list(RECORDS)
    assert all(len({accounts[record] for record in group if record in accounts}) <= 1 for group in found)


APART = frame([("a", "b", DOUBTFUL)], rule=NAMES_CONTRADICT)  # Christian and Christine


def test_two_whose_given_names_contradict_each_other_are_not_joined_by_one_who_may_be_either() -> None:
    merges = frame([("a", "c", CERTAIN), ("b", "c", LIKELY)], vague="c")
    found = clustered_edges(pl.concat([merges, APART]), "abc")

    assert groups(found) == {"ac", "b"}
    assert found.vetoed["reason"].to_list() == ["veto:names"]
    assert groups(clustered_edges(merges, "abc")) == {"abc"}


@pytest.mark.parametrize("others", ["db", "da", "dbea"])
def test_a_contradiction_goes_with_whoever_joins_the_records(others: str) -> None:
    own = [(record, other, CERTAIN) for record, other in zip(others[1::2], others[::2], strict=True)]
    merges = frame([("a", "c", CERTAIN), ("b", "c", LIKELY)], vague="c")
    edges = pl.concat([frame(own).with_columns(pl.col("weight") + 9), merges, APART])

    parted = [group for group in groups(clustered_edges(edges, "abcde")) if "a" in group and "b" in group]
    assert parted == []


def test_an_edge_that_nothing_supports_is_a_bridge_to_two_records_and_none_between_two_alone() -> None:
    unsupported = frame([("b", "c", DOUBTFUL)]).with_columns(zone=pl.lit("merge"))
    names = dict.fromkeys("abc", "anna berg")
    found = clustered_edges(pl.concat([frame([("a", "b", CERTAIN)]), unsupported]), "abc", names=names)

    assert groups(found) == {"ab", "c"}
    assert found.vetoed["reason"].to_list() == ["bridge"]
    assert groups(clustered_edges(unsupported, "bc", names=names)) == {"bc"}


def test_a_bridge_is_one_also_where_no_edge_is_sure() -> None:
    names = dict.fromkeys("abcd", "anna berg")
    found = clustered([("a", "b", 0.95), ("c", "d", 0.95), ("b", "c", LIKELY)], "abcd", names=names)

    assert groups(found) == {"ab", "cd"}
    assert found.vetoed["reason"].to_list() == ["bridge"]


def test_only_addresses_and_numbers_are_limited_and_the_spellings_of_a_number_are_one() -> None:
    told = [
        ("a", "phone", "442079460111"),
        ("b", "phone", "02079460111"),
        ("a", "email", "a@b.example"),
        ("a", "x", "1"),
    ]
    points = pl.DataFrame(told, schema=["record_key", "field", "value"], orient="row")

    assert limited(points)["value"].to_list() == ["79460111", "79460111", "a@b.example"]


def test_records_that_are_numbers_stay_numbers_where_none_are_joined() -> None:
    records = pl.Series("record_key", [1, 2], dtype=pl.UInt32)
    components = pl.DataFrame(schema={"record_key": pl.UInt32, "component": pl.UInt32})
    found = cluster_module._labelled(records, components, [])
    assert found.rows() == [(1, 1), (2, 2)]
    assert found.schema == {"record_key": pl.UInt32, "cluster": pl.UInt32}
