from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import MigrationChanged, MigrationError, MigrationFailed, WarehouseNewer, WarehouseOlder
from pipelines.store.warehouse.migrate import migrate, require_current
from tests.small_project import SmallProject


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        yield connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_shelf.sql").write_text("CREATE TABLE shelf (name VARCHAR);\nINSERT INTO shelf VALUES ('top');\n")
    (tmp_path / "0002_book.sql").write_text("CREATE TABLE book (title VARCHAR);")
    return tmp_path


def tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def test_migrations_are_applied_in_order_and_noted(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    assert migrate(connection, folder, None) == ["0001_shelf.sql", "0002_book.sql"]
    assert tables(connection) == {"shelf", "book", "schema_migration", "schema_view"}
    noted = connection.execute("SELECT version, name, length(sha256) FROM schema_migration ORDER BY version").fetchall()
    assert noted == [(1, "0001_shelf.sql", 64), (2, "0002_book.sql", 64)]


def test_a_second_time_applies_nothing(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    migrate(connection, folder, None)
    assert migrate(connection, folder, None) == []
    assert connection.execute("SELECT name FROM shelf").fetchall() == [("top",)]


def test_a_later_version_applies_what_is_new(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    migrate(connection, folder, None)
    (folder / "0003_author.sql").write_text("ALTER TABLE book ADD COLUMN author VARCHAR")
    assert migrate(connection, folder, None) == ["0003_author.sql"]


def test_other_files_in_the_folder_are_no_migrations(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    (folder / "README.md").write_text("How to write one")
    assert len(migrate(connection, folder, None)) == 2


def test_a_migration_that_fails_leaves_no_trace_and_keeps_those_before_it(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    (folder / "0003_half.sql").write_text("CREATE TABLE half (x INTEGER); INSERT INTO shelf VALUES ('low'); SELEC 1;")
    with pytest.raises(MigrationFailed, match=r"0003_half\.sql .* nothing of it was kept.*SELEC"):
        migrate(connection, folder, None)
    assert tables(connection) == {"shelf", "book", "schema_migration", "schema_view"}
    assert connection.execute("SELECT name FROM shelf").fetchall() == [("top",)]
    assert connection.execute("SELECT max(version) FROM schema_migration").fetchone() == (2,)


def test_a_migration_that_failed_can_be_mended_and_applied(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    (folder / "0003_half.sql").write_text("CREATE TABLE half (x INTEGER); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(MigrationFailed):
        migrate(connection, folder, None)
    (folder / "0003_half.sql").write_text("CREATE TABLE half (x INTEGER);")
    assert migrate(connection, folder, None) == ["0003_half.sql"]


def test_a_failure_does_not_repeat_the_row_it_met(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    migrate(connection, folder, None)
    connection.execute("INSERT INTO shelf VALUES ('ada@example.com')")
    (folder / "0003_number.sql").write_text("ALTER TABLE shelf ALTER name TYPE INTEGER")
    with pytest.raises(MigrationFailed, match="ConversionException") as failed:
        migrate(connection, folder, None)
    assert "ada@example.com" not in str(failed.value)
    assert failed.value.__context__ is None


def test_a_migration_that_was_changed_after_it_was_applied_is_refused(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    migrate(connection, folder, None)
    (folder / "0001_shelf.sql").write_text("CREATE TABLE shelf (name VARCHAR, floor INTEGER);")
    with pytest.raises(MigrationChanged, match=r"0001_shelf\.sql is not what was applied"):
        migrate(connection, folder, None)


def test_line_ends_of_a_checkout_are_no_change(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    migrate(connection, folder, None)
    file = folder / "0001_shelf.sql"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert migrate(connection, folder, None) == []


def test_a_warehouse_of_a_newer_onecontact_is_refused(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    migrate(connection, folder, None)
    (folder / "0002_book.sql").unlink()
    with pytest.raises(WarehouseNewer, match="at version 2, this onecontact knows 1"):
        migrate(connection, folder, None)


@pytest.mark.parametrize("name", ["0002_other.sql", "0000_none.sql", "3_short.sql", "0003-dash.sql"])
def test_migrations_have_a_number_each(connection: duckdb.DuckDBPyConnection, folder: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1")
    with pytest.raises(MigrationError, match=r"should be called 000\d_"):
        migrate(connection, folder, None)
    assert tables(connection) == set()


def test_a_warehouse_that_lacks_a_migration_is_not_read(project: SmallProject) -> None:
    require_current(project.connection)
    project.connection.execute(
        "DELETE FROM schema_migration WHERE version = (SELECT max(version) FROM schema_migration)"
    )
    with pytest.raises(WarehouseOlder, match="`onecontact run`"):
        require_current(project.connection)
