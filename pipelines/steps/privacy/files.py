"""Files that hold somebody who is erased: deliveries as they landed, refused rows, publications."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pipelines.ingest.ingest_files import deliveries_of
from pipelines.landing.arrivals import LandedFile, every_source, list_arrivals
from pipelines.privacy.files.outcome import Fate, Rewrite
from pipelines.privacy.files.rewrite import discard, name_without, replace, rewrite, sweep
from pipelines.privacy.needles import Needles, together
from pipelines.progress import progress
from pipelines.project import OpenProject
from pipelines.steps.privacy.plan import Person
from pipelines.store.ingest.deliveries import keep_rewritten
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


def left_in(folders: Sequence[Path], needles: Needles) -> dict[str, int]:
    """How many places of the files below folders hold an identifier of the people, by folder; empty if none does."""
    hits = {folder.name: sum(is_left(path, needles) for path in files_in(folder)) for folder in folders}
    return {name: places for name, places in hits.items() if places}


def is_left(path: Path, needles: Needles) -> bool:
    """Whether a file holds an identifier of the people."""
    found = rewrite(path, needles)
    discard(found)
    return found.fate not in (Fate.UNTOUCHED, Fate.UNREACHABLE)
