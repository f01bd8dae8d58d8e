"""Numbers by which clusters are judged: what holds records together, and which contacts are large. Never a value."""

import polars as pl

from pipelines.store.reads.health import Finding
from pipelines.store.warehouse.connection import Connection, query

OVERSIZED = 50  # records; hardly anybody is written down more often
MOST = 10  # contacts that are named
IDENTIFIERS = ("same_email", "same_phone", "phone_variant", "same_channel_id", "same_id")


def ties(connection: Connection) -> pl.DataFrame:
    """What ties records to their contact: tie (decision | source | identifier | score | none), records, share of all.

    It is the strongest that a record has to another of its contact; `none` is one that is alone.
    """
    known = ", ".join(f"'{rule}'" for rule in IDENTIFIERS)
    return query(
        connection,
        f"""
        WITH tied AS (
            SELECT record_lo, record_hi, weight,
                   CASE WHEN rule = 'source_merge' THEN 'source' WHEN rule IN ({known}) THEN 'identifier'
                        ELSE 'score' END AS tie
            FROM match_edge WHERE zone = 'merge'
            UNION ALL SELECT record_lo, record_hi, weight, 'score' FROM pooled_join
            UNION ALL SELECT record_lo, record_hi, 1000, 'decision' FROM must_link
        ),
        member AS (SELECT record_key, contact_id FROM membership WHERE run_to IS NULL),
        within AS (
            SELECT t.record_lo, t.record_hi, t.weight, t.tie
            FROM tied t JOIN member a ON a.record_key = t.record_lo
            JOIN member b ON b.record_key = t.record_hi AND b.contact_id = a.contact_id
        ),
        strongest AS (
            SELECT record_key, arg_max(tie, struct_pack(w := weight, t := tie)) AS tie
            FROM (SELECT record_lo AS record_key, weight, tie FROM within
                  UNION ALL SELECT record_hi, weight, tie FROM within)
            GROUP BY record_key
        )
        SELECT coalesce(tie, 'none') AS tie, count(*) AS records,
               round(count(*) / sum(count(*)) OVER (), 4) AS share
        FROM member LEFT JOIN strongest USING (record_key) GROUP BY ALL ORDER BY records DESC, tie""",
    )


def largest(connection: Connection) -> pl.DataFrame:
    """The contacts of most records: contact_id, records."""
    return query(
        connection,
        f"""SELECT contact_id, records FROM contact WHERE records > 1
            ORDER BY records DESC, contact_id LIMIT {MOST}""",
    )


def oversized(connection: Connection) -> Finding:
    """Contacts of more records than one person has."""
    [(broken, checked)] = connection.execute(
        f"SELECT count(*) FILTER (records > {OVERSIZED}), count(*) FROM contact"
    ).fetchall()
    return Finding(broken, checked)
