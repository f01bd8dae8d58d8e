"""A warehouse with decisions from before there were any but blocks, brought up to date."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.store.warehouse.connection import Connection, query
from pipelines.store.warehouse.database import open_warehouse
from pipelines.store.warehouse.digest_key import set_digest_key
from pipelines.store.warehouse.migrate import migrate
from tests.older_warehouse import migrations_up_to

BEFORE = 9  # the last version with blocks alone
KEY = "0123456789abcdef" * 4
DATA = """
    INSERT INTO moment VALUES ('2026-06-30 00:00:00Z');
    INSERT INTO record
    SELECT uuid, 'crm', n::VARCHAR, n, uuid FROM (
        SELECT n, ('00000000-0000-4000-8000-00000000000' || n)::UUID AS uuid FROM range(1, 4) t(n));
    INSERT INTO membership SELECT record_key, anchor_id, 'run1', NULL, 'single' FROM record;
    INSERT INTO contact_field
    SELECT record_key, 'name', 'Anna Berg', record_key, uuid(), 1, 2, 'most_recent', 1 FROM record;
    INSERT INTO source_record
        (record_key, version, delivery_id, row_number, first_seen_at, last_seen_at, last_row, name_tokens, tags, notes,
         attributes, cleared)
    SELECT record_key, uuid(), uuid(), 1, '2026-01-05', '2026-01-05', 1, ['anna'], [], 'met at the fair',
           MAP {}, [] FROM record;
    INSERT INTO record_field SELECT record_key, 'notes', version, first_seen_at FROM source_record;
    INSERT INTO match_edge
    SELECT min(record_key), max(record_key), 'review', 'same_phone', 0.5, 0, FALSE, '{}', '1', 'run1' FROM record;
    INSERT INTO decision (decision_id, kind, actor, reason, decided_at)
    SELECT uuid(), kind, 'Ina', 'asked us to', time
    FROM (VALUES ('block', TIMESTAMPTZ '2026-06-01 12:00:00Z'), ('unblock', TIMESTAMPTZ '2026-06-02 12:00:00Z'),
                 ('block', TIMESTAMPTZ '2026-06-03 12:00:00Z')) t(kind, time);
    INSERT INTO decision_record SELECT decision_id, record_key FROM decision, record WHERE record_id <> '3'"""
KEPT = {
    "record_block": "SELECT record_key, since FROM record_block ORDER BY ALL",
    "decision": "SELECT decision_id, kind, actor, reason, decided_at FROM decision ORDER BY ALL",
    "timeline": "SELECT COLUMNS(c -> c <> 'quoted') FROM timeline ORDER BY contact_id, happened_at",  # since 0018
    "review_queue": "SELECT contact_lo, contact_hi, probability, reason FROM review_queue",
    "contact_field": "SELECT contact_id, field, value, rule FROM contact_field ORDER BY ALL",
}


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Connection]:
    """A warehouse with data as version 9 left it."""
    with open_warehouse(tmp_path / "warehouse.duckdb", KEY, create=True) as connection:
        set_digest_key(connection, KEY)
        migrate(connection, migrations_up_to(BEFORE, tmp_path / "migrations"), None)
        connection.execute(DATA)
        yield connection


def kept(connection: Connection) -> dict[str, list[dict[str, object]]]:
    return {name: query(connection, sql).to_dicts() for name, sql in KEPT.items()}


def test_what_was_decided_and_derived_is_what_it_was(older: Connection) -> None:
    before = kept(older)
    assert all(before.values())

    assert migrate(older)[0].startswith("0010")
    assert kept(older) == before


def test_a_decision_from_before_is_about_one_side(older: Connection) -> None:
    migrate(older)
    assert query(older, "SELECT DISTINCT side, evidence_fingerprint FROM decision_record").rows() == [(None, None)]
    assert query(older, "SELECT count(*) FROM must_link").item() == 0
    assert query(older, "SELECT count(*) FROM cannot_link").item() == 0
