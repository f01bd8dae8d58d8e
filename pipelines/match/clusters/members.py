"""What is known of the records that edges tie, as far as a veto may ask for it."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import NamedTuple

import polars as pl

from pipelines.match.clusters.components import components_of_keys
from pipelines.match.clusters.name_conflicts import NameBits
from pipelines.match.clusters.pooled_evidence import LIKELY


class Members(NamedTuple):
    """What is known of the records of edges, as far as a veto may ask for it."""

    named: frozenset[Hashable]  # those with a full name, where a bridge can be
    names: Mapping[Hashable, NameBits]  # of those whose name contradicts another one
    exclusive: Mapping[Hashable, dict[str, str]]
    points: Mapping[Hashable, dict[str, set[str]]]


def known_members(
    edges: pl.DataFrame,
    profiles: pl.DataFrame,
    points: pl.DataFrame,
    named: frozenset[Hashable],
    conflicts: Mapping[Hashable, NameBits],
) -> Members:
    """What vetoes ask for, of the records at the ends of edges.

    `points`: `near_limits`. `conflicts`: `name_conflicts`.
    """
    ends = pl.concat([edges["record_lo"], edges["record_hi"]]).unique().implode()
    exclusive = profiles.filter(pl.col("record_key").is_in(ends), pl.col("exclusive").list.len() > 0)
    held: dict[Hashable, dict[str, set[str]]] = defaultdict(dict)
    counted = points.filter(pl.col("record_key").is_in(ends)).group_by("record_key", "field").agg("value")
    for record, field, values in counted.iter_rows():
        held[record][field] = set(values)
    stated = exclusive.select("record_key", "exclusive").iter_rows()
    exclusives = {record: dict(each.split("=", 1) for each in values) for record, values in stated}
    return Members(named, conflicts, exclusives, dict(held))


def near_limits(edges: pl.DataFrame, points: pl.DataFrame, limits: Mapping[str, int]) -> pl.DataFrame:
    """The rows of `points` (record_key, field, value) that can come to be more than `limits` in one cluster.

    Clusters lie within what edges tie that merge or are likely. Where all of that together has no more values of each
    field than its limit, which is nearly everywhere, they need not be counted cluster by cluster.
    """
    within = components_of_keys(edges.filter((pl.col("zone") == "merge") | (pl.col("probability") >= LIKELY)))
    stated = points.join(within, on="record_key").group_by("component", "field").agg(values=pl.col("value").n_unique())
    crowded = stated.filter(pl.col("values") > pl.col("field").replace_strict(limits, default=None))["component"]
    records = within.filter(pl.col("component").is_in(crowded.implode()))["record_key"]
    return points.filter(pl.col("record_key").is_in(records.implode()))
