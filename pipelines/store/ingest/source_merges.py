"""Merges that were done in a source: which of its records went into which. Either may arrive later, or never."""

import polars as pl

from pipelines.store.ingest.deliveries import Delivery
from pipelines.store.warehouse.connection import Connection, lent, query
from schemas.vocabulary import Outcome

LONGEST_CHAIN = 32  # merges of merges that are followed


def keep_merges(connection: Connection, delivery: Delivery, merges: pl.DataFrame) -> pl.DataFrame:
    """Store merges (row, record_key, into_key) and say what became of each: row, outcome.

    Every record that a new one ties to another is left pending for matching.
    """
    if merges.is_empty():
        return merges.select("row", outcome=pl.lit(None, pl.String))
    with lent(connection, arriving=merges):
        told = query(
            connection,
            """
            WITH numbered AS (
                SELECT row, record_key::UUID AS record_key, into_key::UUID AS into_key,
                       row_number() OVER (PARTITION BY record_key, into_key ORDER BY row) AS turn
                FROM arriving
            )
            SELECT a.row, s.record_key IS NOT NULL AS known, d.record_key IS NOT NULL OR a.turn > 1 AS repeated,
                   coalesce(($1::TIMESTAMPTZ, $2::UUID, a.row)
                            < (coalesce(v.declared_at, $1), s.delivery_id, s.row_number), false) AS earlier
            FROM numbered a
            LEFT JOIN source_merge s USING (record_key, into_key)
            LEFT JOIN merged_in_this_delivery d USING (record_key, into_key)
            LEFT JOIN delivery v ON v.delivery_id = s.delivery_id
            ORDER BY a.row""",
            [delivery.declared_at, delivery.delivery_id],
        )
    first = merges.join(told.filter(~pl.col("repeated")), on="row")
    with lent(connection, arriving=first):
        _insert(connection, delivery)
        _leave_pending(connection)
    return told.select(
        pl.col("row").cast(pl.UInt32),
        outcome=pl.when("repeated")
        .then(pl.lit(Outcome.DUPLICATE_IN_FILE.value))
        .when("known")
        .then(pl.lit(Outcome.UNCHANGED.value))
        .otherwise(pl.lit(Outcome.CREATED.value)),
    )


def merged_with(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """Pairs of stored records, one of them of these, that a source has made one: record_lo, record_hi.

    Merges of merges are followed, also through records that never arrived.
    """
    with lent(connection, subject=records.to_frame("record_key")):
        return query(
            connection,
            f"""
            WITH RECURSIVE wanted AS (SELECT record_key::UUID AS record_key FROM subject),
            link AS (
                SELECT record_key AS one, into_key AS other, true AS upwards FROM source_merge
                UNION ALL SELECT into_key, record_key, false FROM source_merge
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


def _insert(connection: Connection, delivery: Delivery) -> None:
    """Keep new merges, and of known ones the place where they were said first."""
    connection.execute(
        "INSERT INTO source_merge SELECT record_key, into_key, ?, row FROM arriving WHERE NOT known",
        [delivery.delivery_id],
    )
    connection.execute(
        """
        UPDATE source_merge s SET delivery_id = ?, row_number = a.row FROM arriving a
        WHERE a.earlier AND s.record_key = a.record_key::UUID AND s.into_key = a.into_key::UUID""",
        [delivery.delivery_id],
    )
    connection.execute("INSERT INTO merged_in_this_delivery SELECT record_key, into_key FROM arriving")


def _leave_pending(connection: Connection) -> None:
    """Let matching look at the stored records on both sides of new merges, however many merges away."""
    connection.execute("""
        INSERT INTO work_queue
        WITH RECURSIVE fresh AS (SELECT record_key::UUID AS lost, into_key::UUID AS kept FROM arriving WHERE NOT known),
        below AS (
            SELECT lost AS record_key FROM fresh
            UNION SELECT m.record_key FROM below b JOIN source_merge m ON m.into_key = b.record_key
        ),
        above AS (
            SELECT kept AS record_key FROM fresh
            UNION SELECT m.into_key FROM above a JOIN source_merge m ON m.record_key = a.record_key
        )
        SELECT 'match', record_key FROM (FROM below UNION FROM above) JOIN record USING (record_key)""")
