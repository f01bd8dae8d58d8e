"""Edges to clusters, under vetoes. Edges are taken strongest first, so arrival order decides nothing."""

from collections import defaultdict
from typing import NamedTuple

import polars as pl

from pipelines.match.decided import SOURCE_MERGE
from pipelines.match.names import CONTRADICTORY, name_levels

# An identifier that both sides state, with names that do not contradict, or a merge that was done in the source: enough
# to join two grown clusters.
DETERMINISTIC = frozenset({SOURCE_MERGE, "same_channel_id", "same_email", "same_phone"})
LIMITS = {"email": 5, "phone": 5}


class Clustered(NamedTuple):
    """Which records belong together (record_key, cluster), and which edges may not join two clusters (with reason)."""

    clusters: pl.DataFrame
    vetoed: pl.DataFrame


class _Cluster:
    """Records joined so far, and what they would contradict."""

    def __init__(self, record: str, name: str, exclusive: list[str], points: list[tuple[str, str]]) -> None:
        self.records = [record]
        self.names = {name} if name else set()
        self.exclusive = dict(value.split("=", 1) for value in exclusive)
        self.points: dict[str, set[str]] = defaultdict(set)
        for field, value in points:
            self.points[field].add(value)

    def absorb(self, other: "_Cluster") -> None:
        self.records += other.records
        self.names |= other.names
        self.exclusive |= other.exclusive
        for field, values in other.points.items():
            self.points[field] |= values


def cluster(edges: pl.DataFrame, profiles: pl.DataFrame, points: pl.DataFrame, auto: float) -> Clustered:
    """Join records along merge edges, strongest first, where nothing speaks against the joined cluster.

    `edges`: record_lo, record_hi, rule, weight, probability of the merge zone, all of the components of `profiles`
    (record_key, tokens, exclusive); `points` as `keys.points` gives them. A cluster is named by its smallest record.

    A join is vetoed by: different values of an exclusive attribute; more e-mails or phones than LIMITS; names that
    contradict each other anywhere across the join, unless the source itself has merged the two records; a bridge, that
    is two clusters of two or more records without a deterministic edge and with a mean probability over all cross pairs
    below `auto`. A vetoed edge whose records come together by another one is not reported.
    """
    edges = edges.sort(["weight", "record_lo", "record_hi"], descending=[True, False, False])
    connected = profiles.filter(
        pl.col("record_key").is_in(pl.concat([edges["record_lo"], edges["record_hi"]]).implode())
    )
    held = _clusters(connected, points)
    contradictions = contradictory_names(connected, edges)
    probability = {(lo, hi): p for lo, hi, p in edges.select("record_lo", "record_hi", "probability").iter_rows()}
    vetoed: list[tuple[str, str, str]] = []
    for lo, hi, rule in edges.select("record_lo", "record_hi", "rule").iter_rows():
        one, other = held[lo], held[hi]
        if one is other:
            continue
        against = set() if rule == SOURCE_MERGE else contradictions
        veto = _veto(one, other, against, probability, certain=rule in DETERMINISTIC, auto=auto)
        if veto:
            vetoed.append((lo, hi, veto))
            continue
        large, small = (one, other) if len(one.records) >= len(other.records) else (other, one)
        for record in small.records:
            held[record] = large
        large.absorb(small)
    parted = [edge for edge in vetoed if held[edge[0]] is not held[edge[1]]]
    label = {record: min(held[record].records) if record in held else record for record in profiles["record_key"]}
    return Clustered(
        pl.DataFrame({"record_key": list(label), "cluster": list(label.values())}, schema=dict(CLUSTERS)),
        pl.DataFrame(parted, schema=["record_lo", "record_hi", "reason"], orient="row").cast(pl.String),
    )


CLUSTERS = {"record_key": pl.String, "cluster": pl.String}


def contradictory_names(profiles: pl.DataFrame, edges: pl.DataFrame) -> set[tuple[str, str]]:
    """Pairs of different full names within a connected component that contradict each other (both orders)."""
    component = components(edges)
    names = (
        profiles.select("record_key", "tokens", name=pl.col("tokens").list.join(" "))
        .filter(pl.col("tokens").list.len() > 0)
        .join(component, on="record_key")
        .select("component", "name", "tokens")
        .unique()
    )
    pairs = names.join(names, on="component", suffix="_hi").filter(pl.col("name") < pl.col("name_hi"))
    distinct = pairs.select(one="name", other="name_hi", tokens_lo="tokens", tokens_hi="tokens_hi").unique()
    against = name_levels(distinct).filter(pl.col("name").is_in(CONTRADICTORY)).select("one", "other")
    return {pair for one, other in against.iter_rows() for pair in ((one, other), (other, one))}


def components(edges: pl.DataFrame) -> pl.DataFrame:
    """Connected components by label propagation: record_key, component (its smallest record key)."""
    both = pl.concat(
        [
            edges.select(a="record_lo", b="record_hi"),
            edges.select(a="record_hi", b="record_lo"),
        ]
    )
    labels = both.select(record_key="a").unique().with_columns(component=pl.col("record_key"))
    while True:
        heard = both.join(labels, left_on="b", right_on="record_key").group_by("a").agg(pl.col("component").min())
        spread = labels.join(heard, left_on="record_key", right_on="a", how="left", suffix="_heard").select(
            "record_key", component=pl.min_horizontal("component", "component_heard")
        )
        jumped = spread.join(
            spread.rename({"record_key": "component", "component": "further"}), on="component", how="left"
        ).select("record_key", component="further")
        if jumped.sort("record_key").equals(labels.sort("record_key")):
            return jumped
        labels = jumped


def _clusters(profiles: pl.DataFrame, points: pl.DataFrame) -> dict[str, _Cluster]:
    stated = points.filter(pl.col("exact")).group_by("record_key").agg(points=pl.struct("field", "value"))
    rows = profiles.join(stated, on="record_key", how="left").select(
        "record_key", name=pl.col("tokens").list.join(" "), exclusive="exclusive", points="points"
    )
    return {
        record: _Cluster(record, name, exclusive, [(p["field"], p["value"]) for p in points or ()])
        for record, name, exclusive, points in rows.iter_rows()
    }


def _veto(
    one: _Cluster,
    other: _Cluster,
    contradictions: set[tuple[str, str]],
    probability: dict[tuple[str, str], float],
    *,
    certain: bool,
    auto: float,
) -> str | None:
    if any(other.exclusive.get(attribute, value) != value for attribute, value in one.exclusive.items()):
        return "veto:exclusive"
    if any(len(one.points[field] | other.points[field]) > limit for field, limit in LIMITS.items()):
        return "veto:cardinality"
    if any((a, b) in contradictions for a in one.names for b in other.names):
        return "veto:names"
    if not certain and len(one.records) > 1 and len(other.records) > 1:
        cross = [probability.get((min(a, b), max(a, b)), 0.0) for a in one.records for b in other.records]
        if sum(cross) / len(cross) < auto:
            return "bridge"
    return None
