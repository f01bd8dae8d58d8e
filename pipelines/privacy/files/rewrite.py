"""A delivered file without a person: written beside it first, then put in its place."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from pipelines.errors import OnecontactError
from pipelines.privacy.files import kinds
from pipelines.privacy.files.outcome import Fate, Item, Rewrite, Unreachable, Wanted
from pipelines.privacy.needles import Needles
from pipelines.privacy.redact import redacted

UNFINISHED = ".onecontact-rewrite-*.part"


def rewrite(
    path: Path,
    needles: Needles,
    format_hint: str | None = None,
    *,
    encoding: str | None = None,
    names_are_theirs: bool = False,
) -> Rewrite:
    """Write a file without a person, beside it; `replace` then puts it in its place.

    Nothing of others changes, byte for byte where the format allows it, and the file itself is not touched. While it
    is written, the new file is its owner's only; then it has mode and time of the old one.

    Args:
        path: The file.
        needles: What the person, or several, are found by.
        format_hint: The name of the format its source has, which decides where the content leaves it open.
        encoding: The encoding its source states.
        names_are_theirs: Whether records of the person are known to be from this file. Without it, somebody who is
            known by a name alone may be a namesake, and is left.
    """
    wanted = Wanted(needles, format_hint, encoding, names_are_theirs, path.parent)
    item = Item(path.name, (path.parent.name,), lambda: path.open("rb"))
    beside = path.with_name(UNFINISHED.replace("*", secrets.token_hex(8)))
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            done = write_without(item, cast("BinaryIO", out), wanted)
            if done.fate is Fate.REWRITTEN:
                out.flush()
                os.fsync(out.fileno())
    except BaseException:
        beside.unlink()
        raise
    return _finished(path, beside, done)


def replace(path: Path, rewritten: Rewrite) -> None:
    """Put a new file in the place of the old one, or remove a file that held nobody else. Survives a power cut."""
    if rewritten.fate is Fate.EMPTIED:
        path.unlink()
    elif rewritten.beside:
        rewritten.beside.replace(path)
    else:
        return
    _sync(path.parent)


def discard(rewritten: Rewrite) -> None:
    """Remove a new file that is not wanted after all."""
    if rewritten.beside:
        rewritten.beside.unlink(missing_ok=True)


def sweep(folder: Path) -> int:
    """Remove new files that were never put in their place, as a killed run leaves them, from a folder and all below."""
    left = list(_unfinished(folder))
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def name_without(needles: Needles, name: str) -> str:
    """The name of a file with `erased` for what names the person in it."""
    return redacted(needles, name)[0]


def write_without(item: Item, out: BinaryIO, wanted: Wanted) -> Rewrite:
    """Write what is no file of its own without a person; `out` holds it where the fate is REWRITTEN."""
    try:
        done = kinds.rewrite(item, out, wanted)
    except Unreachable as unreachable:
        return Rewrite(Fate.UNREACHABLE, why=str(unreachable))
    except OnecontactError as refused:  # of readers, which name no value
        return Rewrite(Fate.UNREACHABLE, why=str(refused))
    return Rewrite(done.fate, done.removed, done.erased, done.mentions)


def _finished(path: Path, beside: Path, done: Rewrite) -> Rewrite:
    if done.fate is not Fate.REWRITTEN:
        beside.unlink()
        return done
    old = path.stat()
    beside.chmod(old.st_mode & 0o7777)
    os.utime(beside, ns=(old.st_atime_ns, old.st_mtime_ns))
    return done._replace(beside=beside)


def _unfinished(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob(UNFINISHED) if path.is_file() and not path.is_symlink())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
