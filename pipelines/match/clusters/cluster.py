"""Edges to clusters, under vetoes. Edges are taken strongest first, so arrival order decides nothing.

What a veto asks of two clusters is kept with each of them and summed up when they join, the smaller into the larger.
So an edge costs no more where the clusters it ties have grown, and a component of n records about n log n.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from pipelines.match.clusters.bridges import votes
from pipelines.match.clusters.components import components_of_keys
from pipelines.match.clusters.members import Members, known_members, near_limits
from pipelines.match.clusters.name_conflicts import NameBits, name_conflicts
from pipelines.match.clusters.pooled_evidence import pool_evidence
from pipelines.match.clusters.rivals import are_several, contested_last, rivals
from pipelines.match.clusters.uncontested import uncontested
from pipelines.match.priors import SURE
from pipelines.match.score import APART
from pipelines.match.source_links import DECISION, SOURCE_MERGE

LIMITS = {"email": 5, "phone": 5}
CANNOT_LINK_PREFIX = "decision "  # of an exclusive "attribute" that is a decision; its value is the side of a record
OWN_DIGITS = 8  # last digits of a number, which are the same in all its spellings

PAIR = ["record_lo", "record_hi"]


class Clustered(NamedTuple):
    """Which records belong together, which edges may not join them, and which clusters only all evidence joins."""

    clusters: pl.DataFrame  # record_key, cluster
    vetoed: pl.DataFrame  # record_lo, record_hi, reason
    pooled: pl.DataFrame  # record_lo, record_hi (the smallest of either side), weight, pairs


NOTHING: dict[str, Any] = {}
NAMELESS = NameBits(0, 0)


class _Cluster:
    """Records joined so far, the smallest of them, and what they would contradict."""

    __slots__ = ("against", "apart", "exclusive", "named", "names", "points", "records", "smallest", "votes")

    def __init__(self, record: Hashable, members: Members) -> None:
        self.smallest = record
        self.records = [record]
        self.named = int(record in members.named)
        self.names, self.against = members.names.get(record, NAMELESS)
        self.exclusive = members.exclusive.get(record, NOTHING)
        self.points = members.points.get(record, NOTHING)
        self.votes: dict[_Cluster, int] = {}  # of `bridges.Votes`, summed up by neighbour
        self.apart: set[_Cluster] = set()  # clusters with a record whose given name is another person's

    def absorb(self, other: "_Cluster") -> None:
        self.smallest = min(self.smallest, other.smallest)  # type: ignore[call-overload]  # keys of one kind
        self.records += other.records
        self.named += other.named
        self.names |= other.names
        self.against |= other.against
        if other.exclusive:
            few, self.exclusive = sorted((self.exclusive, other.exclusive), key=len)
            self.exclusive.update(few)
        if other.points:
            few, self.points = sorted((self.points, other.points), key=len)
            for field, values in few.items():
                less, more = sorted((values, self.points.get(field, values)), key=len)
                more |= less
                self.points[field] = more
        for neighbour in other.apart:
            neighbour.apart.remove(other)
            if neighbour is not self:
                neighbour.apart.add(self)
                self.apart.add(neighbour)
        for neighbour, said in other.votes.items():
            del neighbour.votes[other]
            if neighbour is not self:
                self.votes[neighbour] = neighbour.votes[self] = self.votes.get(neighbour, 0) + said


def cluster(edges: pl.DataFrame, profiles: pl.DataFrame, points: pl.DataFrame, auto: float) -> Clustered:
    """Join records along merge edges, strongest first, where nothing speaks against the joined cluster.

    `edges`: record_lo, record_hi, zone, rule, weight, probability, vague and, below SURE, evidence; of both zones, with
    all records of the components that edges of the merge zone and those from `pooled_evidence.LIKELY` on make.
    `profiles`: record_key, given_name, middle_name, family_name (as they are compared), exclusive (List of
    "attribute=value"), and perhaps said (`sample.content_hashes`). `points`: record_key, field, value. A cluster is
    named by its smallest record.

    A join is vetoed by: different values of an exclusive attribute, of which a decision that parts records is one, with
    the side of a record as its value; and, where nobody has decided that the two are one, more e-mails or phones than
    LIMITS; given names that contradict each other across the join, where the edge does not say by a name which of them
    is meant; two people who fit such an edge's record about equally (`rivals`); a bridge, that is an edge below SURE
    between clusters whose cross pairs are, in the middle, below `auto`.
    A vetoed edge whose records come together by another one is not reported. At last clusters are joined that all their
    doubtful edges together tie (`pooled`).
    """
    merging = edges.filter(pl.col("zone") == "merge")
    component = components_of_keys(merging)
    counted = limited(points)
    contradicted = edges.filter(pl.col("rule").is_in(APART)).select(PAIR)
    conflicts = name_conflicts(merging, profiles, component)
    different = pl.concat(
        [pl.Series(list(conflicts), dtype=profiles.schema["record_key"]), *contradicted.iter_columns()]
    )
    joined = uncontested(edges, component, profiles, counted, different, LIMITS, auto)
    edges = edges.join(joined, left_on="record_lo", right_on="record_key", how="anti")
    merges = strongest_first(edges.filter(pl.col("zone") == "merge"), profiles)
    said = votes(edges, merges.filter(pl.col("probability") < SURE), profiles, component, auto)
    members = known_members(edges, profiles, near_limits(edges, counted, LIMITS), said.named, conflicts)
    held: dict[Hashable, _Cluster] = {}
    for lo, hi, number in said.votes.iter_rows():
        one, other = _held(held, lo, members), _held(held, hi, members)
        one.votes[other] = other.votes[one] = number
    for lo, hi in contradicted.iter_rows():
        one, other = _held(held, lo, members), _held(held, hi, members)
        one.apart.add(other)
        other.apart.add(one)
    vetoed: list[tuple[Hashable, Hashable, str]] = []
    is_stated = pl.col("rule").is_in((SOURCE_MERGE, DECISION))
    merges = merges.with_columns(vague=pl.col("vague") & ~is_stated)
    contested = rivals(merges, members.names, contradicted)
    for lo, hi, rule, strength, vague in (
        contested_last(merges, contested).select(*PAIR, "rule", "probability", "vague").iter_rows()
    ):
        one, other = _held(held, lo, members), _held(held, hi, members)
        if one is other:
            continue
        veto = _veto(one, other, vague=vague, is_decided=rule == DECISION)
        if veto is None and vague and are_several([*contested.get(lo, ()), *contested.get(hi, ())], held):
            veto = "veto:rivals"
        if veto is None and strength < SURE and _is_bridge(one, other):
            veto = "bridge"
        if veto:
            vetoed.append((lo, hi, veto))
            continue
        _join(one, other, held)
    content = dict(profiles.select("record_key", "said").iter_rows()) if "said" in profiles.columns else {}
    pooled = _join_pooled(edges, held, members, content)
    parted = [edge for edge in vetoed if held[edge[0]] is not held[edge[1]]]
    return Clustered(
        _labelled(profiles["record_key"], joined, held.values()),
        _reported(parted, edges, {"reason": pl.String}),
        _reported(pooled, edges, {"weight": pl.Float64, "pairs": pl.UInt32}),
    )


def _held(held: dict[Hashable, _Cluster], record: Hashable, members: Members) -> _Cluster:
    return held.get(record) or held.setdefault(record, _Cluster(record, members))


def strongest_first(merges: pl.DataFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """Edges by weight; equal ones by what their records say, so that it does not matter how these are called."""
    said = profiles.select("record_key", said=pl.col("said") if "said" in profiles.columns else pl.lit(0))
    for end, name in zip(PAIR, ("one", "other"), strict=True):
        merges = merges.join(said.rename({"said": name}), left_on=end, right_on="record_key", how="left")
    ends = [pl.min_horizontal("one", "other"), pl.max_horizontal("one", "other")]
    order = [pl.col("weight"), *ends, *map(pl.col, PAIR)]
    return merges.sort(order, descending=[True, *[False] * 4]).drop("one", "other")


def _join_pooled(
    edges: pl.DataFrame, held: dict[Hashable, _Cluster], members: Members, content: Mapping[Hashable, int]
) -> list[tuple[Hashable, Hashable, float, int]]:
    """Join clusters that all their doubtful edges together tie, strongest first, each with one other at most.

    Of equal ones what their records say decides (`content`, by record), and only then how these are called: that is
    the order in which they are found.
    """
    across = across_clusters(edges.filter(pl.col("probability") < SURE), held)
    joined: list[tuple[Hashable, Hashable, float, int]] = []
    taken: set[Hashable] = set()

    def order(tie: tuple[Hashable, Hashable, float, int]) -> tuple[Any, ...]:
        sides = (min(content.get(record, 0) for record in held[side].records) for side in tie[:2])
        return -tie[2], *sorted(sides)

    found = [*pool_evidence(across).iter_rows()]
    for record in {side for lo, hi, *_ in found for side in (lo, hi)}:
        _held(held, record, members)
    for lo, hi, weight, pairs in sorted(found, key=order):
        if taken.isdisjoint((lo, hi)) and not _veto(held[lo], held[hi], vague=False, is_decided=False):
            _join(held[lo], held[hi], held)
            taken |= {lo, hi}
            joined.append((lo, hi, weight, pairs))
    return joined


def across_clusters(doubtful: pl.DataFrame, held: Mapping[Hashable, _Cluster]) -> pl.DataFrame:
    """Edges whose ends are in two clusters, in their order: one, other, smaller, larger and what `pool_evidence` reads.

    A record that nothing holds is alone.
    """
    known = held.values()
    sides = {"side": [each.smallest for each in known], "size": [len(each.records) for each in known]}
    key = doubtful.schema["record_lo"]
    labels = pl.DataFrame({"record": list(held), **sides}, schema={"record": key, "side": key, "size": pl.UInt32})
    both = doubtful
    for end, name in zip(PAIR, ("one", "other"), strict=True):
        label = labels.rename({"record": end, "side": name, "size": f"{name}_size"})
        both = both.join(label, on=end, how="left", maintain_order="left").with_columns(
            pl.coalesce(name, end).alias(name), pl.col(f"{name}_size").fill_null(1)
        )
    return both.filter(pl.col("one") != pl.col("other")).select(
        one=pl.min_horizontal("one", "other"),
        other=pl.max_horizontal("one", "other"),
        smaller=pl.min_horizontal("one_size", "other_size"),
        larger=pl.max_horizontal("one_size", "other_size"),
        probability="probability",
        weight="weight",
        evidence="evidence",
    )


def _join(one: _Cluster, other: _Cluster, held: dict[Hashable, _Cluster]) -> None:
    small, large = sorted((one, other), key=lambda each: len(each.records) + len(each.votes))
    for record in small.records:
        held[record] = large
    large.absorb(small)


def _labelled(records: pl.Series, components: pl.DataFrame, clusters: Iterable[_Cluster]) -> pl.DataFrame:
    """The cluster of each record: its component, where that is a whole one, or what it was joined to."""
    joined = [each for each in {id(each): each for each in clusters}.values() if len(each.records) > 1]
    labels = {
        "record_key": [record for each in joined for record in each.records],
        "cluster": [each.smallest for each in joined for _ in each.records],
    }
    schema = {"record_key": records.dtype, "cluster": records.dtype}
    label = pl.concat([components.rename({"component": "cluster"}), pl.DataFrame(labels, schema=schema)])
    own = records.alias("record_key").to_frame()
    return own.join(label, on="record_key", how="left", maintain_order="left").select(
        "record_key", cluster=pl.coalesce("cluster", "record_key")
    )


def _reported(
    rows: Sequence[tuple[object, ...]], edges: pl.DataFrame, says: Mapping[str, type[pl.DataType]]
) -> pl.DataFrame:
    key = edges.schema["record_lo"]
    return pl.DataFrame(rows, schema={"record_lo": key, "record_hi": key, **says}, orient="row")


def limited(points: pl.DataFrame) -> pl.DataFrame:
    """What LIMITS count of points: record_key, field, value; the spellings of a number are one."""
    own_digits = pl.col("value").str.slice(-OWN_DIGITS)
    value = pl.when(pl.col("field") == "phone").then(own_digits).otherwise("value").alias("value")
    return points.filter(pl.col("field").is_in(LIMITS)).select("record_key", "field", value)


def _veto(one: _Cluster, other: _Cluster, *, vague: bool, is_decided: bool) -> str | None:
    few, many = sorted((one.exclusive, other.exclusive), key=len)
    against = (key for key, value in few.items() if many.get(key, value) != value)
    if first := next(against, None):
        is_parted = first.startswith(CANNOT_LINK_PREFIX) or any(key.startswith(CANNOT_LINK_PREFIX) for key in against)
        return "veto:decision" if is_parted else "veto:exclusive"
    if is_decided:
        return None
    if (one.points or other.points) and any(_more_than(most, field, one, other) for field, most in LIMITS.items()):
        return "veto:cardinality"
    if vague and (one.names & other.against or other in one.apart):
        return "veto:names"
    return None


def _more_than(most: int, field: str, one: _Cluster, other: _Cluster) -> bool:
    stated = [cluster.points.get(field, set()) for cluster in (one, other)]
    return max(map(len, stated)) > most or len(set.union(*stated)) > most


def _is_bridge(one: _Cluster, other: _Cluster) -> bool:
    """Whether most pairs across a join speak against it. Pairs that nothing is known of have no say."""
    if len(one.records) == 1 and len(other.records) == 1:
        return False
    return one.named * other.named > one.votes.get(other, 0)
