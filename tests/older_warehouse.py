"""Warehouses as earlier versions left them."""

import re
from pathlib import Path

from pipelines.store.contacts.published_values import PUBLISHED
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.migrate import MIGRATIONS

NAMES = "0014_names.sql"
PUBLICATIONS = "0030_publications.sql"
SINCE = sorted(each.name for each in MIGRATIONS.iterdir() if each.name >= NAMES)  # migrations after version 13
RENAMED = re.compile(r"^ALTER TABLE (\w+) RENAME (?:(\w+) )?TO (\w+);", re.MULTILINE)


def migrations_up_to(version: int, folder: Path) -> Path:
    """A folder with the migrations up to a version."""
    folder.mkdir()
    for file in sorted(MIGRATIONS.iterdir(), key=lambda each: each.name)[:version]:
        (folder / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def undo_renames(connection: Connection) -> None:
    """Take a warehouse of today back to version 13: its names, without its views and later tables."""
    views = connection.execute("SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal")
    for (view,) in views.fetchall():
        connection.execute(f"DROP VIEW {view}")
    renamed = RENAMED.findall((MIGRATIONS / NAMES).read_text(encoding="utf-8"))
    for table, column, name in reversed(renamed):
        change = f"{table} RENAME {name} TO {column}" if column else f"{name} RENAME TO {table}"
        connection.execute(f"ALTER TABLE {change}")
    connection.execute("""
        DROP MACRO state_rank;
        CREATE MACRO way(state) AS list_position(['sent', 'failed', 'delivered', 'read'], state);
        DELETE FROM schema_migration WHERE version >= 14;
        DROP TABLE schema_view;
        DROP TABLE file_problem;
        DROP TABLE delivery_attribute;
        DROP TABLE export_check;
        DROP TABLE setting;
        DROP TABLE source_first_name;
        DROP TABLE announced_rule;
        DROP TABLE reused_id;
        ALTER TABLE record DROP COLUMN id_key;
        ALTER TABLE record DROP COLUMN heir_key;
        DROP TABLE chat_format;
        DROP TABLE conversation_gap;
        ALTER TABLE set_aside DROP COLUMN blocked_from;
        ALTER TABLE message DROP COLUMN quoted;
        ALTER TABLE delivery DROP COLUMN text_rows;
        DROP SCHEMA published""")
    undo_since_24(connection)


def undo_since_24(connection: Connection) -> None:
    """Take away what migrations after 24 added."""
    undo_keyed_digests(connection)
    connection.execute("""
        DROP TABLE unchecked_contact;
        DROP TABLE full_check;
        DROP TABLE contact_attribute;
        DROP TABLE contact_search;
        ALTER TABLE contact_identifier DROP COLUMN value_folded""")
    for column in PUBLISHED.split(", "):
        connection.execute(f"ALTER TABLE contact DROP COLUMN {column}")
    added = re.findall(r"^ALTER TABLE (\w+) ADD COLUMN (\w+)", (MIGRATIONS / PUBLICATIONS).read_text(), re.MULTILINE)
    for table, column in added:
        connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def undo_keyed_digests(connection: Connection) -> None:
    """Take back the names of columns and the tables of migration 25; digests stay as they are, paths are forgotten."""
    connection.execute("""
        DROP TABLE landed_file;
        CREATE TABLE landed_file (
            path VARCHAR PRIMARY KEY, size_bytes BIGINT NOT NULL, modified_ns BIGINT NOT NULL,
            file_sha256 VARCHAR NOT NULL
        );
        ALTER TABLE delivery RENAME file_digest TO file_sha256""")
    for table in ("rejected_file", "given_back_file"):  # by the name it has now, or had then
        if connection.execute("FROM duckdb_tables() WHERE table_name = ?", [table]).fetchone():
            connection.execute(f"ALTER TABLE {table} RENAME file_digest TO file_sha256")
            connection.execute(f"ALTER TABLE {table} RENAME rows_digest TO rows_sha256")
    for macro in ("unmasked_sha256", "masked_sha256", "keyed_digest"):
        connection.execute(f"DROP MACRO {macro}")
