"""`onecontact template`: a CSV to fill in, and what each of its columns takes: a contact list, or change requests."""

import argparse
import sys
from pathlib import Path, PurePosixPath

from console.running.run import spelt
from console.terminal.exit_codes import OK
from console.terminal.screen import err, say, table
from pipelines.errors import ConfigurationError
from pipelines.landing.arrivals import REQUESTED, every_source
from pipelines.project import OpenProject, open_project
from pipelines.publish.request_template import NOTES as REQUEST_NOTES
from pipelines.publish.request_template import request_template
from pipelines.publish.template import NOTES, Column, as_csv, as_markdown, template, unreached
from schemas.configuration import nearest
from schemas.contact_list import ContactTable
from schemas.settings.place import place


def command(args: argparse.Namespace) -> int:
    """Write the template to a file, its dictionary beside it; without a file, to the screen."""
    project = open_project(args.project)
    if args.decisions and args.source:
        raise ConfigurationError("--decisions and --source exclude each other")
    if args.decisions:
        (columns, content), notes = request_template(project.settings), REQUEST_NOTES
    else:
        columns = template(project.settings, chosen(project, args.source))
        content, notes = as_csv(columns), NOTES
    if args.to:
        keep_out(project, args.to)
        write(args.to, columns, content, notes)
        source = ["--source", args.source] if args.source else []
        tried = spelt(["check", str(args.to), *source], project.folder)
        where = f"put it into {REQUESTED}/" if args.decisions else "put it where a source finds it"
        say(f"Next: fill it in, validate it with `{tried}`, and {where}.")
    else:
        sys.stdout.write(content)
        sys.stdout.flush()
        titles = ["column", "what it holds", "what it takes", "required", "example"]
        rows = [[each.header, each.holds, each.accepts, each.required, each.example] for each in columns]
        err.print(table("Columns", titles, rows))
        err.print(notes, markup=False)
    for name in () if args.decisions else unreached(project.settings, columns):
        err.print(
            f"Left out: attribute {name}, which no header means; name a column for it in `columns:`", markup=False
        )
    return OK


def chosen(project: OpenProject, name: str | None) -> ContactTable | None:
    """The source whose headers are wanted, if one is named."""
    if name is None:
        return None
    sources = project.settings.sources
    if name not in sources:
        raise ConfigurationError(f"no source `{name}`{nearest(name, sorted(sources))}")
    source = sources[name]
    if not isinstance(source, ContactTable) or not PurePosixPath("template.csv").match(PurePosixPath(source.path).name):
        fitting = [each for each, options in sources.items() if isinstance(options, ContactTable)]
        raise ConfigurationError(
            f"source `{name}` takes no contact list as CSV" + (f"; these do: {', '.join(fitting)}" if fitting else "")
        )
    return source


def keep_out(project: OpenProject, path: Path) -> None:
    """Raise ConfigurationError where a source would read the dictionary that comes with the template."""
    for name, source in every_source(project.settings).items():
        glob = PurePosixPath(source.path)
        folders = () if place(source.path).scheme else project.folder.glob(str(glob.parent))
        inside = any(folder.resolve() == path.parent.resolve() for folder in folders)
        if inside and PurePosixPath(dictionary_of(path).name).match(glob.name):
            raise ConfigurationError(
                f"source `{name}` would read {dictionary_of(path).name} in this folder: write the template elsewhere, "
                "and put it here once it is filled in"
            )


def dictionary_of(path: Path) -> Path:
    """Where the dictionary of a template is written: beside it."""
    return path.with_name(f"{path.stem}.dictionary.md")


def write(path: Path, columns: list[Column], content: str, notes: str) -> None:
    """Write template and dictionary, neither over a file that is there."""
    dictionary = dictionary_of(path)
    for each in (path, dictionary):
        if each.exists():
            raise ConfigurationError(f"{each} is there already: name another file")
    path.write_text(content, encoding="utf-8-sig", newline="")
    dictionary.write_text(as_markdown(columns, notes), encoding="utf-8")
    say(f"Wrote {path}, and the description of its columns to {dictionary}.")
