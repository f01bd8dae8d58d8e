"""A connection to the warehouse as the rest of onecontact sees it: frames into SQL and back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import polars as pl

Connection = duckdb.DuckDBPyConnection

# What goes wrong with the warehouse itself, whatever is written to it.
STORE_FAILURES = (
    duckdb.OperationalError,
    duckdb.InternalError,
    duckdb.IntegrityError,
    duckdb.FatalException,
    duckdb.InterruptException,
    duckdb.CatalogException,
    duckdb.BinderException,
)


class _Held:
    """A frame as DuckDB reads it. What was registered DuckDB keeps until the transaction ends; this lets go before."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.table = frame.to_arrow()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)

    def let_go(self) -> None:
        """Keep nothing but the columns."""
        self.table = self.table.schema.empty_table()


@contextmanager
def register(connection: Connection, **frames: pl.DataFrame) -> Iterator[None]:
    """Let SQL see frames as tables of these names for the length of the block."""
    held = {name: _Held(frame) for name, frame in frames.items()}
    for name, frame in held.items():
        connection.register(name, frame)
    try:
        yield
    finally:
        for name, frame in held.items():
            connection.unregister(name)
            frame.let_go()


def query(connection: Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> pl.DataFrame:
    """Result of a query. UUIDs come as text, times as UTC microseconds."""
    return connection.execute(sql, parameters).pl()


def value(connection: Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
    """The one value a query answers with, or None."""
    row = connection.execute(sql, parameters).fetchone()
    return row[0] if row else None


@contextmanager
def in_list(connection: Connection, column: str, keys: pl.Series | None) -> Iterator[str]:
    """For the length of the block, an SQL condition that a column of UUIDs holds one of these (String); None: any."""
    if keys is None:
        yield "TRUE"
        return
    with register(connection, looked_up=keys.alias("looked_up").to_frame()):
        yield f"{column} IN (SELECT looked_up::UUID FROM looked_up)"
