"""Runs: when they began, and as of when they looked at the world."""

from collections.abc import Sequence
from datetime import datetime

from pipelines.audit.events import Action, Event, Outcome
from pipelines.store.audit.record import record
from pipelines.store.warehouse.connection import Connection, value

MOST_NAMED = 120  # characters of the names of failed steps


def begin_run(connection: Connection, run_id: str, as_of: datetime, now: datetime, configuration: str = "") -> None:
    """Note that a run has begun, and under which configuration (a digest)."""
    connection.execute("INSERT OR REPLACE INTO run VALUES (?, ?, ?)", [run_id, as_of, now])
    details = {"configuration": configuration} if configuration else {}
    record(connection, Event(Action.RUN_STARTED, "run", run_id, run_id, details=details))


def end_run(connection: Connection, run_id: str, failed: Sequence[str]) -> None:
    """Record that a run has ended, and which steps have failed."""
    outcome = Outcome.FAILED if failed else Outcome.OK
    details = {"failed": ", ".join(failed)[:MOST_NAMED]} if failed else {}
    record(connection, Event(Action.RUN_ENDED, "run", run_id, run_id, outcome, details=details))


def identity_fingerprint(connection: Connection, own: str) -> str:
    """The fingerprint of the identity key that ids here are made with: this one, if none has been used yet."""
    kept = value(connection, "SELECT fingerprint FROM identity_key")
    if kept is None:
        connection.execute("INSERT INTO identity_key VALUES (?)", [own])
    return own if kept is None else str(kept)


def last_as_of(connection: Connection) -> datetime | None:
    """The moment that contacts are derived as of."""
    found: datetime | None = value(connection, "SELECT as_of FROM as_of_time")
    return found


def last_run_id(connection: Connection) -> str:
    """The id of the newest run; empty before the first."""
    return str(value(connection, "SELECT run_id FROM run ORDER BY started_at DESC, run_id DESC LIMIT 1") or "")


def keep_as_of(connection: Connection, as_of: datetime) -> None:
    """Contacts are derived as of this moment now."""
    connection.execute("DELETE FROM as_of_time")
    connection.execute("INSERT INTO as_of_time VALUES (?)", [as_of])
