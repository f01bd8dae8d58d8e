"""Whose names clustering asks for: most components are clusters as they stand, whatever their records are called."""

import polars as pl

from pipelines.match.clusters.cluster import LIMITS, PAIR, limited
from pipelines.match.clusters.components import components_of_keys
from pipelines.match.clusters.uncontested import uncontested
from pipelines.match.priors import SURE
from pipelines.match.score import APART


def in_doubt(edges: pl.DataFrame, exclusive: pl.DataFrame, points: pl.DataFrame, auto: float) -> pl.Series:
    """Records of which `cluster` has to know what they say, sorted: names and content hashes of others change nothing.

    `edges`, `points` and `auto` are those of `cluster`, `exclusive` has record_key and exclusive. These are more than
    it needs: names of a component with a vague edge may turn out not to contradict each other.
    """
    merging = edges.filter(pl.col("zone") == "merge")
    component = components_of_keys(merging)
    contradicted = edges.filter(pl.col("rule").is_in(APART)).select(PAIR)
    different = pl.concat([merging.filter("vague")["record_lo"], *contradicted.iter_columns()])
    calm = uncontested(edges, component, exclusive, limited(points), different, LIMITS, auto)["record_key"]
    held = component["record_key"].implode()
    beside = edges.filter(pl.col("probability") < SURE, pl.any_horizontal(pl.col(PAIR).is_in(held)))
    asked = pl.concat([component["record_key"], *(beside[end] for end in PAIR)]).unique().sort()
    return asked.filter(~asked.is_in(calm.implode()))
