"""Blocking contacts and lifting blocks.

A block is kept with the records a contact is made of, so that it goes where they go. The newest decision about a record
counts; one record that is blocked blocks its whole contact, and lifting the block of a contact lifts it of all of them.
"""

from datetime import UTC, datetime
from uuid import uuid5

import polars as pl

from pipelines.errors import DecisionRefused
from pipelines.ids import NAMESPACE
from pipelines.project import OpenProject
from pipelines.steps.merge import rederive
from pipelines.store import decisions, runs
from pipelines.store.connection import Connection
from pipelines.store.decisions import Decision
from pipelines.store.warehouse import transaction
from schemas.vocabulary import DecisionKind

LONGEST = 2_000  # characters of a reason


def block(
    project: OpenProject,
    connection: Connection,
    contact_id: str,
    *,
    actor: str,
    reason: str,
    decided_at: datetime,
    expires_at: datetime | None = None,
) -> Decision:
    """Block a contact from now on, until `expires_at` if that is given, and derive it anew.

    Conversations that begin afterwards are set aside: kept, but no part of its history while the block stands.

    Raises:
        DecisionRefused: It says no reason or nobody who takes it, or its times cannot be.
    """
    as_of = runs.last_as_of(connection) or decided_at
    if expires_at is not None and expires_at <= max(decided_at, as_of):
        raise DecisionRefused("the block would be over already: name a date after today and after that of the last run")
    return _take(project, connection, contact_id, DecisionKind.BLOCK, actor, reason, decided_at, expires_at)


def unblock(
    project: OpenProject, connection: Connection, contact_id: str, *, actor: str, reason: str, decided_at: datetime
) -> Decision:
    """Lift every block of a contact and derive it anew, with all that was set aside meanwhile.

    Raises:
        DecisionRefused: It is not blocked, or it says no reason or nobody who takes it.
    """
    if decisions.blocks(connection, contact_id).is_empty():
        raise DecisionRefused("the contact is not blocked, so there is nothing to lift")
    return _take(project, connection, contact_id, DecisionKind.UNBLOCK, actor, reason, decided_at, None)


def _take(
    project: OpenProject,
    connection: Connection,
    contact_id: str,
    kind: DecisionKind,
    actor: str,
    reason: str,
    decided_at: datetime,
    expires_at: datetime | None,
) -> Decision:
    """Check a decision, store it and derive the contact anew, all of it or nothing."""
    if not reason.strip() or len(reason) > LONGEST:
        raise DecisionRefused(f"a decision needs a reason, of at most {LONGEST:,} characters")
    if not actor.strip():
        raise DecisionRefused("a decision needs somebody who takes it: name them with --by")
    records, as_of = decisions.members(connection, contact_id), runs.last_as_of(connection)
    if records.is_empty() or as_of is None:
        raise DecisionRefused("there is no such contact")
    _require_newest(connection, records, decided_at)
    at = decided_at.astimezone(UTC)
    decision = Decision(
        decision_id=str(uuid5(NAMESPACE, f"decision|{kind}|{contact_id}|{at.isoformat()}")),
        kind=kind,
        actor=actor.strip(),
        reason=reason.strip(),
        decided_at=at,
        expires_at=expires_at,
    )
    with transaction(connection):
        decisions.keep_decision(connection, decision, records)
        rederive(project, connection, records, f"decision:{decision.decision_id}", as_of)
        decisions.note_set_aside(connection)
    return decision


def _require_newest(connection: Connection, records: pl.Series, decided_at: datetime) -> None:
    newest = decisions.newest_decision(connection, records)
    if newest is not None and newest >= decided_at:
        raise DecisionRefused(
            "a decision about this contact is dated later than now: is the clock of this machine right?"
        )
