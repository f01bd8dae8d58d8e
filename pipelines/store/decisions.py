"""Decisions of people and what follows from them: who is blocked, and which conversations are set aside."""

from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines.store.connection import Connection, lent, query, value
from schemas.vocabulary import DecisionKind


class Decision(NamedTuple):
    """What somebody decided, why and when; times in UTC."""

    decision_id: str
    kind: DecisionKind
    actor: str
    reason: str
    decided_at: datetime
    expires_at: datetime | None = None


def keep_decision(connection: Connection, decision: Decision, records: pl.Series) -> None:
    """Store a decision with the records it is about, which may be in other contacts tomorrow."""
    marks = ", ".join("?" * len(decision))
    connection.execute(f"INSERT INTO decision ({', '.join(Decision._fields)}) VALUES ({marks})", list(decision))
    with lent(connection, subject=records.to_frame("record_key")):
        connection.execute("INSERT INTO decision_record SELECT ?, record_key FROM subject", [decision.decision_id])


def members(connection: Connection, contact_id: str) -> pl.Series:
    """Keys of the records a contact is made of now, sorted."""
    return query(
        connection,
        "SELECT record_key FROM membership WHERE contact_id = ? AND run_to IS NULL ORDER BY record_key",
        [contact_id],
    )["record_key"]


def newest_decision(connection: Connection, records: pl.Series) -> datetime | None:
    """When the newest decision about any of these records was taken."""
    with lent(connection, subject=records.to_frame("record_key")):
        found: datetime | None = value(
            connection,
            """SELECT max(decided_at) FROM decision JOIN decision_record USING (decision_id)
               WHERE record_key IN (SELECT record_key::UUID FROM subject)""",
        )
    return found


def blocks(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Decisions by which a contact is blocked, the first one first: decided_at, expires_at, actor, reason."""
    return query(
        connection,
        """
        SELECT DISTINCT d.decided_at, d.expires_at, d.actor, d.reason
        FROM record_block b JOIN decision d USING (decision_id) JOIN membership m USING (record_key)
        WHERE m.contact_id = ? AND m.run_to IS NULL ORDER BY d.decided_at, d.reason""",
        [contact_id],
    )


def blocked_conversations(connection: Connection) -> pl.DataFrame:
    """Conversations that are set aside, newest first: contact_id, name, channel, started_at, messages."""
    return query(
        connection,
        """
        SELECT b.contact_id, c.name, b.channel, b.started_at, b.messages
        FROM blocked_conversation b JOIN contact c USING (contact_id)
        ORDER BY b.started_at DESC, b.contact_id, b.conversation_id""",
    )


def stir_expired(connection: Connection, before: datetime, as_of: datetime) -> None:
    """Leave records pending whose blocks have come to an end since the last run, or no longer have."""
    connection.execute(
        """
        INSERT INTO pending
        SELECT DISTINCT 'contacts', r.record_key FROM decision_record r JOIN decision d USING (decision_id)
        WHERE d.expires_at > least(?, ?) AND d.expires_at <= greatest(?, ?)""",
        [before, as_of, before, as_of],
    )


def stir_set_aside(connection: Connection) -> None:
    """Leave contacts pending of which other conversations are set aside now than when they were last derived.

    What is known of the beginning of a conversation can change without a word of the contact.
    """
    connection.execute("""
        INSERT INTO pending
        WITH now_aside AS (SELECT contact_id, conversation_id FROM blocked_conversation),
        turned AS (
            (FROM now_aside EXCEPT FROM set_aside) UNION (FROM set_aside EXCEPT FROM now_aside)
        )
        SELECT DISTINCT 'contacts', m.record_key
        FROM turned JOIN membership m USING (contact_id) WHERE m.run_to IS NULL""")


def note_set_aside(connection: Connection) -> None:
    """Contacts are derived without the conversations that are set aside now."""
    connection.execute("DELETE FROM set_aside")
    connection.execute("INSERT INTO set_aside SELECT contact_id, conversation_id FROM blocked_conversation")
