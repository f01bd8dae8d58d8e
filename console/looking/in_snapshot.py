"""`list`, `show` and `timeline` in the snapshot of a role: no project, no warehouse, only the role's key."""

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import polars as pl

from console.looking.list_contacts import COLUMNS, print_contacts, wanted
from console.looking.resolve_contact import called
from console.looking.timeline import LEGEND, as_array, print_entries
from console.looking.timeline import wanted as wanted_entries
from console.terminal.exit_codes import NOT_FOUND, OK, SEVERAL, CommandError
from console.terminal.pager import paged
from console.terminal.screen import as_json, cell, clock, local, out, plural, say, table
from pipelines.audit.events import Action as Done
from pipelines.audit.events import Event, Outcome
from pipelines.errors import ConfigurationError, RoleDenied
from pipelines.normalise.text import split_cells
from pipelines.project import OpenProject
from pipelines.query.bind import asked_fields
from pipelines.query.filter import compile_filter
from pipelines.store.audit.spool import reads_path, spool
from pipelines.store.reads import published
from pipelines.store.snapshots.read import Snapshot, about, open_snapshot, treatments
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.keys import load_key
from schemas.configuration import HIDDEN, SNAPSHOTS
from schemas.fields import field_kinds
from schemas.filter import All
from schemas.project import Project
from schemas.published.role import ATTRIBUTE, Action, Treatment
from schemas.settings.keys import KeySource
from schemas.vocabulary import Channel

# What a command needs that a snapshot is not enough for: the warehouse, and the right to do this with it.
NEEDS: Mapping[str, Action] = MappingProxyType(
    {
        **dict.fromkeys(("run", "rebuild", "status", "dev", "match", "sources"), Action.RUN),
        **dict.fromkeys(("merge", "unmerge", "edit", "add", "decisions", "revoke", "explain"), Action.DECIDE),
        **dict.fromkeys(("tag", "note"), Action.ANNOTATE),
        **dict.fromkeys(("block", "unblock"), Action.BLOCK),
        "review": Action.REVIEW,
        "check": Action.IMPORT,
        "archive": Action.IMPORT,
        "roles": Action.GRANT,
    }
)
LATEST = 20  # entries of the timeline that `show` shows


def command(args: argparse.Namespace) -> int:
    """Answer a command out of the snapshot it was given.

    Raises:
        RoleDenied: It needs more than a snapshot holds, or than the role sees.
    """
    path, key = files(args.snapshot, args.role_key)
    with open_snapshot(path, load_key(Path(), KeySource(file=str(key)))) as connection:
        snapshot = about(connection)
        clock.zone = ZoneInfo(snapshot.settings["timezone"])
        try:
            if args.command not in ANSWERS:
                raise RoleDenied(denial(snapshot, args.command))
            return ANSWERS[args.command](args, snapshot, connection)
        except RoleDenied:
            note_denial(path, snapshot.role, args.command)
            raise


def note_denial(path: Path, role: str, command: str) -> None:
    """Note a denial in the project that the snapshot lies in; a copy of it elsewhere has no project to tell."""
    folder = path.resolve().parent.parent
    if path.resolve().parent.name == SNAPSHOTS and os.access(folder / HIDDEN, os.W_OK):
        denial = Event(Done.ACCESS_DENIED, "command", command, outcome=Outcome.DENIED, role=role)
        spool(reads_path(folder), denial)


def files(place: Path, key: Path | None) -> tuple[Path, Path]:
    """The snapshot and the key that are meant: two files, or the only ones in a folder."""
    if place.is_dir():
        return only(place, "*.duckdb"), key or only(place, "*.key")
    if key is None:
        raise ConfigurationError("--snapshot needs --key FILE (or $ONECONTACT_ROLE_KEY), or a folder with both")
    return place, key


def only(folder: Path, pattern: str) -> Path:
    """The one file of a folder that fits."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise ConfigurationError(f"{folder} has {plural(len(found), 'file')} {pattern}: name the one that is meant")
    return found[0]


def denial(snapshot: Snapshot, command: str) -> str:
    """Why a command cannot be answered, and who may give it."""
    action = NEEDS[command]
    may = [name for name, actions in snapshot.settings["roles"].items() if action in actions]
    who = ", ".join(may) or "no role of this project"
    return f"`{command}` needs the warehouse, which the role {snapshot.role} does not open: {who} may do this"


def refuse(snapshot: Snapshot, options: Mapping[str, object]) -> None:
    """Raise RoleDenied for options that ask for more than a snapshot holds."""
    for option, value in options.items():
        if value:
            raise RoleDenied(
                f"{option} needs the warehouse; a snapshot (of the role {snapshot.role}) does not hold that"
            )


def list_contacts(args: argparse.Namespace, snapshot: Snapshot, connection: Connection) -> int:
    """The contacts that are asked for, those last heard of first."""
    refuse(snapshot, {"--blocked-conversations": args.blocked_conversations})
    found = published.contacts(connection, COLUMNS)
    number_of_all = found.height
    if args.query is not None:
        hits = published.contacts_with(connection, args.query.replace(",", " ").split())
        found = found.filter(pl.col("contact_id").is_in(hits.implode()))
    ids = fitting(args, snapshot, connection)
    if ids is not None:
        found = found.filter(pl.col("contact_id").is_in(ids.implode()))
    shown = found.head(args.limit) if args.limit else found
    if args.json:
        as_json(shown.to_dicts())
        return OK
    if shown.is_empty():
        say(f"No matching contacts among the {number_of_all:,} that the role {snapshot.role} sees.")
        return OK
    print_contacts(found.height, shown, COLUMNS)
    if shown.height < found.height:
        say(f"The first {shown.height:,}; `--limit 0` shows all.")
    tell_role(snapshot)
    return OK


def fitting(args: argparse.Namespace, snapshot: Snapshot, connection: Connection) -> pl.Series | None:
    """Ids of the contacts that the filters of the command line fit; None where there are none."""
    settings = Project.model_validate(
        {key: snapshot.settings[key] for key in ("project", "default_region", "timezone", "attributes")}
        | {"sources": {}}
    )
    if args.source and args.source not in set(Channel) and not args.source.startswith("import:"):
        args.source = f"import:{args.source}"
    conditions = All(all=tuple(wanted(args, OpenProject(Path(), settings, []))))
    if not conditions.all:
        return None
    asked = sorted(set(asked_fields(conditions)))
    seen = treatments(connection)
    for field in asked:
        if not field.startswith(ATTRIBUTE) and seen.get(f"contacts.{field}") != Treatment.CLEAR:
            raise RoleDenied(f"the role {snapshot.role} does not see `{field}` in clear, so it cannot filter by it")
    names = [field.removeprefix(ATTRIBUTE) for field in asked if field.startswith(ATTRIBUTE)]
    frame = published.contacts(
        connection, ["contact_id", *(each for each in asked if not each.startswith(ATTRIBUTE))], names
    )
    lists = [f"{ATTRIBUTE}{name}" for name in names if settings.attributes[name].is_list]
    frame = frame.with_columns(split_cells(frame[name], ";").alias(name) for name in lists)
    here = snapshot.as_of.astimezone(ZoneInfo(settings.timezone))
    return frame.filter(compile_filter(conditions, field_kinds(settings.attributes), here, place="list"))["contact_id"]


def show(args: argparse.Namespace, snapshot: Snapshot, connection: Connection) -> int:
    """All that the role sees of a contact."""
    refuse(snapshot, {"--why": args.why})
    contact_id = resolve(args, connection)
    contact = published.contact(connection, contact_id)
    fields, identifiers = published.fields(connection, contact_id), published.identifiers(connection, contact_id)
    entries = published.timeline(connection, contact_id)
    if args.json:
        as_json(
            {"contact": contact | {"attributes": {each["key"]: each["value"] for each in contact["attributes"] or []}}}
            | {"fields": fields.to_dicts(), "identifiers": identifiers.to_dicts()}
            | {"timeline": entries.tail(LATEST).to_dicts(), "timeline_entries": entries.height}
        )
        return OK
    say(called(contact), style="bold")
    say(f"  id      {contact_id}")
    say(f"  status  {contact['status']}: {(contact['status_reason'] or '').replace('_', ' ')}")
    for title, frame in (("Values", fields), ("Identifiers", identifiers)):
        if not frame.is_empty():
            names = [each for each in frame.columns if frame[each].null_count() < frame.height]
            rows = [[cell_of(value) for value in row] for row in frame.select(names).rows()]
            out.print(table(title, [each.replace("_", " ") for each in names], rows))
    say("".join(print_entries([entries.tail(LATEST)], quoted=args.quoted)).rstrip("\n"))
    tell_role(snapshot)
    return OK


def cell_of(value: object) -> str:
    """A value of a table."""
    return local(value) if isinstance(value, str) else cell(value)


def timeline(args: argparse.Namespace, snapshot: Snapshot, connection: Connection) -> int:
    """The history that the role sees of a contact."""
    refuse(snapshot, {"--vcon": args.vcon, "--blocked-conversations": args.blocked_conversations})
    chosen = wanted_entries(args)
    contact_id = resolve(args, connection)
    entries = published.timeline(connection, contact_id)
    if chosen.channels:
        entries = entries.filter(pl.col("channel").is_in(chosen.channels))
    if chosen.kinds:
        entries = entries.filter(pl.col("kind").is_in(chosen.kinds))
    if chosen.since is not None:
        entries = entries.filter(pl.col("happened_at") >= chosen.since)
    if chosen.until is not None:
        entries = entries.filter(pl.col("happened_at") < chosen.until)
    entries = entries.tail(chosen.last) if chosen.last else entries
    if args.json:
        out.file.write("".join(as_array([entries])))
        return OK
    with paged() as pager:
        pager.write(f"{called(published.contact(connection, contact_id))}, times in {clock.zone.key}\n{LEGEND}\n")
        pager.writelines(print_entries([entries], quoted=args.quoted))
    return OK


def resolve(args: argparse.Namespace, connection: Connection) -> str:
    """Id of the one contact that is meant."""
    fitting = published.resolve(connection, args.contact)
    if fitting.len() == 1:
        return str(fitting[0])
    if fitting.is_empty():
        raise CommandError(
            "no contact that the role sees matches; `list PART` searches what it sees in clear", NOT_FOUND
        )
    some = published.contacts(connection, ["contact_id", "name", "email", "phone"])
    some = some.filter(pl.col("contact_id").is_in(fitting.implode())).head(10)
    if args.json:
        as_json({"matches": some.to_dicts()})
    else:
        out.print(table(f"{plural(fitting.len(), 'contact')} fit", some.columns, some.rows()))
    raise CommandError("several contacts fit; name one by its id", SEVERAL)


def tell_role(snapshot: Snapshot) -> None:
    """Say whose view this is."""
    say(f"As the role {snapshot.role} sees it, as of {cell(snapshot.as_of)}.")


ANSWERS: Mapping[str, Callable[[argparse.Namespace, Snapshot, Connection], int]] = MappingProxyType(
    {"list": list_contacts, "show": show, "timeline": timeline}
)
