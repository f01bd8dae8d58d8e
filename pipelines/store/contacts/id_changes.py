"""Where ids of contacts went: a feed for whoever keeps them elsewhere."""

from collections.abc import Iterable, Iterator

import polars as pl

from pipelines.store.audit.contact_changes import record_id_changes
from pipelines.store.warehouse.connection import Connection, query, register

BATCH_ROWS = 50_000


def keep_changes(connection: Connection, changes: pl.DataFrame, run_id: str) -> None:
    """Keep what became of ids (old_id, new_id, kind), in the order of the rows; `run_id` says what did it."""
    if changes.is_empty():
        return
    with register(connection, moved=changes.select("old_id", "new_id", "kind").with_row_index("place")):
        connection.execute(
            """
            INSERT INTO id_changes
            SELECT (SELECT coalesce(max(number), 0) FROM id_changes) + place + 1, now(), kind, old_id, new_id, ?
            FROM moved""",
            [run_id],
        )
    record_id_changes(connection, changes, run_id)


def keep_withdrawn(connection: Connection, contacts: pl.Series, run_id: str) -> None:
    """Keep that these contacts are no more: their last record was withdrawn, and nothing took their place."""
    gone = pl.DataFrame({"old_id": contacts.unique().sort()}, schema={"old_id": pl.String})
    none, kind = pl.lit(None, pl.String).alias("new_id"), pl.lit("withdrawn").alias("kind")
    keep_changes(connection, gone.with_columns(none, kind), run_id)


def keep_reused(connection: Connection, run_id: str) -> int:
    """Keep that record ids have gone over to other contacts since that was last said; how often."""
    with register(connection, passed=_passed_on(connection)):
        moved = query(
            connection,
            """
            SELECT DISTINCT o.contact_id AS old_id, n.contact_id AS new_id, 'reused' AS kind
            FROM passed p
            JOIN membership o ON o.record_key = p.record_key::UUID AND o.run_to IS NULL
            JOIN membership n ON n.record_key = p.current_key::UUID AND n.run_to IS NULL
            WHERE o.contact_id <> n.contact_id ORDER BY ALL""",
        )
        keep_changes(connection, moved, run_id)
        connection.execute("""
            UPDATE reused_id u SET record_key = p.current_key::UUID FROM passed p WHERE u.id_key = p.id_key::UUID""")
    return moved.height


def _passed_on(connection: Connection) -> pl.DataFrame:
    """Record ids that are another record's now than was last said: id_key, record_key, current_key."""
    return query(
        connection,
        """
        SELECT u.id_key, u.record_key, f.current_key FROM reused_id u JOIN former_record f USING (record_key)
        ORDER BY u.id_key""",
    )


def all_resolved(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The contacts that ids stand for now, by the id; those that lead nowhere, and what is no id, are left out.

    An id is that of its anchor, and leads to where this record is. Where the anchor was withdrawn, the feed is followed
    until there is one that was not.
    """
    with register(connection, asked=pl.DataFrame({"text": list(dict.fromkeys(ids))}, schema={"text": pl.String})):
        found = query(
            connection,
            """
            WITH RECURSIVE heir AS (
                SELECT old_id, arg_max(struct_pack(id := new_id), number).id AS new_id FROM id_changes
                WHERE kind IN ('merged', 'withdrawn') GROUP BY old_id
            ),
            led AS (
                SELECT text, try_cast(trim(text) AS UUID) AS anchor_id FROM asked
                UNION
                SELECT l.text, h.new_id FROM led l JOIN heir h ON h.old_id = l.anchor_id
                WHERE l.anchor_id NOT IN (SELECT anchor_id FROM record)
            )
            SELECT text, m.contact_id FROM led JOIN record USING (anchor_id) JOIN membership m USING (record_key)
            WHERE m.run_to IS NULL""",
        )
    return dict(found.iter_rows())


def kinds_of(connection: Connection, run_id: str) -> pl.DataFrame:
    """What a run has done to ids: kind, ids."""
    return query(
        connection,
        "SELECT kind, count(DISTINCT CASE WHEN kind IN ('merged', 'withdrawn') THEN old_id ELSE new_id END) "
        "AS ids FROM id_changes WHERE run_id = ? GROUP BY kind ORDER BY kind",
        [run_id],
    )


def in_order(connection: Connection) -> Iterator[pl.DataFrame]:
    """All changes in batches, first to last: number, changed_at, kind, old_id, new_id, run_id."""
    reader = connection.execute(
        "SELECT number, changed_at, kind, old_id, new_id, run_id FROM id_changes ORDER BY number"
    ).to_arrow_reader(BATCH_ROWS)
    for batch in reader:
        frame = pl.from_arrow(batch)
        if isinstance(frame, pl.DataFrame):
            yield frame
