"""DuckDB's journals (write-ahead logs): which files they are, and what to do with one that a crash left behind."""

import fcntl
import logging
from datetime import UTC, datetime
from pathlib import Path

logger = logging.getLogger(__name__)

OTHER_ITERATION = "the WAL checkpoint iteration does not match the database file"


def files(path: Path) -> list[Path]:
    """The files DuckDB may keep beside the database at `path`; the journal proper comes first."""
    return [path.with_name(path.name + ending) for ending in (".wal", ".wal.checkpoint", ".wal.recovery")]


def is_stale(message: str) -> bool:
    """Whether DuckDB's `message` says that the database is ahead of its journal.

    That is what a torn journal and a large commit lead to. A journal ahead of its database says "newer" instead: it
    holds commits that the database does not, and is left alone.
    """
    return OTHER_ITERATION in message and "an older version" in message


def keep_stale_journal(path: Path, seen: tuple[int, int, int] | None) -> None:
    """Rename a journal whose every commit is in the database already. It is kept: it is evidence, and it is encrypted.

    Two processes may find the same stale journal, and the slower one must not take away the fresh journal of the
    faster one: hence DuckDB's own lock, and the check that this is still the file DuckDB complained about.
    """
    with path.open("r+b") as database:
        try:
            fcntl.lockf(database, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody else has opened it, and so has dealt with the journal
        if seen is None or identity(path) != seen:
            return
        aside = path.with_name(f"{path.name}.wal.set-aside-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
        files(path)[0].rename(aside)
    logger.warning("A journal that a crash left behind was set aside as %s; nothing in it was lost", aside.name)


def identity(path: Path) -> tuple[int, int, int] | None:
    """Which file the journal is, and in which state; None without a journal."""
    try:
        found = files(path)[0].stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
