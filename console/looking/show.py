"""`onecontact show`: one contact, every value with its origin, and all that happened."""

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
from rich.table import Table

from console.looking.resolve_contact import called, resolve_contact, tell_former_bearers
from console.looking.standing import suppression
from console.looking.timeline_entries import inbox, said, who
from console.looking.why import draw_moves, moves_with_records, print_provenance, rule
from console.terminal.exit_codes import OK
from console.terminal.open_project import note_read, session
from console.terminal.screen import as_json, cell, clock, local, out, printable, say, table
from pipelines.audit.events import Action
from pipelines.normalise.text import split_cells
from pipelines.project import OpenProject
from pipelines.query.suppression import consents
from pipelines.store.contacts import id_history
from pipelines.store.decisions import decisions
from pipelines.store.reads import contact_details
from pipelines.store.reads.suppressed_addresses import refusals_of_others
from pipelines.store.reads.timeline import TimelineFilter, entries, timeline
from pipelines.store.warehouse.connection import Connection

LATEST = 20  # entries of the timeline that are shown


def command(args: argparse.Namespace) -> int:
    """Show the one contact that is meant."""
    with session(args, ingests=False) as (project, connection):
        contact_id = resolve_contact(project, connection, args.contact, json=args.json)
        note_read(project, Action.CONTACT_READ, contact_id)
        if args.why:
            return print_provenance(project, connection, contact_id, args.why, json=args.json)
        former = args.contact.strip().lower() if id_history.resolve_id(connection, args.contact) else None
        if args.json:
            as_json(
                contact_json(project, connection, contact_id)
                | {"former_id": former, "moves": moves_of(connection, former)}
                | {"former_bearers": id_history.former_bearers(connection, args.contact).to_dicts()}
            )
            return OK
        if former:
            say(f"{former} is a former contact id. It now resolves to the contact below.", style="bold")
            draw_moves(moves_of(connection, former))
        draw(project, connection, contact_id, quoted=args.quoted)
        tell_former_bearers(connection, args.contact, "show")
    return OK


def moves_of(connection: Connection, former: str | None) -> list[dict[str, Any]]:
    """What became of an id of former times."""
    return moves_with_records(connection, former) if former else []


def contact_json(project: OpenProject, connection: Connection, contact_id: str) -> dict[str, Any]:
    """All of a contact, for a program."""
    contact = contact_details.golden_records(connection, pl.Series([contact_id])).to_dicts()[0]
    lists = [name for name, each in project.settings.attributes.items() if each.is_list]
    contact["attributes"] = {
        key: split_cells(pl.Series([value]), ";").to_list()[0] if key in lists else value
        for key, value in (each.values() for each in contact["attributes"])
    }
    return {
        "contact": contact,
        "fields": contact_details.fields(connection, contact_id).to_dicts(),
        "identifiers": contact_details.identifiers(connection, contact_id).to_dicts(),
        "former_identifiers": contact_details.former_identifiers(connection, contact_id).to_dicts(),
        "records": contact_details.member_records(connection, contact_id).to_dicts(),
        "may_be_the_same": contact_details.possible_duplicates(connection, contact_id).to_dicts(),
        "blocks": decisions.blocks(connection, contact_id).to_dicts(),
        "suppressed_addresses": refusals_of_others(
            connection, contact_id, consents(project.settings.attributes)
        ).to_dicts(),
        "timeline": latest(connection, contact_id),
        "timeline_entries": entries(connection, contact_id),
    }


def latest(connection: Connection, contact_id: str) -> list[dict[str, Any]]:
    """The end of a contact's timeline."""
    return [row for batch in timeline(connection, contact_id, TimelineFilter(last=LATEST)) for row in batch.to_dicts()]


class Files:
    """The files that values come from, numbered as they are met, so that a table names each of them once."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], int] = {}

    def origin(self, row: dict[str, Any]) -> str:
        """Where a value or an entry was read: number of the file, line or entry. Else who decided it, and when."""
        if row.get("decided_at"):
            return f"{row['actor']}, {cell(row['decided_at'])}"
        if row["file_name"] is None:
            return ""
        number = self.numbers.setdefault((row["source"], row["file_name"]), len(self.numbers) + 1)
        return f"[{number}] " + (f"line {row['line_number']}" if row["line_number"] else f"no. {row['row_number']}")

    def legend(self) -> Table:
        """The files by their number."""
        rows = [[f"[{number}]", source, name] for (source, name), number in self.numbers.items()]
        return table("From these deliveries", ["", "source", "file"], rows)


def draw(project: OpenProject, connection: Connection, contact_id: str, *, quoted: bool) -> None:
    """All of a contact, for a person."""
    contact = contact_details.golden_records(connection, pl.Series([contact_id])).to_dicts()[0]
    files = Files()
    say(called(contact), style="bold")
    say(f"  id      {contact['contact_id']}")
    reason = contact["status_reason"].replace("_", " ").removesuffix(" since")
    say(f"  status  {contact['status']}: {reason}{since(contact['status_since'])}")
    for row in decisions.blocks(connection, contact_id).to_dicts():
        say(f"          by {printable(row['actor'])}{until(row['expires_at'])}: {printable(row['reason'])}")
    for row in refusals_of_others(connection, contact_id, consents(project.settings.attributes)).to_dicts():
        say(f"          {printable(suppression(row))}")
    values = [
        [row["field"], local(row["value"]), files.origin(row), rule(row["rule"], row["candidates"])]
        for row in contact_details.fields(connection, contact_id).to_dicts()
    ]
    out.print(table("Values", ["field", "value", "from", "chosen by"], values))
    points = [
        [row["type"], row["value"], row["is_primary"], row["validity"], files.origin(row)]
        for row in contact_details.identifiers(connection, contact_id).to_dicts()
    ]
    out.print(table("Identifiers", ["type", "value", "primary", "validity", "from"], points))
    former = [
        [row["type"], row["value"], row["last_seen_at"], files.origin(row)]
        for row in contact_details.former_identifiers(connection, contact_id).to_dicts()
    ]
    if former:
        out.print(table("Former identifiers", ["type", "value", "last seen", "from"], former))
    members = [
        [row["source"], record_id(row), (row["rule"] or "").replace("_", " "), certainty(row["probability"])]
        for row in contact_details.member_records(connection, contact_id).to_dicts()
    ]
    out.print(table("Source records", ["source", "record", "tied by", "probability"], members))
    twins = [
        [row["contact_id"], row["name"], row["reason"].replace("_", " "), certainty(row["probability"])]
        for row in contact_details.possible_duplicates(connection, contact_id).to_dicts()
    ]
    if twins:
        out.print(table("May be the same person", ["id", "name", "because", "probability"], twins))
    happened = [
        [
            row["happened_at"],
            " ".join(filter(None, (row["channel"], inbox(row)))),
            who(row),
            said(row, quoted=quoted),
            files.origin(row),
        ]
        for row in latest(connection, contact_id)
    ]
    number = entries(connection, contact_id)
    counted = f"{number:,} {'entry' if number == 1 else 'entries'}"
    title = f"Timeline: {counted}, times in {clock.zone.key} (→ from the contact, ← to it)"
    if happened:
        out.print(table(title, ["when", "channel", "who", "what", "from"], happened))
    if len(happened) < number:
        say(f"The last {len(happened)} of them; all: onecontact timeline {contact_id}")
    out.print(files.legend())


def record_id(row: Mapping[str, Any]) -> str:
    """The id of a record in its source, and whether that is somebody else's by now."""
    return str(row["record_id"] or "") + ("" if row["is_current"] else " (given to somebody else since)")


def since(moment: datetime | None) -> str:
    """Since when, where that is known."""
    return f" since {cell(moment)[:10]}" if moment else ""


def until(moment: datetime | None) -> str:
    """When something ends, where it does."""
    return f", until {cell(moment)}" if moment else ""


def certainty(probability: float | None) -> str:
    """A probability as people write it."""
    return "" if probability is None else f"{probability:.3f}"
