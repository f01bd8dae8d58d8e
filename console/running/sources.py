"""`onecontact sources`: proposes what onecontact.yaml could say of some files, and renames a source.

A proposal is YAML, with whatever else is to be said as comments; it opens no warehouse and needs no project.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from glob import escape
from pathlib import Path
from re import fullmatch
from shlex import quote
from typing import NamedTuple

from console.running.formats import inline
from console.running.source_groups import (
    NO_GLOB,
    Found,
    Group,
    beside,
    export_folders,
    files_in,
    found,
    groups,
    letters,
    source_name,
)
from console.terminal.exit_codes import FAILED, OK
from console.terminal.open_project import session
from console.terminal.screen import as_json, plural, printable, say
from pipelines.errors import ConfigurationError
from pipelines.landing.arrivals import local_files
from pipelines.project import OpenProject, open_project
from pipelines.read.catalogue.propose import LOOKED_AT, Proposal, propose
from pipelines.steps.rename_source import rename_source
from schemas.attribute import Attribute
from schemas.configuration import PROJECT_FILE
from schemas.project import SOURCE_NAME
from schemas.segment_files import SEGMENTS
from schemas.vocabulary import AttributeType

NO_DELIVERIES = (PROJECT_FILE, SEGMENTS, "exports", "rejected")  # of a project
TRIED = 5  # files of a group to look into for one that can be read
TOLD = 5  # files of a source
SHOWN = 20  # names of files that nothing recognises
TO_BE_PACKED = "its files cannot be read apart: pack the folder as a .zip (`{}`), and put that where the source lands"
HINT = "`onecontact formats` lists what can be read. A table needs a header row; `columns:` can say what it means"


class Entry(NamedTuple):
    """A source to propose."""

    name: str
    group: Group
    path: str
    outside: bool
    proposal: Proposal


def command(args: argparse.Namespace) -> int:
    """Propose sources, or rename one."""
    return rename(args) if args.action == "rename" else suggest(args)


def rename(args: argparse.Namespace) -> int:
    """Rename a source in the warehouse and in onecontact.yaml."""
    if not fullmatch(SOURCE_NAME, args.new):
        raise ConfigurationError("the new name of a source consists of small letters, digits, - and _")
    with session(args, writes_as="onecontact sources rename") as (project, connection):
        records = rename_source(project, connection, args.old, args.new)
    if args.json:
        as_json({"old": args.old, "new": args.new, "records": records})
    else:
        say(f"{args.old} is {args.new} now, with its {plural(records, 'record')}. The next run derives their contacts.")
        say(f"Segments that ask for `import:{args.old}` have to say `import:{args.new}`.")
    return OK


def suggest(args: argparse.Namespace) -> int:
    """Inspect files and print sources for onecontact.yaml."""
    missing = [path for path in args.paths if not path.exists()]
    if missing:
        raise ConfigurationError(f"{on_a_line(str(missing[0]))}: no such file or folder")
    folder = args.project.resolve()
    project = open_project(folder) if (folder / PROJECT_FILE).is_file() else None
    looked_at = [found(path) for path in files_in(args.paths, [folder / name for name in NO_DELIVERIES])]
    known = paths_of_sources(project)
    unknown = [file for file in looked_at if file.path not in known]
    candidates = list(groups(unknown, folder if project else None))
    proposed, unreadable = entries(candidates, folder, project)
    proposal = [*how_to_use(proposed, project), *sources_block(proposed), *attributes_block(proposed)]
    lines = [*proposal, *file_comments(known, looked_at, unreadable, beside(unknown, candidates))]
    print("\n".join(lines or ["# no files there"]))
    return OK if proposed or len(unknown) < len(looked_at) else FAILED


def paths_of_sources(project: OpenProject | None) -> dict[Path, str]:
    """The files on this machine that a source of the project reads, and the name of that source."""
    found = local_files(project.folder, project.settings.sources) if project else {}
    return {path.resolve(): name for name, paths in found.items() for path in paths}


def entries(
    candidates: list[Group], folder: Path, project: OpenProject | None
) -> tuple[list[Entry], list[tuple[Group, str]]]:
    """A source for each group whose files can be read, and the other groups with the reason."""
    attributes: Mapping[str, Attribute] = project.settings.attributes if project else {}
    taken = set(project.settings.sources) if project else set[str]()
    proposed: list[Entry] = []
    unreadable: list[tuple[Group, str]] = []
    for group in candidates:
        if group.glob == NO_GLOB:
            unreadable.append((group, TO_BE_PACKED.format(how_to_pack(group))))
            continue
        tries = (
            propose(group.form, file.path, file.seen, attributes, group.needed) for file in group.files[::-1][:TRIED]
        )
        tried: list[Proposal] = []
        for proposal in tries:
            tried.append(proposal)
            if proposal.problem is None:
                break
        if tried[-1].problem is not None:
            unreadable.append((group, tried[0].problem or ""))
            continue
        name = source_name(group, [each for each in candidates if each.folder == group.folder], taken)
        taken.add(name)
        inside = project is not None and group.folder.is_relative_to(folder)
        at = group.folder.relative_to(folder).as_posix() if inside else f"landing/{name}"
        proposed.append(Entry(name, group, f"{escape(at)}/{group.glob}".removeprefix("./"), not inside, tried[-1]))
    return proposed, unreadable


def how_to_pack(group: Group) -> str:
    """The command that packs the folder of an export, on every system."""
    return f"python -m zipfile -c {letters(group.folder.name) or group.form.name}.zip {quote(str(group.folder))}"


def how_to_use(proposed: list[Entry], project: OpenProject | None) -> Iterator[str]:
    """What to do with the proposal."""
    if proposed and project and project.settings.sources:
        yield f"# merge these into the `sources:` you have in {PROJECT_FILE}"
    if any(entry.group.form.holds == "contacts" for entry in proposed):
        yield "# one source per system: where ids of two systems meet in one source, people overwrite each other"


def sources_block(proposed: list[Entry]) -> Iterator[str]:
    """The proposed sources as YAML."""
    if proposed:
        yield "sources:"
    for entry in proposed:
        yield f"  {inline(entry.name)}:"
        if entry.outside:
            what = what_to_move(entry.group)
            yield f"    # put {what} into landing/{entry.name}/"
        yield f"    # {'takes' if entry.outside else 'finds'} {file_names(entry.group)}"
        yield f"    format: {entry.group.form.name}"
        yield f"    path: {inline(entry.path)}"
        for name, value in entry.proposal.options.items():
            yield f"    {name}: {inline(value)}" + ("  # check" if name == "columns" else "")
        yield from (f"    # {line}" for line in hints(entry))


def what_to_move(group: Group) -> str:
    """What has to be put where a source lands: files, or folders of an unpacked export."""
    moved = export_folders(group) if group.is_export else group.files
    if group.is_export and len(moved) == 1:
        return f"the folder {on_a_line(str(moved[0]))}"
    return f"{plural(len(moved), 'folder' if group.is_export else 'file')} of {on_a_line(str(group.folder))}"


def hints(entry: Entry) -> Iterator[str]:
    """What somebody has to confirm or to fill in."""
    perhaps = entry.proposal.perhaps
    if perhaps:
        columns = entry.proposal.options.get("columns", {}) | perhaps
        yield f"columns: {inline(columns)}  # if that is what {', '.join(map(on_a_line, perhaps))} means"
    if entry.proposal.locale:
        yield f"locale: {entry.proposal.locale}  # or that of your country: numbers are written as 1.234,50"
    for name, field in entry.group.form.options.model_fields.items():
        if field.examples and name not in entry.proposal.options:
            yield f"{name}: {inline(field.examples[0])}  # {field.description}"


def attributes_block(proposed: list[Entry]) -> Iterator[str]:
    """Definitions of attributes for the columns that nothing else reads."""
    wanted: dict[str, Attribute] = {}
    for entry in proposed:
        for name, attribute in entry.proposal.attributes.items():
            wanted[name] = attribute if wanted.get(name, attribute) == attribute else Attribute(type=AttributeType.TEXT)
    if wanted:
        yield "attributes:"
        yield f"  # columns nothing else reads, their types told from {LOOKED_AT:,} rows; delete what is not wanted"
    for name, attribute in sorted(wanted.items()):
        yield f"  {inline(name)}: {inline(attribute.model_dump(mode='json', exclude_defaults=True))}"


def file_comments(
    known: Mapping[Path, str], looked_at: list[Found], unreadable: list[tuple[Group, str]], ignored: list[Found]
) -> Iterator[str]:
    """What else is to be said of the files, as comments: those read already or ignored, and those that cannot be."""
    for name, number in sorted(Counter(known[file.path] for file in looked_at if file.path in known).items()):
        yield f"# {plural(number, 'file')} read already by the source {name}"
    for group, problem in unreadable:
        yield f"# looks like {group.form.name}, but cannot be read: {on_a_line(str(group.folder))}: {file_names(group)}"
        yield f"#   {on_a_line(problem)}"
    if ignored:
        yield f"# ignored: {plural(len(ignored), 'file')} beside the messages of unpacked exports, such as photos"
    left = {file.path for file in ignored} | known.keys()
    unknown = [file for file in looked_at if file.form is None and file.path not in left]
    if unknown:
        yield f"# not recognised: {plural(len(unknown), 'file')}"
        yield from (f"#   {on_a_line(str(file.path))}" for file in unknown[:SHOWN])
        if len(unknown) > SHOWN:
            yield f"#   and {len(unknown) - SHOWN:,} more"
        yield f"# {HINT}"


def file_names(group: Group) -> str:
    """Names of the files of a group, the first of them."""
    names = [on_a_line(file.path.name) for file in group.files]
    return ", ".join(names[:TOLD]) + (f" and {len(names) - TOLD:,} more" if len(names) > TOLD else "")


def on_a_line(words: str) -> str:
    """Words that can stand in a comment: a line break would end it."""
    return printable(words).replace("\n", "·")
