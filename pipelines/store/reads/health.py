"""What has to hold in the warehouse after every step, and the numbers a run is watched by. Counts, never values."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, value

FIELDS = ("name", "first_name", "last_name", "phone", "email", "source", "first_seen_at", "last_interaction_at",
          "last_inbound_at", "last_outbound_at")  # fmt: skip
# Keys of large tables, which no index guards, and what tells the rows of a run.
OF_DELIVERY = "delivery_id IN (SELECT delivery_id FROM delivery WHERE run_id = $run)"
RECEIVED = {
    "record": ("record_key", f"record_key IN (SELECT record_key FROM source_record WHERE {OF_DELIVERY})"),
    "source_record": ("record_key, version", OF_DELIVERY),
    "conversation": ("conversation_id", OF_DELIVERY),
    "message": ("message_id", OF_DELIVERY),
    "receipt": ("receipt_id", OF_DELIVERY),
    "conversation_event": ("event_id", OF_DELIVERY),
}
DERIVED = {"match_edge": ("record_lo, record_hi", "run_id = $run"), "contact": ("contact_id", "run_id = $run")}


class Finding(NamedTuple):
    """How many things broke a rule, and of how many."""

    broken: int
    checked: int


def count(connection: Connection, table: str) -> int:
    """Rows of a table or view."""
    return int(value(connection, f"SELECT count(*) FROM {table}"))


def rows_conserved(connection: Connection) -> Finding:
    """Deliveries whose outcomes do not add up to the rows read, or whose refused rows are not all kept."""
    return _finding(
        connection,
        """
        SELECT count(*) FILTER (d.rows_read <> d.created + d.updated + d.unchanged + d.duplicate_in_file + d.rejected
                                              + d.quarantined + d.suppressed + d.skipped
                                OR d.rejected + d.skipped + d.quarantined <> coalesce(r.rows, 0)),
               count(*)
        FROM delivery d LEFT JOIN (SELECT delivery_id, count(*) AS rows FROM rejected_row GROUP BY ALL) r
        USING (delivery_id)""",
    )


def rows_accounted_for(connection: Connection) -> Finding:
    """Deliveries of which fewer rows were read than their text has, if it can be counted."""
    return _finding(
        connection, "SELECT count(*) FILTER (text_rows > rows_read), count(*) FROM delivery WHERE text_rows IS NOT NULL"
    )


def keys_unique(connection: Connection, tables: Mapping[str, tuple[str, str]], run_id: str) -> Finding:
    """Keys of what a run has written that are there more than once. `tables`: RECEIVED or DERIVED."""
    found = [
        _finding(
            connection,
            f"""
            SELECT count(*) FILTER (n > 1), count(*) FROM (
                SELECT count(*) AS n FROM {table}
                WHERE ({key}) IN (SELECT ({key}) FROM {table} WHERE {of_the_run}) GROUP BY {key})""",
            {"run": run_id},
        )
        for table, (key, of_the_run) in tables.items()
    ]
    return Finding(*map(sum, zip(*found, strict=True)))


def one_contact_each(connection: Connection) -> Finding:
    """Records that are in no contact, in several, or in one that is not there."""
    return _finding(
        connection,
        """
        SELECT count(*) FILTER (n <> 1), count(*) FROM (
            SELECT r.record_key, count(c.contact_id) AS n
            FROM record r LEFT JOIN membership m ON m.record_key = r.record_key AND m.run_to IS NULL
            LEFT JOIN contact c USING (contact_id)
            GROUP BY r.record_key)""",
    )


def provenance_complete(connection: Connection, *, unchecked: bool = False) -> Finding:
    """Values of contacts without a provenance, or with one whose record is no member of the contact.

    With `unchecked`, those of the contacts that were derived since this last held.
    """
    derived = "SEMI JOIN unchecked_contact USING (contact_id)" if unchecked else ""
    stated = " UNION ALL ".join(
        f"SELECT contact_id, '{field}' AS field FROM checked WHERE {field} IS NOT NULL" for field in FIELDS
    )
    return _finding(
        connection,
        f"""
        WITH checked AS (SELECT * FROM contact {derived}),
        stated AS (
            {stated}
            UNION ALL SELECT contact_id, 'tags' FROM checked WHERE len(tags) > 0
            UNION ALL SELECT contact_id, 'attr.' || unnest(map_keys(attributes)) FROM checked
        ),
        proven AS (
            SELECT f.contact_id, f.field, bool_and(m.contact_id IS NOT NULL) AS by_member
            FROM (SELECT contact_id, field, record_key FROM contact_field {derived}) f
            LEFT JOIN membership m
                ON m.record_key = f.record_key AND m.contact_id = f.contact_id AND m.run_to IS NULL
            GROUP BY f.contact_id, f.field
        )
        SELECT count(*) FILTER (p.by_member IS DISTINCT FROM TRUE), count(*)
        FROM stated LEFT JOIN proven p USING (contact_id, field)""",
    )


def exclusive_kept(connection: Connection, attributes: list[str]) -> Finding:
    """Contacts whose records hold different values of an attribute that only one person can have."""
    return _finding(
        connection,
        """
        SELECT count(*) FILTER (n > 1), count(*) FROM (
            SELECT m.contact_id, f.field, count(DISTINCT s.attributes[substr(f.field, 6)]) AS n
            FROM membership m JOIN record_field f USING (record_key) JOIN source_record s USING (record_key, version)
            WHERE m.run_to IS NULL AND list_contains(?::VARCHAR[], f.field)
            GROUP BY m.contact_id, f.field)""",
        [[f"attr.{name}" for name in attributes]],
    )


def cannot_links_kept(connection: Connection) -> Finding:
    """Decisions that keep records apart and do not: records of two of their sides are in one contact."""
    return _finding(
        connection,
        """
        SELECT count(*) FILTER (is_spanned), count(*) FROM (
            SELECT decision_id, bool_or(sides > 1) AS is_spanned FROM (
                SELECT k.decision_id, count(DISTINCT k.side) FILTER (m.contact_id IS NOT NULL) AS sides
                FROM cannot_link k LEFT JOIN membership m ON m.record_key = k.record_key AND m.run_to IS NULL
                GROUP BY k.decision_id, m.contact_id)
            GROUP BY decision_id)""",
    )


def interactions_in_future(connection: Connection, as_of: datetime) -> Finding:
    """Messages that lie after a moment: their sender's clock was wrong, or the moment lies in the past."""
    return _finding(connection, "SELECT count(*) FILTER (sent_at > ?), count(*) FROM message", [as_of])


def cluster_sizes(connection: Connection) -> pl.DataFrame:
    """How many contacts are made of how many records: records, contacts."""
    return query(connection, "SELECT records, count(*) AS contacts FROM contact GROUP BY records ORDER BY records")


def edge_rules(connection: Connection) -> pl.DataFrame:
    """What joins records, or asks a person to look: zone, rule, pairs."""
    return query(
        connection, "SELECT zone, rule, count(*) AS pairs FROM match_edge GROUP BY ALL ORDER BY zone, pairs DESC, rule"
    )


def shared_values(connection: Connection) -> pl.DataFrame:
    """Identifiers that several people share, so that they say little: field, people, identifiers, records."""
    return query(
        connection,
        """
        SELECT field, people, count(*) AS identifiers, sum(records)::BIGINT AS records
        FROM shared_identifier WHERE people > 1 GROUP BY ALL ORDER BY field, people""",
    )


def problem_codes(connection: Connection) -> pl.DataFrame:
    """What was wrong with rows, over all deliveries: source, code, severity, rows. Not the fields: a header is data."""
    return query(
        connection,
        """
        SELECT d.source, p.code, p.severity, count(*) AS rows
        FROM problem p JOIN delivery d USING (delivery_id) GROUP BY ALL ORDER BY rows DESC, source, code""",
    )


def _finding(connection: Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Finding:
    row = connection.execute(sql, parameters).fetchone() or (0, 0)
    return Finding(int(row[0]), int(row[1]))
