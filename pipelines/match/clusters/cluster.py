"""Edges to clusters, under vetoes. Edges are taken strongest first, so arrival order decides nothing."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from pipelines.match.clusters.components import components_of
from pipelines.match.clusters.pooled_evidence import pooled
from pipelines.match.comparison.compare import INDEX, compare_names
from pipelines.match.comparison.records import NAMES, encoded
from pipelines.match.source_links import DECISION, SOURCE_MERGE

SURE = 0.98  # probability from which on an edge needs no support
LIMITS = {"email": 5, "phone": 5}
PARTED = "decision "  # an exclusive "attribute" of this kind is a decision, its value the side a record is on
OWN_DIGITS = 8  # last digits of a number, which are the same in all its spellings

Pair = tuple[Hashable, Hashable]


class Clustered(NamedTuple):
    """Which records belong together, which edges may not join them, and which clusters only all evidence joins."""

    clusters: pl.DataFrame  # record_key, cluster
    vetoed: pl.DataFrame  # record_lo, record_hi, reason
    pooled: pl.DataFrame  # record_lo, record_hi (the smallest of either side), weight, pairs


class Members(NamedTuple):
    """What is known of the records of edges, as far as a veto may ask for it."""

    named: frozenset[Hashable]  # those with a full name; that such two share no edge says that they differ
    contradicting: frozenset[Pair]  # pairs whose given names contradict each other, both ways round
    exclusive: dict[Hashable, dict[str, str]]
    points: dict[Hashable, dict[str, frozenset[str]]]


NOTHING: Mapping[str, Any] = MappingProxyType({})


class _Cluster:
    """Records joined so far, the smallest of them, and what they would contradict."""

    __slots__ = ("exclusive", "points", "records", "smallest")

    def __init__(self, record: Hashable, members: Members) -> None:
        self.smallest = record
        self.records = [record]
        self.exclusive: Mapping[str, str] = members.exclusive.get(record, NOTHING)
        self.points: Mapping[str, frozenset[str]] = members.points.get(record, NOTHING)

    def absorb(self, other: "_Cluster") -> None:
        self.smallest = min(self.smallest, other.smallest)  # type: ignore[call-overload]  # keys of one kind
        self.records += other.records
        if other.exclusive:
            self.exclusive = {**self.exclusive, **other.exclusive}
        if other.points:
            self.points = {field: _of(self, field) | _of(other, field) for field in {*self.points, *other.points}}


def _of(cluster: _Cluster, field: str) -> frozenset[str]:
    return cluster.points.get(field, frozenset())


def cluster(edges: pl.DataFrame, profiles: pl.DataFrame, points: pl.DataFrame, auto: float) -> Clustered:
    """Join records along merge edges, strongest first, where nothing speaks against the joined cluster.

    `edges`: record_lo, record_hi, zone, rule, weight, probability, vague and, below SURE, evidence; of both zones, with
    all records of the components that edges of the merge zone and those from `pool.LIKELY` on make. `profiles`:
    record_key, given_name, middle_name, family_name (as they are compared), exclusive (List of "attribute=value"), and
    perhaps said (`sample.said`).
    `points`: record_key, field, value. A cluster is named by its smallest record.

    A join is vetoed by: different values of an exclusive attribute, of which a decision that parts records is one, with
    the side of a record as its value; and, where nobody has decided that the two are one, more e-mails or phones than
    LIMITS; given names that contradict each other across the join, where the edge does not say by a name which of them
    is meant; a bridge, that is an edge below SURE between clusters whose cross pairs are, in the middle, below `auto`.
    A vetoed edge whose records come together by another one is not reported. At last clusters are joined that all their
    doubtful edges together tie (`pool.pooled`).
    """
    merges = strongest_first(edges.filter(pl.col("zone") == "merge"), profiles)
    component = components(merges)
    members = known_members(edges, profiles, points, component)
    probability = _probabilities(edges, component)
    held: dict[Hashable, _Cluster] = {}
    vetoed: list[tuple[Hashable, Hashable, str]] = []
    for lo, hi, rule, strength, vague in merges.select(*PAIR, "rule", "probability", "vague").iter_rows():
        one = held.get(lo) or held.setdefault(lo, _Cluster(lo, members))
        other = held.get(hi) or held.setdefault(hi, _Cluster(hi, members))
        if one is other:
            continue
        veto = _veto(one, other, members, vague=vague and rule != SOURCE_MERGE, is_decided=rule == DECISION)
        if veto is None and strength < SURE and _is_bridge(one, other, members, probability, auto):
            veto = "bridge"
        if veto:
            vetoed.append((lo, hi, veto))
            continue
        _join(one, other, held)
    joined = _join_pooled(edges, held, members)
    parted = [edge for edge in vetoed if held[edge[0]] is not held[edge[1]]]
    return Clustered(
        _labelled(profiles["record_key"], held.values()),
        _reported(parted, edges, {"reason": pl.String}),
        _reported(joined, edges, {"weight": pl.Float64, "pairs": pl.UInt32}),
    )


PAIR = ["record_lo", "record_hi"]


def strongest_first(merges: pl.DataFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """Edges by weight; equal ones by what their records say, so that it does not matter how these are called."""
    said = profiles.select("record_key", said=pl.col("said") if "said" in profiles.columns else pl.lit(0))
    for end, name in zip(PAIR, ("one", "other"), strict=True):
        merges = merges.join(said.rename({"said": name}), left_on=end, right_on="record_key", how="left")
    ends = [pl.min_horizontal("one", "other"), pl.max_horizontal("one", "other")]
    order = [pl.col("weight"), *ends, *map(pl.col, PAIR)]
    return merges.sort(order, descending=[True, *[False] * 4]).drop("one", "other")


def _probabilities(edges: pl.DataFrame, component: pl.DataFrame) -> dict[Pair, float]:
    """Probability of pairs, as far as a bridge may ask for it: in components with a doubtful edge that merges."""
    edges = edges.join(component, left_on="record_lo", right_on="record_key")
    doubtful = edges.filter(pl.col("zone") == "merge", pl.col("probability") < SURE)["component"].unique()
    asked = edges.filter(pl.col("component").is_in(doubtful.implode()))
    return {(lo, hi): each for lo, hi, each in asked.select(*PAIR, "probability").iter_rows()}


def _join_pooled(
    edges: pl.DataFrame, held: dict[Hashable, _Cluster], members: Members
) -> list[tuple[Hashable, Hashable, float, int]]:
    """Join clusters that all their doubtful edges together tie, strongest first, each with one other at most."""
    doubtful = edges.filter(pl.col("probability") < SURE)
    for record in pl.concat([doubtful[side] for side in PAIR]).unique():
        held.setdefault(record, _Cluster(record, members))
    across = [
        (row, *sorted((held[lo].smallest, held[hi].smallest)), *sorted((len(held[lo].records), len(held[hi].records))))  # type: ignore[type-var]  # keys of one kind
        for row, (lo, hi) in enumerate(doubtful.select(PAIR).iter_rows())
        if held[lo] is not held[hi]
    ]
    key = edges.schema["record_lo"]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "row": pl.UInt32, "one": key, "other": key, "smaller": pl.UInt32, "larger": pl.UInt32
    }  # fmt: skip
    ends = pl.DataFrame(across, schema=schema, orient="row")
    told = doubtful.select("probability", "weight", "evidence")[ends["row"]]
    joined: list[tuple[Hashable, Hashable, float, int]] = []
    taken: set[Hashable] = set()
    for lo, hi, weight, pairs in pooled(ends.drop("row").hstack(told)).iter_rows():
        if taken.isdisjoint((lo, hi)) and not _veto(held[lo], held[hi], members, vague=False, is_decided=False):
            _join(held[lo], held[hi], held)
            taken |= {lo, hi}
            joined.append((lo, hi, weight, pairs))
    return joined


def _join(one: _Cluster, other: _Cluster, held: dict[Hashable, _Cluster]) -> None:
    large, small = (one, other) if len(one.records) >= len(other.records) else (other, one)
    for record in small.records:
        held[record] = large
    large.absorb(small)


def _labelled(records: pl.Series, clusters: Iterable[_Cluster]) -> pl.DataFrame:
    joined = [each for each in {id(each): each for each in clusters}.values() if len(each.records) > 1]
    label = pl.DataFrame(
        {
            "record_key": [record for each in joined for record in each.records],
            "cluster": [each.smallest for each in joined for _ in each.records],
        },
        schema={"record_key": records.dtype, "cluster": records.dtype},
    )
    own = records.alias("record_key").to_frame()
    return own.join(label, on="record_key", how="left", maintain_order="left").select(
        "record_key", cluster=pl.coalesce("cluster", "record_key")
    )


def _reported(
    rows: Sequence[tuple[object, ...]], edges: pl.DataFrame, says: Mapping[str, type[pl.DataType]]
) -> pl.DataFrame:
    key = edges.schema["record_lo"]
    return pl.DataFrame(rows, schema={"record_lo": key, "record_hi": key, **says}, orient="row")


def known_members(
    edges: pl.DataFrame, profiles: pl.DataFrame, points: pl.DataFrame, component: pl.DataFrame
) -> Members:
    """What vetoes ask for, of the records at the ends of edges. `component`: `components` of those that merge."""
    ends = pl.concat([edges["record_lo"], edges["record_hi"]]).unique()
    own = profiles.filter(pl.col("record_key").is_in(ends.implode()))
    both = pl.col("given_name").is_not_null() & pl.col("family_name").is_not_null()
    exclusive = own.filter(pl.col("exclusive").list.len() > 0).select("record_key", "exclusive")
    held: dict[Hashable, dict[str, frozenset[str]]] = defaultdict(dict)
    counted = limited(points).filter(pl.col("record_key").is_in(ends.implode()))
    for record, field, values in counted.group_by("record_key", "field").agg("value").iter_rows():
        held[record][field] = frozenset(values)
    return Members(
        frozenset(own.filter(both)["record_key"]),
        contradictions(edges.filter(pl.col("zone") == "merge"), own, component),
        {record: dict(each.split("=", 1) for each in values) for record, values in exclusive.iter_rows()},
        dict(held),
    )


def limited(points: pl.DataFrame) -> pl.DataFrame:
    """What LIMITS count of points: record_key, field, value; the spellings of a number are one."""
    own_digits = pl.col("value").str.slice(-OWN_DIGITS)
    value = pl.when(pl.col("field") == "phone").then(own_digits).otherwise("value").alias("value")
    return points.filter(pl.col("field").is_in(LIMITS)).select("record_key", "field", value)


def contradictions(edges: pl.DataFrame, profiles: pl.DataFrame, component: pl.DataFrame) -> frozenset[Pair]:
    """Pairs of records whose given names contradict each other (both ways round), in components with a vague edge."""
    vague = edges.filter(pl.col("vague")).join(component, left_on="record_lo", right_on="record_key")["component"]
    asked = (
        component.filter(pl.col("component").is_in(vague.unique().implode()))
        .join(profiles.select("record_key", *NAMES), on="record_key")
        .sort("record_key")
        .with_row_index("record")
    )
    pairs = asked.select("component", lo="record").join(asked.select("component", hi="record"), on="component")
    pairs = pairs.filter(pl.col("lo") < pl.col("hi"))
    facts = pl.DataFrame(schema={"record": pl.UInt32, "field": pl.String, "value": pl.String})
    lo, hi = pairs["lo"].to_numpy(), pairs["hi"].to_numpy()
    names, _ = compare_names(encoded(asked.height, asked.select("record", *NAMES), facts), lo, hi)
    if not names:
        return frozenset()
    against = np.flatnonzero(names["given_name"].level == INDEX["given_name"]["different"])
    keys = asked["record_key"].to_list()
    found = [(keys[one], keys[other]) for one, other in zip(lo[against], hi[against], strict=True)]
    return frozenset(found) | {(other, one) for one, other in found}


def components(edges: pl.DataFrame) -> pl.DataFrame:
    """Connected components: record_key, component (its smallest record key)."""
    ends = pl.concat([edges["record_lo"], edges["record_hi"]]).unique().sort().alias("record_key").to_frame()
    numbers = ends.with_row_index("record")
    numbered = edges.select(PAIR).join(numbers.rename({"record": "lo"}), left_on="record_lo", right_on="record_key")
    numbered = numbered.join(numbers.rename({"record": "hi"}), left_on="record_hi", right_on="record_key")
    found = components_of(numbered).sort("record")["component"]
    return ends.with_columns(component=ends["record_key"].gather(found))


def _veto(one: _Cluster, other: _Cluster, members: Members, *, vague: bool, is_decided: bool) -> str | None:
    against = [key for key, value in one.exclusive.items() if other.exclusive.get(key, value) != value]
    if against:
        return "veto:decision" if any(key.startswith(PARTED) for key in against) else "veto:exclusive"
    if is_decided:
        return None
    if one.points and any(len(_of(one, field) | _of(other, field)) > most for field, most in LIMITS.items()):
        return "veto:cardinality"
    if vague and any((a, b) in members.contradicting for a in one.records for b in other.records):
        return "veto:names"
    return None


def _is_bridge(one: _Cluster, other: _Cluster, members: Members, probability: dict[Pair, float], auto: float) -> bool:
    """Whether most pairs across a join speak against it. Pairs that nothing is known of have no say."""
    if len(one.records) == 1 and len(other.records) == 1:
        return False
    said = []
    for a in one.records:
        for b in other.records:
            known = probability.get((a, b), probability.get((b, a)))
            if known is not None:
                said.append(known)
            elif a in members.named and b in members.named:
                said.append(0.0)
    said.sort(reverse=True)
    return said[(len(said) - 1) // 2] < auto
