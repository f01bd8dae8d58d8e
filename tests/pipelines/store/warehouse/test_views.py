"""Views as their files have them, made anew when they differ; and what the schema as a whole keeps to."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import MigrationError, MigrationFailed, WarehouseOlder
from pipelines.store.warehouse.migrate import MIGRATIONS, migrate, require_current
from pipelines.store.warehouse.views import VIEWS, are_current, read_views
from tests.small_project import SmallProject


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        yield connection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One migration, with a view of its own that is no longer wanted, and two views that need each other in turn."""
    tables, views = tmp_path / "migrations", tmp_path / "views"
    tables.mkdir()
    views.mkdir()
    (tables / "0001_book.sql").write_text("CREATE TABLE book (title VARCHAR); CREATE VIEW old AS FROM book;")
    (views / "a_last.sql").write_text(
        "-- A letter.\n\nCREATE VIEW a_last AS SELECT left(title, 1) AS letter FROM first"
    )
    (views / "first.sql").write_text("-- A book,\n-- once.\n\nCREATE VIEW first AS SELECT DISTINCT title FROM book")
    return tmp_path


def bring_up_to_date(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    return migrate(connection, folder / "migrations", folder / "views")


def views_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Views of the warehouse and their comments."""
    return dict(connection.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall())


def test_views_come_after_those_they_read_and_say_what_a_row_is(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    assert [view.name for view in read_views(folder / "views")] == ["first", "a_last"]
    bring_up_to_date(connection, folder)
    assert views_of(connection) == {"first": "A book, once.", "a_last": "A letter."}


def test_a_view_whose_file_has_changed_is_made_anew_without_a_migration(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    bring_up_to_date(connection, folder)
    connection.execute("INSERT INTO book VALUES ('Moby Dick')")
    (folder / "views" / "a_last.sql").write_text("-- A word.\n\nCREATE VIEW a_last AS SELECT title AS word FROM first")
    assert not are_current(connection, read_views(folder / "views"))

    assert bring_up_to_date(connection, folder) == []

    assert are_current(connection, read_views(folder / "views"))
    assert connection.execute("SELECT word FROM a_last").fetchall() == [("Moby Dick",)]


def test_views_that_are_as_their_files_are_left_alone(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    bring_up_to_date(connection, folder)
    made = connection.execute("FROM schema_view").fetchall()
    assert bring_up_to_date(connection, folder) == []
    assert connection.execute("FROM schema_view").fetchall() == made


def test_a_view_without_a_file_any_more_goes(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    bring_up_to_date(connection, folder)
    (folder / "views" / "a_last.sql").unlink()
    bring_up_to_date(connection, folder)
    assert set(views_of(connection)) == {"first"}


def test_a_view_that_cannot_be_made_takes_its_migration_back_with_it(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    bring_up_to_date(connection, folder)
    (folder / "migrations" / "0002_title.sql").write_text("ALTER TABLE book RENAME title TO name")
    with pytest.raises(MigrationFailed, match=r"0002_title\.sql could not be applied, and nothing of it was kept"):
        bring_up_to_date(connection, folder)
    assert connection.execute("SELECT title FROM first").fetchall() == []
    assert connection.execute("SELECT max(version) FROM schema_migration").fetchone() == (1,)


def test_views_that_read_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "hen.sql").write_text("CREATE VIEW hen AS FROM egg")
    (tmp_path / "egg.sql").write_text("CREATE VIEW egg AS FROM hen")
    with pytest.raises(MigrationError, match="Views read each other: "):
        read_views(tmp_path)


def test_a_warehouse_with_the_views_of_another_version_is_not_read_until_they_are_made_anew(
    project: SmallProject,
) -> None:
    project.connection.execute("UPDATE schema_view SET sha256 = 'of another version'")
    with pytest.raises(WarehouseOlder, match="`onecontact run`"):
        require_current(project.connection)
    assert migrate(project.connection) == []
    require_current(project.connection)


# the schema as a whole ------------------------------------------------------------------------------------------------


def test_every_file_makes_the_view_it_is_named_after(project: SmallProject) -> None:
    made = project.rows("SELECT schema_name || '.' || view_name AS view FROM duckdb_views() WHERE NOT internal")
    found = {each["view"].removeprefix("main.") for each in made}
    assert found == {
        str(file.relative_to(str(VIEWS))).removesuffix(".sql").replace("/", ".")
        for file in Path(str(VIEWS)).rglob("*.sql")
    }
    for view in found:
        project.rows(f"FROM {view}")


def test_every_table_and_view_says_what_a_row_is(project: SmallProject) -> None:
    silent = project.rows("""
        SELECT table_name AS name FROM duckdb_tables()
        WHERE comment IS NULL AND NOT internal AND NOT temporary AND NOT starts_with(table_name, 'schema_')
        UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal AND coalesce(comment, '') = ''""")
    assert silent == []


def test_tables_and_columns_are_named_in_words(project: SmallProject) -> None:
    names = project.rows("SELECT DISTINCT table_name, column_name FROM duckdb_columns() WHERE NOT internal")
    assert [
        name for each in names for name in each.values() if not re.fullmatch(r"[a-z]+[0-9]*(_[a-z0-9]+)*", name)
    ] == []


def test_no_table_refers_to_another_by_a_foreign_key_and_nothing_is_triggered(project: SmallProject) -> None:
    assert project.rows("SELECT table_name FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY'") == []
    files = [file for folder in (MIGRATIONS, VIEWS) for file in Path(str(folder)).rglob("*.sql")]
    assert [file.name for file in files if "TRIGGER" in file.read_text(encoding="utf-8").upper()] == []
