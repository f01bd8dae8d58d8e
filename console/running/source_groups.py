"""Files sorted into what could be a source each: those of one kind in one folder, and a glob that finds them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from glob import escape
from pathlib import Path
from typing import NamedTuple

from pipelines.ingest.two_systems import are_of_two_systems
from pipelines.landing.arrivals import UNFINISHED
from pipelines.read.catalogue.detect import best, is_same_in, sample
from pipelines.read.catalogue.propose import Needed, first_people, needed_encoding
from pipelines.read.core.batch import Batch, Format, Sample
from pipelines.read.mail.files import MAILDIR
from pipelines.read.tables.column_guess import KEY
from pipelines.read.tables.header_words import MEANINGS
from pipelines.read.tables.system_headers import system_of

ANY_SYSTEM = ("contacts_csv", "contacts_xlsx")  # formats of which each system may have its own kind
DOUBTFUL = 0.2  # a confidence that only a look at the rows can confirm
NAMELESS = ("", "landing", "downloads", "desktop", "documents", "tmp", "data", "files", "exports")
NO_GLOB = ""
NO_LETTERS = re.compile(r"[\W\d_]+")
DATED = re.compile(r"[-_. ]?\d[\d\-_.T]*$")


class Found(NamedTuple):
    """A file, what was seen of it, and the format it is most likely of, if any, with its confidence."""

    path: Path
    seen: Sample
    form: Format | None
    sure: float = 1.0


class Group(NamedTuple):
    """Files that one source would read: `glob` is that of their names in `folder`, NO_GLOB where they must be packed.

    `is_export` says that the folder is an export that was unpacked. `needed` are options without which the files cannot
    be read, where that was looked at.
    """

    folder: Path
    glob: str
    form: Format
    files: list[Found]
    is_export: bool = False
    needed: Needed | None = None


def files_in(paths: Iterable[Path], leave_out: Iterable[Path]) -> Iterator[Path]:
    """Every file at the paths and in the folders below them that could be a delivery, each once, sorted by folder."""
    seen: set[Path] = set()
    for path in paths:
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            place = file.resolve()
            shown = file.relative_to(path).parts[-1:] if file.parent.name in MAILDIR else file.relative_to(path).parts
            hidden = any(part.startswith((".", "~$")) for part in shown)
            unwanted = hidden or file.suffix.lower() in UNFINISHED or any(map(place.is_relative_to, leave_out))
            if place not in seen and not unwanted and file.is_file():
                seen.add(place)
                yield place


def found(path: Path) -> Found:
    """Look at a file."""
    seen = sample(path)
    likely = best(seen)
    return Found(path, seen, *likely[0]) if likely else Found(path, seen, None)


def groups(files: Iterable[Found], project: Path | None) -> Iterator[Group]:
    """Files by folder, format, kind of header and encoding, with as few globs as find exactly those.

    In folders outside of the project other files do not matter: what is recognised is put into a folder of its own.
    """
    folders: dict[Path, list[Found]] = {}
    exports: dict[tuple[Path, str], list[Found]] = {}
    for file in files:
        if file.form and (root := unpacked_in(file.path, file.form)):
            exports.setdefault((root, file.form.name), []).append(file)
        else:
            folders.setdefault(file.path.parent, []).append(file)
    for (root, _), members in exports.items():
        form = members[0].form
        if form and form.unpacked:
            yield Group(root, form.unpacked.glob or NO_GLOB, form, members, is_export=True)
    for folder, inside in folders.items():
        stays = project is not None and folder.is_relative_to(project)
        for form, members, needed in alike(inside):
            neighbours = [file.path.name for file in (inside if stays else members)]
            for glob, matched in globs(members, neighbours):
                yield Group(folder, glob, form, matched, needed=needed)


def unpacked_in(path: Path, form: Format) -> Path | None:
    """The folder of the export that a file lies in, if its archive was unpacked."""
    lies = form.unpacked.inside.fullmatch(path.as_posix()) if form.unpacked else None
    return Path(lies["root"]) if lies else None


def export_folders(group: Group) -> list[Path]:
    """The folders of an unpacked export: the one it is called after, or those below a folder such as Downloads."""
    if letters(group.folder.name) not in NAMELESS:
        return [group.folder]
    return sorted({group.folder / file.path.relative_to(group.folder).parts[0] for file in group.files})


def beside(files: Iterable[Found], candidates: Iterable[Group]) -> list[Found]:
    """Files that are not recognised and belong to an unpacked export: photos, lists of other things."""
    inside = {folder for group in candidates if group.is_export for folder in export_folders(group)}
    return [file for file in files if file.form is None and not inside.isdisjoint(file.path.parents)]


def alike(files: Iterable[Found]) -> Iterator[tuple[Format, list[Found], Needed]]:
    """Files that are of one format, surely or perhaps, and of one kind and system, and the options they need.

    Files in two encodings are not alike, but where one has to be named and the others are the same text in it.
    """
    kinds: dict[tuple[str, bool, Collection[str]], tuple[Format, dict[str | None, list[Found]]]] = {}
    for file in files:
        if file.form:
            kind = kind_of(file.seen.header) if file.form.name in ANY_SYSTEM else ()
            _, parts = kinds.setdefault((file.form.name, file.sure < DOUBTFUL, kind), (file.form, {}))
            parts.setdefault(needed_encoding(file.form, file.path, file.seen), []).append(file)
    for form, parts in kinds.values():
        for encoding, members in in_one_encoding(parts):
            needed = {"encoding": encoding} if encoding else {}
            for some in of_systems(form, members, needed) if form.holds == "contacts" else [members]:
                yield form, some, needed


def in_one_encoding(parts: Mapping[str | None, list[Found]]) -> Iterable[tuple[str | None, list[Found]]]:
    """Files by the encoding to name, as one part where there is one such and all others are the same text in it."""
    named = [encoding for encoding in parts if encoding]
    if len(named) == 1 and all(is_same_in(named[0], file.path) for file in parts.get(None, ())):
        return [(named[0], sorted((file for part in parts.values() for file in part), key=lambda file: file.path))]
    return parts.items()


def of_systems(form: Format, files: Iterable[Found], needed: Needed) -> list[list[Found]]:
    """Lists by the system they are of: those with one name but for dates and numbers, and others that agree with them.

    Two do not where one id is that of two people: they would overwrite each other.
    """
    series: dict[str, list[Found]] = {}
    for file in files:
        series.setdefault(NO_LETTERS.sub(" ", file.path.stem.casefold()).strip(), []).append(file)
    if len(series) == 1:
        return [*series.values()]
    systems: list[tuple[list[Found], list[Batch]]] = []
    for some in series.values():
        people = first_people(form, some[-1].path, some[-1].seen, needed)
        agreeing = (each for each in systems if not any(are_of_two_systems(known, people) for known in each[1]))
        members, known = next(agreeing, None) or ([], [])
        if not members:
            systems.append((members, known))
        members += some
        known.append(people)
    return [members for members, _ in systems]


def kind_of(header: Collection[str]) -> Collection[str]:
    """What lists of one system have in common: the system, the (folded) header of their ids, else all their headers."""
    system = system_of(header)
    if system:
        return (system,)
    ids = (name for name in header if MEANINGS.get(name) == "record_id" or KEY.fullmatch(name))
    own = next(ids, None)
    return (own,) if own else frozenset(header)


def globs(members: list[Found], neighbours: list[str]) -> Iterator[tuple[str, list[Found]]]:
    """A glob that finds the members and no other neighbour; else one for each ending; else one for each member."""
    if glob := shared_glob(members, neighbours):
        yield glob, members
        return
    for ending in sorted({file.path.suffix for file in members}):
        some = [file for file in members if file.path.suffix == ending]
        if glob := shared_glob(some, neighbours):
            yield glob, some
        else:
            yield from ((escape(file.path.name), [file]) for file in some)


def shared_glob(members: list[Found], neighbours: list[str]) -> str | None:
    """The glob that finds exactly the members: by their ending, or also by what stands before a date in their names.

    One without an ending comes first for contact lists that are no CSV: their refused rows come back as one.
    """
    names = {file.path.name for file in members}
    endings = {file.path.suffix for file in members}
    ending = escape(endings.pop()) if len(endings) == 1 else ""
    beginning = escape(DATED.sub("", shared_beginning([file.path.stem for file in members])))
    returns = any(file.form and file.form.holds == "contacts" for file in members) and ending.lower() != ".csv"
    for glob in ("*" if returns else f"*{ending}", f"*{ending}", f"{beginning}*{ending}"):
        if {name for name in neighbours if fnmatchcase(name, glob)} == names:
            return glob
    return None


def shared_beginning(names: list[str]) -> str:
    """What all names begin with."""
    first, last = min(names), max(names)
    same = next((place for place, letter in enumerate(first) if letter != last[place : place + 1]), len(first))
    return first[:same]


def source_name(group: Group, beside: Collection[Group], taken: Collection[str]) -> str:
    """A name for a source, with a number where it is taken.

    That is the one of its folder, or of its format where the folder's says nothing. Of several groups in one folder
    (`beside`) each is called after its format too, or after its files where others are of that format as well.
    """
    folder = letters(group.folder.name)
    named = [] if folder in NAMELESS else [folder]
    if sum(each.form is group.form for each in beside) > 1:
        stems = DATED.sub("", shared_beginning([file.path.stem for file in group.files]))
        named.append(letters(stems) or group.form.name)
    elif len(beside) > 1 or not named:
        named.append(group.form.name)
    plain = "-".join(named)
    for name in (plain, f"{plain}-{group.form.name}"):
        if name not in taken:
            return name
    return next(f"{plain}-{number}" for number in range(2, len(taken) + 3) if f"{plain}-{number}" not in taken)


def letters(words: str) -> str:
    """Words in what the name of a source may hold; empty where nothing of them can."""
    return re.sub(r"[^a-z0-9_]+", "-", words.lower()).strip("-_")
