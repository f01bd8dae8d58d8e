"""Archived deliveries without a person: restored into nameless files, rewritten, and encrypted under a new key."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast

from pipelines.errors import StoreError
from pipelines.privacy.files.outcome import Fate, Item, Rewrite, Wanted
from pipelines.privacy.files.packed.members import again
from pipelines.privacy.files.rewrite import write_without
from pipelines.privacy.files.search import Hits, search_item
from pipelines.privacy.needles import Needles
from pipelines.store.ingest.archive import erase, place_of, read_back, restore, sync, write_encrypted
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import open_warehouse, transaction

PENDING = ".rewritten"  # ending of a new archive until the warehouse has its key, and it its place


def rewrite_archived(connection: Connection, folder: Path, delivery_id: str, wanted: Wanted, now: datetime) -> Rewrite:
    """Take a person out of an archived delivery, below `folder`; one that held nobody else is erased.

    Its key changes, so that copies of the old archive cannot be opened once the warehouse has been written anew. Killed
    at any point, either the old archive or the new one is there and opens; `finish` puts that right. Nothing of the
    delivery is on disk in clear but in files without a name, in `wanted.scratch`, which are gone when this process is.

    It commits its own transaction, so none may be open.

    Raises:
        NotArchived, ArchiveDamaged: see `pipelines.store.ingest.archive.restore`.
    """
    source, name = _delivery(connection, delivery_id)
    with _restored(connection, folder, delivery_id, wanted.scratch) as old, _nameless(wanted.scratch) as new:
        item = Item(name, (), partial(again, old))
        done = write_without(item, cast("BinaryIO", new), wanted)
        if done.fate is Fate.EMPTIED:
            with transaction(connection):
                connection.execute(
                    "UPDATE post_import_action SET done_at = ? WHERE delivery_id = ?", [now, delivery_id]
                )
                erase(connection, folder, source, delivery_id)
        elif done.fate is Fate.REWRITTEN:
            new.seek(0)
            _put(connection, place_of(folder, source, delivery_id), delivery_id, cast("BinaryIO", new))
    return done


def search_archived(connection: Connection, folder: Path, delivery_id: str, needles: Needles, scratch: Path) -> Hits:
    """Look for a person in an archived delivery; see `pipelines.privacy.files.search`.

    Raises:
        NotArchived, ArchiveDamaged: see `pipelines.store.ingest.archive.restore`.
    """
    _, name = _delivery(connection, delivery_id)
    with _restored(connection, folder, delivery_id, scratch) as content:
        return search_item(Item(name, (), partial(again, content)), needles, scratch)


def finish(connection: Connection, folder: Path) -> int:
    """Put new archives in their place that a killed run left beside it, and remove those that never became one.

    Gives how many there were. The warehouse has the key of either the old archive or the new one.
    """
    left = sorted(folder.glob(f"*/*{PENDING}"))
    for path in left:
        key = connection.execute(
            "SELECT archive_key FROM post_import_action WHERE delivery_id = ?", [path.stem]
        ).fetchone()
        if key and key[0] and _opens(path, str(key[0])):
            path.replace(path.with_suffix(".duckdb"))
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".wal").unlink(missing_ok=True)
        sync(path.parent)
    return len(left)


def _put(connection: Connection, place: Path, delivery_id: str, file: BinaryIO) -> None:
    """Encrypt a file under a new key, and put it in the place of an archive; the warehouse has its key before that."""
    key, fresh = secrets.token_hex(32), place.with_suffix(PENDING)
    read_back(fresh, key, write_encrypted(fresh, key, file, is_rewritten=True))
    sync(place.parent)
    with transaction(connection):
        connection.execute("UPDATE post_import_action SET archive_key = ? WHERE delivery_id = ?", [key, delivery_id])
    fresh.replace(place)
    sync(place.parent)


def _opens(path: Path, key: str) -> bool:
    try:
        with open_warehouse(path, key, read_only=True):
            return True
    except StoreError:
        return False


def _delivery(connection: Connection, delivery_id: str) -> tuple[str, str]:
    """Source and name of a delivery; a name that is not kept any more is empty."""
    row = connection.execute("SELECT source, file_name FROM delivery WHERE delivery_id = ?", [delivery_id]).fetchone()
    return (str(row[0]), str(row[1] or "")) if row else ("", "")


@contextmanager
def _restored(connection: Connection, folder: Path, delivery_id: str, scratch: Path | None) -> Iterator[BinaryIO]:
    with _nameless(scratch) as content:
        for chunk in restore(connection, folder, delivery_id):
            content.write(chunk)
        content.seek(0)
        yield cast("BinaryIO", content)


@contextmanager
def _nameless(scratch: Path | None) -> Iterator[IO[bytes]]:
    """A file that is its owner's only, has no name, and is gone once closed, even by a kill."""
    with TemporaryFile(dir=scratch) as content:
        yield content
