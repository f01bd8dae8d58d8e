"""What lies where deliveries come from: complete files in a canonical order, each with its hash and declared time."""

import hashlib
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pipelines.errors import ConfigurationError, SourceUnreachable
from pipelines.landing.remote_file import Remote
from pipelines.landing.remote_listing import listed
from pipelines.progress import progress
from pipelines.read.change_requests.change_requests import FORMAT
from pipelines.read.core.frames import well_formed
from pipelines.store.ingest import deliveries
from pipelines.store.warehouse.connection import Connection
from schemas.contact_list import ContactList
from schemas.place import place
from schemas.project import DECISIONS, Project
from schemas.source import Source

SETTLE_SECONDS = 2.0  # a file touched more lately than this is looked at twice
REQUESTED = PurePosixPath("landing") / DECISIONS  # where every project looks for change requests
GIVEN_BACK = "[0-9a-f]" * 12  # of a delivery's id: in rejected/, the rows of a source are called after it and this
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".swp")
DATE = re.compile(
    r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?([0-2]\d|3[01])(?:[T_-]?([01]\d|2[0-3])[-_.]?([0-5]\d)(?:[-_.]?[0-5]\d)?)?(?!\d)"
)


class Stamp(NamedTuple):
    """What a file looks like from outside: where it lies, with its version if the server tells one, size and time."""

    path: str
    size: int
    modified_ns: int


class Landed(NamedTuple):
    """A complete file of a source. `stamp` is what it looked like when it was hashed."""

    source: str
    path: Path | Remote
    sha256: str
    size: int
    declared_at: datetime
    declared_from: str
    stamp: Stamp

    @property
    def stated_at(self) -> str:
        """The time its name states, if it does: the same bytes under another date are another delivery."""
        return self.declared_at.isoformat() if self.declared_from == "file_name" else ""


class Arrived(NamedTuple):
    """What is there to be taken in, and why some sources could not be looked into."""

    files: list[Landed]
    unreachable: dict[str, str]


class Seen(NamedTuple):
    """A file that was looked at and may still be written to."""

    path: Path | Remote
    stamp: Stamp


def every_source(settings: Project) -> dict[str, Source]:
    """The sources of a project by name, with the one every project has: change requests in landing/decisions."""
    requested = Source(
        format=FORMAT, path=str(REQUESTED / "*"), region=settings.default_region, timezone=settings.timezone
    )
    return {**settings.sources, DECISIONS: requested}


def arrived(connection: Connection, folder: Path, sources: Mapping[str, Source]) -> Arrived:
    """Complete files of every source; one that cannot be reached does not keep the others waiting.

    Files come by source, then by declared time, then by hash: an order that the time of arrival plays no part in. One
    that still changes is being written, and left for the next run. Raises ConfigurationError for a transport whose
    package is not installed, and for a path that is a folder.
    """
    require_files(folder, sources)
    local = local_files(folder, sources)
    seen: dict[str, list[Seen]] = {}
    files: list[Landed] = []
    unreachable: dict[str, str] = {}
    for name, source in sorted(sources.items()):
        try:
            seen[name] = list(candidates(folder, name, source, local.get(name, [])))
        except SourceUnreachable as failure:
            unreachable[name] = str(failure)
    every = [each for some in seen.values() for each in some]
    hashes = deliveries.known_hashes(connection, [each.stamp for each in every])
    settle(each for each in every if each.stamp not in hashes)
    for name, some in seen.items():
        try:
            files += landed(connection, folder, name, sources[name], some, hashes)
        except SourceUnreachable as failure:
            unreachable[name] = str(failure)
    return Arrived(files, unreachable)


def require_files(folder: Path, sources: Mapping[str, Source]) -> None:
    """Raise ConfigurationError for a source whose path is a folder: it would find no file there."""
    for name, source in sorted(sources.items()):
        if not place(source.path).scheme and (folder / source.path).is_dir():
            at = PurePosixPath(source.path)
            raise ConfigurationError(f"sources.{name}: path: {at} is a folder; write {at}/*")


def local_files(folder: Path, sources: Mapping[str, Source]) -> dict[str, list[Path]]:
    """The files on this machine that each source finds, sorted.

    Those are the ones that match its path, and refused rows that were given back to be corrected: beside its other
    files they are found by their name, whatever the path is, and by no other source. Change requests are no other's
    files either.
    """
    here = {name: source for name, source in sources.items() if not place(source.path).scheme}
    back = {name: given_back(folder, name, source) for name, source in here.items()}
    owner = {path: name for name, paths in back.items() for path in paths}
    owner |= dict.fromkeys((folder / REQUESTED).glob("*"), DECISIONS)
    return {
        name: sorted(
            back[name].union(
                path for path in folder.glob(source.path) if owner.get(path, name) == name and path.is_file()
            )
        )
        for name, source in here.items()
    }


def given_back(folder: Path, name: str, source: Source) -> set[Path]:
    """Corrected files of a contact list that were dropped in where its source looks for files."""
    if not isinstance(source, ContactList):
        return set()
    beside = PurePosixPath(source.path).parent / f"{name}-{GIVEN_BACK}*.[cC][sS][vV]"
    return {path for path in folder.glob(str(beside)) if path.is_file() and not path.stem.endswith(".errors")}


def candidates(folder: Path, name: str, source: Source, local: Iterable[Path]) -> Iterator[Seen]:
    """Files of a source, but for those whose names say that somebody works on them; `local` are those here."""
    if place(source.path).scheme:
        progress(f"looking for files of {name}", 0)
        found: Iterable[Path | Remote] = listed(name, source)
    else:
        found = local
    for path in found:
        if not path.name.lower().endswith(UNFINISHED) and not path.name.startswith((".", "~$")):
            yield Seen(path, stamp(folder, path))


def stamp(folder: Path, path: Path | Remote) -> Stamp:
    """What a file looks like from outside; another stamp means that it was touched."""
    if isinstance(path, Remote):
        modified_ns = round(path.modified.timestamp() * 1e9) if path.modified else 0
        return Stamp(well_formed(f"{path.at}/{path.key}@{path.version}"), path.size, modified_ns)
    status = path.stat()
    return Stamp(well_formed(path.relative_to(folder).as_posix()), status.st_size, status.st_mtime_ns)


def untouched(folder: Path, path: Path | Remote, before: Stamp) -> bool:
    """Whether a file is still there as it was seen before."""
    try:
        now = path.looked_at_again() if isinstance(path, Remote) else path
        return now is not None and stamp(folder, now) == before
    except FileNotFoundError:
        return False


def settle(new: Iterable[Seen]) -> None:
    """Wait, once for all new files, until those that were touched a moment ago must show whether they grow.

    What has a version appears whole, and is not waited for. The clock of another machine is not relied upon.
    """
    now = time.time()
    ages = [
        0.0 if isinstance(each.path, Remote) else max(0.0, now - each.stamp.modified_ns / 1e9)
        for each in new
        if not (isinstance(each.path, Remote) and each.path.version)
    ]
    if ages and min(ages) < SETTLE_SECONDS:
        time.sleep(SETTLE_SECONDS - min(ages))


def landed(
    connection: Connection,
    folder: Path,
    name: str,
    source: Source,
    seen: Iterable[Seen],
    hashes: deliveries.Hashes,
) -> list[Landed]:
    """The files of a source that nobody has touched since they were seen, in canonical order. `hashes`: known ones."""
    fresh: deliveries.Hashes = {}
    try:
        files = [complete for each in seen if (complete := inspect(folder, name, source, each, hashes, fresh))]
    finally:
        deliveries.remember_hashes(connection, fresh)
    return sorted(files, key=lambda each: (each.declared_at, each.sha256))


def inspect(
    folder: Path, name: str, source: Source, seen: Seen, hashes: deliveries.Hashes, fresh: deliveries.Hashes
) -> Landed | None:
    """A file that is complete, or None; its hash is added to the `fresh` ones unless it is known.

    Raises SourceUnreachable where neither name nor server tell its time.
    """
    sha256 = hashes.get(seen.stamp)
    if sha256 is None:
        if not untouched(folder, seen.path, seen.stamp):
            return None
        sha256 = hashed(seen.path)
        if not untouched(folder, seen.path, seen.stamp):
            return None
        fresh[seen.stamp] = sha256
    stated = stated_time(seen.path.name, source)
    if not stated and isinstance(seen.path, Remote) and seen.path.modified is None:
        raise SourceUnreachable(f"{seen.path.at} does not say when a file was changed: put a date into its name")
    declared_at = stated or datetime.fromtimestamp(seen.stamp.modified_ns / 1e9, UTC)
    declared_from = "file_name" if stated else "modification_time"
    return Landed(name, seen.path, sha256, seen.stamp.size, declared_at, declared_from, seen.stamp)


def hashed(path: Path | Remote) -> str:
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
