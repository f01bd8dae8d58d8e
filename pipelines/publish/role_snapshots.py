"""Files of snapshots: written beside their place, put there as a whole, and never half there."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.publish.files import sync_folder

SUFFIX = ".duckdb"
MODE = 0o600


def snapshot_file(folder: Path, role: str) -> Path:
    """Where the snapshot of a role lies."""
    return folder / f"{role}{SUFFIX}"


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A place for a new file, which takes the place of the one at `path` when the block has ended without an error.

    Who has the old file open goes on reading it. The new one gets its mode, so that an operator sets it once. What is
    left of a draft is removed, the journal included, whatever happens.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.next")
    remove(draft)  # of a process that was killed
    try:
        yield draft
        draft.chmod(path.stat().st_mode & 0o777 if path.exists() else MODE)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        remove(draft)


def remove(path: Path) -> None:
    """Remove a database file and its journals."""
    for each in (path, *path.parent.glob(f"{path.name}.*")):
        each.unlink(missing_ok=True)


def remove_others(folder: Path, roles: Iterable[str]) -> list[str]:
    """Remove the snapshots of roles there are no more; their names, sorted."""
    gone = sorted({each.stem for each in folder.glob(f"*{SUFFIX}")} - set(roles))
    for role in gone:
        remove(snapshot_file(folder, role))
    return gone
