"""Legal holds: what may not be erased yet, and on what ground."""

from datetime import datetime
from typing import NamedTuple

from pipelines.store.warehouse.connection import Connection

SCOPES = ("request", "contact", "record")


class Hold(NamedTuple):
    """Something that is kept for a legal reason; `object_id` is a number of a request, or the id of what is kept."""

    hold: int
    scope: str
    object_id: str
    ground: str
    set_by: str
    set_at: datetime
    until: datetime | None = None
    released_by: str | None = None
    released_at: datetime | None = None

    def is_in_force(self, now: datetime) -> bool:
        """Whether it has been neither released nor run out."""
        return self.released_at is None and (self.until is None or self.until > now)


FIELDS = ", ".join(Hold._fields)


def keep_hold(connection: Connection, made: Hold) -> Hold:
    """Store a new hold under the next number."""
    row = connection.execute("SELECT coalesce(max(hold), 0) + 1 FROM legal_hold").fetchone()
    numbered = made._replace(hold=int(row[0]) if row else 1)
    marks = ", ".join("?" * len(numbered))
    connection.execute(f"INSERT INTO legal_hold ({FIELDS}) VALUES ({marks})", list(numbered))
    return numbered


def release(connection: Connection, hold: int, who: str, now: datetime) -> None:
    """Note that a hold is no more."""
    connection.execute("UPDATE legal_hold SET released_by = ?, released_at = ? WHERE hold = ?", [who, now, hold])


def holds(connection: Connection) -> list[Hold]:
    """All holds there ever were, by number; ids as text."""
    rows = connection.execute(f"SELECT {FIELDS} FROM legal_hold ORDER BY hold").fetchall()
    return [Hold(*row) for row in rows]


def holds_in_force(connection: Connection, now: datetime) -> list[Hold]:
    """Holds that have been neither released nor run out."""
    return [each for each in holds(connection) if each.is_in_force(now)]
