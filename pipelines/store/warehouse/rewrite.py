"""The warehouse written anew, under a new key where the key is ours to change.

Deleted rows stay in the blocks of a file until it is written anew. Every object of the new file is compared with the
old one before it takes its place (`warehouse.swap`): what DuckDB's COPY FROM DATABASE left out would be gone for good.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import duckdb

from pipelines.errors import ConfigurationError, RewriteFailed, StoreBusy
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import open_warehouse
from pipelines.store.warehouse.keys import new_key
from pipelines.store.warehouse.swap import identity, next_file, remove_database, rewriting, swap

NEW = "rewritten"  # what SQL calls the new file
# What is compared: by kind, the function of DuckDB that lists it, its name, and what makes it what it is.
OBJECTS = MappingProxyType(
    {
        "schema": ("duckdb_schemas() WHERE NOT internal", "schema_name", ("comment", "tags")),
        "table": (
            "duckdb_tables() WHERE NOT temporary",
            "schema_name || '.' || table_name",
            ("comment", "tags", "has_primary_key", "column_count", "index_count", "check_constraint_count", "sql"),
        ),
        "column": (
            "duckdb_columns() WHERE NOT internal",
            "schema_name || '.' || table_name || '.' || column_name",
            ("column_index", "comment", "column_default", "is_nullable", "data_type"),
        ),
        "constraint": (
            "duckdb_constraints() WHERE true",
            "schema_name || '.' || table_name || ': ' || constraint_text",
            ("constraint_type", "expression", "constraint_column_names", "constraint_name", "referenced_table"),
        ),
        "view": (
            "duckdb_views() WHERE NOT internal AND NOT temporary",
            "schema_name || '.' || view_name",
            ("comment", "tags", "column_count", "sql"),
        ),
        "macro": (
            "duckdb_functions() WHERE NOT internal",
            "schema_name || '.' || function_name",
            ("function_type", "parameters", "parameter_types", "macro_definition", "comment", "tags"),
        ),
        "sequence": (
            "duckdb_sequences() WHERE NOT temporary",
            "schema_name || '.' || sequence_name",
            ("comment", "min_value", "max_value", "increment_by", "cycle"),
        ),
        "index": (
            "duckdb_indexes() WHERE true",
            "schema_name || '.' || index_name",
            ("table_name", "comment", "is_unique", "is_primary", "expressions", "sql"),
        ),
        "type": ("duckdb_types() WHERE NOT internal", "schema_name || '.' || type_name", ("logical_type", "labels")),
    }
)
_SIGNS = re.compile(r"\w+|[^\w\s]")


class Rewritten(NamedTuple):
    """What a rewrite has done. `key_replaced`: whether the key file holds the new key."""

    tables: int
    rows: int
    bytes_before: int
    bytes_after: int
    key_replaced: bool
    key_changed: bool


def rewrite_warehouse(
    path: Path,
    key: str,
    *,
    key_file: Path | None = None,
    another_key: str | None = None,
    before_swap: Callable[[Connection], None] | None = None,
    patience: float = 60.0,
    purpose: str = "rewriting the warehouse",
    waiting: Callable[[str], None] | None = None,
    memory_limit: str | None = None,
) -> Rewritten:
    """Write the warehouse anew and put it in the place of the old one; old file, journals and old key are gone then.

    A process that is killed leaves the old warehouse with the old key, or the new one with the new: see
    `warehouse.swap`, whose `complete_swap` comes before the next opening.

    Args:
        path: The warehouse, which this process must not have open.
        key: The key it has.
        key_file: The file with that key, which will hold a new one. None: the key comes from elsewhere and stays.
        another_key: The key that it shall have; whoever keeps it elsewhere has to replace it there.
        before_swap: Called with the new warehouse as the current database, once it was found to be the same: what it
            writes is there if, and only if, the swap took place.
        patience: Seconds to wait for another process.
        purpose: What others are told who wait for this one.
        waiting: Called once, with a sentence to show, if there is somebody to wait for.
        memory_limit: DuckDB's, such as "2GB".

    Raises:
        RewriteFailed: Something is not the same, there is no room for it, or somebody has written meanwhile. Nothing
            has changed.
        ConfigurationError: The folder of the key file cannot be written to.
        StoreError: What `open_warehouse` raises.
    """
    path = path.resolve()
    fresh = another_key or (key if key_file is None else new_key())
    _require_writable(key_file)
    unfinished = next_file(path)
    with _alone(path), _removed_on_failure(unfinished):
        with open_warehouse(
            path,
            key,
            patience=patience,
            purpose=purpose,
            waiting=waiting,
            memory_limit=memory_limit,
            beside=unfinished,
        ) as connection:
            connection.execute("CHECKPOINT warehouse")
            before = identity(path)
            _require_room(path)
            tables, rows = _copy(connection, unfinished, fresh, before_swap)
        after = unfinished.stat().st_size
        swap(path, before, key_file, fresh)
    return Rewritten(tables, rows, before[1], after, key_file is not None, fresh != key)


def copy_to(connection: Connection, path: Path, key: str) -> tuple[int, int]:
    """Copy the warehouse to a new file encrypted under a key, and compare both; how many tables and rows it has.

    The connection must have been opened with this file `beside` the warehouse, or in its folder of `snapshots`.
    """
    return _copy(connection, path, key, None)


def _copy(connection: Connection, path: Path, key: str, then: Callable[[Connection], None] | None) -> tuple[int, int]:
    file = str(path).replace("'", "''")
    options = "ENCRYPTION_KEY ?, ENCRYPTION_CIPHER 'GCM', RECOVERY_MODE NO_WAL_WRITES"
    try:
        connection.execute(f"ATTACH '{file}' AS {NEW} ({options})", [key])
        connection.execute(f"COPY FROM DATABASE warehouse TO {NEW}")
        counts = _require_same(connection)
        if then is not None:
            connection.execute(f"USE {NEW}")
            then(connection)
            connection.execute("USE warehouse")
        connection.execute(f"DETACH {NEW}")
    except duckdb.Error as error:  # its text could quote a row
        raise RewriteFailed(
            f"The warehouse could not be copied ({type(error).__name__}); nothing has changed"
        ) from None
    return len(counts), sum(counts.values())


def _require_same(connection: Connection) -> dict[str, int]:
    """Rows by table. Raises RewriteFailed where an object of the new file is not what it is in the warehouse."""
    for kind in OBJECTS:
        old, new = (_objects(connection, kind, database) for database in ("warehouse", NEW))
        if old != new:
            different = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
            raise RewriteFailed(f"The copy has another {kind} {different[0]}; nothing has changed")
    _require_same_sequences(connection)
    old_rows, new_rows = (_rows(connection, database) for database in ("warehouse", NEW))
    for table, count in old_rows.items():
        if new_rows[table] != count:
            raise RewriteFailed(
                f"The copy has {new_rows[table]} rows in {table}, the warehouse {count}; nothing has changed"
            )
    return old_rows


def _require_same_sequences(connection: Connection) -> None:
    """Of a sequence that was read from a file DuckDB tells the next value instead of the last: one step is no fault."""
    different = connection.execute(
        f"""SELECT o.sequence_name FROM duckdb_sequences() o
            JOIN duckdb_sequences() n USING (schema_name, sequence_name)
            WHERE o.database_name = 'warehouse' AND n.database_name = '{NEW}'
            AND CASE WHEN o.last_value IS NULL THEN n.last_value IS NOT NULL OR o.start_value <> n.start_value
                ELSE n.last_value IS NULL OR n.last_value - o.last_value NOT IN (0, o.increment_by) END
            ORDER BY ALL"""
    ).fetchall()
    if different:
        raise RewriteFailed(f"The copy has another value of sequence {different[0][0]}; nothing has changed")


def _objects(connection: Connection, kind: str, database: str) -> dict[str, list[Any]]:
    listed, name, facts = OBJECTS[kind]
    found = connection.execute(
        f"SELECT {name}, [{', '.join(f'{fact}::VARCHAR' for fact in facts)}] FROM {listed} "
        "AND database_name = ? ORDER BY ALL",
        [database],
    ).fetchall()
    objects: dict[str, list[Any]] = {}
    for each, told in found:  # two macros, or constraints, may have one name
        objects.setdefault(each, []).append(_without_order(told) if kind == "view" else told)
    return objects


def _without_order(facts: list[str | None]) -> list[Any]:
    """Facts of a view; of its text the words: in which order DuckDB prints a list of REPLACE is left to chance."""
    *others, sql = facts
    return [*others, sorted(_SIGNS.findall(sql or ""))]


def _rows(connection: Connection, database: str) -> dict[str, int]:
    names = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL", [database]
    ).fetchall()
    counts = [f"""SELECT '{schema}.{name}', count(*) FROM {database}."{schema}"."{name}" """ for schema, name in names]
    return dict(connection.execute(" UNION ALL ".join(counts)).fetchall()) if counts else {}


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with rewriting(path) as alone:
        if not alone:
            raise StoreBusy(f"The warehouse {path} is being rewritten by another process: try again when it has ended")
        yield


@contextmanager
def _removed_on_failure(path: Path) -> Iterator[Path]:
    remove_database(path)  # of a process that was killed
    try:
        yield path
    except BaseException:
        remove_database(path)
        raise


def _require_room(path: Path) -> None:
    needed, free = path.stat().st_size, shutil.disk_usage(path.parent).free
    if free < needed:
        raise RewriteFailed(
            f"Rewriting the warehouse takes up to {needed:,} bytes beside it, {free:,} are free; nothing has changed"
        )


def _require_writable(key_file: Path | None) -> None:
    if key_file is not None and not os.access(key_file.parent, os.W_OK):
        raise ConfigurationError(f"{key_file.parent}: the new key cannot be written there; nothing has changed")
