"""Seals in the warehouse, and in a plain file beside it that can be sent elsewhere.

A seal is committed first and appended to the file afterwards. Whoever writes next completes what a killed process left.
"""

from datetime import UTC, datetime
from pathlib import Path

from pipelines.audit.seals import Seal, make_seal
from pipelines.audit.tree import Peaks, grown
from pipelines.store.audit.record import next_number
from pipelines.store.audit.seal_file import file_lines, write_lines
from pipelines.store.warehouse.connection import Connection, query, value
from pipelines.store.warehouse.database import in_transaction


def last_seal(connection: Connection) -> Seal | None:
    """The newest seal."""
    row = connection.execute("SELECT number, size, line, peaks FROM audit_seal ORDER BY number DESC LIMIT 1").fetchone()
    return Seal(row[0], row[2], Peaks(row[1], tuple(row[3]))) if row else None


def is_sealed(connection: Connection) -> bool:
    """Whether every event is under a seal."""
    size = value(connection, "SELECT coalesce(max(size), 0) FROM audit_seal")
    return next_number(connection) == int(size)


def seal_events(connection: Connection, secret: str, project: str) -> Seal | None:
    """Seal the events since the last seal with the seal key (64 hex digits); None where there are none."""
    with in_transaction(connection):
        before = last_seal(connection)
        peaks = before.peaks if before else Peaks()
        fresh = query(connection, "SELECT hash FROM audit_leaf WHERE seq >= ? ORDER BY seq", [peaks.size])
        if fresh.is_empty():
            return None
        last_run = value(connection, "SELECT arg_max(run_id, seq) FROM audit_event WHERE seq >= ?", [peaks.size])
        tree = grown(peaks, fresh["hash"].to_list())
        seal = make_seal(secret, before, tree, project, str(last_run), datetime.now(UTC))
        connection.execute(
            "INSERT INTO audit_seal VALUES (?, ?, ?, ?)", [seal.number, tree.size, seal.line, list(tree.hashes)]
        )
    return seal


def complete_file(connection: Connection, path: Path) -> bool:
    """Append to the file the seals that are in the warehouse alone; False where it has others, and is left as it is."""
    kept, lines = file_lines(path), seal_lines(connection)
    if lines[: len(kept)] != kept:
        return False
    if len(kept) < len(lines):
        write_lines(path, lines)
    return True


def seal_lines(connection: Connection) -> list[str]:
    """All seals, one a line, the oldest first."""
    return [line for (line,) in connection.execute("SELECT line FROM audit_seal ORDER BY number").fetchall()]
