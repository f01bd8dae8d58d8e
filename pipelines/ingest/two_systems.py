"""Whether two lists are of two systems, whose ids must not meet in one source."""

import polars as pl

from pipelines.match.people_of_ids import contradicting
from pipelines.normalise.name import names
from pipelines.normalise.record_id import record_ids
from pipelines.read.core.batch import Batch


def are_of_two_systems(one: Batch, other: Batch) -> bool:
    """Whether two lists know other people under the same ids.

    That is an id with contradicting names, or without names on both sides, and with no identifier in common.
    """
    lo, hi = known_as(one), known_as(other)
    met = lo.join(hi, on="record_id", suffix="_hi").filter(
        pl.col("points").list.set_intersection("points_hi").list.len() == 0
    )
    sides = met.select(
        tokens_lo="name_tokens",
        tokens_hi="name_tokens_hi",
        lacks_points=pl.any_horizontal(pl.col("points", "points_hi").list.len() == 0),
    )
    unnamed = pl.all_horizontal(pl.col("name_tokens", "name_tokens_hi").list.len() == 0)
    reached = pl.all_horizontal(pl.col("points", "points_hi").list.len() > 0)
    return not contradicting(sides).is_empty() or not met.filter(unnamed & reached).is_empty()


def known_as(batch: Batch) -> pl.DataFrame:
    """What the rows of a list state under each id: record_id, row, name_tokens, points (letters and digits alone)."""
    contacts = record_ids(batch.contacts).contacts.drop_nulls("record_id").unique("record_id", keep="last")
    plain = batch.identifiers.select("row", point=pl.col("raw").str.to_lowercase().str.replace_all(r"[^\pL\d]+", ""))
    points = plain.filter(pl.col("point") != "").group_by("row").agg(points=pl.col("point"))
    stated = names(contacts).join(points, on="row", how="left", maintain_order="left")
    return stated.select("record_id", "row", "name_tokens", pl.col("points").fill_null([]))
