"""All that the warehouse holds about one contact, as tables for the person; nothing is masked yet."""

import polars as pl

from pipelines.store.reads import contact_details
from pipelines.store.reads.timeline import TimelineFilter, timeline
from pipelines.store.warehouse.connection import Connection, query, register

MEMBER = "member AS (SELECT DISTINCT record_key FROM membership WHERE contact_id = $1 AND run_to IS NULL)"
WRITTEN = 7  # digits of a number at least, by which a refused row is looked for


def records(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Every version of every record: source, record_id, first_seen_at, last_seen_at, file_name, row, raw and values."""
    return query(
        connection,
        f"""
        WITH {MEMBER}
        SELECT r.source, r.record_id, s.first_seen_at, s.last_seen_at, d.file_name, s.row_number, s.line_number,
               s.channel, s.name, s.tags, s.notes, to_json(map_entries(s.attributes))::VARCHAR AS attributes, s.raw
        FROM member JOIN source_record s USING (record_key) JOIN record r USING (record_key)
        LEFT JOIN delivery d USING (delivery_id)
        ORDER BY r.source, r.record_id, s.first_seen_at, s.version""",
        [contact_id],
    )


def identifiers(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Everything the records were ever known by.

    Columns type, raw, value, validity, is_current, source, file_name, row_number.
    """
    return query(
        connection,
        f"""
        WITH {MEMBER}
        SELECT DISTINCT i.type, i.raw, i.normalised AS value, i.validity,
               EXISTS (FROM contact_identifier c WHERE c.contact_id = $1 AND c.value = i.normalised) AS is_current,
               r.source, d.file_name, s.row_number
        FROM member JOIN identifier i USING (record_key) JOIN source_record s USING (record_key, version)
        JOIN record r USING (record_key) LEFT JOIN delivery d USING (delivery_id)
        UNION
        SELECT c.type, c.value, c.value, c.validity, TRUE, d.source, d.file_name, c.row_number
        FROM contact_identifier c LEFT JOIN delivery d USING (delivery_id)
        WHERE c.contact_id = $1 AND c.value NOT IN
            (SELECT i.normalised FROM identifier i JOIN member USING (record_key))
        ORDER BY ALL""",
        [contact_id],
    )


def values(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Every value with its origin, and those that lost to it.

    Columns field, value, is_used, source, file_name, row_number, seen_at, rule.
    """
    return query(
        connection,
        """
        WITH own AS (
            SELECT field, value, TRUE AS is_used, delivery_id, row_number, rule
            FROM contact_field WHERE contact_id = $1
            UNION ALL
            SELECT field, l.value, FALSE, l.delivery_id, l.row_number, NULL
            FROM (SELECT field, unnest(losing_values) AS l FROM contact_field WHERE contact_id = $1)
        )
        SELECT v.field, v.value, v.is_used, coalesce(d.source, CASE WHEN w.decision_id IS NOT NULL THEN 'staff' END)
               AS source, d.file_name, v.row_number, coalesce(w.decided_at, d.declared_at) AS seen_at, v.rule
        FROM own v LEFT JOIN decision w ON w.decision_id = v.delivery_id
        LEFT JOIN delivery d ON d.delivery_id = coalesce(w.delivery_id, v.delivery_id)
        ORDER BY v.field, v.is_used DESC, v.value""",
        [contact_id],
    )


def history(connection: Connection, contact_id: str) -> pl.DataFrame:
    """The whole timeline, with what is set aside since a block; messages in groups follow by the person's number.

    Columns happened_at, channel, kind, direction, author, actor, text, attachments (names), before, after, source,
    file_name, row_number, is_quoting.
    """
    batches = [
        batch.select(
            "happened_at", "channel", "kind", "direction", "author", "actor", "text",
            pl.col("attachments").list.eval(pl.element().struct.field("name")), "before", "after",
            "source", "file_name", "row_number", is_quoting=pl.col("quoted").list.len() > 0,
        )
        for set_aside in (False, True)
        for batch in timeline(connection, contact_id, TimelineFilter(set_aside=set_aside))
    ]  # fmt: skip
    in_groups = query(
        connection,
        f"""
        WITH {MEMBER}, known AS (
            SELECT raw AS value FROM identifier JOIN member USING (record_key)
            UNION SELECT normalised FROM identifier JOIN member USING (record_key)
        )
        SELECT m.sent_at AS happened_at, c.channel, m.kind, 'inbound' AS direction, m.author, m.sender AS actor, m.text,
               list_transform(m.attachments, lambda each: each.name) AS attachments, NULL::VARCHAR AS before,
               NULL::VARCHAR AS after, c.source, d.file_name, m.row_number,
               len(coalesce(m.quoted, [])) > 0 AS is_quoting
        FROM message m JOIN conversation c USING (conversation_id) LEFT JOIN delivery d ON d.delivery_id = m.delivery_id
        WHERE m.record_key IS NULL AND m.sender IN (SELECT value FROM known)
        ORDER BY m.sent_at, m.message_id""",
        [contact_id],
    )
    return pl.concat([*batches, in_groups], how="vertical_relaxed").sort("happened_at", maintain_order=True)


def decisions(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Decisions of people: decided_at, kind, field, value, reason, expires_at, revoked_at, revoked_reason."""
    return query(
        connection,
        f"""
        WITH {MEMBER}
        SELECT DISTINCT d.decided_at, d.kind, d.actor, d.field, d.value, d.reason, d.expires_at, d.revoked_at,
               d.revoked_reason
        FROM member JOIN decision_record USING (record_key) JOIN decision d USING (decision_id) ORDER BY ALL""",
        [contact_id],
    )


def publications(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Files the person was in, under any id it has had: published_at, segment, columns, definition, removed_at."""
    return query(
        connection,
        f"""
        WITH {MEMBER}
        SELECT e.published_at, e.segment, e.columns, e.definition, e.removed_at FROM export e
        WHERE e.export_id IN (
            SELECT x.export_id FROM export_member x WHERE x.change IS DISTINCT FROM 'unchanged' AND (x.contact_id = $1
                OR x.contact_id IN (SELECT r.anchor_id FROM record r JOIN member USING (record_key))))
        ORDER BY e.published_at, e.export_id""",
        [contact_id],
    )


def refused_rows(connection: Connection, numbers: list[str], addresses: list[str]) -> pl.DataFrame:
    """Refused rows that may hold one of these: source, file_name, received_at, row_number, outcome, reasons, raw.

    `numbers`: the last digits of phone numbers; `addresses`: text in small letters. A number may be found across two
    cells: the caller looks again.
    """
    return query(
        connection,
        """
        SELECT d.source, d.file_name, d.received_at, r.row_number, r.outcome,
               (SELECT list(DISTINCT p.code ORDER BY p.code) FROM problem p
                WHERE p.delivery_id = r.delivery_id AND p.row_number = r.row_number) AS reasons, r.raw
        FROM rejected_row r JOIN delivery d USING (delivery_id)
        WHERE len(list_filter($numbers::VARCHAR[], lambda n: contains(regexp_replace(r.raw, '[^0-9]', '', 'g'), n))) > 0
           OR len(list_filter($addresses::VARCHAR[], lambda a: contains(lower(r.raw), a))) > 0
        ORDER BY d.received_at, r.delivery_id, r.row_number""",
        {"numbers": numbers, "addresses": addresses},
    )


def id_history(connection: Connection, contact_id: str) -> pl.DataFrame:
    """What became of the id: changed_at, kind, old_id, new_id."""
    return query(
        connection,
        """SELECT changed_at, kind, old_id, new_id FROM id_changes WHERE $1 IN (old_id, new_id) ORDER BY number""",
        [contact_id],
    )


def audit_events(connection: Connection, contact_id: str) -> pl.DataFrame:
    """What was done with the contact: recorded_at, action, role, outcome, fields. No values, and not by whom."""
    return query(
        connection,
        """SELECT recorded_at, action, role, outcome, fields FROM audit_event
           WHERE object_id = $1 OR list_contains(related, $1) ORDER BY seq""",
        [contact_id],
    )


def contact(connection: Connection, contact_id: str) -> pl.DataFrame:
    """The golden record, one row."""
    return contact_details.golden_records(connection, pl.Series([contact_id]))


def staff_names(connection: Connection, contact_id: str) -> list[str]:
    """Names of those who wrote or decided for the company in the conversations of a contact and about it."""
    found = query(
        connection,
        f"""
        WITH {MEMBER}, talk AS (
            SELECT DISTINCT coalesce(t.canonical_id, p.conversation_id) AS conversation_id
            FROM conversation_participant p JOIN member USING (record_key)
            LEFT JOIN mail_thread t USING (conversation_id)
        )
        SELECT sender AS name FROM conversation_message SEMI JOIN talk USING (conversation_id)
        WHERE direction = 'outbound'
        UNION SELECT actor FROM conversation_event SEMI JOIN talk USING (conversation_id)
        UNION SELECT unnest([before, after]) FROM conversation_event SEMI JOIN talk USING (conversation_id)
        WHERE kind IN ('assigned', 'handover')
        UNION SELECT assignee FROM conversation SEMI JOIN talk USING (conversation_id)
        UNION SELECT unnest([d.actor, d.revoked_by]) FROM decision d JOIN decision_record USING (decision_id)
        JOIN member USING (record_key)""",
        [contact_id],
    )
    return sorted(found["name"].drop_nulls())


def other_people(connection: Connection, contact_id: str, text: str) -> list[str]:
    """Names of others: who shares a conversation or a decision with the contact, and known people whom `text` names."""
    with register(connection, said=pl.DataFrame({"folded": [text.lower()]})):
        found = query(connection, OTHERS, [contact_id])
    return sorted(found["name"].drop_nulls())


OTHERS = f"""
    WITH {MEMBER}, talk AS (
        SELECT DISTINCT p.conversation_id FROM conversation_participant p JOIN member USING (record_key)
    ),
    met AS (
        SELECT p.record_key FROM conversation_participant p SEMI JOIN talk USING (conversation_id)
        UNION
        SELECT o.record_key FROM decision_record o WHERE o.decision_id IN
            (SELECT x.decision_id FROM decision_record x JOIN member USING (record_key))
    ),
    beside AS (SELECT record_key FROM met ANTI JOIN member USING (record_key))
    SELECT unnest([s.name, s.first_name, s.last_name]) AS name FROM source_record s JOIN beside USING (record_key)
    UNION SELECT m.sender FROM message m SEMI JOIN talk USING (conversation_id)
    WHERE m.direction <> 'outbound' AND (m.record_key IS NULL OR m.record_key NOT IN (FROM member))
    UNION SELECT s.name FROM (FROM source_record ANTI JOIN member USING (record_key)) s, said
    WHERE contains(trim(s.name), ' ') AND contains(said.folded, lower(s.name))"""
