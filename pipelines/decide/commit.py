"""Taking a decision: it is checked, stored, and in force at once for the contacts it touches.

Decisions are kept with records, not with contacts, so that they go where their records go. Every run replays those that
stand, and a rebuild as well: what is derived here is what they derive.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import uuid5

import polars as pl

from pipelines.derive.merge import rederive
from pipelines.errors import DecisionRefused
from pipelines.ids import NAMESPACE
from pipelines.project import OpenProject
from pipelines.store.decisions import decisions
from pipelines.store.decisions.decisions import Decision
from pipelines.store.runs import runs
from pipelines.store.runs.work_queue import MATCH, leave_pending
from pipelines.store.warehouse.connection import Connection, value
from pipelines.store.warehouse.database import transaction
from schemas.vocabulary import DecisionKind

LONGEST = 2_000  # characters of a reason
MOMENT = timedelta(microseconds=1)  # between decisions that are taken together, so that none is another's twin
IDENTIFYING = ("phone", "email")  # fields by which records are matched when people state them
UNDERIVED = (DecisionKind.NOTE, DecisionKind.DEFER)  # read where they are shown; no contact is another by them


class Ruling(NamedTuple):
    """Who decides, why and when, whatever it is; `delivery_id` and `row_number` where a file asks for it."""

    actor: str
    reason: str
    decided_at: datetime
    role: str | None = None
    expires_at: datetime | None = None
    delivery_id: str | None = None
    row_number: int | None = None


def take(
    project: OpenProject,
    connection: Connection,
    kind: DecisionKind,
    ruling: Ruling,
    records: pl.DataFrame,
    *,
    field: str | None = None,
    value: str | None = None,
    target: str | None = None,
) -> Decision:
    """Check a decision, store it and derive the contacts of its records anew, all of it or nothing.

    In a transaction that is open already it becomes part of that; refused is it before anything is written.

    Args:
        project: Whose warehouse it is.
        connection: The warehouse.
        kind: What is decided.
        ruling: By whom, why and when.
        records: What it is about: record_key, side.
        field: Of an edit or a pin, and of a revoke of one.
        value: Of an edit, a pin, a tag or a note.
        target: The decision that is taken back with this one, which is then revoked.

    Raises:
        DecisionRefused: It says no reason or nobody who takes it, is about no record, or is older than another.
    """
    _require_said(ruling)
    if records.is_empty():
        raise DecisionRefused("there is no such contact")
    _require_newest(connection, records["record_key"], ruling)
    at = ruling.decided_at.astimezone(UTC)
    carrier = records.sort("side", "record_key")["record_key"][0]
    place = (ruling.delivery_id, ruling.row_number) if ruling.delivery_id else ()
    decision = Decision(
        decision_id=str(
            uuid5(NAMESPACE, "|".join(map(str, ("decision", kind, carrier, at.isoformat(), field or "", *place))))
        ),
        kind=kind,
        actor=ruling.actor.strip(),
        reason=ruling.reason.strip(),
        decided_at=at,
        expires_at=ruling.expires_at,
        role=ruling.role,
        field=field,
        value=value,
        target=target,
        delivery_id=ruling.delivery_id,
        row_number=ruling.row_number,
    )
    if decisions.decision_of(connection, decision.decision_id) is not None:
        raise DecisionRefused("this has been decided already")
    with joined(connection):
        _put_in_force(project, connection, decision, records)
    return decision


@contextmanager
def joined(connection: Connection) -> Iterator[None]:
    """A part of the transaction that is open, else a transaction of its own."""
    if value(connection, TRANSACTION) == value(
        connection, TRANSACTION
    ):  # each statement has its own where none is open
        yield
        return
    with transaction(connection):
        yield


TRANSACTION = "SELECT txid_current()"
LATER: ContextVar[bool] = ContextVar("LATER", default=False)


@contextmanager
def derived_later() -> Iterator[None]:
    """What is decided in the `with` block is stored only: whoever opened it derives the contacts of all of it at once.

    That has to happen before anything is decided that depends on it, and in the same transaction.
    """
    before = LATER.set(True)
    try:
        yield
    finally:
        LATER.reset(before)


def _put_in_force(project: OpenProject, connection: Connection, decision: Decision, records: pl.DataFrame) -> None:
    if runs.last_as_of(connection) is None:  # somebody decides before the first run
        runs.note_as_of(connection, decision.decided_at)
    decisions.keep_decision(connection, decision, records, list(project.settings.match_roles()))
    if decision.target is not None:
        decisions.take_back(connection, decision)
    if decision.field in IDENTIFYING:
        leave_pending(connection, MATCH, records.filter(pl.col("side") == 0)["record_key"])
    if decision.kind not in UNDERIVED:
        derive(project, connection, decision, records["record_key"])


def derive(project: OpenProject, connection: Connection, decision: Decision, records: pl.Series) -> None:
    """Derive the contacts of these records anew, unless that is left for later."""
    as_of = runs.last_as_of(connection)
    if as_of is not None and not LATER.get():
        rederive(project, connection, records, f"decision:{decision.decision_id}", as_of)
        decisions.note_set_aside(connection)


def _require_said(ruling: Ruling) -> None:
    if not ruling.reason.strip() or len(ruling.reason) > LONGEST:
        raise DecisionRefused(f"a decision needs a reason, of at most {LONGEST:,} characters")
    if not ruling.actor.strip():
        raise DecisionRefused("a decision needs somebody who takes it: name them with --by")


def _require_newest(connection: Connection, records: pl.Series, ruling: Ruling) -> None:
    """Rows of a file may decide at one time, for they have an order."""
    newest = decisions.newest_decision(connection, records)
    if newest is None or newest < ruling.decided_at or (newest == ruling.decided_at and ruling.row_number is not None):
        return
    raise DecisionRefused("a decision about this contact is dated later than now: is the clock of this machine right?")
