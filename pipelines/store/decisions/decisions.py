"""Decisions of people and what follows from them: who is blocked, and which conversations are set aside."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register, value
from schemas.vocabulary import DecisionKind

PARTING = (DecisionKind.UNMERGE, DecisionKind.DISMISS, DecisionKind.DEFER)  # of which prints are kept
# Order of decisions: their time, and within a file of change requests their place in it.
DECISION_ORDER = """lpad(epoch_us(d.decided_at)::VARCHAR, 20, '0') || lpad(coalesce(d.row_number, 0)::VARCHAR, 10, '0')
          || d.decision_id"""


class Decision(NamedTuple):
    """What somebody decided, why and when; times in UTC.

    `field` and `value` are of edits and pins, `value` of tags and notes as well. `target` is the decision that this one
    takes back. `delivery_id` and `row_number` say which change request it was.
    """

    decision_id: str
    kind: DecisionKind
    actor: str
    reason: str
    decided_at: datetime
    expires_at: datetime | None = None
    role: str | None = None
    field: str | None = None
    value: str | None = None
    target: str | None = None
    delivery_id: str | None = None
    row_number: int | None = None


def keep_decision(connection: Connection, decision: Decision, records: pl.DataFrame, compared: list[str]) -> None:
    """Store a decision with the records it is about, which may be in other contacts tomorrow: record_key, side.

    `compared`: attributes that matching compares. Of records that it parts or puts off, their prints are kept.
    """
    columns = ", ".join((*Decision._fields, "compared"))
    marks = ", ".join("?" * (len(decision) + 1))
    connection.execute(f"INSERT INTO decision ({columns}) VALUES ({marks})", [*decision, compared])
    with register(connection, subject=records):
        connection.execute(
            "INSERT INTO decision_record (decision_id, record_key, side) SELECT ?, record_key, side FROM subject",
            [decision.decision_id],
        )
    if decision.kind in PARTING:
        connection.execute(
            """UPDATE decision_record r SET evidence_fingerprint = p.evidence_fingerprint FROM record_fingerprint p
               WHERE r.decision_id = ? AND p.decision_id = ? AND p.record_key = r.record_key""",
            [decision.decision_id, decision.decision_id],
        )


def revoke(connection: Connection, decision: Decision) -> None:
    """Revoke the target of a decision. What that one had taken back itself stands again."""
    connection.execute(
        """UPDATE decision SET revoked_at = NULL, revoked_by = NULL, revoked_reason = NULL
           WHERE decision_id = (SELECT target FROM decision WHERE decision_id = ?)""",
        [decision.target],
    )
    connection.execute(
        "UPDATE decision SET revoked_at = ?, revoked_by = ?, revoked_reason = ? WHERE decision_id = ?",
        [decision.decided_at, decision.actor, decision.reason, decision.target],
    )


def decision_of(connection: Connection, decision_id: str) -> Decision | None:
    """A decision by its id, whether it stands or was revoked."""
    columns = ", ".join(Decision._fields)
    found = query(connection, f"SELECT {columns} FROM decision WHERE decision_id = try_cast(? AS UUID)", [decision_id])
    return next((Decision(**each) for each in found.to_dicts()), None)


def is_in_force(connection: Connection, decision_id: str) -> bool:
    """Whether a decision is there and has not been revoked."""
    return bool(
        value(
            connection,
            "SELECT count(*) FROM decision WHERE decision_id = try_cast(? AS UUID) AND revoked_at IS NULL",
            [decision_id],
        )
    )


def subject(connection: Connection, decision_id: str) -> pl.DataFrame:
    """The records a decision is about: record_key, side; those that are no more left out."""
    return query(
        connection,
        """
        SELECT record_key, coalesce(side, 0)::USMALLINT AS side
        FROM decision_record SEMI JOIN record USING (record_key)
        WHERE decision_id = ? ORDER BY record_key""",
        [decision_id],
    )


def members(connection: Connection, contact_id: str) -> pl.Series:
    """Keys of the records a contact is made of now, sorted."""
    return query(
        connection,
        "SELECT record_key FROM membership WHERE contact_id = ? AND run_to IS NULL ORDER BY record_key",
        [contact_id],
    )["record_key"]


def attached_records(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Who carries what is decided about a value of a contact, and whom it speaks over: record_key, side (0 or 1).

    The carrier is its anchor, the record that gives it its id; else the member that was ingested first.
    """
    return query(
        connection,
        """
        SELECT record_key, (row_number() OVER (ORDER BY anchor_id <> contact_id, ingest_seq, record_key) > 1)::USMALLINT
                   AS side
        FROM membership JOIN record USING (record_key)
        WHERE contact_id = ? AND run_to IS NULL ORDER BY side, record_key""",
        [contact_id],
    )


def attributes_of(connection: Connection, contacts: Sequence[str]) -> pl.DataFrame:
    """Values that contacts have of custom attributes now, each once: attribute, value."""
    return query(
        connection,
        """
        SELECT DISTINCT e.key AS attribute, e.value
        FROM (SELECT unnest(map_entries(attributes)) AS e FROM contact WHERE list_contains($1::UUID[], contact_id))
        ORDER BY ALL""",
        [list(contacts)],
    )


def newest_decision(connection: Connection, records: pl.Series) -> datetime | None:
    """When the newest decision about any of these records was taken."""
    with register(connection, subject=records.to_frame("record_key")):
        found: datetime | None = value(
            connection,
            """SELECT max(decided_at) FROM decision JOIN decision_record USING (decision_id)
               WHERE record_key IN (SELECT record_key::UUID FROM subject)""",
        )
    return found


def blocks(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Decisions by which a contact is blocked, the first first: decision_id, decided_at, expires_at, actor, reason."""
    return query(
        connection,
        """
        SELECT DISTINCT d.decision_id, d.decided_at, d.expires_at, d.actor, d.reason
        FROM record_block b JOIN decision d USING (decision_id) JOIN membership m USING (record_key)
        WHERE m.contact_id = ? AND m.run_to IS NULL ORDER BY d.decided_at, d.decision_id""",
        [contact_id],
    )


def blocked_conversations(connection: Connection) -> pl.DataFrame:
    """Conversations that are set aside, newest first: contact_id, name, channel, started_at, messages."""
    return query(
        connection,
        """
        SELECT b.contact_id, c.name, b.channel, b.started_at, b.messages
        FROM blocked_conversation b JOIN contact c USING (contact_id)
        ORDER BY b.started_at DESC, b.contact_id, b.conversation_id, b.messages""",
    )


def newly_blocked_conversations(connection: Connection, run_id: str) -> int:
    """How many conversations are set aside of which a run has brought messages."""
    return int(
        value(
            connection,
            """SELECT count(*) FROM blocked_conversation
               WHERE list_has_any(deliveries, (SELECT list(delivery_id) FROM delivery WHERE run_id = ?))""",
            [run_id],
        )
    )


def is_shown(moment: str) -> str:
    """SQL: whether what happened at a moment is not set aside, by the `blocked_thread` b of its contact, if any."""
    return f"coalesce({moment} <= b.blocked_from, b.blocked_from IS NOT NULL OR b.contact_id IS NULL)"


def enqueue_suppressed(connection: Connection) -> None:
    """Leave contacts pending of which other conversations are set aside now than when they were last derived.

    What is known of the beginning of a conversation can change without a word of the contact.
    """
    connection.execute("""
        INSERT INTO work_queue
        WITH now_aside AS (SELECT contact_id, conversation_id, blocked_from FROM blocked_thread),
        turned AS (
            (FROM now_aside EXCEPT FROM suppressed_conversation)
            UNION (FROM suppressed_conversation EXCEPT FROM now_aside)
        )
        SELECT DISTINCT 'contacts', m.record_key
        FROM turned JOIN membership m USING (contact_id) WHERE m.run_to IS NULL""")


def keep_suppressed(connection: Connection) -> None:
    """Contacts are derived without the conversations that are set aside now."""
    connection.execute("DELETE FROM suppressed_conversation")
    connection.execute(
        "INSERT INTO suppressed_conversation SELECT contact_id, conversation_id, blocked_from FROM blocked_thread"
    )
