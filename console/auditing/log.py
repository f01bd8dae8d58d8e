"""`onecontact audit log`: what was done, the oldest first; of a contact one history of deliveries and decisions."""

import argparse
from collections.abc import Mapping
from typing import Any

from console.looking.resolve_contact import resolve_contact
from console.terminal.dates import beginning
from console.terminal.exit_codes import OK
from console.terminal.open_project import note_read, session
from console.terminal.screen import as_json, clock, local, out, plural, printable, say, table
from pipelines.audit.events import Action
from pipelines.store.audit.log import LogFilter, changes_of, created_as, log
from pipelines.store.warehouse.connection import Connection

SHORT = 8  # signs of an id
NOTHING = "no value"
HIDDEN = ("first_seen_at", "last_interaction_at", "last_inbound_at", "last_outbound_at")  # of a table, in a creation

HIDDEN_DETAILS = ("event_id", "definition", "configuration")
DECIDED = ("kind", "field")  # which the decision itself says
DIGEST = 24  # signs of a digest


def command(args: argparse.Namespace) -> int:
    """List events."""
    is_json = args.json or args.format == "json"
    with session(args, ingests=False) as (project, connection):
        contact = resolve_contact(project, connection, args.contact, json=is_json) if args.contact else None
        if contact:
            note_read(project, Action.CONTACT_READ, contact)
        since = beginning("--since", args.since, clock.zone)
        found = events(connection, LogFilter(contact, args.actor, args.action, since, args.limit))
    if is_json:
        as_json(found)
        return OK
    if not found:
        say("Nothing of that kind is on record.")
        return OK
    rows = [[each["seq"], each["recorded_at"], who(each), each["action"], what(each)] for each in found]
    out.print(
        table(f"{plural(len(found), 'event')}, times in {clock.zone.key}", ["no", "when", "who", "did", "what"], rows)
    )
    if len(found) == args.limit:
        say(f"The last {args.limit:,}; `--limit 0` shows all.")
    return OK


def events(connection: Connection, wanted: LogFilter) -> list[dict[str, Any]]:
    """Events with what they changed, as far as it is still there; of creations that of one contact alone."""
    frame = log(connection, wanted)
    changed = changes_of(connection, frame)
    found = frame.to_dicts()
    for each in found:
        each["changes"] = changed.get(each["seq"], [])
        if wanted.contact_id and each["action"] == Action.CONTACT_CREATED:
            each["changes"] = created_as(connection, each["object_id"], each["seq"], each["fields"])
        each["details"] = {detail["name"]: detail["value"] for detail in each["details"]}
    return found


def who(event: Mapping[str, Any]) -> str:
    """Who acted, and on whose behalf."""
    behalf = event["on_behalf_of"] or (event["decided_by"] if event["decided_by"] != event["actor"] else None)
    return printable(f"{event['actor']} for {behalf}" if behalf else event["actor"])


def what(event: Mapping[str, Any]) -> str:
    """What was done, in a line or a line for each field."""
    about = (
        f"{event['object_type']} {event['object_id'][:SHORT]}"
        if event["object_type"] == "contact"
        else object_of(event)
    )
    parts = [about, *relation(event)]
    if event["said"]:
        parts.append(f"because: {event['said']}")
    if event["outcome"] != "ok":
        parts.append(event["outcome"])
    known = HIDDEN_DETAILS + (DECIDED if event["kind"] else ())
    details = ", ".join(f"{name} {value[:DIGEST]}" for name, value in event["details"].items() if name not in known)
    lines = [change(each) for each in shown(event)]
    if not lines and event["fields"] and event["object_type"] == "contact":
        lines = [f"{', '.join(event['fields'])}"]
    return printable("\n".join([", ".join(each for each in (*parts, details) if each), *lines]))


def shown(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The changes that a table shows: identifiers and times of a creation are in `--format json`."""
    if event["action"] != Action.CONTACT_CREATED:
        return list(event["changes"])
    return [
        each for each in event["changes"] if each["field"] not in HIDDEN and not each["field"].startswith("identifier.")
    ]


def object_of(event: Mapping[str, Any]) -> str:
    """What an event is about, in words."""
    if event["object_type"] != "decision":
        return str(event["object_id"])
    if not event["kind"]:
        return f"decision {event['object_id'][:SHORT]}"
    field, value = event["field"], event["value"]
    about = " ".join(each for each in (event["kind"], field, f"⇒ {value}" if value else "") if each)
    return f"{about} ({event['object_id'][:SHORT]})"


def relation(event: Mapping[str, Any]) -> list[str]:
    """What else an event is about."""
    words = {
        Action.CONTACT_MERGED: "into",
        Action.CONTACT_SPLIT: "parted:",
        Action.CONTACT_RESTORED: "restored:",
        Action.DECISION_CREATED: "about",
    }.get(event["action"], "and")
    return [f"{words} {', '.join(each[:SHORT] for each in event['related'])}"] if event["related"] else []


def change(each: Mapping[str, Any]) -> str:
    """A field before and after, and where the new value comes from."""
    before, after = (", ".join(map(local, values)) or NOTHING for values in (each["before"], each["after"]))
    origin = f" ({each['source']})" if each["source"] else ""
    doubt = "" if each["is_proven"] in (True, None) else "  NOT what was recorded: the value was changed since"
    return f"{each['field']}: {f'{before} → ' if each['before'] else ''}{after}{origin}{doubt}"
