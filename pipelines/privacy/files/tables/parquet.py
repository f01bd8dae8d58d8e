"""A Parquet file without a person's rows."""

from typing import BinaryIO, cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.privacy.files.decoding import series
from pipelines.privacy.files.outcome import Done, Item, Unreachable, Wanted
from pipelines.privacy.files.tables.rows import free_columns, judged
from pipelines.privacy.needles import find, find_names, find_record_ids
from pipelines.read.tables.parquet import PARQUET

__all__ = ["PARQUET", "rewrite"]


def rewrite(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write a Parquet file without a person's rows (`rows.judged`), a group of rows at a time.

    Raises:
        Unreachable: for one that cannot be read.
    """
    removed = kept = mentions = 0
    try:
        with item.open() as stream:
            file = pq.ParquetFile(stream)
            schema, free = file.schema_arrow, free_columns(file.schema_arrow.names)
            with pq.ParquetWriter(out, schema, compression=_compression(file)) as writer:
                writer.add_key_value_metadata(_stated(file, wanted))
                for group in range(file.num_row_groups):
                    table = file.read_row_group(group)
                    theirs, mentioned = _judged(cast("pl.DataFrame", pl.from_arrow(table)), free, wanted)
                    mentions += mentioned
                    removed += len(theirs.arg_true())
                    kept += len(table) - len(theirs.arg_true())
                    writer.write_table(table.filter((~theirs).to_arrow()))
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError, ValueError):
        raise Unreachable("a Parquet file that cannot be read") from None
    return Done(removed, 0, mentions, kept)


def _compression(file: pq.ParquetFile) -> str:
    if not file.num_row_groups or not file.metadata.num_columns:
        return "zstd"
    name = str(file.metadata.row_group(0).column(0).compression).lower()
    return "none" if name == "uncompressed" else name


def _stated(file: pq.ParquetFile, wanted: Wanted) -> dict[str, str]:
    """What programs noted in the file, but for what Arrow writes anew and what names the person."""
    noted = {name.decode(): value.decode("utf-8", "replace") for name, value in (file.metadata.metadata or {}).items()}
    return {
        name: value
        for name, value in noted.items()
        if name != "ARROW:schema" and not find(wanted.needles, series([name, value])).any()
    }


def _judged(rows: pl.DataFrame, free: list[bool], wanted: Wanted) -> tuple[pl.Series, int]:
    """Which rows are the person's, and how many others mention them. Only those that hold something are looked at."""
    texts = rows.select(as_text(rows, name).alias(f"c{place}") for place, name in enumerate(rows.columns))
    nobody = pl.repeat(value=False, n=len(rows), dtype=pl.Boolean, eager=True)
    needles = wanted.needles
    asked = find_names(needles, texts.select(pl.concat_str(pl.all(), separator=" ; ", ignore_nulls=True)).to_series())
    for column in texts.get_columns():
        asked |= find(needles, column) | find_record_ids(needles, column)
    places = asked.arg_true()
    if not len(places):
        return nobody, 0
    told = judged(texts[places].rows(), free, wanted)
    return nobody.scatter(places, told.theirs), len(told.mentions.arg_true())


def as_text(rows: pl.DataFrame, name: str) -> pl.Expr:
    """A column as text; of one that holds lists or records, all that is in it."""
    dtype = rows.schema[name]
    if isinstance(dtype, pl.List) and not dtype.inner.is_nested():
        return pl.col(name).cast(pl.List(pl.String)).list.join(" ; ", ignore_nulls=True)
    if dtype.is_nested():
        return pl.struct(name).struct.json_encode()
    return pl.col(name).bin.encode("hex") if dtype == pl.Binary else pl.col(name).cast(pl.String)
