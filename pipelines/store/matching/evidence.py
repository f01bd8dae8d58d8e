"""What matching has kept about records, for whoever asks why: edges, vetoes, blocks, and what ties a contact."""

import polars as pl

from pipelines.errors import NeverMatched
from pipelines.normalise.search_words import phone_digits
from pipelines.store.decisions.links import EDGES
from pipelines.store.runs.work_queue import MATCH
from pipelines.store.warehouse.connection import Connection, query, register, value


def require_matched(connection: Connection) -> None:
    """Raise NeverMatched before the first run has matched anything."""
    if not value(connection, "SELECT count(*) FROM step_state WHERE step = ?", [MATCH]):
        raise NeverMatched("nothing has been matched yet: `onecontact run` takes in what has arrived and matches it")


def record_known_as(connection: Connection, text: str) -> pl.Series:
    """Key of the record that is written `source:record id`, or none."""
    source, colon, record_id = text.strip(" ").partition(":")
    if not colon:
        return pl.Series("record_key", [], pl.String)
    return query(
        connection,
        """
        SELECT record_key FROM record ANTI JOIN former_record USING (record_key)
        WHERE source = ? AND record_id = ? ORDER BY record_key""",
        [source, record_id],
    )["record_key"]


def records_with_identifier(connection: Connection, records: pl.Series, text: str) -> pl.Series:
    """Which of these records are known by an identifier, or have had it; phone numbers by their digits."""
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """
            SELECT DISTINCT record_key FROM identifier
            WHERE record_key IN (SELECT record_key::UUID FROM wanted)
              AND (lower(normalised) = lower(trim($1))
                   OR ($2 <> '' AND type IN ('phone', 'wa_id') AND contains(normalised, $2)))
            ORDER BY record_key""",
            [text, phone_digits(text)],
        )["record_key"]


def former_members(connection: Connection, contact_id: str) -> pl.Series:
    """Records that an id of former times stood for, in so far as they are where its anchor is now."""
    return query(
        connection,
        """
        WITH former AS (
            SELECT record_key FROM record WHERE anchor_id::VARCHAR = lower(trim($1))
            UNION SELECT record_key FROM membership WHERE contact_id::VARCHAR = lower(trim($1))
        ),
        anchor AS (
            SELECT m.contact_id FROM record r JOIN membership m USING (record_key)
            WHERE r.anchor_id::VARCHAR = lower(trim($1)) AND m.run_to IS NULL
        )
        SELECT record_key FROM former JOIN membership m USING (record_key)
        WHERE m.run_to IS NULL AND m.contact_id IN (SELECT contact_id FROM anchor) ORDER BY record_key""",
        [contact_id],
    )["record_key"]


def describe_records(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """What records are called and where they belong: record_key, source, record_id, contact_id; in order."""
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """
            SELECT r.record_key, r.source, r.record_id, m.contact_id
            FROM record r LEFT JOIN membership m ON m.record_key = r.record_key AND m.run_to IS NULL
            WHERE r.record_key IN (SELECT record_key::UUID FROM wanted) ORDER BY r.record_key""",
        )


def edges_among(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """Kept edges between these records, with what vetoed them.

    Columns record_lo, record_hi, zone, rule, probability, weight, model (null of a pair that somebody decided to be
    one), veto (null where nothing did).
    """
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            f"""
            SELECT e.record_lo, e.record_hi, e.zone, e.rule, e.probability, e.weight, e.model, v.reason AS veto
            FROM {EDGES} e LEFT JOIN vetoed_edge v USING (record_lo, record_hi)
            WHERE e.record_lo IN (SELECT record_key::UUID FROM wanted)
              AND e.record_hi IN (SELECT record_key::UUID FROM wanted)
            ORDER BY e.record_lo, e.record_hi""",
        )


def ties(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """What joins these records: record_lo, record_hi, rule, probability, weight; the strongest first.

    Beside the edges that merge, and were not vetoed, these are merges that somebody decided (rule `decision`) and joins
    by all evidence together (`pooled`).
    """
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            f"""
            WITH own AS (SELECT record_key::UUID AS record_key FROM wanted),
            tie AS (
                SELECT record_lo, record_hi, rule, probability, weight FROM {EDGES} WHERE zone = 'merge'
                UNION ALL
                SELECT record_lo, record_hi, 'pooled', 1 / (1 + pow(2, -weight)), weight FROM pooled_join
            )
            FROM tie ANTI JOIN vetoed_edge USING (record_lo, record_hi)
            WHERE record_lo IN (FROM own) AND record_hi IN (FROM own)
            ORDER BY weight DESC, record_lo, record_hi, rule""",
        )


def blocks_of(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """Blocks that records are in, with all their members counted: record_key, rule, key, size."""
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """
            WITH own AS (
                SELECT record_key, rule, key FROM blocking_key WHERE record_key IN (SELECT record_key::UUID FROM wanted)
            ),
            sizes AS (
                SELECT rule, key, count(*) AS size FROM blocking_key SEMI JOIN own USING (rule, key) GROUP BY rule, key
            )
            SELECT o.record_key, rule, key, s.size FROM own o JOIN sizes s USING (rule, key)
            ORDER BY o.record_key, rule, key""",
        )
