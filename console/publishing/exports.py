"""`onecontact exports`: what was published, who was given whom, and what becomes of files."""

import argparse
import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from console.looking.resolve_contact import resolve_contact
from console.terminal.exit_codes import OK
from console.terminal.open_project import session
from console.terminal.screen import as_json, out, plural, say, table
from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject
from pipelines.steps.publish import FOLDER
from pipelines.steps.segments.inspect.remake import remake
from pipelines.store.contacts.id_history import former_ids
from pipelines.store.reads import exports as store
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from schemas.segment import ID_CHANGES

SHORT = 8


def command(args: argparse.Namespace) -> int:
    """Do what is asked of publications."""
    writes = {"remove": "onecontact exports remove", "remake": "onecontact exports remake"}.get(args.action)
    if writes and not args.name:
        raise ConfigurationError(f"{writes}: name {'a segment' if args.action == 'remove' else 'a publication'}")
    with session(args, writes, ingests=False) as (project, connection):
        if args.action == "remove":
            return remove(args, project, connection)
        if args.action == "remake":
            return make_again(args, project, connection)
        return list_exports(args, project, connection)


def list_exports(args: argparse.Namespace, project: OpenProject, connection: Connection) -> int:
    """Say what was published, or which publications held a contact."""
    if args.of:
        contact = resolve_contact(project, connection, args.of, json=args.json)
        ids = pl.Series([contact, *former_ids(connection, contact)])
        found = store.publications_of(connection, ids)
    else:
        found = [each for each in store.publications(connection) if args.name in (None, each.segment)]
    shown = found if args.all or args.of or args.name else newest(found)
    rows = [row_of(project, each) for each in shown]
    forgotten = sum(each.members_removed_at is not None for each in store.publications(connection)) if args.of else 0
    if args.json:
        as_json({"publications": rows, "without_members": forgotten} if args.of else rows)
        return OK
    if not rows:
        say("No publication held this contact." if args.of else "Nothing has been published yet.")
    else:
        titles = ["id", "segment", "rows", "published", "recipients", "state"]
        lines = [
            [
                each["export_id"][:SHORT],
                each["segment"],
                each["rows"],
                each["published_at"],
                each["recipients"],
                each["state"],
            ]
            for each in rows
        ]
        out.print(table("Publications that held the contact" if args.of else "Exports", titles, lines, right=["rows"]))
    if forgotten:
        say(f"Of {plural(forgotten, 'older publication')} it is no longer kept who was in them.")
    return OK


def newest(found: Sequence[store.Publication]) -> list[store.Publication]:
    """The newest publication of each segment."""
    first: dict[str, store.Publication] = {}
    for each in found:
        first.setdefault(each.segment, each)
    return [first[name] for name in sorted(first)]


def row_of(project: OpenProject, publication: store.Publication) -> dict[str, Any]:
    """What is told of a publication."""
    defined: dict[str, Any] = json.loads(publication.definition or "{}")
    return {
        "export_id": publication.export_id,
        "segment": publication.segment,
        "file": publication.file_name,
        "rows": publication.rows,
        "published_at": publication.published_at,
        "run_id": publication.run_id,
        "columns": publication.columns,
        "purpose": defined.get("purpose", ""),
        "owner": defined.get("owner", ""),
        "recipients": list(defined.get("recipients", ())),
        "published_by": publication.login,
        "on_behalf_of": publication.on_behalf_of,
        "state": state_of(project, publication),
    }


def state_of(project: OpenProject, publication: store.Publication) -> str:
    """Whether there is a segment for a publication, and its file."""
    name = publication.segment
    if publication.removed_at:
        return f"removed on {publication.removed_at:%Y-%m-%d}"
    if name == ID_CHANGES or name in {each.segment for each in project.segments}:
        return ""
    if name in {each.segment for each in project.broken}:
        return "its segment cannot be read"
    if ":" in name:
        return "made again"
    there = (project.folder / FOLDER / name).exists()
    return f"no segment any more{'' if there else ', file gone'}"


def remove(args: argparse.Namespace, project: OpenProject, connection: Connection) -> int:
    """Delete the files of a segment that is gone. That it was published, and who was in it, is kept."""
    if args.name == ID_CHANGES or args.name in {each.segment for each in project.segments}:
        raise ConfigurationError(f"{args.name} would be published again by the next run: delete its segment first")
    if args.name in {each.segment for each in project.broken}:
        raise ConfigurationError(f"{args.name} has a segment that cannot be read: mend it, or delete it first")
    known = {each.segment for each in store.publications(connection)}
    there = {each.name: each for each in (project.folder / FOLDER).glob("*/")}
    if args.name not in known and args.name not in there:
        raise ConfigurationError(f"{args.name}: nothing was published under this name; `onecontact exports` lists all")
    if args.name in there:
        shutil.rmtree(there[args.name])
    with transaction(connection):
        store.mark_removed(connection, args.name, datetime.now(UTC))
    if args.json:
        as_json({"removed": args.name})
    else:
        say(f"Removed {FOLDER}/{args.name}. It is still kept who was in it: `onecontact exports list {args.name}`.")
        say("Whoever was given a copy still has it.")
    return OK


def make_again(args: argparse.Namespace, project: OpenProject, connection: Connection) -> int:
    """Write a past publication again, and say how it differs."""
    if args.out is None:
        raise ConfigurationError("name a file: onecontact exports remake EXPORT_ID --out FILE")
    fitting = [each for each in store.publications(connection) if each.export_id.startswith(args.name)]
    if len(fitting) != 1:
        raise ConfigurationError(
            f"{args.name}: {'several publications begin' if fitting else 'no publication begins'} with this id; "
            "`onecontact exports --all` lists them"
        )
    made = remake(project, connection, fitting[0], args.out)
    if args.json:
        as_json({"file": str(args.out), **made.differences()})
        return OK
    say(f"Wrote {args.out}: {made.rows:,} of {plural(made.recorded, 'contact')} that were in it.")
    for number, words in (
        (made.gone, "no longer there"),
        (made.merged, "merged into others since"),
        (made.blocked, "left out: blocked now"),
    ):
        if number:
            say(f"  {number:,} {words}")
    if made.columns_gone:
        say(f"  columns that there are no more: {', '.join(made.columns_gone)}")
    say(
        "  It is what was published, byte for byte."
        if made.is_identical
        else "  Values are those of today: it is not what was published. The manifest beside it says what differs."
    )
    return OK
