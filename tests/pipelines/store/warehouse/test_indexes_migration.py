"""A warehouse whose large tables have indexes, as up to version 22, brought up to date."""

from pathlib import Path

import pytest

from pipelines.store.contacts.published_values import PUBLISHED
from pipelines.store.warehouse.connection import Connection, query
from pipelines.store.warehouse.database import open_warehouse
from pipelines.store.warehouse.migrate import MIGRATIONS, migrate
from tests.older_warehouse import migrations_up_to
from tests.small_project import SETTINGS, SmallProject

BEFORE = 22
LARGE = ("record", "source_record", "conversation", "message", "receipt", "conversation_event", "match_edge", "contact")
SENT = """{"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": {
    "messaging_product": "whatsapp", "metadata": {"display_phone_number": "4930901820", "phone_number_id": "7"},
    "statuses": [{"id": "wamid.1", "status": "read", "timestamp": "1767225600", "recipient_id": "4915123456789"}]
    }}]}]}"""


@pytest.fixture
def delivered(project: SmallProject) -> Connection:
    """A warehouse of today with a row in each large table."""
    log = {"format": "whatsapp_cloud", "path": "landing/log/*.jsonl"}
    project.configure(sources={**SETTINGS["sources"], "log": log})
    project.deliver("crm", "2026-01-05", "id,name,phone,tags\n1,Anna Berg,0151 23456789,vip\n2,A. Berg,0151 23456789,")
    project.chat("+49 151 23456789", "2026-01-06 10:00 Anna: Hello", "2026-01-06 10:05 Small Shop: Good morning")
    project.deliver("log", "2026-01-07", " ".join(SENT.split()), "log-2026-01-07.jsonl")
    project.run()
    project.connection.execute("""
        INSERT INTO conversation_event BY NAME
        SELECT uuid() AS event_id, conversation_id, 'status' AS kind, 'second' AS precision, 'source' AS zone_source,
               delivery_id, 9 AS row_number
        FROM conversation LIMIT 1""")
    return project.connection


def test_large_tables_lose_their_indexes_and_no_row(delivered: Connection, tmp_path: Path) -> None:
    rows = {table: query(delivered, f"FROM {table} ORDER BY ALL") for table in LARGE}
    assert [table for table, each in rows.items() if each.is_empty()] == []
    with open_warehouse(tmp_path / "older.duckdb", "0123456789abcdef" * 4, create=True) as older:
        migrate(older, migrations_up_to(BEFORE, tmp_path / "migrations"), None)
        for table, own in rows.items():
            older.register("own", own.drop(PUBLISHED.split(", "), strict=False).to_arrow())
            older.execute(f"INSERT INTO {table} BY NAME SELECT * FROM own")
            older.unregister("own")

        assert migrate(older) == sorted(each.name for each in MIGRATIONS.iterdir() if each.name[:4] > f"{BEFORE:04}")

        for table, own in rows.items():
            assert query(older, f"FROM {table} ORDER BY ALL").equals(own)
        kept = query(
            older, "SELECT table_name FROM duckdb_constraints() WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE')"
        )
        assert set(kept["table_name"]).isdisjoint(LARGE)
