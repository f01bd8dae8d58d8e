"""Reading back: every text of every table, decoded, searched for somebody who was erased."""

import polars as pl

from pipelines.privacy.needles import Needles, find
from pipelines.store.privacy.erasers import MENTIONS
from pipelines.store.privacy.texts import rows_with
from pipelines.store.warehouse.connection import Connection, query, register, value

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
    """How many rows of each table hold an identifier of the person; none, if nothing is left.

    What others wrote that names the person, and is noted for review, does not count.
    """
    hits = {
        table: rows_with(connection, table, columns, needles, find)
        for table, columns in textual_columns(connection).items()
        if table not in SEALED
    }
    left = {table: unnoted(connection, table, rows) for table, rows in hits.items() if rows.len()}
    return {table: rows for table, rows in left.items() if rows}


NOTED = "SELECT object_id FROM request_mention WHERE place = '{0}'"
DERIVED_OF_NOTED = f"""SELECT contact_id FROM membership
                       WHERE run_to IS NULL AND record_key IN ({NOTED.format("source_record")})"""
OF_CONTACTS = ("contact", "contact_field", "contact_attribute", "contact_search")


def unnoted(connection: Connection, table: str, rows: pl.Series) -> int:
    """How many rows of a table are neither noted as mentions nor made of a record that is."""
    key = MENTIONS[table][2] if table in MENTIONS else "contact_id"
    noted = NOTED.format(table) if table in MENTIONS else DERIVED_OF_NOTED
    if table not in MENTIONS and table not in OF_CONTACTS:
        return rows.len()
    with register(connection, found=rows.to_frame("number")):
        sql = f"SELECT count(*) FROM {table} WHERE rowid IN (SELECT number FROM found) AND {key} NOT IN ({noted})"
        return int(value(connection, sql))
