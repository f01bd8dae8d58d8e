"""Reading back: every text of every table, decoded, searched for somebody who was erased."""

from pipelines.privacy.needles import Needles, find
from pipelines.store.privacy.texts import rows_with
from pipelines.store.warehouse.connection import Connection, query

TEXTUAL = "data_type LIKE '%VARCHAR%' OR data_type LIKE '%JSON%' OR data_type = 'BLOB'"
SEALED = ("audit_event", "audit_leaf", "audit_seal")  # hashes and codes, checked when they were recorded


def textual_columns(connection: Connection) -> dict[str, list[str]]:
    """The columns of each table that can hold a text, nested ones included."""
    found = query(
        connection,
        f"""
        SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, table_name)
        WHERE database_name = current_database() AND ({TEXTUAL}) ORDER BY ALL""",
    )
    columns: dict[str, list[str]] = {}
    for table, column in found.iter_rows():
        columns.setdefault(table, []).append(column)
    return columns


def search_tables(connection: Connection, needles: Needles) -> dict[str, int]:
    """How many rows of each table hold an identifier of the person; none, if nothing is left."""
    hits = {
        table: rows_with(connection, table, columns, needles, find).len()
        for table, columns in textual_columns(connection).items()
        if table not in SEALED
    }
    return {table: rows for table, rows in hits.items() if rows}
