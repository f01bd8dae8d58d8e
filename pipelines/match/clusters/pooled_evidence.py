"""Clusters that no single pair of their records ties, but everything that is known of both does.

One record of a person states the city, another the employer; a third that agrees with one on the city and with the
other on the employer resembles neither enough. So what the pairs across two clusters say is put together field by field
and weighed as if it were one pair.
"""

import polars as pl

from pipelines.match.comparison.records import NAMES
from pipelines.match.priors import LEVELS

POOLED = 0.95  # probability from which on all evidence together joins two clusters
LIKELY = 0.5  # probability that one of the pairs has to have, so that few clusters are looked at together
FEW = 2  # records of the smaller cluster at most: of two larger ones some pair would tie them if they were one
NAMED = (*NAMES, "name_bearers")
RELATION = "relation"
OTHERS = tuple(name for name in LEVELS if name not in NAMES)
FIELDS = (*OTHERS, *NAMED, RELATION)
EVIDENCE = pl.Struct({name: pl.Struct({"weight": pl.Float64}) for name in FIELDS})
SIDES = ["one", "other"]


def pool_evidence(edges: pl.DataFrame) -> pl.DataFrame:
    """Pairs of clusters that all edges across them together tie: one, other, weight, pairs; strongest first.

    `edges`: one, other (clusters, in this order), smaller, larger (their sizes in records), probability, weight,
    evidence (as `score.explained` writes it). Two lone records are not looked at: their pair has been weighed. Of each
    field the best agreement counts, for one record may state what
    another does not; of the names, which nearly every record states, the mean; of what a household or firm explains,
    the most.
    """
    likely = pl.col("probability").max().over(SIDES) >= LIKELY
    asked = edges.filter(pl.col("smaller") <= FEW, pl.col("larger") > 1).filter(likely)
    evidence = asked["evidence"].str.json_decode(EVIDENCE).struct.unnest()
    told = asked.select(*SIDES, "weight").with_columns(
        evidence[name].struct.field("weight").alias(name) for name in FIELDS
    )
    together = told.group_by(SIDES).agg(
        pl.len().alias("pairs"),
        (pl.col("weight") - pl.sum_horizontal(FIELDS)).median().alias("prior"),
        pl.sum_horizontal(NAMED).sort().mean().alias("names"),  # in another order it may be another in the last digit
        pl.col(OTHERS).max(),
        pl.col(RELATION).min(),
    )
    weight = pl.sum_horizontal("prior", "names", *OTHERS, RELATION).round(6)
    found = together.select(*SIDES, weight=weight, pairs="pairs").filter(probability(pl.col("weight")) >= POOLED)
    return found.sort("weight", *SIDES, descending=[True, False, False])


def probability(weight: pl.Expr) -> pl.Expr:
    """The probability that a match weight in bits stands for."""
    return 1 / (1 + pl.lit(2.0).pow(-weight))
