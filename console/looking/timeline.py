"""`onecontact timeline`: all that happened with one contact, over all channels in one order."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from console.looking.resolve_contact import resolve_contact
from console.looking.timeline_entries import day, line
from console.terminal.dates import beginning, end
from console.terminal.exit_codes import OK
from console.terminal.open_project import note_read, session
from console.terminal.pager import paged
from console.terminal.screen import cell, clock, plain, plural, printable, say
from pipelines.audit.events import Action
from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject
from pipelines.publish.files import atomic_write
from pipelines.publish.vcon import write_vcon
from pipelines.store.decisions import decisions
from pipelines.store.reads import contact_details
from pipelines.store.reads import timeline as store
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import Channel, Status

LEGEND = "→ from the contact, ← to it, ~ zone of the time assumed, without seconds: known to the minute"


def command(args: argparse.Namespace) -> int:
    """Show the history of the one contact that is meant, or write it to a file."""
    if args.vcon and args.vcon.exists():
        raise ConfigurationError(f"--vcon {args.vcon}: already exists")
    if args.vcon and args.blocked_conversations:
        raise ConfigurationError("--blocked-conversations is for reading: it does not go with --vcon")
    with session(args, ingests=False) as (project, connection):
        chosen = wanted(args)
        contact_id = resolve_contact(project, connection, args.contact, json=args.json)
        note_read(project, Action.CONTACT_DISCLOSED if args.vcon else Action.CONTACT_READ, contact_id)
        if args.vcon:
            export(project, connection, contact_id, chosen, args.vcon)
        elif args.json:
            for piece in as_array(store.timeline(connection, contact_id, chosen)):
                sys.stdout.write(piece)
        else:
            draw(connection, contact_id, chosen, quoted=args.quoted)
    return OK


def wanted(args: argparse.Namespace) -> store.TimelineFilter:
    """What the options ask for, on the project's clock."""
    known("--channel", args.channel, list(Channel))
    known("--kind", args.kind, list(store.KINDS))
    return store.TimelineFilter(
        channels=tuple(args.channel),
        kinds=tuple(kind for name in args.kind for kind in store.KINDS[name]),
        since=beginning("--since", args.since, clock.zone),
        until=end("--until", args.until, clock.zone),
        last=args.limit,
        set_aside=args.blocked_conversations,
    )


def known(option: str, stated: Iterable[str], offered: list[str]) -> None:
    """Raise ConfigurationError for a word that an option does not know."""
    for word in stated:
        if word not in offered:
            raise ConfigurationError(f"{option} is one of {', '.join(offered)}")


def draw(connection: Connection, contact_id: str, chosen: store.TimelineFilter, *, quoted: bool) -> None:
    """The history for a person: a heading for each day, a line or more for each entry."""
    contact = contact_details.golden_records(connection, pl.Series([contact_id])).to_dicts()[0]
    name = contact["name"] or contact["phone"] or contact["email"] or contact_id
    with paged() as pager:
        pager.write(f"{printable(name)}, times in {clock.zone.key}\n{LEGEND}\n")
        pager.writelines(set_aside_since(connection, contact) if chosen.set_aside else [])
        pager.writelines(print_entries(store.timeline(connection, contact_id, chosen), quoted=quoted))
        pager.write("" if chosen.set_aside else warn_of_suppressed(connection, contact))


def set_aside_since(connection: Connection, contact: Mapping[str, Any]) -> Iterator[str]:
    """The heading of what is set aside: since when and by whose block, and what that means."""
    if contact["status"] != Status.BLOCKED:
        yield "\nThe contact is not blocked, so nothing of it is set aside.\n"
        return
    yield f"\nSET ASIDE since the block of {cell(contact['status_since'])}: in no timeline, and it changes nothing of\n"
    yield "the contact until the block ends or is lifted.\n"
    for row in decisions.blocks(connection, contact["contact_id"]).to_dicts():
        yield f"Blocked by {printable(row['actor'])} on {cell(row['decided_at'])}: {printable(row['reason'])}\n"


def warn_of_suppressed(connection: Connection, contact: Mapping[str, Any]) -> str:
    """What is missing in the history of a contact, for it began after they were blocked."""
    if contact["status"] != Status.BLOCKED:
        return ""
    missing = decisions.blocked_conversations(connection).filter(pl.col("contact_id") == contact["contact_id"]).height
    command = f"onecontact timeline {contact['contact_id']} --blocked-conversations"
    return f"{plural(missing, 'conversation')} suppressed: began after the block; {command}\n" if missing else ""


def print_entries(batches: Iterable[pl.DataFrame], *, quoted: bool = False) -> Iterator[str]:
    """Entries as lines of text, under a heading for each day, and how many they were."""
    heading, number = None, 0
    for batch in batches:
        number += batch.height
        for row in batch.iter_rows(named=True):
            if day(row["happened_at"]) != heading:
                heading = day(row["happened_at"])
                yield f"\n{heading}\n"
            yield line(row, quoted=quoted) + "\n"
    yield f"\n{number:,} {'entry' if number == 1 else 'entries'}\n"


def as_array(batches: Iterable[pl.DataFrame]) -> Iterator[str]:
    """Entries as the pieces of one JSON array, so that nobody has to hold all of them."""
    between = "["
    for batch in batches:
        for row in batch.iter_rows(named=True):
            yield between + "\n  " + json.dumps(row, ensure_ascii=False, default=plain)
            between = ","
    yield "[]\n" if between == "[" else "\n]\n"


def export(
    project: OpenProject, connection: Connection, contact_id: str, chosen: store.TimelineFilter, to: Path
) -> None:
    """Write the history as a vCon, for its owner's eyes only."""
    contact = contact_details.golden_records(connection, pl.Series([contact_id])).to_dicts()[0]
    rows = (row for batch in store.timeline(connection, contact_id, chosen) for row in batch.iter_rows(named=True))
    try:
        with atomic_write(to) as file:
            kept = write_vcon(file, project.settings.project, contact, rows, datetime.now(clock.zone))
    except OSError as failure:
        raise ConfigurationError(f"--vcon {to}: cannot write there ({os.strerror(failure.errno or 0)})") from None
    left_out = f"; {plural(kept.undated, 'message')} without a time left out" if kept.undated else ""
    say(f"{plural(kept.dialogs, 'message')} written to {to}{left_out}. This file is not encrypted")
