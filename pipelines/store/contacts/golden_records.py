"""What contacts are put together from beside the values of their records, and how they are kept."""

from datetime import datetime

import polars as pl

from pipelines.store.contacts.published_values import PUBLISHED
from pipelines.store.decisions.decisions import is_shown
from pipelines.store.warehouse.connection import Connection, query, register, value


def interactions(connection: Connection, as_of: datetime) -> pl.DataFrame:
    """First, last, last inbound and last outbound interaction of contacts up to a moment.

    Columns contact_id, kind, happened_at, channel, record_key, delivery_id, row_number, line_number. Auto-replies and
    bounces are nobody's act and do not count, nor do notes, nor what is set aside because its contact is blocked.
    """
    return query(
        connection,
        f"""
        WITH entry AS (
            SELECT m.contact, g.direction, c.channel, g.message_id,
                   struct_pack(happened_at := g.sent_at, channel := c.channel, record_key := m.record,
                               origin_id := g.delivery_id, row_number := g.row_number,
                               line_number := g.line_number) AS place,
                   struct_pack(t := g.sent_at, i := g.message_id) AS moment
            FROM member_number m
            JOIN conversation_message g USING (record_key)
            JOIN conversation c USING (conversation_id)
            LEFT JOIN blocked_thread b ON b.contact_id = m.contact_id AND b.conversation_id = g.conversation_id
            WHERE {is_shown("g.sent_at")}
              AND g.sent_at <= ? AND g.kind NOT IN ('auto_reply', 'bounce', 'note')
        ),
        told AS (
            SELECT contact, 'first' AS kind, arg_min(place, moment) AS place FROM entry GROUP BY contact
            UNION ALL SELECT contact, 'last', arg_max(place, moment) FROM entry GROUP BY contact
            UNION ALL SELECT contact, 'last_' || direction, arg_max(place, moment)
                      FROM entry GROUP BY contact, direction
        ),
        placed AS (SELECT contact, kind, unnest(place) FROM told)
        SELECT contact AS contact_id, kind, happened_at, channel, record_key, origin AS delivery_id, row_number,
               line_number
        FROM placed JOIN origin_number USING (origin_id) ORDER BY contact, kind""",
        [as_of],
    )


def origins(connection: Connection) -> pl.DataFrame:
    """The earliest content of each contact's records: contact_id, source, first_seen_at and its place."""
    return query(
        connection,
        """
        WITH first AS (
            SELECT m.contact AS contact_id, unnest(arg_min(
                struct_pack(source := r.source, first_seen_at := s.first_seen_at, record_key := m.record,
                            origin_id := s.delivery_id, row_number := s.row_number, line_number := s.line_number),
                struct_pack(t := s.first_seen_at, source := r.source, k := m.record, v := s.version)))
            FROM member_number m JOIN record r USING (record_key) JOIN source_record s USING (record_key)
            GROUP BY m.contact
        )
        SELECT contact_id, source, first_seen_at, record_key, origin AS delivery_id, row_number, line_number
        FROM first JOIN origin_number USING (origin_id) ORDER BY contact_id""",
    )


def member_counts(connection: Connection, as_of: datetime) -> pl.DataFrame:
    """How large contacts are and where they talk: contact_id, records, channels, has_open_conversation, blocked_since.

    Conversations that begin after `as_of` have not happened yet; those that are set aside do not count.
    """
    return query(
        connection,
        f"""
        WITH talk AS (
            SELECT DISTINCT m.contact, c.channel, c.status
            FROM member_number m
            JOIN conversation_participant p USING (record_key)
            JOIN conversation c USING (conversation_id)
            LEFT JOIN blocked_thread b ON b.contact_id = m.contact_id AND b.conversation_id = p.conversation_id
            WHERE {is_shown("p.first_at")}
              AND (p.has_untimed OR p.first_at <= ?)
        )
        SELECT m.contact AS contact_id, m.records, coalesce(t.channels, []) AS channels,
               coalesce(t.has_open_conversation, FALSE) AS has_open_conversation, b.since AS blocked_since
        FROM (SELECT contact, any_value(contact_id) AS contact_id, count(*)::UINTEGER AS records
              FROM member_number GROUP BY contact) m
        LEFT JOIN (SELECT contact, list(DISTINCT channel ORDER BY channel) AS channels,
                          bool_or(status IN ('open', 'pending')) AS has_open_conversation
                   FROM talk GROUP BY contact) t USING (contact)
        LEFT JOIN blocked_contact b USING (contact_id)
        ORDER BY m.contact""",
        [as_of],
    )


# Fingerprints of contacts, without what only says when they were last looked at.
CONTACT_FINGERPRINTS = f"""
    SELECT plain.contact_id, contact.run_id, md5(to_json(plain)::VARCHAR) AS print
    FROM (SELECT * EXCLUDE (run_id, status_as_of, {PUBLISHED}) FROM contact) plain JOIN contact USING (contact_id)"""
WHERE_AFFECTED = "WHERE plain.contact_id IN (SELECT contact_id::UUID FROM affected)"


def replace_contacts(
    connection: Connection,
    before: pl.Series,
    contacts: pl.DataFrame,
    fields: pl.DataFrame,
    identifiers: pl.DataFrame,
    run_id: str,
) -> int:
    """Keep golden records with their provenance instead of what contacts had; how many are others now.

    `before`: ids of the contacts there were. A contact that was looked at and is what it was keeps the run that last
    changed it.
    """
    if before.is_empty():
        _insert_contacts(connection, contacts, fields, identifiers, run_id)
        return 0
    affected = pl.concat([before, contacts["contact_id"]]).unique()
    with register(connection, affected=affected.to_frame("contact_id")):
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE contact_before AS {CONTACT_FINGERPRINTS} {WHERE_AFFECTED}""")
        for table in ("contact", "contact_field", "contact_identifier"):
            connection.execute(f"DELETE FROM {table} WHERE contact_id IN (SELECT contact_id::UUID FROM affected)")
        _insert_contacts(connection, contacts, fields, identifiers, run_id)
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


def _insert_contacts(
    connection: Connection, contacts: pl.DataFrame, fields: pl.DataFrame, identifiers: pl.DataFrame, run_id: str
) -> None:
    with register(connection, golden=contacts, chosen=fields, known=identifiers):
        whole = "SELECT * REPLACE (map_from_entries(attributes) AS attributes), ? AS run_id FROM golden"
        connection.execute(f"INSERT INTO contact BY NAME {whole}", [run_id])
        connection.execute(
            """INSERT INTO contact_field
                   (contact_id, field, value, record_key, delivery_id, row_number, line_number, rule, candidates,
                    losing_values)
               SELECT m.contact_id, c.field, c.value, m.record_key, o.origin_id, c.row_number, c.line_number, c.rule,
                      c.candidates, c.lost
               FROM chosen c
               JOIN member_number m ON m.record = c.record_key
               JOIN origin_number o ON o.origin = c.delivery_id"""
        )
        connection.execute(
            """INSERT INTO contact_identifier
               SELECT m.contact_id, k.type, k.scope, k.value, k.validity, k.is_primary, m.record_key, o.origin_id,
                      k.row_number, k.line_number, k.value_folded
               FROM known k
               JOIN member_number m ON m.record = k.record_key
               JOIN origin_number o ON o.origin = k.delivery_id"""
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
