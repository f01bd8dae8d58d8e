"""What `cluster` counts and adds up, looked at pair by pair: slow, but plain to see that it is right."""

from collections.abc import Mapping
from itertools import product
from math import log2

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.clusters import name_conflicts
from pipelines.match.clusters.cluster import Clustered, cluster
from pipelines.match.clusters.pooled_evidence import pool_evidence
from pipelines.match.comparison.compare import INDEX, compare_names
from pipelines.match.comparison.records import NAMES, encode
from pipelines.match.priors import SURE
from pipelines.match.source_links import DECISION, SOURCE_MERGE
from tests.examples import examples

AUTO = 0.8
EDGES = {
    "record_lo": pl.String,
    "record_hi": pl.String,
    "rule": pl.String,
    "probability": pl.Float64,
    "vague": pl.Boolean,
}
RECORDS = "abcdefgh"
Group = frozenset[str]
Member = tuple[str | None, str | None, tuple[str, ...], tuple[str, ...]]  # given and family name, exclusive, e-mails


def pair_by_pair(edges: pl.DataFrame, members: Mapping[str, Member]) -> tuple[set[Group], dict[tuple[str, str], str]]:
    """Clusters, and vetoed edges with the reason; without what `pooled` joins in the end."""
    groups: dict[str, Group] = {record: frozenset(record) for record in members}
    known = {(lo, hi): chance for lo, hi, chance in edges.select("record_lo", "record_hi", "probability").iter_rows()}
    known |= {(hi, lo): chance for (lo, hi), chance in known.items()}
    vetoed: dict[tuple[str, str], str] = {}
    order = ["weight", "record_lo", "record_hi"]
    for edge in edges.filter(pl.col("zone") == "merge").sort(order, descending=[True, False, False]).to_dicts():
        lo, hi = edge["record_lo"], edge["record_hi"]
        one, other = groups[lo], groups[hi]
        if one == other:
            continue
        if reason := veto(one, other, edge, members, known):
            vetoed[lo, hi] = reason
        else:
            groups |= dict.fromkeys(one | other, one | other)
    parted = {pair: reason for pair, reason in vetoed.items() if groups[pair[0]] != groups[pair[1]]}
    return set(groups.values()), parted


def veto(
    one: Group,
    other: Group,
    edge: Mapping[str, object],
    members: Mapping[str, Member],
    known: Mapping[tuple[str, str], float],
) -> str | None:
    stated = [{each for record in group for each in members[record][2]} for group in (one, other)]
    against = [a for a, b in product(*stated) if a.split("=")[0] == b.split("=")[0] and a != b]
    if against:
        return "veto:decision" if any(each.startswith("decision ") for each in against) else "veto:exclusive"
    if edge["rule"] != DECISION:
        if len({address for record in one | other for address in members[record][3]}) > 5:
            return "veto:cardinality"
        is_asked = edge["vague"] and edge["rule"] != SOURCE_MERGE
        if is_asked and any(contradict(members[a], members[b]) for a, b in product(one, other)):
            return "veto:names"
    if float(str(edge["probability"])) < SURE and len(one | other) > 2:
        said = [
            known.get((a, b), 0.0)
            for a, b in product(one, other)
            if (a, b) in known or all(members[record][0] and members[record][1] for record in (a, b))
        ]
        if sorted(said, reverse=True)[(len(said) - 1) // 2] < AUTO:
            return "bridge"
    return None


def contradict(one: Member, other: Member) -> bool:
    names = pl.DataFrame(
        [(nth, given, None, family) for nth, (given, family, *_) in enumerate((one, other))],
        schema={"record": pl.UInt32, **dict.fromkeys(NAMES, pl.String)},
        orient="row",
    )
    facts = pl.DataFrame(schema={"record": pl.UInt32, "field": pl.String, "value": pl.String})
    records = encode(2, names, facts)
    ends = [pl.Series([nth], dtype=pl.UInt32).to_numpy() for nth in (0, 1)]
    found, _ = compare_names(records, *ends)
    return bool(found) and found["given_name"].level[0] == INDEX["given_name"]["different"]


def clustered(edges: pl.DataFrame, members: Mapping[str, Member]) -> Clustered:
    profiles = pl.DataFrame(
        [(record, given, None, family, list(held)) for record, (given, family, held, _) in members.items()],
        schema={"record_key": pl.String, **dict.fromkeys(NAMES, pl.String), "exclusive": pl.List(pl.String)},
        orient="row",
    )
    points = pl.DataFrame(
        [(record, "email", address) for record, (*_, addresses) in members.items() for address in addresses],
        schema={"record_key": pl.String, "field": pl.String, "value": pl.String},
        orient="row",
    )
    return cluster(edges, profiles, points, AUTO)


def groups_of(found: Clustered) -> set[Group]:
    return {frozenset(each) for each in found.clusters.group_by("cluster").agg("record_key")["record_key"].to_list()}


def frame(edges: list[tuple[str, str, str, float, bool]]) -> pl.DataFrame:
    stated = pl.DataFrame(edges, schema=EDGES, orient="row")
    return stated.with_columns(
        zone=pl.when(pl.col("probability") >= AUTO).then(pl.lit("merge")).otherwise(pl.lit("review")),
        weight=pl.Series([log2(chance / (1 - chance)) for chance in stated["probability"]], dtype=pl.Float64),
        evidence=pl.lit("{}"),
    )


members_of_lists = st.fixed_dictionaries(
    {
        record: st.tuples(
            st.sampled_from((None, "anna", "ann", "thomas", "tom", "berg", "a")),
            st.sampled_from((None, "berg", "weber", "anna")),
            st.lists(st.sampled_from(("account=1", "account=2", "decision 1=0", "decision 1=1")), max_size=1).map(
                tuple
            ),
            st.lists(st.sampled_from("uvwxyz"), max_size=3, unique=True).map(tuple),
        )
        for record in RECORDS
    }
)
edges_of_lists = st.lists(
    st.tuples(
        st.sampled_from([(lo, hi) for lo in RECORDS for hi in RECORDS if lo < hi]),
        st.sampled_from(("same_email", "same_email", "same_email", SOURCE_MERGE, DECISION)),
        st.sampled_from((0.4, 0.45, 0.82, 0.85, 0.9, 0.94, 0.985, 0.99, 0.999, 0.9999)),
        st.booleans(),
    ),
    min_size=4,
    max_size=24,
    unique_by=lambda edge: edge[0],
).map(lambda found: frame([(*pair, rule, chance, vague) for pair, rule, chance, vague in found]))


@settings(max_examples=examples(40, light=8), deadline=None)
@given(edges_of_lists, members_of_lists)
def test_clusters_and_vetoes_are_those_found_pair_by_pair(edges: pl.DataFrame, members: dict[str, Member]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pipelines.match.clusters.cluster.pool_evidence", lambda ends: pool_evidence(ends.clear()))
        patched.setattr("pipelines.match.clusters.cluster.rivals", lambda *_: {})  # see test_rivals
        found = clustered(edges, members)
    groups, vetoed = pair_by_pair(edges, members)

    assert groups_of(found) == groups
    assert {(lo, hi): reason for lo, hi, reason in found.vetoed.iter_rows()} == vetoed


@settings(max_examples=10, deadline=None)
@given(edges_of_lists, members_of_lists)
def test_beyond_the_most_names_nothing_is_joined_that_names_would_have_kept_apart(
    edges: pl.DataFrame, members: dict[str, Member]
) -> None:
    vague = edges.with_columns(vague=pl.lit(value=True), rule=pl.lit("same_email"), probability=pl.lit(SURE))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(name_conflicts, "MOST_NAMES", 1)
        found = clustered(vague, members)

    for group in groups_of(found):
        assert len({members[record][:2] for record in group if members[record][0]}) <= 1
