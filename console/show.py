"""`onecontact show`: one contact, every value with its origin, and all that happened."""

import argparse
import re
from datetime import datetime
from typing import Any

import polars as pl
from rich.table import Table

from console.cli import OK
from console.entries import inbox, said, who
from console.meant import not_one
from console.opened import opened
from console.screen import as_json, cell, clock, out, printable, say, table
from pipelines.store import ask, decisions
from pipelines.store.connection import Connection
from pipelines.store.timeline import Wanted, entries, timeline

LATEST = 20  # entries of the timeline that are shown
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


def command(asked: argparse.Namespace) -> int:
    """Show the one contact that is meant."""
    with opened(asked) as (_, connection):
        fitting = ask.meant(connection, asked.contact)
        if fitting.len() != 1:
            return not_one(connection, fitting)
        contact_id = fitting[0]
        if asked.json:
            as_json(everything(connection, contact_id))
            return OK
        if ask.went_to(connection, asked.contact):
            say(f"{asked.contact} was merged into this contact.")
        draw(connection, contact_id)
    return OK


def everything(connection: Connection, contact_id: str) -> dict[str, Any]:
    """All of a contact, for a program."""
    contact = ask.golden(connection, pl.Series([contact_id])).to_dicts()[0]
    contact["attributes"] = {entry["key"]: entry["value"] for entry in contact["attributes"]}
    return {
        "contact": contact,
        "fields": ask.fields(connection, contact_id).to_dicts(),
        "identifiers": ask.identifiers(connection, contact_id).to_dicts(),
        "former_identifiers": ask.former_identifiers(connection, contact_id).to_dicts(),
        "records": ask.member_records(connection, contact_id).to_dicts(),
        "may_be_the_same": ask.look_alikes(connection, contact_id).to_dicts(),
        "blocks": decisions.blocks(connection, contact_id).to_dicts(),
        "timeline": latest(connection, contact_id),
        "timeline_entries": entries(connection, contact_id),
    }


def latest(connection: Connection, contact_id: str) -> list[dict[str, Any]]:
    """The end of a contact's timeline."""
    return [row for batch in timeline(connection, contact_id, Wanted(last=LATEST)) for row in batch.to_dicts()]


class Files:
    """The files that values come from, numbered as they are met, so that a table names each of them once."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], int] = {}

    def origin(self, row: dict[str, Any]) -> str:
        """Where a value or an entry was read: number of the file, line or entry. Nowhere, if somebody decided it."""
        if row["file_name"] is None:
            return ""
        number = self.numbers.setdefault((row["source"], row["file_name"]), len(self.numbers) + 1)
        return f"[{number}] " + (f"line {row['line_number']}" if row["line_number"] else f"no. {row['row_number']}")

    def legend(self) -> Table:
        """The files by their number."""
        rows = [[f"[{number}]", source, name] for (source, name), number in self.numbers.items()]
        return table("From these deliveries", ["", "source", "file"], rows)


def draw(connection: Connection, contact_id: str) -> None:
    """All of a contact, for a person."""
    contact = ask.golden(connection, pl.Series([contact_id])).to_dicts()[0]
    files = Files()
    say(printable(contact["name"] or contact["phone"] or contact["email"] or "(no name)"), style="bold")
    say(f"  id      {contact['contact_id']}")
    say(f"  status  {contact['status']}: {contact['status_reason'].replace('_', ' ')}{since(contact['status_since'])}")
    for row in decisions.blocks(connection, contact_id).to_dicts():
        say(f"          by {printable(row['actor'])}{until(row['expires_at'])}: {printable(row['reason'])}")
    values = [
        [row["field"], local(row["value"]), files.origin(row), rule(row["rule"], row["candidates"])]
        for row in ask.fields(connection, contact_id).to_dicts()
    ]
    out.print(table("Values", ["field", "value", "from", "chosen by"], values))
    points = [
        [row["type"], row["value"], row["is_primary"], row["validity"], files.origin(row)]
        for row in ask.identifiers(connection, contact_id).to_dicts()
    ]
    out.print(table("Known by", ["type", "value", "primary", "validity", "from"], points))
    former = [
        [row["type"], row["value"], row["last_seen_at"], files.origin(row)]
        for row in ask.former_identifiers(connection, contact_id).to_dicts()
    ]
    if former:
        out.print(table("Formerly known by", ["type", "value", "last seen", "from"], former))
    members = [
        [row["source"], row["record_id"], (row["rule"] or "").replace("_", " "), certainty(row["probability"])]
        for row in ask.member_records(connection, contact_id).to_dicts()
    ]
    out.print(table("Records that are this person", ["source", "record", "tied by", "probability"], members))
    twins = [
        [row["contact_id"], row["name"], row["reason"].replace("_", " "), certainty(row["probability"])]
        for row in ask.look_alikes(connection, contact_id).to_dicts()
    ]
    if twins:
        out.print(table("May be the same person", ["id", "name", "because", "probability"], twins))
    happened = [
        [
            row["happened_at"],
            " ".join(filter(None, (row["channel"], inbox(row)))),
            who(row),
            said(row),
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


def local(value: str) -> str:
    """A value as people read it: stored instants on the project's clock, everything else as it is."""
    return cell(datetime.fromisoformat(value)) if INSTANT.fullmatch(value) else value


def rule(name: str, candidates: int) -> str:
    """The rule that chose a value, and from how many."""
    words = name.replace("_", " ")
    return words if candidates <= 1 else f"{words}, of {candidates}"


def since(moment: datetime | None) -> str:
    """Since when, where that is known."""
    return f" since {cell(moment)[:10]}" if moment else ""


def until(moment: datetime | None) -> str:
    """When something ends, where it does."""
    return f", until {cell(moment)}" if moment else ""


def certainty(probability: float | None) -> str:
    """A probability as people write it."""
    return "" if probability is None else f"{probability:.3f}"
