"""Taking records out again: what brought them was revoked, or they turned out to be another one's person."""

import polars as pl

from pipelines.match.blocking.rules import CAPS
from pipelines.store.contacts import deletions
from pipelines.store.ingest.reused_ids import records_with_heirs
from pipelines.store.matching import match_tables
from pipelines.store.runs.work_queue import CONTACTS, MATCH, enqueue_all
from pipelines.store.warehouse.connection import Connection


def withdraw(connection: Connection, records: pl.Series, run_id: str, heirs: pl.DataFrame | None = None) -> pl.Series:
    """Take out records with all that is derived of them; the members that are left of their contacts.

    Whoever they were matched with is to be matched anew. What was decided about them goes with them, or is about their
    heirs (record_key, heir_key) from now on.
    """
    no_keys = pl.DataFrame(schema={"rule": pl.UInt8, "key": pl.UInt64, "record_key": pl.String})
    no_points = pl.DataFrame(schema={"field": pl.String, "value": pl.String, "record_key": pl.String})
    crossed = match_tables.replace_keys(connection, records, no_keys, CAPS)
    _, bearing = match_tables.replace_compared_identifiers(connection, records, no_points)
    left = deletions.delete_records(connection, records, run_id, heirs)
    enqueue_all(connection, MATCH, pl.concat([crossed, bearing["record_key"], left]))
    return left


def withdraw_inherited(connection: Connection, run_id: str) -> pl.Series:
    """Take out records of which nothing is left because they are another one's person (`ingest.people.reused_ids`).

    Result: the records whose contacts are others for it.
    """
    heirs = records_with_heirs(connection)
    if heirs.is_empty():
        return heirs["heir_key"]
    return withdraw_copies(connection, heirs, run_id)


def withdraw_copies(connection: Connection, heirs: pl.DataFrame, run_id: str) -> pl.Series:
    """Take out records that say what others do (record_key, heir_key); the records whose contacts are others for it."""
    left = withdraw(connection, heirs["record_key"], run_id, heirs)
    changed = pl.concat([left, heirs["heir_key"]]).unique().sort()
    enqueue_all(connection, CONTACTS, changed)
    return changed
