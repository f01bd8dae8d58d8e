"""Entries that are checked and stored together: a batch of one delivery, or all there is of several small ones."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import polars as pl

from pipelines.read.core.batch import Batch
from pipelines.store.ingest.deliveries import Delivery


class DeliveriesDepend(Exception):
    """What becomes of one of several deliveries depends on another: they are to be stored one after the other."""


FRAMES = ("contacts", "identifiers", "attributes", "merges", "messages", "receipts", "events", "refused", "original")


class Chunk(NamedTuple):
    """Entries of deliveries of one source as one batch, in which `row` numbers them through all deliveries.

    `starts` is the number before the first row of each delivery. `threads` is the delivery that each conversation of
    the batch comes from, by its place in `deliveries`: conversations have no row.
    """

    batch: Batch
    deliveries: Sequence[Delivery]
    starts: pl.Series
    threads: pl.Series

    def placed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with their place: `delivery_id`, `declared_at`, and their number in it, `row_number`."""
        number = self.starts.search_sorted(rows["row"], "left") - 1
        start = self.starts.gather(number)
        return self.delivered(rows, number).with_columns((pl.col("row") - start).alias("row_number"))

    def delivered(self, frame: pl.DataFrame, number: pl.Series) -> pl.DataFrame:
        """A frame with the deliveries of these numbers: `delivery_id`, `declared_at`."""
        told = pl.DataFrame(
            {name: [getattr(each, name) for each in self.deliveries] for name in ("delivery_id", "declared_at")},
            schema={"delivery_id": pl.String, "declared_at": pl.Datetime("us", "UTC")},
        )
        return frame.hstack(told[number])


def single_chunk(delivery: Delivery, batch: Batch) -> Chunk:
    """A batch of one delivery."""
    zero = pl.Series([0], dtype=pl.UInt32)
    return Chunk(batch, [delivery], zero, pl.repeat(0, batch.conversations.height, dtype=pl.UInt32, eager=True))


def combine_deliveries(deliveries: Sequence[Delivery], batches: Sequence[Batch]) -> Chunk:
    """Whole deliveries, each of one batch; their tables have the same columns (`alike`)."""
    ends = accumulate(max((getattr(batch, name)["row"].max() or 0) for name in FRAMES) for batch in batches)
    starts = pl.Series([0, *ends], dtype=pl.UInt32)[:-1]
    frames = {name: _stacked([getattr(batch, name) for batch in batches]) for name in Batch().frames()}
    for name in FRAMES:
        frame, number = frames[name]
        frames[name] = frame.with_columns(pl.col("row") + starts.gather(number)), number
    own: dict[str, Any] = {name: frame for name, (frame, _) in frames.items()}
    whole = Batch(meanings=batches[0].meanings, assumed_encoding=batches[0].assumed_encoding, **own)
    return Chunk(whole, deliveries, starts, frames["conversations"][1])


def alike(one: Batch, other: Batch) -> bool:
    """Whether the tables of two batches have the same columns, those the same meanings, and texts one encoding."""
    same_columns = one.meanings == other.meanings and one.original.columns == other.original.columns
    return same_columns and one.assumed_encoding == other.assumed_encoding


def _stacked(frames: Sequence[pl.DataFrame]) -> tuple[pl.DataFrame, pl.Series]:
    """Frames one below the other, and of each row the number of its frame."""
    filled = [(number, frame) for number, frame in enumerate(frames) if frame.height]
    numbers = [pl.repeat(number, frame.height, dtype=pl.UInt32, eager=True) for number, frame in filled]
    return (
        pl.concat([frames[0].clear(), *(frame for _, frame in filled)]),
        pl.concat([pl.Series([], dtype=pl.UInt32), *numbers]),
    )
