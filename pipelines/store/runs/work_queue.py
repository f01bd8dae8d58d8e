"""What each step has still to look at. Entries leave in the transaction that commits the step's work."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register

MATCH = "match"
CONTACTS = "contacts"


class Version(NamedTuple):
    """Fingerprints of the settings that a step works under: those on which every record depends, and the others.

    A record depends on the attributes that it states, or that somebody decided for it, and on its source.
    """

    everything: str
    attributes: Mapping[str, str] = MappingProxyType({})
    sources: Mapping[str, str] = MappingProxyType({})

    def parts(self, step: str) -> dict[str, str]:
        """The rows that say so in `step_state`."""
        attributes = {f"{step} attr.{name}": each for name, each in self.attributes.items()}
        return (
            {step: self.everything}
            | attributes
            | {f"{step} source.{name}": each for name, each in self.sources.items()}
        )


def queued_records(connection: Connection, step: str, version: Version) -> pl.Series:
    """Keys of the records a step has to look at, sorted: those left pending, and those whose settings have changed."""
    kept = "SELECT step, digest FROM step_state WHERE step = $1 OR starts_with(step, $1 || ' ')"
    before, now = dict(connection.execute(kept, [step]).fetchall()), version.parts(step)
    if before.get(step, version.everything) != version.everything:
        return query(connection, "SELECT record_key FROM record ORDER BY record_key")["record_key"]
    changed = [
        part.removeprefix(f"{step} ") for part in before.keys() | now.keys() if before.get(part) != now.get(part)
    ]
    return query(
        connection,
        """
        SELECT record_key FROM work_queue WHERE step = $1
        UNION
        SELECT record_key FROM record_field WHERE list_contains($2::VARCHAR[], field)
        UNION
        SELECT record_key FROM decision JOIN decision_record USING (decision_id)
        WHERE list_contains($2::VARCHAR[], field)
        UNION
        SELECT record_key FROM record WHERE list_contains($2::VARCHAR[], 'source.' || source)
        ORDER BY record_key""",
        [step, changed],
    )["record_key"]


def enqueue_all(connection: Connection, step: str, records: pl.Series) -> None:
    """Let a step look at these records."""
    with register(connection, stirred=records.unique().to_frame("record_key")):
        connection.execute("INSERT INTO work_queue SELECT ?, record_key FROM stirred", [step])


def enqueue_for_interactions_between(connection: Connection, before: datetime, as_of: datetime) -> None:
    """Leave records pending whose messages have come to lie in the past, or no longer do, since the last run."""
    connection.execute(
        """
        INSERT INTO work_queue
        SELECT DISTINCT 'contacts', record_key
        FROM (SELECT record_key, sent_at FROM message UNION ALL SELECT record_key, sent_at FROM receipt_only_message)
        WHERE record_key IS NOT NULL AND sent_at > least(?, ?) AND sent_at <= greatest(?, ?)""",
        [before, as_of, before, as_of],
    )


def dequeue(connection: Connection, step: str, version: Version) -> None:
    """A step has looked at everything, under these settings."""
    connection.execute("DELETE FROM work_queue WHERE step = ?", [step])
    connection.execute("DELETE FROM step_state WHERE step = $1 OR starts_with(step, $1 || ' ')", [step])
    connection.executemany("INSERT INTO step_state VALUES (?, ?)", [*version.parts(step).items()])
