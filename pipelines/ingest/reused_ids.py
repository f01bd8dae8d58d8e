"""Rows whose record id seems to be another person's: the lists of two systems meet in one source."""

import polars as pl

from pipelines.ingest.chunk import DeliveriesDepend
from pipelines.match.comparison.name_words import judged_words
from pipelines.normalise.name import names
from pipelines.normalise.problems import PROBLEMS
from pipelines.normalise.record_id import record_ids
from pipelines.read.core.batch import Batch
from pipelines.store.ingest import records as store
from pipelines.store.warehouse.connection import Connection
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Action, Severity

NAME_CLEARED = pl.col("cleared").list.contains("name")
EXPECTED = (
    "the name that is known under this id; if the file is of another system, a source of its own: ids of two systems "
    "must not meet in one source"
)


def reused_ids(connection: Connection, arriving: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """The problems (PROBLEMS) of rows that contradict what their record is known as, and share no identifier with it.

    `arriving` and `identifiers` are what `pipelines.store.ingest.records.keep_records` takes. What the record says now
    counts, so this only warns: which row is warned of depends on which came first, what is kept does not.

    Raises:
        Entangled: Several deliveries name a record, and an earlier one may decide what a later one contradicts.
    """
    named = arriving.filter(pl.col("record_id").is_not_null(), pl.col("name").is_not_null() | NAME_CLEARED)
    others = store.contradicting_names(connection, named, identifiers)
    met = named.filter(pl.col("delivery_id").n_unique().over("record_key") > 1)
    renamed = met.filter(pl.col("name_tokens").n_unique().over("record_key") > 1)
    if not renamed.is_empty() or not met.join(others, on="row", how="semi").is_empty():
        raise DeliveriesDepend
    if others.is_empty():
        return PROBLEMS.to_frame()
    return (
        arriving.join(contradicting(others), on="row", how="semi")
        .select(
            "row",
            "line",
            field=pl.lit("record_id"),
            code=pl.lit(ErrorCode.ID_REUSED.value),
            severity=pl.lit(Severity.WARNING.value),
            action=pl.lit(Action.KEPT_WITH_WARNING.value),
            expected=pl.lit(EXPECTED),
            suggestion=pl.lit(None),
        )
        .cast(PROBLEMS)
    )


def are_of_two_systems(one: Batch, other: Batch) -> bool:
    """Whether two lists know other people under the same ids.

    That is an id with contradicting names, or without names on both sides, and with no identifier in common.
    """
    lo, hi = known_as(one), known_as(other)
    met = lo.join(hi, on="record_id", suffix="_hi").filter(
        pl.col("points").list.set_intersection("points_hi").list.len() == 0
    )
    sides = met.select("row", tokens_lo="name_tokens", tokens_hi="name_tokens_hi")
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


def contradicting(names: pl.DataFrame) -> pl.DataFrame:
    """Rows of `names` (row, tokens_lo, tokens_hi) of which both sides have a word that is none of the other's."""
    each = names.filter(pl.all_horizontal(pl.col("tokens_lo", "tokens_hi").list.len() > 0)).with_row_index("pair")
    words = (
        each.select("pair", lo="tokens_lo", hi="tokens_hi")
        .explode("lo", empty_as_null=True)
        .explode("hi", empty_as_null=True)
    )
    distinct = words.select("lo", "hi").unique().filter(pl.col("lo") != pl.col("hi"))
    met = distinct.with_columns(meets=judged_words("family_name", distinct) != "different")
    words = words.join(met, on=["lo", "hi"], how="left").with_columns(pl.col("meets").fill_null(value=True))
    unmet = [
        words.group_by("pair", side).agg(pl.col("meets").any()).group_by("pair").agg(left=(~pl.col("meets")).any())
        for side in ("lo", "hi")
    ]
    both = unmet[0].join(unmet[1], on="pair").filter(pl.col("left") & pl.col("left_right"))
    return each.join(both, on="pair", how="semi").select(names.columns)
