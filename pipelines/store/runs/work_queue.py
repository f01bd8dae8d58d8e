"""What each step has still to look at. Entries leave in the transaction that commits the step's work."""

from datetime import datetime

import polars as pl

from pipelines.store.warehouse.connection import Connection, lent, query, value

MATCH = "match"
CONTACTS = "contacts"


def pending(connection: Connection, step: str, digest: str) -> pl.Series:
    """Keys of the records a step has to look at, sorted: all when its configuration is another than last time."""
    before = value(connection, "SELECT digest FROM step_state WHERE step = ?", [step])
    if before is not None and before != digest:
        return query(connection, "SELECT record_key FROM record ORDER BY record_key")["record_key"]
    return query(connection, "SELECT DISTINCT record_key FROM work_queue WHERE step = ? ORDER BY record_key", [step])[
        "record_key"
    ]


def leave_pending(connection: Connection, step: str, records: pl.Series) -> None:
    """Let a step look at these records."""
    with lent(connection, stirred=records.unique().to_frame("record_key")):
        connection.execute("INSERT INTO work_queue SELECT ?, record_key FROM stirred", [step])


def stir_interactions_between(connection: Connection, before: datetime, as_of: datetime) -> None:
    """Leave records pending whose messages have come to lie in the past, or no longer do, since the last run."""
    connection.execute(
        """
        INSERT INTO work_queue
        SELECT DISTINCT 'contacts', record_key
        FROM (SELECT record_key, sent_at FROM message UNION ALL SELECT record_key, sent_at FROM receipt_only_message)
        WHERE record_key IS NOT NULL AND sent_at > least(?, ?) AND sent_at <= greatest(?, ?)""",
        [before, as_of, before, as_of],
    )


def settle(connection: Connection, step: str, digest: str) -> None:
    """A step has looked at everything, under the configuration with this digest."""
    connection.execute("DELETE FROM work_queue WHERE step = ?", [step])
    connection.execute("INSERT OR REPLACE INTO step_state VALUES (?, ?)", [step, digest])
