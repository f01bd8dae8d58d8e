"""Numbers by which matching is judged: scores, blocks, identifiers that many share. Counts, never values."""

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register

STEP = 2  # bits that a bar of the histogram stands for
MOST = 40  # bits; what a source says itself weighs more than any comparison


def score_histogram(connection: Connection) -> pl.DataFrame:
    """Kept edges by match weight and zone: bits (where the bar begins), zone, pairs; sorted. The last bar is open."""
    return query(
        connection,
        f"""
        SELECT least((floor(weight / {STEP}) * {STEP})::INTEGER, {MOST}) AS bits, zone, count(*) AS pairs
        FROM match_edge GROUP BY ALL ORDER BY bits, zone""",
    )


def capped_blocks(connection: Connection, caps: pl.DataFrame) -> pl.DataFrame:
    """Blocks with more records than their rule allows, which make no pairs: rule, blocks, records, largest.

    `caps`: rule, cap.
    """
    with register(connection, caps=caps):
        return query(
            connection,
            """
            WITH large AS (
                SELECT rule, key, count(*) AS size FROM blocking_key GROUP BY rule, key HAVING count(*) > 1
            )
            SELECT rule, count(*) AS blocks, sum(size)::BIGINT AS records, max(size) AS largest
            FROM large JOIN caps USING (rule) WHERE size > cap GROUP BY rule ORDER BY records DESC, rule""",
        )


def sampled_blocks(connection: Connection, caps: pl.DataFrame, most: int = 10_000) -> pl.DataFrame:
    """Blocks of `most` records at the most: record (0, 1, 2 …), rule, usable (whether the block is within its cap).

    A record without blocking keys is there once, without a rule. `caps`: rule, cap. The same records give the same.
    """
    with register(connection, caps=caps):
        return query(
            connection,
            """
            WITH chosen AS (
                SELECT record_key, (row_number() OVER (ORDER BY md5(record_key::VARCHAR)) - 1)::UINTEGER AS place
                FROM record QUALIFY place < ?
            ),
            keyed AS (
                SELECT place, rule, key FROM chosen JOIN blocking_key USING (record_key)
            ),
            sized AS (
                SELECT rule, key, count(*) AS size FROM blocking_key SEMI JOIN keyed USING (rule, key)
                GROUP BY rule, key
            )
            SELECT place AS record, rule, coalesce(bool_or(size <= cap), false) AS usable
            FROM chosen LEFT JOIN keyed USING (place)
            LEFT JOIN sized USING (rule, key) LEFT JOIN caps USING (rule)
            GROUP BY place, rule ORDER BY place, rule""",
            [most],
        )


def vetoes(connection: Connection) -> pl.DataFrame:
    """What kept merge edges from joining contacts: reason, pairs."""
    return query(
        connection, "SELECT reason, count(*) AS pairs FROM vetoed_edge GROUP BY ALL ORDER BY pairs DESC, reason"
    )


def identifying_fields(connection: Connection) -> list[str]:
    """Kinds of identifiers that records have."""
    return query(connection, "SELECT DISTINCT field FROM compared_identifier ORDER BY field")["field"].to_list()
