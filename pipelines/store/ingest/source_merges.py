"""Merges that were done in a source: which of its records went into which. Either may arrive later, or never."""

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register
from schemas.vocabulary import Outcome

LONGEST_CHAIN = 32  # merges of merges that are followed


def keep_merges(connection: Connection, merges: pl.DataFrame) -> pl.DataFrame:
    """Store merges and say what became of each: row, outcome.

    `merges`: row, record_key, into_key, and their place (`deliveries.placed`). Every record that a new one ties to
    another is left pending for matching.
    """
    if merges.is_empty():
        return merges.select("row", outcome=pl.lit(None, pl.String))
    pair = ("record_key", "into_key")
    with register(connection, arriving=merges):
        judged = query(
            connection,
            """
            SELECT a.*, s.record_key IS NOT NULL AS stored, d.record_key IS NOT NULL AS in_delivery,
                   coalesce((a.declared_at, a.delivery_id::UUID, a.row_number)
                            < (coalesce(v.declared_at, a.declared_at), s.delivery_id, s.row_number), false) AS earlier
            FROM arriving a
            LEFT JOIN source_merge s ON s.record_key = a.record_key::UUID AND s.into_key = a.into_key::UUID
            LEFT JOIN merged_in_this_delivery d ON d.record_key = s.record_key AND d.into_key = s.into_key
            LEFT JOIN delivery v ON v.delivery_id = s.delivery_id""",
        ).sort("row")
    first = judged.sort("declared_at", "delivery_id", "row").unique(pair, keep="first")
    with register(connection, first=first):
        _insert(connection)
        _leave_pending(connection)
    repeated = pl.col("in_delivery") | (pl.col("row") > pl.col("row").min().over(*pair, "delivery_id"))
    return judged.select(
        "row",
        outcome=pl.when(repeated)
        .then(pl.lit(Outcome.DUPLICATE_IN_FILE.value))
        .when(pl.col("stored") | (pl.col("row") > pl.col("row").min().over(pair)))
        .then(pl.lit(Outcome.UNCHANGED.value))
        .otherwise(pl.lit(Outcome.CREATED.value)),
    )


def merged_with(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """Pairs of stored records, one of them of these, that a source has made one: record_lo, record_hi.

    Merges of merges are followed, also through records that never arrived.
    """
    with register(connection, subject=records.to_frame("record_key")):
        return query(
            connection,
            f"""
            WITH RECURSIVE wanted AS (SELECT record_key::UUID AS record_key FROM subject),
            link AS (
                SELECT record_key AS one, into_key AS other, true AS upwards FROM person_merge
                UNION ALL SELECT into_key, record_key, false FROM person_merge
            ),
            walk AS (
                SELECT w.record_key AS start, l.other AS reached, l.upwards, 1 AS links
                FROM wanted w JOIN link l ON l.one = w.record_key
                UNION
                SELECT w.start, l.other, w.upwards, w.links + 1
                FROM walk w JOIN link l ON l.one = w.reached AND l.upwards = w.upwards WHERE w.links < {LONGEST_CHAIN}
            )
            SELECT DISTINCT least(start, reached) AS record_lo, greatest(start, reached) AS record_hi
            FROM walk JOIN record a ON a.record_key = start JOIN record b ON b.record_key = reached
            WHERE start <> reached ORDER BY ALL""",
        )


def _insert(connection: Connection) -> None:
    """Keep new merges, and of known ones the place where they were said first."""
    connection.execute("""
        INSERT INTO source_merge SELECT record_key, into_key, delivery_id, row_number FROM first WHERE NOT stored""")
    connection.execute("""
        UPDATE source_merge s SET delivery_id = f.delivery_id::UUID, row_number = f.row_number FROM first f
        WHERE f.earlier AND s.record_key = f.record_key::UUID AND s.into_key = f.into_key::UUID""")
    connection.execute("INSERT INTO merged_in_this_delivery SELECT record_key, into_key FROM first")


def _leave_pending(connection: Connection) -> None:
    """Let matching look at the stored records on both sides of new merges, however many merges away."""
    connection.execute("""
        INSERT INTO work_queue
        WITH RECURSIVE fresh AS (SELECT record_key::UUID AS lost, into_key::UUID AS kept FROM first WHERE NOT stored),
        below AS (
            SELECT lost AS record_key FROM fresh
            UNION SELECT m.record_key FROM below b JOIN source_merge m ON m.into_key = b.record_key
        ),
        above AS (
            SELECT kept AS record_key FROM fresh
            UNION SELECT m.into_key FROM above a JOIN source_merge m ON m.record_key = a.record_key
        )
        SELECT 'match', r.record_key FROM (FROM below UNION FROM above) m
        JOIN record r ON coalesce(r.id_key, r.record_key) = m.record_key""")
