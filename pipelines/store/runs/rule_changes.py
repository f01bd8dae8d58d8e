"""Rules that a new version brings: what they change in a warehouse of an earlier one is said once, by its next run.

To announce a rule, add it to RULES.
"""

from typing import NamedTuple

from pipelines.store.warehouse.connection import Connection, value


class Rule(NamedTuple):
    """What a run says of a rule behind a number, 1 or more, and its SQL, without deliveries of the run (`$1`)."""

    of_one: str
    of_several: str
    sql: str


CONSENT = """consent AS (
            SELECT 'attr.' || substr(name, 11) AS field FROM setting
            WHERE starts_with(name, 'attribute.') AND (definition ->> 'merge') = 'most_restrictive'
        )"""
RULES = {
    "notes_are_added": Rule(
        "former note stands in a timeline again: notes are added to, not replaced",
        "former notes stand in timelines again: notes are added to, not replaced",
        """
        SELECT count(*) FROM (
            SELECT DISTINCT s.record_key, s.notes FROM source_record s JOIN delivery d USING (delivery_id)
            WHERE s.notes IS NOT NULL AND d.run_id <> $1
            EXCEPT
            SELECT s.record_key, s.notes FROM record_field f JOIN source_record s USING (record_key, version)
            WHERE f.field = 'notes')""",
    ),
    "edits_give_way": Rule(
        "edited value gave way to what a source stated for the first time after the edit",
        "edited values gave way to what a source stated for the first time after the edit",
        """
        SELECT count(*) FROM contact_field f JOIN delivery d USING (delivery_id)
        WHERE f.rule = 'stated_after_edit' AND f.field NOT IN ('first_name', 'last_name') AND d.run_id <> $1""",
    ),
    "reused_ids_are_told_apart": Rule(
        "record is another person's than the one it had been taken for: its id was given to somebody else",
        "records are another person's than those they had been taken for: their ids were given to somebody else",
        """
        SELECT count(*) FROM record WHERE id_key IS NOT NULL AND record_key IN (
            SELECT record_key FROM source_record JOIN delivery d USING (delivery_id) WHERE d.run_id <> $1)""",
    ),
    "addresses_are_suppressed": Rule(
        "contact has the number or address of somebody else who is blocked or said no: exports that reach it leave the "
        "contact out",
        "contacts have the number or address of somebody else who is blocked or said no: exports that reach it leave "
        "them out",
        f"""
        WITH {CONSENT},
        refusing AS (
            SELECT contact_id FROM contact WHERE status = 'blocked'
            UNION SELECT contact_id FROM contact c, consent n WHERE c.attributes[substr(n.field, 6)] = 'false'
        ),
        address AS (SELECT contact_id, type, value FROM contact_identifier WHERE type IN ('phone', 'email'))
        SELECT count(DISTINCT o.contact_id)
        FROM refusing r JOIN address a USING (contact_id) JOIN address o USING (type, value)
        WHERE o.contact_id <> r.contact_id AND $1 <> ''""",
    ),
    "newer_answers_replace_former_ones": Rule(
        "contact says yes although it once said no under a record id that somebody else has now: the same source has "
        "stated a newer yes",
        "contacts say yes although they once said no under a record id that somebody else has now: the same source has "
        "stated a newer yes of theirs",
        f"""
        WITH {CONSENT}
        SELECT count(DISTINCT c.contact_id)
        FROM former_record f
        JOIN record_field v USING (record_key) JOIN consent USING (field)
        JOIN source_record s USING (record_key, version)
        JOIN membership m ON m.record_key = f.record_key AND m.run_to IS NULL
        JOIN contact c USING (contact_id)
        WHERE s.attributes[substr(field, 6)] = 'false' AND c.attributes[substr(field, 6)] = 'true' AND $1 <> ''""",
    ),
    "unions_are_lists": Rule(
        "contact has a list of several values now: attributes with `merge: union` are lists",
        "contacts have lists of several values now: attributes with `merge: union` are lists",
        """
        SELECT count(DISTINCT contact_id) FROM (
            SELECT contact_id FROM contact_field f JOIN delivery d USING (delivery_id)
            WHERE f.rule = 'union' AND starts_with(f.field, 'attr.') AND d.run_id <> $1
            GROUP BY contact_id, f.field HAVING count(*) > 1)""",
    ),
    "blocks_end_conversations": Rule(
        "message is set aside that came after a block: in chats, a block ends the conversation",
        "messages are set aside that came after a block: in chats, a block ends the conversation",
        """
        SELECT count(*)
        FROM blocked_thread b
        JOIN conversation_message s ON s.conversation_id = b.conversation_id AND s.sent_at > b.blocked_from
        JOIN membership m ON m.record_key = s.record_key AND m.contact_id = b.contact_id AND m.run_to IS NULL
        JOIN delivery d ON d.delivery_id = s.delivery_id
        WHERE d.run_id <> $1""",
    ),
    "display_names_give_way": Rule(
        "contact goes by a name that was stated, whatever a chat shows: display names rank below stated names",
        "contacts go by a name that was stated, whatever a chat shows: display names rank below stated names",
        """
        SELECT count(*) FROM contact_field f JOIN delivery d USING (delivery_id)
        WHERE f.rule = 'stated_name' AND f.field = 'name' AND d.run_id <> $1""",
    ),
}


def is_announced(connection: Connection, rule: str) -> bool:
    """Whether a run has announced a rule, which means that it holds for all that is stored."""
    return bool(value(connection, "SELECT count(*) > 0 FROM announced_rule WHERE rule = ?", [rule]))


def announce_rules(connection: Connection, run_id: str) -> dict[str, int]:
    """Rules that have not been announced yet and changed something here: their sentence, and how much.

    They are announced now. A warehouse without an earlier run has nothing that they could change.
    """
    known = {rule for (rule,) in connection.execute("SELECT rule FROM announced_rule").fetchall()}
    is_new = value(connection, "SELECT count(*) FROM run WHERE run_id <> ?", [run_id]) == 0
    changed: dict[str, int] = {}
    for name, rule in RULES.items():
        if name in known:
            continue
        number = 0 if is_new else int(value(connection, rule.sql, [run_id]))
        connection.execute("INSERT INTO announced_rule VALUES (?, ?, ?)", [name, number, run_id])
        if number:
            changed[rule.of_one if number == 1 else rule.of_several] = number
    return changed
