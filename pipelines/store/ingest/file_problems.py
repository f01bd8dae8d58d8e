"""Files that could not be read, or not be put away once they were taken in, when that was last tried."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction


class FileProblem(NamedTuple):
    """A file, by a name that may hold a person's, and what is wrong with it, which does not."""

    source: str
    file_name: str
    reason: str


def note_file_problems(connection: Connection, problems: Sequence[FileProblem], now: datetime) -> None:
    """These files, and no others, are to be seen to now; of those that were before, since then."""
    before = {tuple(row): since for *row, since in connection.execute("FROM file_problem").fetchall()}
    if not before and not problems:
        return
    with transaction(connection):
        connection.execute("DELETE FROM file_problem")
        for each in sorted(set(problems)):
            connection.execute("INSERT INTO file_problem VALUES (?, ?, ?, ?)", [*each, before.get(each, now)])


def file_problems(connection: Connection) -> list[FileProblem]:
    """The files that are to be seen to."""
    rows = connection.execute("SELECT source, file_name, reason FROM file_problem ORDER BY ALL").fetchall()
    return [FileProblem(*row) for row in rows]
