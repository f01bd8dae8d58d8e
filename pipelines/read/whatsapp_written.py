"""Lines of a WhatsApp chat → messages and notices with all their lines, and when each was sent."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.read.whatsapp_clock import DateOrder, dated
from pipelines.read.whatsapp_heads import unpacked
from pipelines.read.whatsapp_words import BLANK
from schemas.received import MAX_TEXT

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000  # microseconds
WRITTEN = pl.Schema(
    {
        "line": pl.UInt32(),
        "at": pl.Int64(),  # microseconds from 1970; null for a line that no header precedes
        "body": pl.String(),  # the first line, without its header
        "name": pl.String(),  # as in `pipelines.read.whatsapp_heads.HEADS`
        "words": pl.String(),
        "more": pl.String(),  # the lines after it; null where there is none
    }
)


def written(blocks: Iterable[pl.DataFrame], shape: int, order: DateOrder, zone: ZoneInfo) -> Iterator[pl.DataFrame]:
    """Yield what was written (WRITTEN) in blocks of lines with their headers, in the order of the file.

    A header of another shape, or of a date that cannot be, is part of what was written before it.
    """
    waiting = None
    for block in blocks:
        lines = _timed(block, shape, order, zone)
        lines = lines if waiting is None else pl.concat([waiting, lines])
        begins = lines["at"].is_not_null().arg_true()
        if begins.is_empty():
            yield _joined(lines)
            continue
        yield _joined(lines[: begins[-1]])
        waiting = _shortened(lines[begins[-1] :])
    if waiting is not None:
        yield _joined(waiting)


def _timed(heads: pl.DataFrame, shape: int, order: DateOrder, zone: ZoneInfo) -> pl.DataFrame:
    """Lines with the time of those that begin a message: line, at, body, name, words, text."""
    own = heads.with_columns(parts=pl.when(pl.col("shape") == shape).then("parts"))
    parts = own["parts"].drop_nulls().unique()
    days = [dated(unpacked(each), order) for each in parts]
    known = pl.DataFrame(
        {
            "parts": parts,
            "dated": [day is not None for day in days],
            "midnight": pl.Series([day and _midnight(day, zone) for day in days], dtype=pl.Int64),
        }
    )
    timed = own.join(known, on="parts", how="left", maintain_order="left").with_columns(
        at=pl.col("midnight") + pl.col("clock").cast(pl.Int64) * SECOND
    )
    uneven = timed.select(pl.col("dated").fill_null(value=False) & pl.col("at").is_null()).to_series().arg_true()
    moments = [
        _instant(day, clock, zone)
        for parts, clock in timed[uneven].select("parts", "clock").iter_rows()
        if (day := dated(unpacked(parts), order))
    ]
    at = timed["at"].scatter(uneven, pl.Series(moments, dtype=pl.Int64))
    return timed.select("line", at.alias("at"), "body", "name", "words", "text")


@lru_cache(8_192)
def _midnight(day: date, zone: ZoneInfo) -> int | None:
    """The beginning of a day; None for one in which clocks are changed."""
    first, last = (datetime.combine(day, each, zone) for each in (time.min, time.max))
    return _instant(day, 0, zone) if first.utcoffset() == last.utcoffset() else None


def _instant(day: date, seconds: int, zone: ZoneInfo) -> int:
    wall = datetime.combine(day, time(), zone) + timedelta(seconds=seconds)
    return (wall.astimezone(UTC) - EPOCH) // MICROSECOND


def _joined(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines put together to what was written. Of those before the first header, blank ones are left out."""
    lines = lines.with_columns(group=pl.col("at").is_not_null().cum_sum())
    heads = lines.filter(pl.col("at").is_not_null())
    rest = lines.filter(pl.col("at").is_null())
    if rest.is_empty():
        return heads.drop("text", "group").with_columns(more=pl.lit(None, pl.String))
    lost = rest.filter((pl.col("group") == 0) & (pl.col("text").str.strip_chars(BLANK) != ""))
    more = (
        rest.filter(pl.col("group") > 0).group_by("group", maintain_order=True).agg(more=pl.col("text").str.join("\n"))
    )
    return pl.concat(
        [
            lost.with_columns(body="text", more=pl.lit(None, pl.String)).select(*WRITTEN),
            heads.join(more, on="group", how="left", maintain_order="left").select(*WRITTEN),
        ]
    )


def _shortened(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines of one message, of one too long no more than tells that it is."""
    before = lines["text"].str.len_chars().cum_sum().shift(1, fill_value=0)
    return lines.filter(before <= 2 * MAX_TEXT)
