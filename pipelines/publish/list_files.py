"""Clusters and edges of a matched list as files: CSV or Parquet, in the order of rows, a range of rows at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import narwhals as nw
import polars as pl
from pyarrow import parquet

from pipelines.match.engines.engine import Engine, Frame
from pipelines.publish.files import atomic_write
from pipelines.publish.table import as_csv, header

AT_ONCE = 200_000  # rows of the list
CSV, PARQUET = ".csv", ".parquet"
CLUSTERS = pl.Schema({"row": pl.UInt32, "file": pl.String, "record_id": pl.String, "cluster": pl.UInt32})
EDGES = pl.Schema(
    {
        **dict.fromkeys(("row_lo", "row_hi"), pl.UInt32),
        "verdict": pl.String,
        **dict.fromkeys(("probability", "weight"), pl.Float64),
        **dict.fromkeys(("rule", "evidence"), pl.String),
    }
)


def write_clusters(path: Path, engine: Engine, rows: Frame) -> None:
    """Write which rows are one person: row (from 1, through all files), file, record_id, cluster (its first row).

    `rows`: record, file, record_id, cluster.
    """
    _write(path, engine, rows.with_columns(nw.col("record").alias("row")), CLUSTERS)


def write_edges(path: Path, engine: Engine, edges: Frame) -> None:
    """Write pairs of rows with what came of them and why; `review` is for a person to decide, `merged` one cluster.

    `edges`: `kernel.EDGES`, with the clusters of both ends, cluster_lo and cluster_hi.
    """
    is_one = nw.col("cluster_lo") == nw.col("cluster_hi")
    verdict = nw.when(is_one).then(nw.lit("merged")).otherwise(nw.lit("review"))
    ends = (nw.col("lo").alias("row_lo"), nw.col("hi").alias("row_hi"))
    _write(path, engine, edges.with_columns(*ends, verdict.alias("verdict")), EDGES)


def _write(path: Path, engine: Engine, frame: Frame, schema: pl.Schema) -> None:
    """Write a frame in these columns, sorted by them."""
    first, *_ = columns = schema.names()
    rows = engine.checkpoint(frame.select(columns), first)
    last = engine.collect(rows.select(nw.col(first).max()))[first].item() or 0
    with atomic_write(path) as file, writer(file, path.suffix.lower(), schema) as write:
        for start in range(0, last + 1, AT_ONCE):
            own = rows.filter((nw.col(first) >= start) & (nw.col(first) < start + AT_ONCE))
            write(engine.collect(own).match_to_schema(schema).sort(columns[:2]))


@contextmanager
def writer(file: BinaryIO, suffix: str, schema: pl.Schema) -> Iterator[Callable[[pl.DataFrame], object]]:
    """A function that writes frames of a schema one after the other."""
    if suffix == PARQUET:
        with parquet.ParquetWriter(file, pl.DataFrame(schema=schema).to_arrow().schema) as made:
            yield lambda rows: made.write_table(rows.to_arrow())
    else:
        file.write(header(schema.names()))
        yield lambda rows: file.write(as_csv(rows, schema.names()))
