"""Rows of a table in whose texts a person stands: read in batches, and found by what the person is known by."""

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from pipelines.privacy.needles import Needles, find, find_names
from pipelines.store.warehouse.connection import Connection, query, register

BATCH_ROWS = 50_000

Find = Callable[[Needles, pl.Series], pl.Series]


def named_or_identified(needles: Needles, texts: pl.Series) -> pl.Series:
    """Texts that hold an identifier or a full name."""
    return find(needles, texts) | find_names(needles, texts)


def rows_with(
    connection: Connection, table: str, columns: Sequence[str], needles: Needles, found_by: Find
) -> pl.Series:
    """Numbers (`rowid`) of the rows of a table with a text in these columns, of whatever type, that is found."""
    found = [
        batch["rowid"].filter(_any(batch, columns, needles, found_by)) for batch in _batches(connection, table, columns)
    ]
    return pl.concat([pl.Series("rowid", [], pl.Int64), *found])


def delete_rows(connection: Connection, table: str, rows: pl.Series) -> int:
    """Delete rows by their numbers; how many."""
    if rows.is_empty():
        return 0
    with register(connection, gone=rows.to_frame("number")):
        connection.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT number FROM gone)")
    return rows.len()


def blank(connection: Connection, table: str, column: str, rows: pl.Series, says: str = "NULL") -> int:
    """Write something else, an SQL expression, into a column of rows; how many."""
    if rows.is_empty():
        return 0
    with register(connection, changed=rows.to_frame("number")):
        connection.execute(f"UPDATE {table} SET {column} = {says} WHERE rowid IN (SELECT number FROM changed)")
    return rows.len()


def _any(batch: pl.DataFrame, columns: Sequence[str], needles: Needles, found_by: Find) -> pl.Series:
    found = pl.repeat(value=False, n=batch.height, dtype=pl.Boolean, eager=True)
    for name in columns:
        found |= found_by(needles, batch[name])
    return found


def _batches(connection: Connection, table: str, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    texts = ", ".join(f'"{name}"::VARCHAR AS "{name}"' for name in columns)
    said = " OR ".join(f'"{name}" IS NOT NULL' for name in columns)
    last = -1
    while True:
        batch = query(
            connection,
            f"SELECT rowid, {texts} FROM {table} WHERE rowid > ? AND ({said}) ORDER BY rowid LIMIT {BATCH_ROWS}",
            [last],
        )
        if batch.is_empty():
            return
        yield batch
        last = int(batch["rowid"].max())  # type: ignore[arg-type]
