"""What clustering reads and keeps: components, edges, anchors, memberships, vetoes.

Where a function says `places`, a record is its place (UInt32) among the records it was asked about, which are in the
order of their keys: joining numbers costs a fraction of joining keys as text.
"""

from collections.abc import Sequence

import polars as pl

from pipelines.store.decisions.links import EDGES
from pipelines.store.warehouse.connection import Connection, query, register

OWN = "own AS MATERIALIZED (SELECT place, record_key::UUID AS record_key FROM placed)"


def component_of(connection: Connection, records: pl.Series, likely: float) -> pl.Series:
    """Everything that is or was connected with these records: their contacts' members, and along edges.

    Of edges that a person is asked about those count whose probability is `likely` at least: together they may join.
    Records that were withdrawn are not among it, though decisions may still name them.
    """
    with register(connection, stirred=records.to_frame("record_key")):
        return query(
            connection,
            """
            WITH RECURSIVE seed AS (
                SELECT record_key::UUID AS record_key FROM stirred
                UNION
                SELECT o.record_key FROM membership m JOIN membership o USING (contact_id)
                WHERE m.run_to IS NULL AND o.run_to IS NULL AND m.record_key IN (SELECT record_key::UUID FROM stirred)
            ),
            link AS (
                SELECT record_lo AS a, record_hi AS b FROM match_edge WHERE zone = 'merge' OR probability >= $1
                UNION ALL SELECT record_hi, record_lo FROM match_edge WHERE zone = 'merge' OR probability >= $1
                UNION ALL SELECT record_lo, record_hi FROM must_link
                UNION ALL SELECT record_hi, record_lo FROM must_link
            ),
            reach AS (
                SELECT record_key FROM seed
                UNION
                SELECT l.b FROM reach r JOIN link l ON l.a = r.record_key
            )
            SELECT record_key FROM reach SEMI JOIN record USING (record_key) ORDER BY record_key""",
            [likely],
        )["record_key"]


def edges_among(connection: Connection, records: pl.Series, sure: float) -> pl.DataFrame:
    """Edges between these records: record_lo, record_hi (places), zone, rule, weight, probability, vague, evidence.

    They are `links.EDGES`. The evidence is only told of those below `sure`.
    """
    with register(connection, placed=places_of(records)):
        return query(
            connection,
            f"""
            WITH {OWN}
            SELECT a.place AS record_lo, b.place AS record_hi, zone, rule, weight, probability, vague,
                   CASE WHEN probability < ? THEN evidence END AS evidence
            FROM {EDGES}
            JOIN own a ON a.record_key = record_lo
            JOIN own b ON b.record_key = record_hi
            ORDER BY a.place, b.place""",
            [sure],
        )


def places_of(records: pl.Series) -> pl.DataFrame:
    """Records with their places: place, record_key."""
    return records.to_frame("record_key").with_row_index("place")


def identifiers_of(connection: Connection, records: pl.Series, fields: Sequence[str]) -> pl.DataFrame:
    """Identifiers of records as they are compared, those of these fields: record_key (place), field, value."""
    with register(connection, placed=places_of(records)):
        return query(
            connection,
            f"""
            WITH {OWN}
            SELECT place AS record_key, field, value FROM compared_identifier JOIN own USING (record_key)
            WHERE list_contains(?::VARCHAR[], field)""",
            [list(fields)],
        )


def anchors(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """What the choice of an anchor reads: record_key (place), ingest_seq, anchor_id, was_contact.

    `was_contact`: whether that id has ever been in use.
    """
    with register(connection, placed=places_of(records)):
        return query(
            connection,
            f"""
            WITH {OWN},
            stored AS MATERIALIZED (SELECT place, ingest_seq, anchor_id FROM record JOIN own USING (record_key)),
            used AS (
                SELECT DISTINCT contact_id FROM membership WHERE contact_id IN (SELECT anchor_id FROM stored)
            )
            SELECT place AS record_key, ingest_seq, anchor_id, contact_id IS NOT NULL AS was_contact
            FROM stored LEFT JOIN used ON contact_id = anchor_id ORDER BY place""",
        )


def memberships(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """Contacts that records belong to now, and why: record_key, contact_id, reason."""
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """SELECT record_key, contact_id, reason FROM membership
               WHERE run_to IS NULL AND record_key IN (SELECT record_key::UUID FROM wanted) ORDER BY record_key""",
        )


def keep_memberships(connection: Connection, before: pl.DataFrame, members: pl.DataFrame, run_id: str) -> None:
    """Close memberships (record_key, contact_id, reason) that are others now than they were before, and open those."""
    changed = members.join(before, on=["record_key", "contact_id", "reason"], how="anti")
    with register(connection, assigned=changed):
        if not before.is_empty():
            connection.execute(
                """UPDATE membership SET run_to = ?
                   WHERE run_to IS NULL AND record_key IN (SELECT record_key::UUID FROM assigned)""",
                [run_id],
            )
        connection.execute(
            "INSERT INTO membership SELECT record_key, contact_id, ?, NULL, reason FROM assigned", [run_id]
        )


def keep_vetoes(connection: Connection, records: pl.Series, vetoed: pl.DataFrame) -> None:
    """Keep which merge edges of these records were not allowed to join (record_lo, record_hi, reason)."""
    with register(connection, judged=records.to_frame("record_key"), fresh=vetoed):
        connection.execute("DELETE FROM vetoed_edge WHERE record_lo IN (SELECT record_key::UUID FROM judged)")
        connection.execute("INSERT INTO vetoed_edge SELECT record_lo, record_hi, reason FROM fresh")


def keep_pooled(connection: Connection, records: pl.Series, pooled: pl.DataFrame) -> None:
    """Keep which clusters of these records only all their evidence joined: record_lo, record_hi, weight, pairs."""
    with register(connection, judged=records.to_frame("record_key"), fresh=pooled):
        connection.execute("DELETE FROM pooled_join WHERE record_lo IN (SELECT record_key::UUID FROM judged)")
        connection.execute("INSERT INTO pooled_join SELECT record_lo, record_hi, weight, pairs FROM fresh")
