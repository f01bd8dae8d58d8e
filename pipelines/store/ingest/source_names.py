"""Names of sources: one that is renamed keeps its records, and goes on making ids with the name it had first."""

import polars as pl

from pipelines.ids import Keyed
from pipelines.store.warehouse.connection import Connection, query, register

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


def delivered_names(connection: Connection, source: str) -> list[str]:
    """Names of the files that a source has delivered, sorted."""
    rows = connection.execute(
        "SELECT DISTINCT file_name FROM delivery WHERE source = ? ORDER BY file_name", [source]
    ).fetchall()
    return [name for (name,) in rows]


def delivered_before(connection: Connection, files: pl.DataFrame) -> list[tuple[str, str]]:
    """Sources by whose name something of these files (source, file_sha256) came before: that name and the one of now.

    The pair with most files comes first. Files without rows are alike wherever they are from.
    """
    with register(connection, arriving=files.unique()):
        rows = connection.execute("""
            SELECT d.source, a.source
            FROM arriving a JOIN delivery d ON d.file_digest = keyed_digest('file', a.file_sha256)
            WHERE d.source <> a.source AND d.rows_read > 0
            GROUP BY ALL ORDER BY count(DISTINCT d.file_digest) DESC, d.source, a.source""").fetchall()
    return [(old, new) for old, new in rows]


def copied_records(connection: Connection, old: str, new: str) -> pl.DataFrame | None:
    """Records of a source that has taken in files of another one, each with the one it copies: record_key, heir_key.

    None where it has something of its own: another file, an archived one, a conversation, or a record.
    """
    own = connection.execute(
        """
        SELECT (SELECT count(*) FROM delivery
                WHERE source = $2
                  AND (file_digest NOT IN (SELECT file_digest FROM delivery WHERE source = $1 AND state = 'accepted')
                       OR delivery_id IN (SELECT delivery_id FROM post_import_action WHERE archive_key IS NOT NULL)))
             + (SELECT count(*) FROM conversation WHERE source = $2)""",
        [old, new],
    ).fetchone()
    copies = query(
        connection,
        """
        SELECT n.record_key, min(o.record_key) AS heir_key
        FROM record n JOIN source_record s USING (record_key)
        LEFT JOIN (SELECT r.record_key, r.record_id, c.version
                   FROM record r JOIN source_record c USING (record_key) WHERE r.source = $1) o
               ON o.version = s.version AND o.record_id IS NOT DISTINCT FROM n.record_id
        WHERE n.source = $2 GROUP BY n.record_key ORDER BY n.record_key""",
        [old, new],
    )
    return copies if own == (0,) and not copies["heir_key"].has_nulls() else None


def forget_deliveries(connection: Connection, source: str) -> None:
    """Forget the files of a source and what was refused of them: another one has the same."""
    of_source = "(SELECT delivery_id FROM delivery WHERE source = $1)"
    connection.execute(f"DELETE FROM corrected_row WHERE corrected_by IN {of_source}", [source])
    for table in ("rejected_row", "problem", "delivery_attribute", "post_import_action", "delivery"):
        connection.execute(f"DELETE FROM {table} WHERE delivery_id IN {of_source}", [source])
    connection.execute("DELETE FROM source_first_name WHERE source = ?", [source])


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
