"""Rows whose record id seems to be another person's: the lists of two systems meet in one source."""

import polars as pl

from pipelines.match.names import CONTRADICTORY, name_levels
from pipelines.normalise.problems import PROBLEMS
from pipelines.store import records as store
from pipelines.store.connection import Connection
from schemas.vocabulary import Action, ErrorCode, Severity

EXPECTED = (
    "the name that is known under this id; if the file is of another system, a source of its own: ids of two systems "
    "must not meet in one source"
)


def reused_ids(connection: Connection, arriving: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """The problems (PROBLEMS) of rows that contradict what their record is known as, and share no identifier with it.

    `arriving` and `identifiers` are what the store takes (`pipelines.store.records.keep_records`). What the record
    says now counts, so this only warns: which row is warned of depends on which came first, what is kept does not.
    """
    others = store.named_otherwise(connection, arriving.drop_nulls("record_id"), identifiers)
    if others.is_empty():
        return PROBLEMS.to_frame()
    against = name_levels(others).filter(pl.col("name").is_in(CONTRADICTORY))
    return (
        arriving.join(against, on="row", how="semi")
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
