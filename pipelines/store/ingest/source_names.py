"""Names of sources: one that is renamed keeps its records, and goes on making ids with the name it had first."""

import polars as pl

from pipelines.ids import Keyed
from pipelines.store.warehouse.connection import Connection

TABLES = ("record", "delivery", "conversation", "file_problem", "unreachable_source")  # that name a source
OF_SOURCES = ("record", "delivery", "conversation", "message", "receipt", "event", "topic")  # ids, by their kind


def first_names(connection: Connection) -> dict[str, str]:
    """The first names of sources that were renamed, by what they are called now."""
    return dict(connection.execute("SELECT source, first_name FROM source_first_name").fetchall())


def with_first_names(connection: Connection, ids: Keyed) -> Keyed:
    """Ids as `ids` makes them, but those of what a source delivers, whose first part it is, by its first name."""
    names = first_names(connection)
    if not names:
        return ids

    def renamed(kind: str, *parts: pl.Expr) -> pl.Expr:
        if kind not in OF_SOURCES:
            return ids(kind, *parts)
        source, *rest = parts
        return ids(kind, source.replace(names), *rest)

    return renamed


def has_delivered(connection: Connection, source: str) -> bool:
    """Whether anything of a source is known."""
    found = connection.execute("SELECT count(*) FROM delivery WHERE source = ?", [source]).fetchone()
    return bool(found and found[0])


def rename(connection: Connection, old: str, new: str) -> int:
    """Let all that a source has delivered be that of another name, in a transaction that is open; how many records."""
    first = first_names(connection).get(old, old)
    for table in TABLES:
        connection.execute(f"UPDATE {table} SET source = ? WHERE source = ?", [new, old])
    connection.execute("UPDATE identifier SET scope = ? WHERE scope = ? AND type = 'external_id'", [new, old])
    connection.execute("UPDATE setting SET name = 'source.' || ? WHERE name = 'source.' || ?", [new, old])
    connection.execute("DELETE FROM source_first_name WHERE source = ?", [old])
    if first != new:
        connection.execute("INSERT INTO source_first_name VALUES (?, ?)", [new, first])
    found = connection.execute("SELECT count(*) FROM record WHERE source = ?", [new]).fetchone()
    return int(found[0]) if found else 0
