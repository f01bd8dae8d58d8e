"""What survivorship reads: the values that records state now, and what people decided about them.

And what has to be known of these before more is decided. Whose values they are is asked in `numbers.number_members`:
contacts, records, deliveries and decisions are its numbers here.
"""

import polars as pl

from pipelines.store.decisions.decisions import DECISION_ORDER
from pipelines.store.warehouse.connection import Connection, query, register, value

# Decisions about values with the record each was decided for, and the contact that is in now.
VALUE_DECISIONS = f"""
    SELECT m.contact AS contact_id, m.record AS record_key, o.origin AS decision_id, d.kind,
           coalesce(d.field, 'tags') AS field, d.value, d.decided_at, {DECISION_ORDER} AS turn
    FROM decision d
    JOIN decision_record r USING (decision_id)
    JOIN member_number m USING (record_key)
    JOIN origin_number o ON o.origin_id = d.decision_id
    WHERE d.revoked_at IS NULL AND d.kind IN ('edit', 'pin', 'tag', 'untag') AND coalesce(r.side, 0) = 0"""


def stated_values(connection: Connection, priorities: pl.DataFrame) -> pl.DataFrame:
    """Every value that a member record states now (columns `merge.choice.STATED`), in any order.

    `priorities`: source, priority; a source that is no longer configured comes last. What a record states only in
    conversations that are set aside is left out, but for identifiers, which are silenced: the contact is known by them.
    """
    said = """f.contact, f.record, f.field, f.priority, f.observed_at, f.is_aside, s.fills, s.delivery_id, s.row_number,
              s.line_number"""
    content = "source_record s ON s.record_key = f.record_key AND s.version = f.version"
    with register(connection, ranked=priorities):
        return query(
            connection,
            f"""
            WITH member AS MATERIALIZED (
                SELECT m.*, coalesce(p.priority, 2147483647)::BIGINT AS priority
                FROM member_number m JOIN record r USING (record_key) LEFT JOIN ranked p ON p.source = r.source
            ),
            blocked AS MATERIALIZED (
                SELECT contact_id, record_key FROM member WHERE contact_id IN (SELECT contact_id FROM blocked_contact)
            ),
            aside AS MATERIALIZED (  -- contents that came with messages of which every one is set aside
                SELECT s.record_key, s.version
                FROM blocked m
                JOIN source_record s USING (record_key)
                JOIN conversation_message g ON g.record_key = s.record_key AND g.delivery_id = s.delivery_id
                LEFT JOIN blocked_thread b ON b.contact_id = m.contact_id AND b.conversation_id = g.conversation_id
                                           AND coalesce(g.sent_at > b.blocked_from, b.blocked_from IS NULL)
                WHERE g.record_key IN (SELECT record_key FROM blocked)
                GROUP BY ALL HAVING count(*) = count(b.contact_id)
            ),
            beside AS MATERIALIZED (  -- for each field of these the newest content that is not
                SELECT f.record_key, f.field,
                       unnest(arg_max(struct_pack(version := s.version, observed_at := s.last_seen_at),
                                      struct_pack(t := s.last_seen_at, r := s.last_row, n := s.correction,
                                                  v := s.version)))
                FROM record_field f
                SEMI JOIN aside USING (record_key, version)
                JOIN source_record s ON s.record_key = f.record_key
                ANTI JOIN aside x ON x.record_key = s.record_key AND x.version = s.version
                WHERE list_contains(s.cleared, f.field)
                   OR CASE f.field WHEN 'name' THEN s.name IS NOT NULL WHEN 'tags' THEN len(s.tags) > 0
                                   ELSE s.attributes[substr(f.field, 6)] IS NOT NULL
                                        OR (s.record_key, s.version, f.field)
                                           IN (SELECT (record_key, version, type) FROM identifier
                                               WHERE record_key IN (SELECT record_key FROM aside)) END
                GROUP BY f.record_key, f.field
            ),
            speaking AS MATERIALIZED (
                SELECT m.contact, m.record, m.priority, f.record_key, f.field, f.version, f.observed_at,
                       a.version IS NOT NULL AS is_aside
                FROM record_field f JOIN member m USING (record_key) LEFT JOIN aside a USING (record_key, version)
                UNION ALL
                SELECT m.contact, m.record, m.priority, f.record_key, f.field, f.version, f.observed_at, FALSE
                FROM beside f JOIN member m USING (record_key)
            ),
            valued AS (
                SELECT {said}, s.name AS value, s.first_name, s.last_name,
                       array_to_string(s.name_tokens, ' ') AS form, coalesce(s.last_name, s.first_name) AS word,
                       coalesce(NOT contains(s.raw, word)
                                AND (contains(s.raw, upper(word)) OR contains(s.raw, lower(word))), FALSE) AS flat,
                       NULL AS scope, NULL AS validity, 0 AS position
                FROM speaking f JOIN {content} WHERE f.field = 'name' AND NOT f.is_aside
                UNION ALL
                SELECT {said}, unnest(s.tags), NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0
                FROM speaking f JOIN {content} WHERE f.field = 'tags' AND NOT f.is_aside
                UNION ALL
                SELECT {said}, s.attributes[substr(f.field, 6)], NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0
                FROM speaking f JOIN {content} WHERE starts_with(f.field, 'attr.') AND NOT f.is_aside
                UNION ALL
                SELECT {said}, i.normalised, NULL, NULL, NULL, NULL, NULL, i.scope, i.validity, i.position
                FROM speaking f
                JOIN identifier i ON i.record_key = f.record_key AND i.version = f.version AND i.type = f.field
                JOIN {content}
            )
            SELECT v.contact AS contact_id, v.record AS record_key, v.field, v.value, v.first_name, v.last_name,
                   CASE WHEN v.field = 'name' THEN coalesce(o.format IN (FROM chat_format), FALSE) END AS display_name,
                   v.form, v.flat, v.scope, v.validity, v.position::UINTEGER AS position, v.priority,
                   coalesce(list_contains(v.fills, v.field), FALSE) AS only_fills, v.is_aside AS silenced,
                   v.observed_at, o.origin AS delivery_id, v.row_number, v.line_number
            FROM valued v
            JOIN origin_number o ON o.origin_id = v.delivery_id
            WHERE v.value IS NOT NULL""",
        )


def has_decisions(connection: Connection) -> bool:
    """Whether anybody has decided anything about records."""
    return bool(value(connection, "SELECT EXISTS (FROM decision_record)"))


def decided_values(connection: Connection) -> pl.DataFrame:
    """Standing edits, pins, tags and untags of the members (`merge.decided_values.Decisions.values`)."""
    return query(connection, f"{VALUE_DECISIONS} ORDER BY turn, record_key")


def overruled_values(connection: Connection) -> pl.DataFrame:
    """Members over whom an edit or pin speaks: contact_id, decision_id, record_key."""
    return query(
        connection,
        f"""
        SELECT c.contact_id, c.decision_id, m.record AS record_key
        FROM ({VALUE_DECISIONS}) c
        JOIN origin_number o ON o.origin = c.decision_id
        JOIN decision_record r ON r.decision_id = o.origin_id
        JOIN member_number m ON m.record_key = r.record_key AND m.contact = c.contact_id
        WHERE c.kind IN ('edit', 'pin') ORDER BY ALL""",
    )


def values_since_decision(connection: Connection) -> pl.DataFrame:
    """Since when records have stated what decisions may speak of: record_key, field, value, stated_since."""
    return query(
        connection,
        f"""
        WITH carried AS ({VALUE_DECISIONS}),
        spoken_of AS (
            SELECT DISTINCT m.record, m.record_key, c.field
            FROM carried c JOIN member_number m ON m.contact = c.contact_id
            WHERE c.kind IN ('edit', 'pin', 'untag')
        ),
        content AS (
            SELECT o.record, o.field, s.record_key, s.version, s.first_seen_at, s.name, s.tags, s.attributes
            FROM spoken_of o JOIN source_record s USING (record_key)
        ),
        valued AS (
            SELECT record, field, name AS value, first_seen_at FROM content WHERE field = 'name'
            UNION ALL SELECT record, field, unnest(tags), first_seen_at FROM content WHERE field = 'tags'
            UNION ALL SELECT record, field, attributes[substr(field, 6)], first_seen_at
            FROM content WHERE starts_with(field, 'attr.')
            UNION ALL SELECT c.record, i.type, i.normalised, c.first_seen_at
            FROM content c JOIN identifier i USING (record_key, version)
            WHERE replace(i.type, 'wa_id', 'phone') = c.field
        )
        SELECT record AS record_key, field, value, min(first_seen_at) AS stated_since
        FROM valued WHERE value IS NOT NULL GROUP BY ALL ORDER BY ALL""",
    )


def primaries(connection: Connection) -> pl.DataFrame:
    """Records whose values count in merges that somebody decided: contact_id, decision_id, turn, record_key.

    A merge of which only one side is left in a contact says nothing of it.
    """
    return query(
        connection,
        f"""
        WITH joined AS (
            SELECT m.contact, o.origin, {DECISION_ORDER} AS turn, m.record, coalesce(r.side, 0) AS side
            FROM decision d
            JOIN decision_record r USING (decision_id)
            JOIN member_number m USING (record_key)
            JOIN origin_number o ON o.origin_id = d.decision_id
            WHERE d.kind = 'merge' AND d.revoked_at IS NULL
        )
        SELECT contact AS contact_id, origin AS decision_id, turn, record AS record_key
        FROM joined SEMI JOIN (FROM joined WHERE side > 0) USING (contact, origin)
        WHERE side = 0 ORDER BY turn, record""",
    )


def values_of(connection: Connection, contact_id: str, field: str) -> list[str]:
    """The values a contact has of a field: one, unless they survive side by side."""
    return query(
        connection,
        "SELECT value FROM contact_field WHERE contact_id = ? AND field = ? ORDER BY value",
        [contact_id, field],
    )["value"].to_list()


def pin_of(connection: Connection, contact_id: str, field: str) -> str | None:
    """Id of the decision by which a field of a contact is pinned."""
    found = value(
        connection,
        f"""
        SELECT d.decision_id
        FROM decision d JOIN decision_record r USING (decision_id) JOIN membership m USING (record_key)
        WHERE d.kind = 'pin' AND d.revoked_at IS NULL AND coalesce(r.side, 0) = 0
          AND m.run_to IS NULL AND m.contact_id = ? AND d.field = ? ORDER BY {DECISION_ORDER} DESC LIMIT 1""",
        [contact_id, field],
    )
    return None if found is None else str(found)


def tag_of(connection: Connection, contact_id: str, text: str) -> str | None:
    """A tag of a contact as it is spelt, by a text that may differ in case."""
    found = value(
        connection,
        """
        WITH own AS (SELECT unnest(tags) AS tag FROM contact WHERE contact_id = $1)
        SELECT tag FROM own WHERE lower(tag) = lower(trim($2)) ORDER BY tag <> trim($2), tag LIMIT 1""",
        [contact_id, text],
    )
    return None if found is None else str(found)
