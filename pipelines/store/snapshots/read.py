"""Opening the snapshot of a role, without a warehouse or a project."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from pipelines.errors import SnapshotUnreadable
from pipelines.store.warehouse.connection import Connection


class Snapshot(NamedTuple):
    """What a snapshot says of itself."""

    role: str
    description: str
    actions: list[str]
    as_of: datetime
    made_at: datetime
    run_id: str
    inputs: str
    contacts: int
    settings: dict[str, Any]


@contextmanager
def open_snapshot(path: Path, key: str) -> Iterator[Connection]:
    """A connection that has a snapshot as its database `published`, to read and nothing else.

    `published.contacts` and its siblings are what they are in a warehouse, with the columns the role sees.

    Raises:
        SnapshotUnreadable: There is no such file, it is no snapshot, or the key is another one's.
    """
    if not path.is_file():
        raise SnapshotUnreadable(f"There is no snapshot at {path}")
    file = str(path.resolve()).replace("'", "''")
    connection = duckdb.connect(":memory:", config={"autoload_known_extensions": False, "temp_directory": ""})
    try:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        try:
            connection.execute(f"ATTACH '{file}' AS published (ENCRYPTION_KEY ?, READ_ONLY)", [key])
            connection.execute("SELECT count(*) FROM published.snapshot").fetchall()
        except duckdb.Error as error:
            why = "its key is another one" if "Wrong encryption key" in str(error) else "it is no snapshot of a role"
        else:
            why = ""
        if why:
            raise SnapshotUnreadable(f"The snapshot {path} cannot be read: {why}")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def treatments(connection: Connection) -> dict[str, str]:
    """How the role sees each column, by `view.column`."""
    rows = connection.execute('SELECT view, "column", treatment FROM published.snapshot_column').fetchall()
    return {f"{view}.{column}": treatment for view, column, treatment in rows}


def about(connection: Connection) -> Snapshot:
    """What the open snapshot says of itself."""
    row = connection.execute(f"SELECT {', '.join(Snapshot._fields)} FROM published.snapshot").fetchone()
    if row is None:
        raise SnapshotUnreadable("the snapshot does not say what it is")
    return Snapshot(*row)._replace(settings=json.loads(row[-1]))
