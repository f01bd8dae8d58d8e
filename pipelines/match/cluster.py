"""Edges to clusters, under vetoes. Edges are taken strongest first, so arrival order decides nothing."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import NamedTuple

import numpy as np
import polars as pl

from pipelines.match.compare import INDEX, compare_names
from pipelines.match.decided import SOURCE_MERGE
from pipelines.match.records import NAMES, encoded

SURE = 0.95  # probability from which on an edge needs no support
LIMITS = {"email": 5, "phone": 5}
OWN_DIGITS = 8  # last digits of a number, which are the same in all its spellings

Pair = tuple[Hashable, Hashable]


class Clustered(NamedTuple):
    """Which records belong together (record_key, cluster), and which edges may not join two clusters (with reason)."""

    clusters: pl.DataFrame
    vetoed: pl.DataFrame


class Members(NamedTuple):
    """What is known of the records of edges, as far as a veto may ask for it."""

    named: frozenset[Hashable]  # those with a full name; that such two share no edge says that they differ
    contradicting: frozenset[Pair]  # pairs whose given names contradict each other, both ways round
    exclusive: dict[Hashable, dict[str, str]]
    points: dict[Hashable, list[tuple[str, str]]]


class _Cluster:
    """Records joined so far, and what they would contradict."""

    def __init__(self, record: Hashable, members: Members) -> None:
        self.records = [record]
        self.exclusive = dict(members.exclusive.get(record, {}))
        self.points: dict[str, set[str]] = defaultdict(set)
        for field, value in members.points.get(record, ()):
            self.points[field].add(value)

    def absorb(self, other: "_Cluster") -> None:
        self.records += other.records
        self.exclusive |= other.exclusive
        for field, values in other.points.items():
            self.points[field] |= values


def cluster(edges: pl.DataFrame, profiles: pl.DataFrame, points: pl.DataFrame, auto: float) -> Clustered:
    """Join records along merge edges, strongest first, where nothing speaks against the joined cluster.

    `edges`: record_lo, record_hi, zone, rule, weight, probability, vague, of both zones, with all records of the
    components that merge edges make. `profiles`: record_key, given_name, middle_name, family_name (as they are
    compared), exclusive (List of "attribute=value"). `points`: record_key, field, value. A cluster is named by its
    smallest record.

    A join is vetoed by: different values of an exclusive attribute; more e-mails or phones than LIMITS; given names
    that contradict each other across the join, where the edge does not say by a name which of them is meant; a bridge,
    that is an edge below SURE between clusters whose cross pairs are, in the middle, below `auto`. A vetoed edge whose
    records come together by another one is not reported.
    """
    merges = edges.filter(pl.col("zone") == "merge").sort(
        ["weight", "record_lo", "record_hi"], descending=[True, False, False]
    )
    members = known_members(edges, profiles, points)
    probability: dict[Pair, float] = {
        (lo, hi): each for lo, hi, each in edges.select("record_lo", "record_hi", "probability").iter_rows()
    }
    held: dict[Hashable, _Cluster] = {}
    vetoed: list[tuple[Hashable, Hashable, str]] = []
    for lo, hi, rule, strength, vague in merges.select(*PAIR, "rule", "probability", "vague").iter_rows():
        one = held.get(lo) or held.setdefault(lo, _Cluster(lo, members))
        other = held.get(hi) or held.setdefault(hi, _Cluster(hi, members))
        if one is other:
            continue
        veto = _veto(one, other, members, vague=vague and rule != SOURCE_MERGE)
        if veto is None and strength < SURE and _is_bridge(one, other, members, probability, auto):
            veto = "bridge"
        if veto:
            vetoed.append((lo, hi, veto))
            continue
        large, small = (one, other) if len(one.records) >= len(other.records) else (other, one)
        for record in small.records:
            held[record] = large
        large.absorb(small)
    parted = [edge for edge in vetoed if held[edge[0]] is not held[edge[1]]]
    return Clustered(_labelled(profiles["record_key"], held.values()), _reported(parted, edges))


PAIR = ["record_lo", "record_hi"]


def _labelled(records: pl.Series, clusters: Iterable[_Cluster]) -> pl.DataFrame:
    joined = [each for each in {id(each): each for each in clusters}.values() if len(each.records) > 1]
    labels = [(record, min(each.records)) for each in joined for record in each.records]  # type: ignore[type-var]  # keys of one kind
    label = pl.DataFrame(labels, schema={"record_key": records.dtype, "cluster": records.dtype}, orient="row")
    own = records.alias("record_key").to_frame()
    return own.join(label, on="record_key", how="left", maintain_order="left").select(
        "record_key", cluster=pl.coalesce("cluster", "record_key")
    )


def _reported(vetoed: list[tuple[Hashable, Hashable, str]], edges: pl.DataFrame) -> pl.DataFrame:
    key = edges.schema["record_lo"]
    return pl.DataFrame(vetoed, schema={"record_lo": key, "record_hi": key, "reason": pl.String}, orient="row")


def known_members(edges: pl.DataFrame, profiles: pl.DataFrame, points: pl.DataFrame) -> Members:
    """What vetoes ask for, of the records at the ends of edges."""
    ends = pl.concat([edges["record_lo"], edges["record_hi"]]).unique()
    own = profiles.filter(pl.col("record_key").is_in(ends.implode()))
    both = pl.col("given_name").is_not_null() & pl.col("family_name").is_not_null()
    exclusive = own.filter(pl.col("exclusive").list.len() > 0).select("record_key", "exclusive")
    held: dict[Hashable, list[tuple[str, str]]] = defaultdict(list)
    for record, field, value in limited(points).filter(pl.col("record_key").is_in(ends.implode())).iter_rows():
        held[record].append((field, value))
    return Members(
        frozenset(own.filter(both)["record_key"]),
        contradictions(edges.filter(pl.col("zone") == "merge"), own),
        {record: dict(each.split("=", 1) for each in values) for record, values in exclusive.iter_rows()},
        dict(held),
    )


def limited(points: pl.DataFrame) -> pl.DataFrame:
    """What LIMITS count of points: record_key, field, value; the spellings of a number are one."""
    own_digits = pl.col("value").str.slice(-OWN_DIGITS)
    value = pl.when(pl.col("field") == "phone").then(own_digits).otherwise("value").alias("value")
    return points.filter(pl.col("field").is_in(LIMITS)).select("record_key", "field", value)


def contradictions(edges: pl.DataFrame, profiles: pl.DataFrame) -> frozenset[Pair]:
    """Pairs of records whose given names contradict each other (both ways round), in components with a vague edge."""
    component = components(edges)
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
    into: dict[Hashable, Hashable] = {}

    def smallest(each: Hashable) -> Hashable:
        while (above := into.setdefault(each, each)) != each:
            into[each] = each = into.setdefault(above, above)
        return each

    for lo, hi in edges.select(PAIR).iter_rows():
        one, other = smallest(lo), smallest(hi)
        if one != other:
            low, high = (one, other) if one < other else (other, one)  # type: ignore[operator]  # keys of one kind
            into[high] = low
    key = edges.schema["record_lo"]
    return pl.DataFrame(
        {"record_key": list(into), "component": [smallest(each) for each in into]},
        schema={"record_key": key, "component": key},
    )


def _veto(one: _Cluster, other: _Cluster, members: Members, *, vague: bool) -> str | None:
    if one.exclusive and any(other.exclusive.get(key, value) != value for key, value in one.exclusive.items()):
        return "veto:exclusive"
    if one.points and any(len(one.points[field] | other.points[field]) > most for field, most in LIMITS.items()):
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
