"""Runs: when they began, and as of when they looked at the world."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from pipelines.audit.events import Action, Event, Outcome
from pipelines.errors import WrongIdentityKey
from pipelines.ids import Keyed
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


def require_identity(connection: Connection, ids: Keyed) -> None:
    """Raise WrongIdentityKey for another identity key than the one that ids and digests here are made with."""
    tables = "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'identity_key'"
    is_made = value(connection, f"{tables} AND database_name = current_database()")  # not yet in a new warehouse
    kept = value(connection, "SELECT fingerprint FROM identity_key") if is_made else None
    if kept is not None and str(kept) != _fingerprint(ids):
        raise WrongIdentityKey(
            "the warehouse was made with another identity key: set `keys: identity:` to the one it has now"
        )


def keep_identity(connection: Connection, ids: Keyed) -> None:
    """Note which identity key ids here are made with, before the first is; raise WrongIdentityKey for another."""
    require_identity(connection, ids)
    if value(connection, "SELECT count(*) FROM identity_key") == 0:
        connection.execute("INSERT INTO identity_key VALUES (?)", [_fingerprint(ids)])


def _fingerprint(ids: Keyed) -> str:
    return str(pl.select(ids("identity key")).item())


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
