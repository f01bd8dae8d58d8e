"""What merging reads and keeps: components, memberships, interactions, golden records."""

from datetime import datetime

import polars as pl

from pipelines.store.contacts.published_values import PUBLISHED
from pipelines.store.decisions.decisions import is_shown
from pipelines.store.decisions.links import EDGES
from pipelines.store.warehouse.connection import Connection, query, register, value


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
    """Edges between these records: record_lo, record_hi, zone, rule, weight, probability, vague, evidence.

    They are `links.EDGES`. The evidence is only told of those below `sure`.
    """
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            f"""
            SELECT record_lo, record_hi, zone, rule, weight, probability, vague,
                   CASE WHEN probability < ? THEN evidence END AS evidence
            FROM {EDGES}
            WHERE record_lo IN (SELECT record_key::UUID FROM wanted)
              AND record_hi IN (SELECT record_key::UUID FROM wanted)
            ORDER BY record_lo, record_hi""",
            [sure],
        )


def anchors(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """What the choice of an anchor reads: record_key, ingest_seq, anchor_id, was_contact (its id has been in use)."""
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """
            WITH own AS (
                SELECT record_key, ingest_seq, anchor_id FROM record
                WHERE record_key IN (SELECT record_key::UUID FROM wanted)
            ),
            used AS (
                SELECT DISTINCT contact_id FROM membership WHERE contact_id IN (SELECT anchor_id FROM own)
            )
            SELECT record_key, ingest_seq, anchor_id, contact_id IS NOT NULL AS was_contact
            FROM own LEFT JOIN used ON contact_id = anchor_id ORDER BY record_key""",
        )


def memberships(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """Contacts that records belong to now: record_key, contact_id."""
    with register(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """SELECT record_key, contact_id FROM membership
               WHERE run_to IS NULL AND record_key IN (SELECT record_key::UUID FROM wanted) ORDER BY record_key""",
        )


def keep_memberships(connection: Connection, members: pl.DataFrame, run_id: str) -> None:
    """Close memberships that changed, and open the new ones."""
    with register(connection, assigned=members):
        connection.execute(
            """
            UPDATE membership m SET run_to = ? FROM assigned a
            WHERE m.record_key = a.record_key::UUID AND m.run_to IS NULL
              AND (m.contact_id, m.reason) <> (a.contact_id::UUID, a.reason)""",
            [run_id],
        )
        connection.execute(
            """
            INSERT INTO membership
            SELECT a.record_key, a.contact_id, ?, NULL, a.reason FROM assigned a
            WHERE NOT EXISTS (FROM membership m WHERE m.record_key = a.record_key::UUID AND m.run_to IS NULL)""",
            [run_id],
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


def interactions(connection: Connection, contacts: pl.Series, as_of: datetime) -> pl.DataFrame:
    """First, last, last inbound and last outbound interaction of contacts up to a moment.

    Columns contact_id, kind, happened_at, channel, record_key, delivery_id, row_number, line_number. Auto-replies and
    bounces are nobody's act and do not count, nor do notes, nor what is set aside because its contact is blocked.
    """
    with register(connection, scope=contacts.to_frame("contact_id")):
        return query(
            connection,
            f"""
            WITH member AS MATERIALIZED (
                SELECT contact_id, record_key FROM membership
                WHERE run_to IS NULL AND contact_id IN (SELECT contact_id::UUID FROM scope)
            ),
            entry AS (
                SELECT m.contact_id, g.direction, c.channel, g.message_id,
                       struct_pack(happened_at := g.sent_at, channel := c.channel, record_key := g.record_key,
                                   delivery_id := g.delivery_id, row_number := g.row_number,
                                   line_number := g.line_number) AS place,
                       struct_pack(t := g.sent_at, i := g.message_id) AS moment
                FROM member m
                JOIN conversation_message g USING (record_key)
                JOIN conversation c USING (conversation_id)
                LEFT JOIN blocked_thread b ON b.contact_id = m.contact_id AND b.conversation_id = g.conversation_id
                WHERE {is_shown("g.sent_at")}
                  AND g.sent_at <= ? AND g.kind NOT IN ('auto_reply', 'bounce', 'note')
            ),
            told AS (
                SELECT contact_id, 'first' AS kind, arg_min(place, moment) AS place FROM entry GROUP BY contact_id
                UNION ALL SELECT contact_id, 'last', arg_max(place, moment) FROM entry GROUP BY contact_id
                UNION ALL SELECT contact_id, 'last_' || direction, arg_max(place, moment)
                          FROM entry GROUP BY contact_id, direction
            )
            SELECT contact_id, kind, unnest(place) FROM told ORDER BY contact_id, kind""",
            [as_of],
        )


def origins(connection: Connection, contacts: pl.Series) -> pl.DataFrame:
    """The earliest content of each contact's records: contact_id, source, first_seen_at and its place."""
    with register(connection, scope=contacts.to_frame("contact_id")):
        return query(
            connection,
            """
            SELECT contact_id, unnest(arg_min(
                struct_pack(source := r.source, first_seen_at := s.first_seen_at, record_key := s.record_key,
                            delivery_id := s.delivery_id, row_number := s.row_number, line_number := s.line_number),
                struct_pack(t := s.first_seen_at, source := r.source, k := s.record_key, v := s.version)))
            FROM membership m JOIN record r USING (record_key) JOIN source_record s USING (record_key)
            WHERE m.run_to IS NULL AND m.contact_id IN (SELECT contact_id::UUID FROM scope)
            GROUP BY contact_id ORDER BY contact_id""",
        )


def member_counts(connection: Connection, contacts: pl.Series, as_of: datetime) -> pl.DataFrame:
    """How large contacts are and where they talk: contact_id, records, channels, has_open_conversation, blocked_since.

    Conversations that begin after `as_of` have not happened yet; those that are set aside do not count.
    """
    with register(connection, scope=contacts.to_frame("contact_id")):
        return query(
            connection,
            f"""
            WITH member AS MATERIALIZED (
                SELECT contact_id, record_key FROM membership
                WHERE run_to IS NULL AND contact_id IN (SELECT contact_id::UUID FROM scope)
            ),
            talk AS (
                SELECT DISTINCT m.contact_id, c.channel, c.status
                FROM member m
                JOIN conversation_participant p USING (record_key)
                JOIN conversation c USING (conversation_id)
                LEFT JOIN blocked_thread b ON b.contact_id = m.contact_id AND b.conversation_id = p.conversation_id
                WHERE {is_shown("p.first_at")}
                  AND (p.has_untimed OR p.first_at <= ?)
            )
            SELECT m.contact_id, m.records, coalesce(t.channels, []) AS channels,
                   coalesce(t.has_open_conversation, FALSE) AS has_open_conversation, b.since AS blocked_since
            FROM (SELECT contact_id, count(*)::UINTEGER AS records FROM member GROUP BY contact_id) m
            LEFT JOIN (SELECT contact_id, list(DISTINCT channel ORDER BY channel) AS channels,
                              bool_or(status IN ('open', 'pending')) AS has_open_conversation
                       FROM talk GROUP BY contact_id) t USING (contact_id)
            LEFT JOIN blocked_contact b USING (contact_id)
            ORDER BY m.contact_id""",
            [as_of],
        )


# Fingerprints of contacts, without what only says when they were last looked at.
CONTACT_FINGERPRINTS = f"""
    SELECT plain.contact_id, contact.run_id, md5(to_json(plain)::VARCHAR) AS print
    FROM (SELECT * EXCLUDE (run_id, status_as_of, {PUBLISHED}) FROM contact) plain JOIN contact USING (contact_id)"""
WHERE_AFFECTED = "WHERE plain.contact_id IN (SELECT contact_id::UUID FROM affected)"


def replace_contacts(
    connection: Connection,
    affected: pl.Series,
    contacts: pl.DataFrame,
    fields: pl.DataFrame,
    identifiers: pl.DataFrame,
    run_id: str,
) -> int:
    """Keep golden records with their provenance instead of what the affected contacts had; how many are others now.

    A contact that was looked at and is what it was keeps the run that last changed it.
    """
    with register(
        connection, affected=affected.to_frame("contact_id"), golden=contacts, chosen=fields, known=identifiers
    ):
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE contact_before AS {CONTACT_FINGERPRINTS} {WHERE_AFFECTED}""")
        for table in ("contact", "contact_field", "contact_identifier"):
            connection.execute(f"DELETE FROM {table} WHERE contact_id IN (SELECT contact_id::UUID FROM affected)")
        whole = "SELECT * REPLACE (map_from_entries(attributes) AS attributes), ? AS run_id FROM golden"
        connection.execute(f"INSERT INTO contact BY NAME {whole}", [run_id])
        connection.execute(
            """INSERT INTO contact_field
                   (contact_id, field, value, record_key, delivery_id, row_number, line_number, rule, candidates,
                    losing_values)
               SELECT contact_id, field, value, record_key, delivery_id, row_number, line_number, rule, candidates, lost
               FROM chosen"""
        )
        connection.execute(
            """INSERT INTO contact_identifier
               SELECT contact_id, type, scope, value, validity, is_primary, record_key, delivery_id, row_number,
                      line_number, value_folded FROM known"""
        )
        connection.execute(f"""
            UPDATE contact c SET run_id = b.run_id
            FROM contact_before b JOIN ({CONTACT_FINGERPRINTS} {WHERE_AFFECTED}) n USING (contact_id, print)
            WHERE c.contact_id = b.contact_id""")
        return int(
            value(
                connection,
                """SELECT count(*) FROM contact JOIN contact_before b USING (contact_id)
                   WHERE contact.run_id <> b.run_id""",
            )
        )


def status_inputs(connection: Connection, as_of: datetime) -> pl.DataFrame:
    """What the status of every contact depends on as of a moment, with the status it has."""
    return query(
        connection,
        f"""
        WITH talking AS (
            SELECT DISTINCT m.contact_id
            FROM conversation c
            JOIN conversation_participant p USING (conversation_id)
            JOIN membership m USING (record_key)
            LEFT JOIN blocked_thread b ON b.contact_id = m.contact_id AND b.conversation_id = p.conversation_id
            WHERE {is_shown("p.first_at")}
              AND c.status IN ('open', 'pending') AND m.run_to IS NULL AND (p.has_untimed OR p.first_at <= ?)
        )
        SELECT contact_id, last_inbound_at, last_interaction_at, first_seen_at, status, status_reason,
               contact_id IN (FROM talking) AS has_open_conversation, b.since AS blocked_since
        FROM contact LEFT JOIN blocked_contact b USING (contact_id) ORDER BY contact_id""",
        [as_of],
    )


def keep_status(connection: Connection, statuses: pl.DataFrame, run_id: str) -> None:
    """Change the status of contacts: contact_id, status, status_reason, status_since."""
    with register(connection, fresh=statuses):
        connection.execute(
            """
            UPDATE contact c SET status = f.status, status_reason = f.status_reason, status_since = f.status_since,
                                 run_id = ?
            FROM fresh f WHERE c.contact_id = f.contact_id::UUID""",
            [run_id],
        )
