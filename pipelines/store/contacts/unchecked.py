"""What the checks of contacts have to look at: contacts derived since the checks last held; everybody once a week."""

from datetime import datetime, timedelta

import polars as pl

from pipelines.store.warehouse.connection import Connection, register, value
from pipelines.store.warehouse.database import transaction

WEEK = timedelta(days=7)


def enqueue_checks(connection: Connection, contacts: pl.Series) -> None:
    """These contacts have been derived: the next check looks at them."""
    with register(connection, derived=contacts.to_frame("contact_id")):
        connection.execute("INSERT INTO unchecked_contact SELECT contact_id::UUID FROM derived")


def is_full_check_due(connection: Connection, now: datetime) -> bool:
    """Whether everybody has to be checked: for the first time, a week later, or because the clock was set back."""
    held_at: datetime | None = value(connection, "SELECT max(held_at) FROM full_check")
    return held_at is None or not timedelta(0) <= now - held_at < WEEK


def keep_held(connection: Connection, now: datetime, *, of_everybody: bool) -> None:
    """The checks held: of everybody, or of those that were left to check."""
    with transaction(connection):
        connection.execute("DELETE FROM unchecked_contact")
        if of_everybody:
            connection.execute("DELETE FROM full_check")
            connection.execute("INSERT INTO full_check VALUES (?)", [now])
