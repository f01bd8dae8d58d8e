"""What a row is worth beside others of its record: when it was seen, where it stood, what of it only fills blanks."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from pipelines.ingest.records import Origin
from pipelines.normalise.problems import PROBLEMS
from pipelines.read.core.batch import Batch
from pipelines.read.tables.header_words import fold, shared
from pipelines.read.tables.refusals import NAMES
from schemas.contact_list import ContactTable, Update
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Action, Severity

AHEAD = timedelta(days=1)  # that a source's clock or zone may be before that of whoever declared the delivery


def with_precedence(kept: pl.DataFrame, batch: Batch, origin: Origin, claims: pl.DataFrame) -> pl.DataFrame:
    """Placed records (`pipelines.ingest.records`) with `dated`, `place`, `correction` and `fills`.

    `place` is the number of the row in the file it first came with: one that comes back corrected stands where it
    stood, and is as old as that file (`dated`). `correction` puts it behind what stood there before
    (`corrections.claimed_corrections`); it is empty for every other row. `fills` names the fields of which all
    that the row says only fills blanks; such a field is never cleared. The same words are another content then.
    """
    first = claims.select("row", "place", "correction", dated="declared_at")
    placed = (
        kept.join(first, on="row", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("place", "row_number").alias("place"),
            pl.col("correction").fill_null(""),
            pl.coalesce("dated", "declared_at").alias("dated"),
        )
        .with_columns(pl.coalesce("observed_at", "dated").alias("observed_at"))
    )
    filling = blank_filling_fields(batch, origin)
    if filling.is_empty():
        return placed.with_columns(fills=pl.lit([], pl.List(pl.String)))
    version = origin.ids("filling content", pl.col("version"), pl.col("fills").list.join("|"))
    return (
        placed.join(filling, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("fills").fill_null([]))
        .with_columns(
            pl.col("cleared").list.set_difference("fills").list.sort(),
            version=pl.when(pl.col("fills").list.len() > 0).then(version).otherwise("version"),
        )
    )


def blank_filling_fields(batch: Batch, origin: Origin) -> pl.DataFrame:
    """Rows that say something with columns that only fill blanks: row, fills (fields, sorted)."""
    updates = filling_columns(origin)
    fields: dict[str, tuple[list[pl.Expr], list[pl.Expr]]] = {}
    for (header, meaning), name in zip(batch.meanings.items(), shared(list(batch.meanings)), strict=True):
        field = "name" if meaning in NAMES else meaning
        says = (pl.col(f"c.{header}").str.strip_chars() != "").fill_null(value=False)
        fields.setdefault(field, ([], []))[updates.get(fold(header), updates.get(name)) is Update.FILL_BLANK].append(
            says
        )
    nothing = pl.lit(value=False)
    filling = [
        pl.when(pl.any_horizontal(blank) & ~pl.any_horizontal(nothing, *firm)).then(pl.lit(field))
        for field, (firm, blank) in sorted(fields.items())
        if blank
    ]
    if not filling:
        return pl.DataFrame(schema={"row": pl.UInt32, "fills": pl.List(pl.String)})
    return batch.original.select("row", fills=pl.concat_list(filling).list.drop_nulls())


def filling_columns(origin: Origin) -> Mapping[str, Update]:
    """What columns may do, by folded header."""
    options = origin.options
    return {fold(header): each for header, each in options.update.items()} if isinstance(options, ContactTable) else {}


def cap_future_dates(kept: pl.DataFrame, *, is_list: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that claim to be later than their delivery count as of its time; the problems (PROBLEMS) of those."""
    ahead = pl.col("observed_at") > pl.col("dated") + AHEAD
    late = kept.filter(ahead) if is_list else kept.clear()
    if late.is_empty():
        return kept, PROBLEMS.to_frame()
    problems = late.select(
        "row",
        "line",
        field=pl.lit("observed_at"),
        code=pl.lit(ErrorCode.DATE_IN_FUTURE.value),
        severity=pl.lit(Severity.WARNING.value),
        action=pl.lit(Action.KEPT_WITH_WARNING.value),
        expected=pl.lit("a time that had come when the file was made; that of the file is taken instead"),
        suggestion=pl.lit(None),
    )
    clock = pl.when(ahead).then("dated").otherwise("observed_at").alias("observed_at")
    return kept.with_columns(clock), problems.cast(PROBLEMS)
