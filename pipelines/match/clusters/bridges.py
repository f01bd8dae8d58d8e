"""What the pairs of records across two clusters say where an edge that is not sure would join them."""

from collections.abc import Hashable
from typing import NamedTuple

import polars as pl


class Votes(NamedTuple):
    """Where a bridge can be: the records with a full name, and what edges say of the two records they tie.

    Two records with full names that share no edge differ, so every pair of such votes against a join. An edge makes up
    for that: `votes` has record_lo, record_hi, votes, with 2 for a probability from `auto` on (its own vote and that of
    one pair against) and 0 below; 1 less where a full name is missing, for that pair has not been counted.
    """

    named: frozenset[Hashable]
    votes: pl.DataFrame


def votes(
    edges: pl.DataFrame, doubtful: pl.DataFrame, profiles: pl.DataFrame, component: pl.DataFrame, auto: float
) -> Votes:
    """The votes in components of more than two records that a `doubtful` edge would make.

    `edges`: record_lo, record_hi, probability. `doubtful`: those of them that merge and need support. `profiles`:
    record_key, given_name, family_name. `component`: record_key, component.
    """
    asked = component.filter(pl.len().over("component") > 2).join(
        doubtful.select("record_lo").join(component, left_on="record_lo", right_on="record_key"),
        on="component",
        how="semi",
    )
    full = profiles.drop_nulls(["given_name", "family_name"])["record_key"]
    ends = asked.with_columns(named=pl.col("record_key").is_in(full.implode()))
    pairs = edges.select("record_lo", "record_hi", "probability")  # they may come with components of their own
    within = pairs.join(ends, left_on="record_lo", right_on="record_key").join(
        ends, left_on=["record_hi", "component"], right_on=["record_key", "component"]
    )
    likely, both = pl.col("probability") >= auto, pl.col("named") & pl.col("named_right")
    said = within.select("record_lo", "record_hi", votes=2 * likely.cast(pl.Int64) - (~both).cast(pl.Int64))
    return Votes(frozenset(ends.filter("named")["record_key"]), said.filter(pl.col("votes") != 0))
