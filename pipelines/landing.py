"""What lies in the landing area: complete files in a canonical order, each with its hash and declared time."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pipelines.read.frames import well_formed
from pipelines.store import deliveries
from pipelines.store.connection import Connection
from schemas.source import Source

UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".swp")
DATE = re.compile(
    r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?([0-2]\d|3[01])(?:[T_-]?([01]\d|2[0-3])[-_.]?([0-5]\d)(?:[-_.]?[0-5]\d)?)?(?!\d)"
)


class Landed(NamedTuple):
    """A file in the landing area of a source."""

    source: str
    path: Path
    sha256: str
    size: int
    declared_at: datetime
    declared_from: str

    @property
    def stated_at(self) -> str:
        """The time its name states, if it does: the same bytes under another date are another delivery."""
        return self.declared_at.isoformat() if self.declared_from == "file_name" else ""


def landed(connection: Connection, folder: Path, name: str, source: Source) -> list[Landed]:
    """Complete files of a source by declared time, then by hash: an order that the time of arrival plays no part in.

    A file that changes while it is hashed is still being written and left for the next run.
    """
    files = (
        each for path in sorted(folder.glob(source.path)) if (each := inspect(connection, folder, name, source, path))
    )
    return sorted(files, key=lambda each: (each.declared_at, each.sha256))


def inspect(connection: Connection, folder: Path, name: str, source: Source, path: Path) -> Landed | None:
    """A file that is complete, or None."""
    if not path.is_file() or path.suffix.lower() in UNFINISHED or path.name.startswith((".", "~$")):
        return None
    before = path.stat()
    place = well_formed(path.relative_to(folder).as_posix())
    sha256 = deliveries.known_hash(connection, place, before.st_size, before.st_mtime_ns)
    if sha256 is None:
        sha256 = hashed(path)
        after = path.stat()
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            return None
        deliveries.remember_hash(connection, place, before.st_size, before.st_mtime_ns, sha256)
    stated = stated_time(path.name, source)
    modified = datetime.fromtimestamp(before.st_mtime, UTC)
    return Landed(
        name, path, sha256, before.st_size, stated or modified, "file_name" if stated else "modification_time"
    )


def hashed(path: Path) -> str:
    """SHA-256 of a file, read in chunks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stated_time(file_name: str, source: Source) -> datetime | None:
    """The date, and time if there is one, that a file name states, in the zone of its source."""
    for found in DATE.finditer(file_name):
        year, month, day, hour, minute = (int(part or 0) for part in found.groups())
        try:
            return datetime(year, month, day, hour, minute, tzinfo=source.zone()).astimezone(UTC)
        except ValueError:
            continue
    return None
