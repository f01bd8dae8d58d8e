"""What lies where deliveries come from: complete files in a canonical order, each with its hash and declared time."""

import hashlib
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pipelines.errors import ConfigurationError, SourceUnreachable
from pipelines.landing.links import without_links
from pipelines.landing.remote_file import Remote
from pipelines.landing.remote_listing import list_remote_files
from pipelines.progress import progress
from pipelines.read.change_requests.change_requests import FORMAT
from pipelines.read.core.lines import well_formed
from pipelines.store.ingest import deliveries
from pipelines.store.ingest.file_problems import FileProblem
from pipelines.store.warehouse.connection import Connection
from schemas.contact_list import ContactList
from schemas.project import DECISIONS, Project
from schemas.settings.place import place
from schemas.source import Source

FILE_NAME = "file_name"
TOLERANCE = timedelta(days=1)  # that the clock or the zone of whoever named a file may be ahead
UNREADABLE = "cannot be read: let the user that runs onecontact read it, and the next run takes it in"
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


class LandedFile(NamedTuple):
    """A complete file of a source. `stamp` is what it looked like when it was hashed, `stated` the time in its name."""

    source: str
    path: Path | Remote
    sha256: str
    size: int
    declared_at: datetime
    declared_from: str
    stamp: Stamp
    stated: datetime | None = None

    @property
    def stated_at(self) -> str:
        """The time its name states, if it does: the same bytes under another date are another delivery."""
        return self.stated.isoformat() if self.stated else ""

    @property
    def is_misdated(self) -> bool:
        """Whether its name states a time that had not come."""
        return self.stated is not None and self.declared_from != FILE_NAME


class Arrivals(NamedTuple):
    """What is there to be taken in, why some sources could not be looked into, and files that could not be read."""

    files: list[LandedFile]
    unreachable: dict[str, str]
    unreadable: list[FileProblem]


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


def list_arrivals(
    connection: Connection, folder: Path, sources: Mapping[str, Source], as_of: datetime | None = None
) -> Arrivals:
    """Complete files of every source; a source or a file that cannot be read does not keep the others waiting.

    A date in a name counts unless it is later than now, and than `as_of`.

    Files come by source, then by declared time, then by hash: an order that the time of arrival plays no part in. One
    that still changes is being written, and left for the next run. Raises ConfigurationError for a transport whose
    package is not installed, and for a path that is a folder.
    """
    require_files(folder, sources)
    local, unreadable = without_links(folder, local_files(folder, sources))
    seen: dict[str, list[Seen]] = {}
    files: list[LandedFile] = []
    unreachable: dict[str, str] = {}
    latest = max(as_of or datetime.now(UTC), datetime.now(UTC)) + TOLERANCE
    for name, source in sorted(sources.items()):
        try:
            seen[name] = list(candidates(folder, name, source, local.get(name, [])))
        except SourceUnreachable as failure:
            unreachable[name] = str(failure)
    every = [each for some in seen.values() for each in some]
    hashes = deliveries.known_hashes(connection, [each.stamp for each in every])
    wait_until_complete(each for each in every if each.stamp not in hashes)
    for name, some in seen.items():
        try:
            fresh = {**hashes, **hash_new(folder, name, some, hashes, unreadable)}
            deliveries.remember_hashes(connection, {stamp: fresh[stamp] for stamp in fresh.keys() - hashes.keys()})
            files += landed_files(name, sources[name], some, fresh, latest)
        except SourceUnreachable as failure:
            unreachable[name] = str(failure)
    return Arrivals(files, unreachable, unreadable)


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
    back = {name: returned_files(folder, name, source) for name, source in here.items()}
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


def returned_files(folder: Path, name: str, source: Source) -> set[Path]:
    """Corrected files of a contact list that were dropped in where its source looks for files."""
    if not isinstance(source, ContactList):
        return set()
    beside = PurePosixPath(source.path).parent / f"{name}-{GIVEN_BACK}*.[cC][sS][vV]"
    return {path for path in folder.glob(str(beside)) if path.is_file() and not path.stem.endswith(".errors")}


def candidates(folder: Path, name: str, source: Source, local: Iterable[Path]) -> Iterator[Seen]:
    """Files of a source, but for those whose names say that somebody works on them; `local` are those here."""
    if place(source.path).scheme:
        progress(f"looking for files of {name}", 0)
        found: Iterable[Path | Remote] = list_remote_files(name, source)
    else:
        found = local
    for path in found:
        if not path.name.lower().endswith(UNFINISHED) and not path.name.startswith((".", "~$")):
            with suppress(FileNotFoundError):  # it was there a moment ago
                yield Seen(path, stamp(folder, path))


def stamp(folder: Path, path: Path | Remote) -> Stamp:
    """What a file looks like from outside; another stamp means that it was touched."""
    if isinstance(path, Remote):
        modified_ns = round(path.modified.timestamp() * 1e9) if path.modified else 0
        return Stamp(well_formed(f"{path.at}/{path.key}@{path.version}"), path.size, modified_ns)
    status = path.stat()
    return Stamp(well_formed(path.relative_to(folder).as_posix()), status.st_size, status.st_mtime_ns)


def is_untouched(folder: Path, path: Path | Remote, before: Stamp) -> bool:
    """Whether a file is still there as it was seen before."""
    try:
        now = path.looked_at_again() if isinstance(path, Remote) else path
        return now is not None and stamp(folder, now) == before
    except FileNotFoundError:
        return False


def wait_until_complete(new: Iterable[Seen]) -> None:
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


def hash_new(
    folder: Path, name: str, seen: Iterable[Seen], hashes: deliveries.Hashes, unreadable: list[FileProblem]
) -> deliveries.Hashes:
    """SHA-256 of the files of a source of which none is known, unless somebody touches them meanwhile.

    Those that may not be read are added to `unreadable`.
    """
    fresh: deliveries.Hashes = {}
    for each in seen:
        if each.stamp in hashes or not is_untouched(folder, each.path, each.stamp):
            continue
        try:
            sha256 = sha256_of(each.path)
        except FileNotFoundError:
            continue
        except PermissionError:
            unreadable.append(FileProblem(name, well_formed(each.path.name), UNREADABLE))
            continue
        if is_untouched(folder, each.path, each.stamp):
            fresh[each.stamp] = sha256
    return fresh


def landed_files(
    name: str, source: Source, seen: Iterable[Seen], hashes: deliveries.Hashes, latest: datetime
) -> list[LandedFile]:
    """The files of a source of which the hash is known, in canonical order; no name states a time after `latest`.

    Raises:
        SourceUnreachable: Neither the name of a file nor its server tells its time.
    """
    files = []
    for each in seen:
        if each.stamp not in hashes:
            continue
        path, modified = each.path, datetime.fromtimestamp(each.stamp.modified_ns / 1e9, UTC)
        found = to_landed_file(name, path, hashes[each.stamp], each.stamp, modified, source, latest)
        if isinstance(path, Remote) and path.modified is None and found.declared_from != FILE_NAME:
            raise SourceUnreachable(f"{path.at} does not say when a file was changed: put a date into its name")
        files.append(found)
    return sorted(files, key=lambda each: (each.declared_at, each.sha256))


def to_landed_file(
    name: str, path: Path | Remote, sha256: str, stamp: Stamp, modified: datetime, source: Source, latest: datetime
) -> LandedFile:
    """A file as one of a source. It is as of the time in its name, unless that is later than `latest`.

    Such a time would win over all that comes later: the file is as of when it was modified.
    """
    stated = stated_time(path.name, source)
    if stated and stated <= latest:
        return LandedFile(name, path, sha256, stamp.size, stated, FILE_NAME, stamp, stated)
    return LandedFile(name, path, sha256, stamp.size, modified, "modification_time", stamp, stated)


def sha256_of(path: Path | Remote) -> str:
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
