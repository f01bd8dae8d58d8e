"""How many contacts there were in the runs that were accepted, so that a run that goes astray is not published."""

from typing import NamedTuple

from pipelines.store.warehouse.connection import Connection


class ContactCount(NamedTuple):
    """What a run has counted."""

    records: int
    contacts: int


def last_accepted(connection: Connection, run_id: str) -> ContactCount | None:
    """What the last accepted run before this one has counted; None before the first."""
    row = connection.execute(
        """SELECT records, contacts FROM contact_count_history WHERE run_id <> ?
           ORDER BY accepted_at DESC, run_id LIMIT 1""",
        [run_id],
    ).fetchone()
    return ContactCount(*row) if row else None


def accept(connection: Connection, run_id: str, counted: ContactCount) -> None:
    """Keep what a run has counted: the next is measured by it."""
    connection.execute("INSERT OR REPLACE INTO contact_count_history VALUES (?, now(), ?, ?)", [run_id, *counted])
