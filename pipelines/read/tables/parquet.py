"""A Parquet file as a table: every cell as the text it would be in a CSV."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from pipelines.errors import DeliveryRefused
from pipelines.normalise.text import joined
from pipelines.read.core.batch import BATCH_ROWS
from pipelines.read.tables.table import Rows, Table, at_once, named
from schemas import received
from schemas.error_codes import ErrorCode

PARQUET = b"PAR1"


@contextmanager
def open_parquet(path: Path, *, rows: int = BATCH_ROWS) -> Iterator[Table]:
    """Open a Parquet file. Raises DeliveryRefused for one that cannot be read, or has a column that is no text."""
    try:
        file = pl.scan_parquet(path)
        schema = file.collect_schema()
    except (pl.exceptions.PolarsError, OSError):
        problem = DeliveryRefused(ErrorCode.FILE_FORMAT, "no Parquet file that can be read")
    else:
        header = named(schema.names())
        cells = [as_text(file, name).alias(f"c{place}") for place, name in enumerate(schema)]
        numbered = file.select(cells).with_row_index("row", offset=1)
        yield Table(header, batches(numbered, at_once(rows, header)))
        return
    raise problem from None


def batches(numbered: pl.LazyFrame, most: int) -> Iterator[Rows]:
    """The rows of a file, so many at a time."""
    refused = received.empty(received.Refusal)
    for batch in numbered.collect_batches(chunk_size=most, maintain_order=True):
        for cells in batch.iter_slices(most):
            line = pl.lit(None, pl.UInt32).alias("line")
            yield Rows(cells.select("row", line, pl.exclude("row")), refused)


def as_text(file: pl.LazyFrame, name: str) -> pl.Expr:
    """A column as text: a date as 2026-01-31, 60601.0 as `60601`, a list as its texts parted by `; `."""
    value, dtype = pl.col(name), file.collect_schema()[name]
    if isinstance(dtype, pl.List):
        return joined(value.cast(pl.List(pl.String)))
    if isinstance(dtype, pl.Struct | pl.Binary | pl.Object):
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, f"the column `{name}` is no text: leave it out of the file")
    if dtype.is_float() and file.select((value % 1 == 0).all()).collect(engine="streaming").item():
        value = value.cast(pl.Int64)
    return value.cast(pl.String)
