"""The warehouse and its key replaced by new ones: whenever a process dies, both are the old ones or both the new.

Beside the warehouse lies `<name>.next`, beside the key file `<name>.next`. The order is what makes it safe:

1. the new warehouse is complete and on the disk; no key opens it yet
2. the new key is on the disk, beside the old one
3. the new warehouse is renamed to the old one's name: from here on the new key is the right one
4. the old key is overwritten, and the new one renamed to its name

Whoever finds a key in waiting tries it (`complete_swap`): if it opens the warehouse, the fourth step is done, else the
second is undone. A new warehouse that still has the name of step 1 is removed: nobody needs it.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipelines.errors import ConfigurationError, RewriteFailed, StoreBusy, WrongKey
from pipelines.store.warehouse import journal
from pipelines.store.warehouse.database import open_warehouse
from pipelines.store.warehouse.keys import load_key, make_key_file, sync_folder
from schemas.settings.keys import KeySource

Identity = tuple[int, int, int]  # of a file: inode, bytes, when it was last written to (ns)
_POLL_SECONDS = 0.02
_PATIENCE = 10.0  # seconds for another process to end what takes milliseconds


def next_file(path: Path) -> Path:
    """Where the file that is to replace the one at `path` lies until it does: a warehouse or a key."""
    return path.with_name(f"{path.name}.next")


def identity(path: Path) -> Identity:
    """Which file it is, and in which state. DuckDB's locks are left alone: the file is not opened."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


@contextmanager
def rewriting(path: Path) -> Iterator[bool]:
    """Whether nobody else rewrites the warehouse at `path`, or mends what a rewrite has left, during the block."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(folder)


def swap(path: Path, seen: Identity, key_file: Path | None, key: str) -> None:
    """Put the new warehouse, which is complete, in the place of the one at `path`, and `key` into `key_file`.

    Args:
        path: The warehouse. This process must not have it open, or its lock would be lost.
        seen: Its identity when it was copied.
        key_file: Where its key is kept; None if it stays the same, or is not ours to keep.
        key: The key of the new one.

    Raises:
        StoreBusy: Somebody has opened it since it was copied.
        RewriteFailed: Somebody has written to it since. Like before, nothing has changed.
    """
    unfinished = next_file(path)
    _sync(unfinished)
    with path.open("r+b") as old:
        _lock(old, path)
        if identity(path) != seen or any(file.exists() for file in journal.files(path)):
            raise RewriteFailed(f"The warehouse {path} was written to while it was rewritten: nothing has changed")
        unfinished.chmod(path.stat().st_mode & 0o777)
        sync_folder(path.parent)
        if key_file is not None:
            make_key_file(next_file(key_file), key)
        for each in set_aside(path):  # what they hold is in the warehouse, or was never finished
            each.unlink()
        unfinished.replace(path)
        sync_folder(path.parent)
        if key_file is not None:
            _replace_key(key_file)


def complete_swap(path: Path, key_file: Path | None, patience: float = 60.0) -> None:
    """Complete or undo what a rewrite has left that was killed; where there was none, this costs nothing.

    Raises:
        StoreError: The warehouse cannot be opened to see which key it has.
    """
    path = path.resolve()
    next_key = None if key_file is None else next_file(key_file)
    if not (next_file(path).exists() or (next_key is not None and next_key.exists())):
        return
    with rewriting(path) as alone:
        if not alone:  # somebody is about it, and is alive
            return
        if key_file is not None and next_key is not None and next_key.exists():
            if _opens(path, next_key, patience):
                _replace_key(key_file)
            else:
                next_key.unlink()
                sync_folder(next_key.parent)
        remove_database(next_file(path))


def key_now(path: Path, key_file: Path | None, load: Callable[[], str]) -> str:
    """The key that the warehouse has now, once whoever is replacing it has done so."""
    deadline = time.monotonic() + _PATIENCE
    while key_file is not None and next_file(key_file).exists() and time.monotonic() < deadline:
        complete_swap(path, key_file)
        time.sleep(_POLL_SECONDS)
    return load()


def set_aside(path: Path) -> list[Path]:
    """Journals that crashes left and that are kept, see `journal`: encrypted with the key the warehouse has."""
    return sorted(path.parent.glob(f"{path.name}.wal.set-aside-*"))


def remove_database(path: Path) -> None:
    """Remove a database that nobody needs, with its journals."""
    for each in (path, *journal.files(path)):
        each.unlink(missing_ok=True)


def _opens(path: Path, next_key: Path, patience: float) -> bool:
    """Whether the key in waiting is the one of the warehouse."""
    try:
        key = load_key(next_key.parent, KeySource(file=next_key.name))
        with open_warehouse(path, key, read_only=True, patience=patience):
            return True
    except (ConfigurationError, WrongKey):  # a key that was not written to its end was never used
        return False


def _replace_key(key_file: Path) -> None:
    """Overwrite the old key and put the next one in its place."""
    if key_file.exists():
        with key_file.open("r+b") as old:
            old.write(b"0" * os.fstat(old.fileno()).st_size)
            old.flush()
            os.fsync(old.fileno())
    next_file(key_file).replace(key_file)
    sync_folder(key_file.parent)


def _lock(file: BinaryIO, path: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise StoreBusy(
                    f"The warehouse {path} was opened while it was rewritten: nothing has changed"
                ) from None
        time.sleep(_POLL_SECONDS)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
