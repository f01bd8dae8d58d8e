"""DuckDB's journals (write-ahead logs): which files they are, and what to do with one that a crash left behind."""

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

logger = logging.getLogger(__name__)

OTHER_ITERATION = "the WAL checkpoint iteration does not match the database file"
WRONG_TAG = "Computed AES tag differs"
TAG = 16  # bytes that an entry of an encrypted journal ends with; any of them may be zero
ENTRY = 44  # bytes of the shortest entry; so many zeros are read as one, fewer as one that was cut off
BLOCK = 1 << 16  # bytes read at once, a multiple of what is looked for


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
    with _alone(path, seen) as alone:
        if not alone:
            return
        aside = _aside(path)
        files(path)[0].rename(aside)
    logger.warning("A journal that a crash left behind was set aside as %s; nothing in it was lost", aside.name)


def cut_zeros(path: Path, seen: tuple[int, int, int] | None, keep: int, aside: Path | None) -> Path | None:
    """Cut off the zeros behind a journal but for `keep` of them; the file in which it is kept as it was.

    A file system leaves zeros there if it crashes after it made the file longer and before it wrote to it. An entry
    ends with TAG bytes that look random, so with as many zeros left no entry is cut; DuckDB takes what is shorter than
    ENTRY for an entry that was never finished. Where it then still finds a wrong tag, the zeros stand for the end of
    an entry that was never finished, and none is kept.

    `aside` is where the journal is kept already, if it was cut before. Nothing is cut under somebody who has it.
    """
    with _alone(path, seen) as alone:
        own = files(path)[0]
        if not alone or (zeros := _zeros_behind(own)) < (ENTRY if keep else TAG):
            return aside
        shorter = own.with_name(f"{own.name}.shorter")
        shutil.copyfile(own, shorter)
        with shorter.open("r+b") as copy:
            copy.truncate(own.stat().st_size - zeros + keep)
            os.fsync(copy.fileno())
        if aside is None:
            aside = _aside(path)
            os.link(own, aside)
        shorter.replace(own)  # there is a journal at every moment: without one, its commits would be gone
    return aside


def put_back(path: Path, seen: tuple[int, int, int] | None, aside: Path) -> None:
    """Make a journal again what it was before zeros were cut off, which has not helped."""
    with _alone(path, seen) as alone:
        if alone:
            aside.replace(files(path)[0])


def tell_of_zeros(aside: Path) -> None:
    """Say that a journal was cut, once that has helped."""
    logger.warning(
        "The journal had zeros behind it, as a crash of the file system or a power cut leaves them; they were cut off, "
        "and what was committed before them is there. The journal as it was is kept as %s",
        aside.name,
    )


def identity(path: Path) -> tuple[int, int, int] | None:
    """Which file the journal is, and in which state; None without a journal."""
    try:
        found = files(path)[0].stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def _alone(path: Path, seen: tuple[int, int, int] | None) -> Iterator[bool]:
    """Whether the journal is still the one that was `seen`, and nobody has the warehouse meanwhile."""
    with path.open("r+b") as database:
        try:
            fcntl.lockf(database, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False  # somebody else has opened it, and so has dealt with the journal
            return
        yield seen is not None and identity(path) == seen


def _aside(path: Path) -> Path:
    """Where a journal is kept that is not to be read any more."""
    return path.with_name(f"{path.name}.wal.set-aside-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")


def _zeros_behind(file: Path) -> int:
    """How many bytes at the end of a file are zero."""
    with file.open("rb") as content:
        size = end = content.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - BLOCK)
            content.seek(start)
            written = content.read(end - start).rstrip(b"\0")
            if written:
                return size - start - len(written)
            end = start
    return size
