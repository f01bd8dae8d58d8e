"""Recording events: appended with their leaves in the transaction of what they are about."""

import polars as pl

from pipelines.audit.canonical import leaf_hashes
from pipelines.audit.events import EVENT, Action, Event, as_frame
from pipelines.store.warehouse.connection import Connection, query, register, value
from pipelines.store.warehouse.database import in_transaction

COUNTED = {  # by detail of the first event
    "records": "record",
    "contacts": "contact",
    "decisions": "decision",
    "deliveries": "delivery",
    "exports": "export",
    "runs": "run",
}


def record(connection: Connection, *events: Event) -> int:
    """Append events, in a transaction that is open or one of their own; the number of the first."""
    return append(connection, as_frame(events))


def append(connection: Connection, events: pl.DataFrame) -> int:
    """Append events (columns `audit.events.EVENT`) with their leaves; the number of the first.

    The first event of all says what had been there before: of a warehouse that is new, nothing.
    """
    with in_transaction(connection):
        seq = next_number(connection)
        if seq == 0:
            seq = _append(connection, as_frame([_opening(connection)]), 0)
        _append(connection, events, seq)
    return seq


def next_number(connection: Connection) -> int:
    """The number that the next event gets, which is how many there are."""
    return int(value(connection, "SELECT coalesce(max(seq) + 1, 0) FROM audit_leaf"))


def _append(connection: Connection, events: pl.DataFrame, seq: int) -> int:
    if events.is_empty():
        return seq
    numbered = events.with_row_index("seq", offset=seq)
    leaves = numbered.select("seq", hash=pl.Series(leaf_hashes(events), dtype=pl.Binary))
    with register(connection, appended=numbered, hashed=leaves):
        columns = ", ".join(("seq", *EVENT))
        connection.execute(f"INSERT INTO audit_event ({columns}) SELECT {columns} FROM appended")
        connection.execute("INSERT INTO audit_leaf SELECT seq, hash FROM hashed")
    return seq + events.height


def _opening(connection: Connection) -> Event:
    counts = ", ".join(f"(SELECT count(*) FROM {table}) AS {name}" for name, table in COUNTED.items())
    [found] = query(connection, f"SELECT {counts}").to_dicts()
    return Event(Action.TRAIL_OPENED, "warehouse", "warehouse", details=found)
