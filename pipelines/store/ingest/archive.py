"""Delivered files kept encrypted: one DuckDB file for each delivery, whose key lies in the warehouse alone.

Why each has a key of its own: docs/adr/0006-remote-deliveries-are-streamed.md.
"""

import hashlib
import os
import secrets
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import polars as pl

from pipelines.errors import ArchiveDamaged, NotArchived
from pipelines.store.warehouse.connection import Connection, query
from pipelines.store.warehouse.database import open_warehouse
from pipelines.store.warehouse.digest_key import keyed_digest

CHUNK = 4 << 20  # bytes of the file in one table, and in memory: a table that grew would be rewritten each time
MEMORY = "256MB"  # for DuckDB, beside the warehouse's own
REWRITTEN = "rewritten"  # table of an archived file that is not any more what was delivered
TABLES = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse'"


def archive(
    connection: Connection, folder: Path, source: str, delivery_id: str, sha256: str, file: BinaryIO, now: datetime
) -> bool:
    """Keep a delivered file below `folder`, and note it in the warehouse once it has been read back whole.

    Killed before that, nothing is noted and the next attempt starts anew. False if the file does not have this hash
    any more; then nothing is kept. Raises ArchiveDamaged if the disk does not give back what was written.
    """
    place = place_of(folder, source, delivery_id)
    unfinished, key = place.with_suffix(".part"), secrets.token_hex(32)
    if write_encrypted(unfinished, key, file) != sha256:
        unfinished.unlink()
        return False
    read_back(unfinished, key, sha256)
    unfinished.replace(place)
    sync(place.parent)
    connection.execute(
        "INSERT OR REPLACE INTO post_import_action VALUES (?, 'archived', ?, ?)", [delivery_id, now, key]
    )
    return True


def write_encrypted(path: Path, key: str, file: BinaryIO, *, is_rewritten: bool = False) -> str:
    """Write what is left of a file into an encrypted one; its SHA-256, which that holds too where `is_rewritten`.

    Then it is no longer the file that was delivered, and what was written is what has to come back.
    """
    for left in (path, path.with_name(path.name + ".wal")):
        left.unlink(missing_ok=True)
    digest, number = hashlib.sha256(), 0
    with open_warehouse(path, key, create=True, memory_limit=MEMORY, purpose="archiving") as kept:
        while data := file.read(CHUNK):
            kept.execute(f"CREATE TABLE chunk_{number} (deflated BLOB)")
            kept.execute(f"INSERT INTO chunk_{number} VALUES (?)", [zlib.compress(data, 1)])
            digest.update(data)
            number += 1
        if is_rewritten:
            kept.execute(f"CREATE TABLE {REWRITTEN} AS SELECT ? AS sha256", [digest.hexdigest()])
    return digest.hexdigest()


def read_back(path: Path, key: str, sha256: str) -> None:
    """Read an encrypted file to its end. Raises ArchiveDamaged if it does not hold what has this SHA-256."""
    for _ in _checked(path, key, lambda found: found == sha256):
        pass


def note_deleted(connection: Connection, delivery_id: str, now: datetime) -> None:
    """Note that a delivered file was removed and not archived; an archive there may be of it stays."""
    connection.execute("INSERT OR IGNORE INTO post_import_action VALUES (?, 'deleted', ?, NULL)", [delivery_id, now])


def is_archived(connection: Connection, folder: Path, source: str, delivery_id: str) -> bool:
    """Whether a delivery can be had back."""
    return _key(connection, delivery_id) is not None and place_of(folder, source, delivery_id).exists()


def archived(connection: Connection) -> pl.DataFrame:
    """Deliveries that were archived, latest first: delivery_id, source, file_name, size_bytes, done_at."""
    return query(
        connection,
        """SELECT delivery_id, d.source, d.file_name, d.size_bytes, p.done_at
           FROM post_import_action p JOIN delivery d USING (delivery_id) WHERE p.fate = 'archived'
           ORDER BY p.done_at DESC, delivery_id""",
    )


def restore(connection: Connection, folder: Path, delivery_id: str) -> Iterator[bytes]:
    """The file of a delivery as it was delivered, in chunks; `delivery_id` may be the beginning of one.

    Raises:
        NotArchived: Nothing, or more than one delivery, is archived under this id.
        ArchiveDamaged: Its file is gone, or is not what was put into it; the last chunk is not given then.
    """
    found = query(
        connection,
        """SELECT delivery_id, d.source, d.file_digest, p.archive_key
           FROM post_import_action p JOIN delivery d USING (delivery_id)
           WHERE p.fate = 'archived' AND starts_with(delivery_id::VARCHAR, ?)""",
        [delivery_id],
    ).rows()
    if len(found) != 1:
        many = "several deliveries are" if found else "no delivery is"
        raise NotArchived(f"{many} archived under this id: `onecontact archive list` shows what is")
    whole, source, digest, key = found[0]
    place = place_of(folder, source, whole)
    if not place.exists():
        raise ArchiveDamaged(f"{place} is missing: restore it from a backup")
    yield from _checked(place, key, lambda sha256: keyed_digest(connection, "file", sha256) == digest)


def erase(connection: Connection, folder: Path, source: str, delivery_id: str) -> None:
    """Make an archived file unreadable, wherever copies of it are: its key goes, then the file itself."""
    connection.execute(
        "UPDATE post_import_action SET fate = 'deleted', archive_key = NULL WHERE delivery_id = ?", [delivery_id]
    )
    place_of(folder, source, delivery_id).unlink(missing_ok=True)


def place_of(folder: Path, source: str, delivery_id: str) -> Path:
    """Where an archived file lies."""
    return folder / source / f"{delivery_id}.duckdb"


def _key(connection: Connection, delivery_id: str) -> str | None:
    row = connection.execute(
        "SELECT archive_key FROM post_import_action WHERE delivery_id = ?", [delivery_id]
    ).fetchone()
    return None if row is None or row[0] is None else str(row[0])


def _checked(place: Path, key: str, is_right: Callable[[str], bool]) -> Iterator[bytes]:
    """Chunks of an archived file, the last one only if the SHA-256 of all of them is that of what was delivered."""
    digest, last = hashlib.sha256(), b""
    with open_warehouse(place, key, read_only=True, memory_limit=MEMORY) as kept:
        tables = {name for (name,) in kept.execute(TABLES).fetchall()}
        stated = kept.execute(f"SELECT sha256 FROM {REWRITTEN}").fetchone() if REWRITTEN in tables else None
        chunks = len(tables - {REWRITTEN})
        for number in range(chunks):
            if number:
                yield last
            [(deflated,)] = kept.execute(f"SELECT deflated FROM chunk_{number}").fetchall()
            last = zlib.decompress(deflated)
            digest.update(last)
    if not (digest.hexdigest() == stated[0] if stated else is_right(digest.hexdigest())):
        raise ArchiveDamaged(f"{place.name} does not hold what was delivered")
    yield last


def sync(folder: Path) -> None:
    """Make a rename survive a power cut: the delivered file goes next."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
