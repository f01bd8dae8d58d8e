"""Files that hold somebody who is erased: deliveries as they landed, refused rows, publications."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pipelines.ingest.ingest_files import deliveries_of
from pipelines.landing.arrivals import LandedFile, every_source, list_arrivals
from pipelines.privacy.files.outcome import Fate, Rewrite, Wanted
from pipelines.privacy.files.rewrite import discard, name_without, replace, rewrite, sweep
from pipelines.privacy.files.search import search
from pipelines.privacy.needles import Needles, together
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.steps.privacy.plan import Person
from pipelines.store.ingest.archive import archived
from pipelines.store.ingest.deliveries import keep_rewritten
from pipelines.store.privacy import archives
from pipelines.store.warehouse.connection import Connection

LANDING, REJECTED, EXPORTS = "landing", "rejected", "exports"


class Landed(NamedTuple):
    """A file that lies where deliveries arrive; `file` is None for one that no source takes in."""

    path: Path
    file: LandedFile | None = None
    delivery_id: str | None = None


def erase_from_deliveries(project: OpenProject, connection: Connection, people: Mapping[int, Person]) -> dict[str, int]:
    """Take people out of the files that were delivered; how many files became what.

    A file without them brings nothing new: it is known as the delivery that it was.
    """
    sweep(project.folder / LANDING)
    before = landed(project, connection)
    counts: Counter[str] = Counter()
    for number, each in enumerate(before):
        progress("files", number, len(before))
        wanted = needles_for(people, each.delivery_id)
        source = every_source(project.settings)[each.file.source] if each.file else None
        is_theirs = any(each.delivery_id in person.subject.deliveries for person in people.values())
        done = rewrite(
            each.path,
            wanted,
            source.format if source else None,
            encoding=getattr(source, "encoding", None),
            names_are_theirs=is_theirs,
        )
        put_in_place(each.path, done, wanted, counts)
    remote = list_arrivals(connection, project.folder, every_source(project.settings)).files
    counts["remote"] = sum(not isinstance(each.path, Path) for each in remote)
    told = {each.path: each.delivery_id for each in before if each.delivery_id}
    after = {each.path: each.delivery_id for each in landed(project, connection) if each.delivery_id}
    renewed = {after[path]: old for path, old in told.items() if path in after and after[path] != old}
    keep_rewritten(connection, {str(new): str(old) for new, old in renewed.items()})
    return dict(counts)


def put_in_place(path: Path, done: Rewrite, wanted: Needles, counts: Counter[str]) -> None:
    """Put a file without people in place of the one with them, under a name that names none; count what it became."""
    replace(path, done)
    counts[done.fate.value] += 1
    counts["entries"] += done.removed
    counts["mentions"] += done.mentions
    if done.fate is Fate.EMPTIED:
        return
    name = name_without(wanted, path.name)
    if name != path.name and not path.with_name(name).exists():
        path.rename(path.with_name(name))
        counts["renamed"] += 1


def landed(project: OpenProject, connection: Connection) -> list[Landed]:
    """The files in the landing area, those that no source takes in as well."""
    sources = every_source(project.settings)
    files = [each for each in list_arrivals(connection, project.folder, sources).files if isinstance(each.path, Path)]
    made = deliveries_of(project, files, project.ids())
    found = {
        path: Landed(path, file, delivery.delivery_id)
        for file, delivery in zip(files, made, strict=True)
        for path in (Path(str(file.path)),)
    }
    others = (path for path in files_in(project.folder / LANDING) if path not in found)
    return [*found.values(), *map(Landed, others)]


def needles_for(people: Mapping[int, Person], delivery_id: str | None) -> Needles:
    """What people are found by in a file; a name only of those of whom it is known that they are in it."""
    own = []
    for person in people.values():
        needles = person.needles()
        if delivery_id is None or delivery_id not in person.subject.deliveries:
            needles = needles._replace(names=frozenset(), texts=frozenset(), record_ids=frozenset())
        own.append(needles)
    return together(own)


def erase_from_published(folder: Path, needles: Needles) -> dict[str, int]:
    """Take people out of what was written for others and is not written anew; what cannot be, is removed."""
    counts: Counter[str] = Counter()
    for path in files_in(folder):
        done = rewrite(path, needles)
        if done.fate is Fate.UNREACHABLE:
            path.unlink()
        replace(path, done)
        counts[done.fate.value] += 1
        counts["entries"] += done.removed
    return dict(counts)


def files_in(folder: Path) -> Iterator[Path]:
    """The files below a folder, sorted."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def erase_from_archives(
    project: OpenProject, connection: Connection, people: Mapping[int, Person], now: datetime
) -> dict[str, int]:
    """Take people out of archived deliveries; how many became what. A new archive has a new key."""
    archives.finish(connection, project.archive)
    counts: Counter[str] = Counter()
    for delivery in archived(connection).to_dicts():
        delivery_id = str(delivery["delivery_id"])
        source = project.settings.sources.get(delivery["source"])
        is_theirs = any(delivery_id in person.subject.deliveries for person in people.values())
        wanted = Wanted(
            needles_for(people, delivery_id),
            source.format if source else None,
            getattr(source, "encoding", None),
            is_theirs,
            project.archive,
        )
        done = archives.rewrite_archived(connection, project.archive, delivery_id, wanted, now)
        counts[f"archives_{done.fate.value}"] += 1
        counts["entries"] += done.removed
    return dict(counts)


def left_in(project: OpenProject, connection: Connection, needles: Needles) -> dict[str, int]:
    """Files that still hold an identifier of the people, and in how many places; empty if none does.

    What others wrote may name them, and is left for review.
    """
    folders = [project.folder / each for each in (LANDING, REJECTED, EXPORTS)]
    hits = {
        str(path.relative_to(project.folder)): left_in_file(path, needles)
        for folder in folders
        for path in files_in(folder)
    }
    for delivery_id in map(str, archived(connection)["delivery_id"]):
        found = archives.search_archived(connection, project.archive, delivery_id, needles, project.archive)
        hits[f"archived delivery {delivery_id}"] = found.identified + len(found.unread)
    return {name: places for name, places in hits.items() if places}


def left_in_file(path: Path, needles: Needles) -> int:
    """In how many places a file still holds the people, or cannot be read; not counting what is left for review."""
    hits = search(path, needles)
    if hits.is_clean:
        return 0
    found = rewrite(path, needles)
    discard(found)
    is_for_review = found.fate is Fate.UNTOUCHED and found.mentions and not hits.unread
    return 0 if is_for_review else hits.identified + len(hits.unread)
