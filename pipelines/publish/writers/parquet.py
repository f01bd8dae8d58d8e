"""Contacts as Parquet: typed columns, a row group a batch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import polars as pl
from pyarrow import parquet

from pipelines.publish.writers.columns import Column, typed
from pipelines.publish.writers.writer import Write

READING = (
    "Parquet with typed columns: days are dates, times are timestamps in UTC, lists are lists, numbers have the "
    "precision of 64 bits."
)


@contextmanager
def open_parquet(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Write]:
    """A function that writes contacts."""
    headings = {each.name: each.heading for each in columns}
    empty = pl.DataFrame(schema={each.heading: each.dtype for each in columns})
    schema = empty.to_arrow().schema
    with parquet.ParquetWriter(file, schema, compression="zstd") as made:
        yield lambda frame: made.write_table(typed(frame, columns).rename(headings).to_arrow().cast(schema))
