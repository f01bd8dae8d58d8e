"""Bringing the warehouse up to date: numbered SQL files, each applied once, in order, whole or not at all.

Migrations are about tables; views are made anew from their own files (`warehouse.views`) with the last one. What SQL
cannot compute is a function in STEPS.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import NamedTuple

import duckdb

from pipelines.errors import MigrationChanged, MigrationError, MigrationFailed, WarehouseNewer, WarehouseOlder
from pipelines.store.warehouse.database import transaction
from pipelines.store.warehouse.published_values import fill_published_values
from pipelines.store.warehouse.search_text import replace_search_texts
from pipelines.store.warehouse.views import VIEWS, View, are_current, read_views, replace_views

MIGRATIONS: Traversable = resources.files("pipelines.store") / "migrations"
STEPS: Mapping[str, Callable[[duckdb.DuckDBPyConnection], None]] = MappingProxyType(
    {"0028_published_values.sql": fill_published_values, "0029_search_text.sql": replace_search_texts}
)  # what follows a file in its transaction
_ABOUT_SQL = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)  # these never quote a row


class Migration(NamedTuple):
    """One file of the migrations folder; `name` is its file name."""

    version: int
    name: str
    sql: str
    sha256: str


def migrate(
    connection: duckdb.DuckDBPyConnection, folder: Traversable = MIGRATIONS, views: Traversable | None = VIEWS
) -> list[str]:
    """Apply what has not been applied yet, and return the names of those files, in order.

    Each file and its row in `schema_migration` are one transaction, so a file that fails leaves the warehouse as the
    file before it did. The views are made anew in the transaction of the last file, or in one of their own where only
    they differ.

    Args:
        connection: The warehouse.
        folder: The numbered files.
        views: The files of views; None leaves those that migrations make, as versions up to 13 did.

    Raises:
        MigrationError: A file could not be applied, two have one number or one has none, or what `outstanding` raises.
    """
    available = _numbered(folder)
    wanted = None if views is None else read_views(views)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migration "
        "(version INTEGER PRIMARY KEY, name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, applied_at TIMESTAMPTZ NOT NULL)"
    )
    connection.execute("CREATE TABLE IF NOT EXISTS schema_view (sha256 VARCHAR NOT NULL, made_at TIMESTAMPTZ NOT NULL)")
    pending = outstanding(connection, available)
    for migration in pending:
        _apply(connection, migration, wanted if migration is pending[-1] else None)
    if not pending and wanted is not None and not are_current(connection, wanted):
        _in_transaction(connection, "The views", lambda: replace_views(connection, wanted))
    return [migration.name for migration in pending]


def require_current(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise WarehouseOlder for a warehouse that lacks a migration or has other views: a reader must not change it."""
    if outstanding(connection, _numbered(MIGRATIONS)) or not are_current(connection, read_views()):
        raise WarehouseOlder("another version of onecontact has written this warehouse: `onecontact run` updates it")


def outstanding(connection: duckdb.DuckDBPyConnection, available: list[Migration]) -> list[Migration]:
    """The files that have not been applied yet, in order.

    Raises:
        MigrationChanged: A file is not what it was when it was applied.
        WarehouseNewer: Something was applied that this version of onecontact does not have.
    """
    applied = dict(connection.execute("SELECT version, (name, sha256) FROM schema_migration").fetchall())
    newest = max((migration.version for migration in available), default=0)
    if applied and max(applied) > newest:
        raise WarehouseNewer(
            f"This warehouse is at version {max(applied)}, this onecontact knows {newest}: "
            "install the version that wrote it, or a later one"
        )
    for migration in available:
        if migration.version in applied and applied[migration.version] != (migration.name, migration.sha256):
            raise MigrationChanged(
                f"{migration.name} is not what was applied to this warehouse: "
                "restore the file, and write what is to change as a new migration"
            )
    return [migration for migration in available if migration.version not in applied]


def _numbered(folder: Traversable) -> list[Migration]:
    """The files in order. A number may be missing, as while branches that each have one are merged; none is twice."""
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    last = 0
    for name in names:
        if not re.fullmatch(r"[0-9]{4}_[a-z0-9_]+\.sql", name) or int(name[:4]) <= last:
            raise MigrationError(f"Migration {name} should be called {last + 1:04d}_what_it_does.sql")
        last = int(name[:4])
    texts = [(folder / name).read_text(encoding="utf-8") for name in names]
    return [
        Migration(int(name[:4]), name, sql, hashlib.sha256(sql.encode()).hexdigest())
        for name, sql in zip(names, texts, strict=True)
    ]


def _apply(connection: duckdb.DuckDBPyConnection, migration: Migration, views: Sequence[View] | None) -> None:
    def apply() -> None:
        connection.execute(migration.sql)
        if migration.name in STEPS:
            STEPS[migration.name](connection)
        if views is not None:
            replace_views(connection, views)
        connection.execute(
            "INSERT INTO schema_migration VALUES (?, ?, ?, now())",
            [migration.version, migration.name, migration.sha256],
        )

    _in_transaction(connection, migration.name, apply)


def _in_transaction(connection: duckdb.DuckDBPyConnection, name: str, apply: Callable[[], None]) -> None:
    try:
        with transaction(connection):
            apply()
    except _ABOUT_SQL as error:
        reason = str(error)
    except duckdb.Error as error:
        reason = type(error).__name__
    else:
        return
    raise MigrationFailed(f"{name} could not be applied, and nothing of it was kept: {reason}")
