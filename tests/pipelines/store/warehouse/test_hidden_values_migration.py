"""A warehouse that kept identifiers in clear and hashes that could be searched, brought up to date."""

import pytest

from pipelines.derive.merge import Merged
from pipelines.store.warehouse.migrate import MIGRATIONS, migrate
from tests.small_project import SmallProject

VERSION = 27
AS_BEFORE = """
    DROP TABLE shared_identifier;
    CREATE TABLE shared_identifier (
        field VARCHAR NOT NULL, value VARCHAR NOT NULL, records UINTEGER NOT NULL, people UINTEGER NOT NULL,
        distinct_given_names UINTEGER NOT NULL
    );
    INSERT INTO shared_identifier VALUES ('phone', '4915123456789', 2, 1, 1);
    UPDATE blocking_key SET key = key // 2;
    DELETE FROM schema_migration WHERE version = 27"""


@pytest.fixture
def older(project: SmallProject) -> SmallProject:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789\n2,Otto Kern,0151 23456780")
    project.deliver("shop", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789")
    project.run()
    project.connection.execute(AS_BEFORE)
    return project


@pytest.mark.heavy
def test_the_next_run_finds_what_it_found_and_keeps_no_identifier_in_clear_but_beside_its_record(
    older: SmallProject,
) -> None:
    tables = ("FROM match_edge ORDER BY ALL", "FROM compared_identifier ORDER BY ALL", "FROM contact ORDER BY ALL")
    before = [older.rows(sql) for sql in tables]
    [applied] = [each.name for each in MIGRATIONS.iterdir() if each.name.startswith(f"{VERSION:04}")]

    assert migrate(older.connection) == [applied]
    assert older.rows("FROM blocking_key") == []
    assert older.match().records == 3

    assert [older.rows(sql) for sql in tables] == before
    [shared] = older.rows("FROM shared_identifier")
    assert (shared["records"], shared["people"], shared["field"]) == (2, 1, "phone")
    assert not [value for value in shared.values() if isinstance(value, str) and "23456789" in value]
    assert older.rows("SELECT count(*) AS n FROM blocking_key")[0]["n"] > 0
    assert older.merge() == Merged()
