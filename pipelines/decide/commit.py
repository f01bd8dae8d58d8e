"""Committing a decision: it is checked, stored, and in force at once for the contacts it touches.

Decisions are kept with records, not with contacts, so that they go where their records go. Every run replays those that
stand, and a rebuild as well: what is derived here is what they derive.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import uuid5

import polars as pl

from pipelines.decide.batch import DecisionBatch
from pipelines.derive.merge import rederive
from pipelines.errors import DecisionRefused
from pipelines.ids import NAMESPACE
from pipelines.project import OpenProject
from pipelines.store.audit.decision_events import record_decisions
from pipelines.store.decisions import decisions
from pipelines.store.decisions.decisions import Decision
from pipelines.store.runs import runs
from pipelines.store.runs.work_queue import MATCH, enqueue_all
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import in_transaction
from schemas.vocabulary import DecisionKind

LONGEST = 2_000  # characters of a reason
MOMENT = timedelta(microseconds=1)  # between decisions that are taken together, so that none is another's twin
IDENTIFYING = ("phone", "email")  # fields by which records are matched when people state them
UNDERIVED = (DecisionKind.DEFER,)  # read where it is shown; no contact is another by it


class Attribution(NamedTuple):
    """Who decides, why and when, whatever it is; `delivery_id` and `row_number` where a file asks for it."""

    actor: str
    reason: str
    decided_at: datetime
    role: str | None = None
    expires_at: datetime | None = None
    delivery_id: str | None = None
    row_number: int | None = None


def commit(
    project: OpenProject,
    connection: Connection,
    kind: DecisionKind,
    attribution: Attribution,
    records: pl.DataFrame,
    *,
    field: str | None = None,
    value: str | None = None,
    target: str | None = None,
    batch: DecisionBatch | None = None,
) -> Decision:
    """Check a decision, store it and derive the contacts of its records anew, all of it or nothing.

    In a transaction that is open already it becomes part of that; refused is it before anything is written.

    Args:
        project: Whose warehouse it is.
        connection: The warehouse.
        kind: What is decided.
        attribution: By whom, why and when.
        records: What it is about: record_key, side.
        field: Of an edit or a pin, and of a revoke of one.
        value: Of an edit, a pin, a tag or a note.
        target: The decision that is taken back with this one, which is then revoked.
        batch: The decisions this one is committed with; their contacts are derived later, by `batch.derive`.

    Raises:
        DecisionRefused: It says no reason or nobody who takes it, is about no record, or is older than another.
    """
    with in_transaction(connection):
        decision = store_decision(
            project, connection, kind, attribution, records, field=field, value=value, target=target
        )
        derive(project, connection, decision, records["record_key"], batch)
    return decision


def store_decision(
    project: OpenProject,
    connection: Connection,
    kind: DecisionKind,
    attribution: Attribution,
    records: pl.DataFrame,
    *,
    field: str | None = None,
    value: str | None = None,
    target: str | None = None,
) -> Decision:
    """`commit` without deriving a contact, in a transaction that is open."""
    _require_said(attribution)
    if records.is_empty():
        raise DecisionRefused("there is no such contact")
    _require_newest(connection, records["record_key"], attribution)
    at = attribution.decided_at.astimezone(UTC)
    carrier = records.sort("side", "record_key")["record_key"][0]
    place = (attribution.delivery_id, attribution.row_number) if attribution.delivery_id else ()
    decision = Decision(
        decision_id=str(
            uuid5(NAMESPACE, "|".join(map(str, ("decision", kind, carrier, at.isoformat(), field or "", *place))))
        ),
        kind=kind,
        actor=attribution.actor.strip(),
        reason=attribution.reason.strip(),
        decided_at=at,
        expires_at=attribution.expires_at,
        role=attribution.role,
        field=field,
        value=value,
        target=target,
        delivery_id=attribution.delivery_id,
        row_number=attribution.row_number,
    )
    if decisions.decision_of(connection, decision.decision_id) is not None:
        raise DecisionRefused("this has been decided already")
    if runs.last_as_of(connection) is None:  # somebody decides before the first run
        runs.keep_as_of(connection, decision.decided_at)
    decisions.keep_decision(connection, decision, records, list(project.settings.match_roles()))
    if attribution.delivery_id is None:  # else those of a file are recorded together
        record_decisions(connection, [decision.decision_id])
    if target is not None:
        decisions.revoke(connection, decision)
    if field in IDENTIFYING:
        enqueue_all(connection, MATCH, records.filter(pl.col("side") == 0)["record_key"])
    return decision


def derive(
    project: OpenProject,
    connection: Connection,
    decision: Decision,
    records: pl.Series,
    batch: DecisionBatch | None = None,
) -> None:
    """Derive the contacts of these records anew, or leave that to the batch."""
    if decision.kind in UNDERIVED:
        return
    if batch is not None:
        batch.add(decision)
    elif (as_of := runs.last_as_of(connection)) is not None:
        rederive(project, connection, records, f"decision:{decision.decision_id}", as_of)
        decisions.keep_suppressed(connection)


def _require_said(attribution: Attribution) -> None:
    if not attribution.reason.strip() or len(attribution.reason) > LONGEST:
        raise DecisionRefused(f"a decision needs a reason, of at most {LONGEST:,} characters")
    if not attribution.actor.strip():
        raise DecisionRefused("a decision needs somebody who takes it: name them with --by")


def _require_newest(connection: Connection, records: pl.Series, attribution: Attribution) -> None:
    """Rows of a file may decide at one time, for they have an order."""
    newest = decisions.newest_decision(connection, records)
    if (
        newest is None
        or newest < attribution.decided_at
        or (newest == attribution.decided_at and attribution.row_number is not None)
    ):
        return
    raise DecisionRefused("a decision about this contact is dated later than now: is the clock of this machine right?")
