"""Who has the warehouse: the note its writer leaves beside it, and the sentence others are shown who wait."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path


def sentence(path: Path, message: str) -> str | None:
    """Who has the file, if that is what DuckDB's `message` complains about; the lock is DuckDB's, not the note."""
    if "Unique file handle conflict" in message:
        process = os.getpid()
    elif "Could not set lock" in message:
        found = re.search(r"PID (\d+)", message)
        process = int(found[1]) if found else 0
    else:
        return None
    who = f"process {process}" if process else "another process"
    return f"The warehouse is in use by {who}{_doing(path, process)}."


def inode(path: Path) -> int | None:
    """Which file lies there: locks are of files, not of names. None where there is none."""
    return path.stat().st_ino if path.exists() else None


def _doing(path: Path, process: int) -> str:
    try:
        note = json.loads(_note(path).read_text(encoding="utf-8"))
        if note["pid"] != process:
            return ""  # left behind by a writer that was killed, or the file is held by a reader, who leaves no note
        since = datetime.fromisoformat(note["since"]).astimezone()
    except (OSError, ValueError, TypeError, KeyError):
        return ""
    long_ago = since.date() != datetime.now(UTC).astimezone().date()
    return f" ({note['purpose']}, since {since:{'%Y-%m-%d %H:%M:%S' if long_ago else '%H:%M:%S'}})"


@contextmanager
def noted(path: Path, purpose: str) -> Iterator[None]:
    """Leave a note for those who wait; it is gone before the lock is."""
    note = _note(path)
    text = json.dumps({"pid": os.getpid(), "purpose": purpose, "since": datetime.now(UTC).isoformat()})
    with suppress(OSError):  # a courtesy: on a full disk the work itself says so
        note.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            note.unlink()


def _note(path: Path) -> Path:
    return path.with_name(path.name + ".holder")
