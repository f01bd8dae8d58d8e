"""Lines of a WhatsApp chat → messages and notices with all their lines, and when each was sent."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.read.core.clock_changes import ClockChanges
from pipelines.read.whatsapp_chat.clock import DateOrder, dated
from pipelines.read.whatsapp_chat.line_headers import NO_CLOCK, unpacked
from pipelines.read.whatsapp_chat.phrases import BLANK
from schemas.received import MAX_TEXT

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000  # microseconds
WRITTEN = pl.Schema(
    {
        "line": pl.UInt32(),
        "at": pl.Int64(),  # microseconds from 1970; null where no header precedes or its time is not known
        "later": pl.Int64(),  # microseconds to add in the second pass of an hour that the clocks repeat, else 0
        "is_skipped": pl.Boolean(),  # no clock showed that time
        "body": pl.String(),  # the first line, without its header
        "name": pl.String(),  # as in `pipelines.read.whatsapp_chat.line_headers.HEADS`
        "words": pl.String(),
        "more": pl.String(),  # the lines after it; null where there is none
    }
)


def written(blocks: Iterable[pl.DataFrame], shape: int, order: DateOrder, zone: ZoneInfo) -> Iterator[pl.DataFrame]:
    """Yield what was written (WRITTEN) in blocks of lines with their headers, in the order of the file.

    A header of another shape, or of a date that cannot be, is part of what was written before it.
    """
    changes = ClockChanges(zone)
    timed = (_timed(block, shape, order, changes) for block in blocks)
    waiting = next(timed, None)
    while waiting is not None:
        following = next(timed, None)
        begins = waiting["begins"].arg_true()
        end = waiting.height if following is None or begins.is_empty() else begins[-1]
        yield _joined(waiting[:end])
        rest = _shortened(waiting[end:])
        waiting = None if following is None else pl.concat([rest, following], rechunk=True)


def _timed(heads: pl.DataFrame, shape: int, order: DateOrder, changes: ClockChanges) -> pl.DataFrame:
    """Lines with the time of those that begin a message: line, at, begins, text and what WRITTEN has of them."""
    own = pl.when(pl.col("shape") == shape)
    parts, clock = heads.select(own.then("parts").forward_fill(), own.then("clock").cast(pl.Int64))
    days = [None if each is None else dated(unpacked(each), order) for each in parts.rle().struct.field("value")]
    midnights = pl.Series([day and _midnight(day, changes.zone) for day in days], dtype=pl.Int64)
    uneven = pl.Series([day is not None for day in days], dtype=pl.Boolean) & midnights.is_null()
    run = parts.rle_id()
    at = midnights.gather(run) + clock * SECOND
    later = pl.repeat(0, len(at), dtype=pl.Int64, eager=True)
    is_skipped = pl.repeat(value=False, n=len(at), dtype=pl.Boolean, eager=True)
    if uneven.any():
        places = (uneven.gather(run) & clock.is_not_null()).arg_true()
        clocks = zip(run.gather(places), clock.gather(places), strict=True)
        walls = [
            datetime.combine(day, time()) + timedelta(seconds=clock) for nth, clock in clocks if (day := days[nth])
        ]
        moments = [changes.read(wall) for wall in walls]
        at = at.scatter(places, pl.Series([_microseconds(each.first) for each in moments], dtype=pl.Int64))
        later = later.scatter(places, pl.Series([each.later // MICROSECOND for each in moments], dtype=pl.Int64))
        is_skipped = is_skipped.scatter(places, pl.Series([each.is_skipped for each in moments], dtype=pl.Boolean))
    begins = at.is_not_null()
    timeless = begins & (clock == NO_CLOCK)
    if timeless.any():
        at = at.zip_with(~timeless.fill_null(value=False), pl.repeat(None, len(at), dtype=pl.Int64, eager=True))
    times = (at.alias("at"), later.alias("later"), is_skipped.alias("is_skipped"))
    return heads.select("line", *times, begins.alias("begins"), "body", "name", "words", "text")


@lru_cache(8_192)
def _midnight(day: date, zone: ZoneInfo) -> int | None:
    """The beginning of a day; None for one in which clocks are changed."""
    first, last = (datetime.combine(day, each, zone) for each in (time.min, time.max))
    return _microseconds(first) if first.utcoffset() == last.utcoffset() else None


def _microseconds(moment: datetime) -> int:
    return (moment.astimezone(UTC) - EPOCH) // MICROSECOND


def _joined(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines put together to what was written. Of those before the first header, blank ones are left out."""
    begins = lines["begins"]
    heads = lines.filter(begins)
    rest = lines.select("line", "text", nth=begins.cum_sum()).filter(~begins)
    lost = rest.filter((pl.col("nth") == 0) & (pl.col("text").str.strip_chars(BLANK) != ""))
    more = rest.filter(pl.col("nth") > 0).group_by("nth", maintain_order=True).agg(pl.col("text").str.join("\n"))
    of_head = pl.repeat(None, heads.height, dtype=pl.UInt32, eager=True).scatter(
        more["nth"] - 1, pl.int_range(more.height, dtype=pl.UInt32, eager=True)
    )
    whole = heads.select(
        "line", "at", "later", "is_skipped", "body", "name", "words", more["text"].gather(of_head).alias("more")
    )
    return (
        pl.concat([lost.select("line", body="text"), whole], how="diagonal").select(*WRITTEN) if lost.height else whole
    )


def _shortened(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines of one message, of one too long no more than tells that it is."""
    before = lines["text"].str.len_chars().cum_sum().shift(1, fill_value=0)
    return lines.filter(before <= 2 * MAX_TEXT)
