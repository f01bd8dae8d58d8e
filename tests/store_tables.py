"""Tables of a warehouse, filled by hand: a test states of a row what matters, and the rest is neutral."""

from functools import cache
from typing import Any
from uuid import UUID

from pipelines.store.warehouse.connection import Connection, query

NEUTRAL = {  # SQL of a value for a column that must have one
    "BIGINT": "0",
    "BLOB": "''::BLOB",
    "BOOLEAN": "FALSE",
    "DOUBLE": "0",
    "INTEGER": "0",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ 'epoch'",
    "UBIGINT": "0",
    "UINTEGER": "0",
    "UTINYINT": "0",
    "UUID": "'00000000-0000-0000-0000-000000000000'",
    "VARCHAR": "''",
    "MAP(VARCHAR, VARCHAR)": "MAP {}",
}


def uid(number: int) -> str:
    """An id that is told apart by its number."""
    return str(UUID(int=number))


class Tables:
    """An empty warehouse whose tables a test fills. What it does to them is undone when it is over."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def put(self, table: str, *rows: dict[str, Any]) -> None:
        """Add rows to a table. Columns that must have a value and are not stated get a neutral one."""
        for row in rows:
            needed = {
                name: NEUTRAL.get(kind, "[]") for name, kind in required(self.connection, table) if name not in row
            }
            names = ", ".join([*row, *needed])
            marks = ", ".join(["?"] * len(row) + [*needed.values()])
            self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [*row.values()])

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What a query answers."""
        return query(self.connection, sql, parameters).rows()


@cache
def required(connection: Connection, table: str) -> list[tuple[str, str]]:
    """The columns of a table that must have a value, with their types."""
    return query(
        connection,
        """SELECT column_name, data_type FROM duckdb_columns()
           WHERE database_name = current_database() AND schema_name = 'main' AND table_name = ? AND NOT is_nullable""",
        [table],
    ).rows()
