"""`onecontact show`: one contact, every value with its origin, and all that happened."""

import argparse
import re
from datetime import datetime
from typing import Any

import polars as pl
from rich.table import Table

from console.cli import NOT_FOUND, OK, SEVERAL, complain
from console.opened import opened
from console.screen import as_json, cell, clock, out, plural, printable, say, table
from pipelines.store import ask
from pipelines.store.connection import Connection

MOST_CANDIDATES = 10
ARROWS = {"inbound": "→ ", "outbound": "← "}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


def command(asked: argparse.Namespace) -> int:
    """Show the one contact that is meant."""
    with opened(asked) as (_, connection):
        former = ask.went_to(connection, asked.contact)
        fitting = pl.Series([former]) if former else ask.exactly(connection, asked.contact)
        if fitting.len() != 1:
            fitting = fitting if fitting.len() else ask.find(connection, asked.contact)
        if fitting.is_empty():
            return complain("no contact is known by that; `onecontact list PART-OF-A-NAME` searches", NOT_FOUND)
        if fitting.len() > 1:
            return ambiguous(connection, fitting)
        contact_id = fitting[0]
        if asked.json:
            as_json(everything(connection, contact_id))
            return OK
        if former:
            say(f"{asked.contact} was merged into this contact.")
        draw(connection, contact_id)
    return OK


def ambiguous(connection: Connection, fitting: pl.Series) -> int:
    """Say which contacts could be meant."""
    some = ask.golden(connection, fitting.head(MOST_CANDIDATES))
    rows = some.select("contact_id", "name", "email", "phone").rows()
    out.print(table(f"{plural(fitting.len(), 'contact')} fit", ["id", "name", "email", "phone"], rows))
    return complain("several contacts fit; name one by its id", SEVERAL)


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
        "timeline": ask.timeline(connection, contact_id).to_dicts(),
    }


class Files:
    """The files that values come from, numbered as they are met, so that a table names each of them once."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str], int] = {}

    def origin(self, row: dict[str, Any]) -> str:
        """Where a value or an entry was read: number of the file, line or entry."""
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
    entries = ask.timeline(connection, contact_id)
    happened = [
        [
            row["happened_at"],
            row["channel"],
            ARROWS.get(row["direction"], "") + (row["actor"] or ""),
            said(row),
            files.origin(row),
        ]
        for row in entries.to_dicts()
    ]
    number = f"{entries.height:,} {'entry' if entries.height == 1 else 'entries'}"
    title = f"Timeline: {number}, times in {clock.zone.key} (→ from the contact, ← to it)"
    if happened:
        out.print(table(title, ["when", "channel", "who", "what", "from"], happened))
    out.print(files.legend())


def local(value: str) -> str:
    """A value as people read it: stored instants on the project's clock, everything else as it is."""
    return cell(datetime.fromisoformat(value)) if INSTANT.fullmatch(value) else value


def said(row: dict[str, Any]) -> str:
    """What an entry says: its words, else what kind of thing it is."""
    words = row["text"] or ", ".join(row["attachments"])
    return words if row["kind"] == "text" else f"[{row['kind'].replace('_', ' ')}] {words}".strip()


def rule(name: str, candidates: int) -> str:
    """The rule that chose a value, and from how many."""
    words = name.replace("_", " ")
    return words if candidates <= 1 else f"{words}, of {candidates}"


def since(moment: datetime | None) -> str:
    """Since when, where that is known."""
    return f" since {cell(moment)[:10]}" if moment else ""


def certainty(probability: float | None) -> str:
    """A probability as people write it."""
    return "" if probability is None else f"{probability:.3f}"
