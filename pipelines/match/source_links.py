"""Edges that no comparison has to find: a source says itself that two of its records are one person."""

import polars as pl

from pipelines.match.score import EDGES, PAIR

SOURCE_MERGE = "source_merge"
DECISION = "decision"  # the rule of an edge that somebody decided; clustering alone knows of those
WEIGHT = 100.0  # match weight; more than any comparison can bring together
EVIDENCE = '{"source_merge":{"level":"merged","weight":100.0}}'


def with_source_merges(edges: pl.DataFrame, merged: pl.DataFrame) -> pl.DataFrame:
    """Edges (`score.EDGES`) with those of merges that were done in a source (PAIR) instead of what scoring found."""
    certain = {
        "zone": "merge", "rule": SOURCE_MERGE, "probability": 1.0, "weight": WEIGHT, "vague": False,
        "evidence": EVIDENCE,
    }  # fmt: skip
    decided = merged.with_columns(pl.lit(value).alias(name) for name, value in certain.items())
    return pl.concat(
        [edges.join(merged, on=PAIR, how="anti"), decided.select(EDGES.keys()).cast(pl.Schema(EDGES))]
    ).sort(PAIR)
