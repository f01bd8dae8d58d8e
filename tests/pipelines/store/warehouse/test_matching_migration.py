"""A warehouse that was matched before there were fitted models, brought up to date."""

import re

import pytest

from pipelines.derive.merge import Merged
from pipelines.store.warehouse.migrate import MIGRATIONS, migrate
from tests.older_warehouse import undo_renames
from tests.small_project import SmallProject

ROWS = "id,name,phone,email"
CRM = f"""
    {ROWS}
    1,Anna Berg,0151 23456789,anna.berg@example.com
    2,Otto Kern,0151 23456780,
    3,Claudia Weber,030 901820,
"""
SHOP = f"""
    {ROWS}
    1,A. Berg,,anna.berg@example.com
    2,,0151 23456780,
    3,Thomas Weber,030 901820,
"""
FITTED = 9  # the version that brought them
NEW = ("match_key", "match_point", "match_crowd", "match_edge", "match_model", "match_share", "match_name")
RECEIVED = (
    "SELECT record_key, source, record_id, ingest_seq, anchor_id FROM record ORDER BY ALL",
    "FROM source_record ORDER BY ALL",
    "FROM identifier ORDER BY ALL",
)
EMPTY = (
    *("blocking_key", "compared_identifier", "shared_identifier", "match_edge"),
    *("match_model", "term_frequency", "full_name_frequency"),
)


@pytest.fixture
def older(project: SmallProject) -> SmallProject:
    """A warehouse with data as version 8 left it; of its edges one that says too much, and a pair too few."""
    project.deliver("crm", "2026-01-05", CRM)
    project.deliver("shop", "2026-01-05", SHOP)
    project.run()
    undo_renames(project.connection)
    for table in NEW:
        project.connection.execute(f"DROP TABLE {table}")
    first = (MIGRATIONS / "0001_warehouse.sql").read_text(encoding="utf-8")
    for table in re.findall(r"CREATE TABLE match_\w+ \(.*?\n\);", first, re.DOTALL):
        project.connection.execute(table)
    project.connection.execute("""
        INSERT INTO match_edge
        SELECT min(record_key), max(record_key), 'review', 'names_contradict', 0.9, 3.2, '{}', 'priors-1', 'run1'
        FROM record WHERE record_id = '3';
        INSERT INTO match_key SELECT 'name:somebody', record_key FROM record;
        INSERT INTO match_block VALUES ('phone:+4930901820', 2, 'contested');
        UPDATE step_state SET digest = 'as it was' WHERE step = 'match'""")
    project.connection.execute("DELETE FROM schema_migration WHERE version = ?", [FITTED])
    return project


CONTACTS = "SELECT COLUMNS(c -> NOT contains(c, 'folded')) FROM contact ORDER BY ALL"


def ids(project: SmallProject) -> list[dict[str, object]]:
    return project.rows("SELECT record_key, contact_id, run_from, run_to FROM membership ORDER BY ALL")


@pytest.mark.heavy
def test_what_the_old_matcher_derived_goes_and_what_was_received_stays(older: SmallProject) -> None:
    received = [older.rows(sql) for sql in RECEIVED]

    migrate(older.connection)

    assert [older.rows(sql) for sql in RECEIVED] == received
    assert [older.rows(f"FROM {table}") for table in EMPTY] == [[]] * len(EMPTY)
    assert older.rows("FROM duckdb_tables() WHERE table_name = 'match_block'") == []


@pytest.mark.heavy
def test_until_the_next_run_contacts_are_what_they_were(older: SmallProject) -> None:
    before = ids(older), older.rows(CONTACTS)

    migrate(older.connection)

    assert (ids(older), older.rows(CONTACTS)) == before
    assert older.rows("FROM review_queue") == []


@pytest.mark.heavy
def test_the_next_run_matches_everything_anew(older: SmallProject) -> None:
    migrate(older.connection)

    assert older.match().records == 6
    assert {each["run_id"] for each in older.rows("FROM match_edge")} == {older.run_id}
    assert {each["rule"] for each in older.rows("FROM match_edge WHERE zone = 'merge'")} == {"same_email", "same_phone"}
    assert older.match().records == 0


@pytest.mark.heavy
def test_contacts_of_the_same_records_keep_their_ids(older: SmallProject) -> None:
    before = ids(older)
    migrate(older.connection)

    assert older.run() == Merged()
    assert ids(older) == before
    assert older.people() >= {frozenset({"crm:1", "shop:1"}), frozenset({"crm:2", "shop:2"})}
