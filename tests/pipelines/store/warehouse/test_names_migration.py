"""A warehouse from before its tables had the words of the field, brought up to date."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.derive.merge import Merged
from pipelines.store.reads import contact_details, health, timeline
from pipelines.store.warehouse.connection import Connection, query
from pipelines.store.warehouse.database import open_warehouse
from pipelines.store.warehouse.digest_key import set_digest_key
from pipelines.store.warehouse.migrate import migrate, require_current
from tests.older_warehouse import SINCE, migrations_up_to, undo_renames
from tests.small_project import SmallProject

BEFORE = 13
KEY = "0123456789abcdef" * 4
ID = "00000000-0000-4000-8000-00000000000"
ROWS = {  # by the name of before, the row that is in it
    "pending": f"'match', '{ID}1'::UUID",
    "moment": "TIMESTAMPTZ '2026-06-30 00:00:00Z'",
    "census": "'run1', TIMESTAMPTZ '2026-06-30 00:00:00Z', 3, 2",
    "match_key": f"1, 42, '{ID}1'::UUID",
    "match_point": f"'phone', '+4915123456789', '{ID}1'::UUID",
    "match_crowd": "'phone', '+4915123456789', 3, 2, 1",
    "match_share": "1, 'last_name', 'berg', 0.25",
    "match_name": "1, 'anna berg', 2",
    "match_edge": f"'{ID}1'::UUID, '{ID}2'::UUID, 'review', 'same_phone', 0.5, 0.0, TRUE, '{{}}', 'shipped', 'run1'",
    "unseen": f"'{ID}5'::UUID, '{ID}3'::UUID, '{ID}1'::UUID, TIMESTAMPTZ '2026-06-02', '{ID}9'::UUID, 1, 2",
    "exchange": f"'{ID}4'::UUID, '{ID}1'::UUID, 2, TIMESTAMPTZ '2026-06-02', FALSE",
    "unsummed": f"'{ID}4'::UUID",
    "set_aside": f"'{ID}1'::UUID, '{ID}4'::UUID",
    "thread": f"'{ID}4'::UUID, '{ID}3'::UUID, '{ID}3'::UUID",
    "topic": f"'{ID}6'::UUID, TIMESTAMPTZ '2026-06-02', '{ID}4'::UUID, TRUE",
    "put_away": f"'{ID}9'::UUID, 'archived', TIMESTAMPTZ '2026-06-30', 'key'",
    "given_back_file": f"'{ID}9'::UUID, 'crm.csv', 'whole', 'rows'",
    "decision_record": f"'{ID}7'::UUID, '{ID}1'::UUID, 1, 'as it was'",
}
KEYED = ("evidence_fingerprint", "file_digest", "rows_digest")  # since migration 25
NOW = {
    "pending": "work_queue",
    "moment": "as_of_time",
    "census": "contact_count_history",
    "match_key": "blocking_key",
    "match_point": "compared_identifier",
    "match_crowd": "shared_identifier",
    "match_share": "term_frequency",
    "match_name": "full_name_frequency",
    "unseen": "receipt_only_message",
    "exchange": "conversation_stats",
    "unsummed": "stale_conversation_stats",
    "set_aside": "suppressed_conversation",
    "thread": "mail_thread",
    "topic": "mail_topic",
    "put_away": "post_import_action",
    "given_back_file": "rejected_file",
}
EMPTIED = ("match_key", "match_crowd")  # by a later migration
VIEWS = {"spoken": "conversation_message", "party": "conversation_participant", "kept_apart": "cannot_link"}


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Connection]:
    """A warehouse with a row in every renamed table as version 13 left it."""
    with open_warehouse(tmp_path / "warehouse.duckdb", KEY, create=True) as connection:
        set_digest_key(connection, KEY)
        migrate(connection, migrations_up_to(BEFORE, tmp_path / "migrations"), None)
        for table, row in ROWS.items():
            connection.execute(f"INSERT INTO {table} SELECT {row}")
        yield connection


def test_rows_of_renamed_tables_are_what_they_were(older: Connection) -> None:
    before = {table: query(older, f"FROM {table}") for table in ROWS}
    assert all(each.height for each in before.values())

    assert migrate(older) == SINCE

    for table, rows in before.items():
        now = query(older, f"FROM {NOW.get(table, table)}")[:, : rows.width]
        plain = [name for name in now.columns if name not in KEYED]
        kept = rows[:, [now.columns.index(name) for name in plain]].rows()
        assert now.select(plain).rows() == ([] if table in EMPTIED else kept)
    gone = ", ".join(f"'{name}'" for name in (*NOW, *VIEWS))
    assert query(older, f"FROM information_schema.tables WHERE table_name IN ({gone})").is_empty()


def test_renamed_columns_keep_their_values(older: Connection, tmp_path: Path) -> None:
    migrate(older, migrations_up_to(BEFORE + 1, tmp_path / "renamed"), None)
    assert query(older, "SELECT ambiguous_given_name FROM match_edge").item() is True
    assert query(older, "SELECT distinct_given_names FROM shared_identifier").item() == 1
    assert query(older, "SELECT evidence_fingerprint FROM decision_record").item() == "as it was"
    assert query(older, "SELECT component_id, canonical_id FROM mail_thread").row(0) == (f"{ID}3", f"{ID}3")
    assert query(older, "SELECT is_unlinked_reply FROM mail_topic").item() is True


def test_renamed_views_show_what_they_showed(older: Connection) -> None:
    before = {view: query(older, f"FROM {view} ORDER BY ALL") for view in VIEWS}
    assert (before["spoken"].height, before["party"].height) == (1, 1)
    migrate(older)
    for view, now in VIEWS.items():
        columns = ", ".join(query(older, f"DESCRIBE {now}")["column_name"][: before[view].width])
        assert query(older, f"SELECT {columns} FROM {now} ORDER BY ALL").rows() == before[view].rows()


def test_a_process_that_is_killed_after_it_leaves_a_warehouse_that_opens(older: Connection, tmp_path: Path) -> None:
    older.execute("CHECKPOINT; USE memory; DETACH warehouse")
    killed = f"""
import os
from pathlib import Path
from typing import Any
from pipelines.store.warehouse.database import open_warehouse
from pipelines.store.warehouse.digest_key import set_digest_key
from pipelines.store.warehouse.migrate import migrate
with open_warehouse(Path({str(tmp_path)!r}) / "warehouse.duckdb", {KEY!r}) as connection:
    set_digest_key(connection, {KEY!r})
    migrate(connection)
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == 9
    assert (tmp_path / "warehouse.duckdb.wal").exists()

    with open_warehouse(tmp_path / "warehouse.duckdb", KEY) as connection:
        require_current(connection)
        assert query(connection, "SELECT step FROM work_queue").item() == "match"
        assert query(connection, "SELECT count(*) FROM conversation_message").item() == 1


# a project of version 13, read and run --------------------------------------------------------------------------------


@pytest.fixture
def filled(project: SmallProject) -> SmallProject:
    """Two lists and a chat, after a run."""
    project.deliver("crm", "2026-01-05", "id,name,phone,tier\n1,Anna Berg,0151 23456789,gold\n2,Otto Kern,,silver")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,A. Berg,0151 23456789\n2,Kern,12")
    project.chat("+49 151 23456789", "2026-06-01 10:00 Anna Berg: Is it ready?", "2026-06-01 10:05 Small Shop: Yes.")
    project.run()
    return project


def shown(project: SmallProject) -> dict[str, list[Any]]:
    """What people are shown of a project."""
    contacts = project.rows("FROM contact ORDER BY contact_id")
    ids = [str(each["contact_id"]) for each in contacts]
    return {
        "contacts": contacts,
        "fields": [contact_details.fields(project.connection, each).rows() for each in ids],
        "losing": [contact_details.losing_values(project.connection, each, "name").rows() for each in ids],
        "records": [contact_details.member_records(project.connection, each).rows() for each in ids],
        "timeline": [[batch.rows() for batch in timeline.timeline(project.connection, each)] for each in ids],
        "review": contact_details.review_queue(project.connection).rows(),
        "waiting": contact_details.open_deliveries(project.connection).rows(),
        "shared": health.shared_values(project.connection).rows(),
        "problems": contact_details.problems(project.connection).rows(),
    }


@pytest.mark.heavy
def test_what_people_are_shown_is_what_it_was_and_a_run_finds_nothing_new(filled: SmallProject) -> None:
    before = shown(filled)
    assert [len(before[name]) for name in ("contacts", "problems")] == [2, 2]
    undo_renames(filled.connection)

    assert migrate(filled.connection) == SINCE

    assert shown(filled) == before
    assert filled.run() == Merged()
    assert shown(filled) == before
