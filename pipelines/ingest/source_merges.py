"""Rows of a list that are no contacts: they say that their source has merged one of its records into another."""

from typing import NamedTuple

import polars as pl

from pipelines import contracts
from pipelines.ingest.chunk import Chunk
from pipelines.ingest.records import REJECTED, Origin, as_json
from pipelines.store.ingest import source_merges
from pipelines.store.warehouse.connection import Connection
from schemas import received
from schemas.vocabulary import Outcome


class MergedRows(NamedTuple):
    """What became of such rows: `stored` (row, outcome), and `held`, which were not taken in (REJECTED)."""

    stored: pl.DataFrame
    held: pl.DataFrame


def store_source_merges(connection: Connection, chunk: Chunk, origin: Origin, *, hold: bool) -> MergedRows:
    """Store what a chunk says of merges. With `hold` nothing of it is taken in."""
    batch = chunk.batch
    if batch.merges.is_empty():
        return MergedRows(batch.merges.select("row", outcome=pl.lit(None, pl.String)), REJECTED.to_frame())
    contracts.require(received.Merge, batch.merges)
    whole = batch.merges.select("row", "line", outcome=pl.lit(Outcome.QUARANTINED.value)).join(
        as_json(batch.original), on="row", how="left"
    )
    source = pl.lit(origin.source)
    links = batch.merges.select(
        "row",
        record_key=origin.ids("record", source, pl.col("record_id")),
        into_key=origin.ids("record", source, pl.col("into")),
    )
    stored = source_merges.keep_merges(connection, chunk.placed(links.clear() if hold else links))
    return MergedRows(stored, (whole if hold else whole.clear()).select(REJECTED.names()).cast(REJECTED))
