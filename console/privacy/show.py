"""Requests, holds and recalls as tables."""

import argparse
from datetime import UTC, datetime

import polars as pl

from console.terminal.exit_codes import OK
from console.terminal.open_project import session
from console.terminal.screen import as_json, cell, out, plural, say, table
from pipelines.steps.privacy.intake import required
from pipelines.store.privacy import holds, recalls, requests, suppression
from pipelines.store.privacy.requests import ENDED, Request, State

NEXT = {
    State.RECEIVED: "verify {0} --how '...'",
    State.VERIFIED: "approve {0}",
    State.APPROVED: "run",
    State.ON_HOLD: "list --holds",
    State.RUNNING: "run",
    State.FAILED: "run",
}


def list_requests(args: argparse.Namespace) -> int:
    """List requests, or holds, or people who have returned."""
    now = datetime.now(UTC)
    with session(args, ingests=False) as (_, connection):
        if getattr(args, "holds", False):
            return print_holds(holds.holds(connection), now, as_json_text=args.json)
        if getattr(args, "returned", False):
            return print_returned(suppression.returned(connection), as_json_text=args.json)
        found = requests.requests(connection)
    if getattr(args, "overdue", False):
        found = [each for each in found if is_overdue(each, now)]
    found.sort(key=lambda each: (each.state in ENDED, each.due_at, each.number))
    if args.json:
        as_json([each._asdict() for each in found])
        return OK
    if not found:
        say("No requests. `onecontact request erase --email ADDRESS` takes one in.")
        return OK
    columns = ["n", "kind", "state", "received", "due", "next"]
    rows = [
        [
            each.number,
            each.kind,
            str(each.state).replace("_", " "),
            cell(each.received_at),
            due(each, now),
            next_of(each),
        ]
        for each in found
    ]
    out.print(table(plural(len(found), "request"), columns, rows))
    return OK


def is_overdue(request: Request, now: datetime) -> bool:
    """Whether a request should have been answered."""
    return request.state not in ENDED and request.due_at < now


def due(request: Request, now: datetime) -> str:
    """When a request is due, and whether that is past."""
    return f"{request.due_at:%Y-%m-%d}{' OVERDUE' if is_overdue(request, now) else ''}"


def next_of(request: Request) -> str:
    """What is to be done with a request."""
    return f"request {NEXT[request.state].format(request.number)}" if request.state in NEXT else ""


def show_request(args: argparse.Namespace) -> int:
    """All that is known of a request."""
    with session(args, ingests=False) as (_, connection):
        request = required(connection, args.number)
        records, steps = requests.records_of(connection, args.number), requests.steps_of(connection, args.number)
        recalled, mentions = recalls.recalls(connection, args.number), requests.mentions_of(connection, args.number)
    if args.json:
        said = request._asdict() | {"records": records.to_dicts(), "steps": steps}
        as_json(said | {"recalls": recalled.to_dicts(), "mentions": mentions.to_dicts()})
        return OK
    say(f"Request {request.number}: {request.kind}, {str(request.state).replace('_', ' ')}", style="bold")
    said = request._asdict() | {"due_at": due(request, datetime.now(UTC))}
    for name in (
        "received_at",
        "created_by",
        "due_at",
        "verified_by",
        "verified_how",
        "approved_by",
        "ground",
        "ended_at",
    ):
        if said[name] is not None:
            say(f"  {name.replace('_', ' '):<13} {cell(said[name])}")
    known = records.filter(pl.col("source").is_not_null())
    if not known.is_empty():
        rows = known.select(pl.format("{}:{}", "source", pl.col("record_id").fill_null("")), "certainty").rows()
        out.print(table("Records", ["record", "is theirs"], rows))
    for step, figures in steps.items():
        say(f"  {step:<10} {in_words(figures)}")
    if not mentions.is_empty():
        say(f"  {plural(mentions.height, 'message')} of others may name the person, and stay: look through them")
        say(f"    {', '.join(mentions['object_id'].head(5))}{' ...' if mentions.height > 5 else ''}")
    if not recalled.is_empty():
        print_recalls(recalled, datetime.now(UTC))
    if next_of(request):
        say(f"Next: onecontact {next_of(request)}")
    return OK


def in_words(figures: dict[str, object]) -> str:
    """Counts of a step in a line."""
    flat: dict[str, object] = {}
    for name, said in figures.items():
        flat |= said if isinstance(said, dict) else {name: said}
    return ", ".join(f"{name.replace('_', ' ')} {said}" for name, said in flat.items() if said)


def print_holds(found: list[holds.Hold], now: datetime, *, as_json_text: bool) -> int:
    """List holds, those in force first."""
    if as_json_text:
        as_json([each._asdict() for each in found])
        return OK
    if not found:
        say("No legal holds.")
        return OK
    rows = [
        [
            each.hold,
            each.scope,
            each.object_id,
            each.ground,
            cell(each.set_at),
            "yes" if each.is_in_force(now) else "no",
        ]
        for each in sorted(found, key=lambda each: not each.is_in_force(now))
    ]
    out.print(table(plural(len(found), "hold"), ["hold", "of", "what", "ground", "since", "in force"], rows))
    return OK


def print_returned(found: pl.DataFrame, *, as_json_text: bool) -> int:
    """List people who were erased and have written since."""
    if as_json_text:
        as_json(found.to_dicts())
        return OK
    if found.is_empty():
        say("Nobody who was erased has written since.")
        return OK
    rows = [[cell(each) for each in row] for row in found.rows()]
    out.print(table("Erased, and wrote since", ["request", "source", "messages", "first", "last"], rows))
    say("Nothing of them was stored. `onecontact request lift N` lets them in with the next delivery, as somebody new.")
    return OK


def print_recalls(found: pl.DataFrame, now: datetime, *, as_json_text: bool = False) -> None:
    """List who was given an erased person's data."""
    if as_json_text:
        as_json(found.to_dicts())
        return
    if found.is_empty():
        say("No publication held the person.")
        return
    rows = [
        [each["segment"], each["recipient"], cell(each["published_at"]), answer_of(each, now)]
        for each in found.to_dicts()
    ]
    out.print(table("Publications that held the person", ["segment", "recipient", "published", "removed"], rows))


def answer_of(recall: dict[str, datetime | str | None], now: datetime) -> str:
    """Whether a recipient has confirmed, and whether that is late."""
    if recall["acknowledged_at"] is not None:
        return f"confirmed {cell(recall['acknowledged_at'])}"
    due_at = recall["due_at"]
    return "OVERDUE" if isinstance(due_at, datetime) and due_at < now else f"by {due_at:%Y-%m-%d}"
