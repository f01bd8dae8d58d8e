"""`onecontact request`: requests of people about their data, from intake to receipt."""

import argparse
import csv
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from console.privacy import show
from console.privacy.access import command as hand_over
from console.privacy.access import stated
from console.running.match import with_progress
from console.terminal.dates import end
from console.terminal.exit_codes import FAILED, OK
from console.terminal.open_project import require_init, say_waiting, session
from console.terminal.screen import as_json, clock, plural, say
from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject, open_project
from pipelines.steps.privacy import erase, intake, returning
from pipelines.store.privacy import recalls, requests
from pipelines.store.privacy.requests import Kind, Request, State
from pipelines.store.warehouse.connection import Connection


def command(args: argparse.Namespace) -> int:
    """Do what is asked of requests; list them where nothing is."""
    return ACTIONS[args.action](args)


def take_in(args: argparse.Namespace) -> int:
    """Take in one request, or those of a file."""
    rows = from_file(args) if args.file else [(stated(args), args.verified)]
    if not all(said for said, _ in rows):
        raise ConfigurationError("whom is it about? --email, --phone or --contact says so, or --file for many")
    with session(args, writes_as="onecontact request erase") as (project, connection):
        made = [intake.receive_request(project, connection, Kind.ERASE, said, how) for said, how in rows]
        if args.json:
            as_json([each._asdict() for each in made])
            return OK
        for each in made:
            told(connection, each)
    return OK


def from_file(args: argparse.Namespace) -> list[tuple[list[tuple[str, str]], str | None]]:
    """The requests of a CSV: whom each is about, and how it was verified."""
    with args.file.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        known = {"email", "phone", "contact", "verified"}
        if unknown := sorted(set(reader.fieldnames or []) - known):
            raise ConfigurationError(f"{args.file}: column {unknown[0]!r}; there are {', '.join(sorted(known))}")
        rows = list(reader)
    return [
        ([(kind, row[kind]) for kind in ("email", "phone", "contact") if row.get(kind)], row.get("verified") or None)
        for row in rows
    ]


def told(connection: Connection, request: Request) -> None:
    """Say what a request reaches, and what comes next."""
    records = requests.records_of(connection, request.number)
    uncertain = records.filter(records["certainty"] == "uncertain").height
    say(f"Request {request.number}: to erase {plural(records.height, 'record')}. Due {request.due_at:%Y-%m-%d}.")
    if records.is_empty():
        say("  Nobody is known by that. When it is carried out, refused rows and files are searched all the same.")
    if uncertain:
        say(f"  {plural(uncertain, 'record')} may be another person's: `onecontact request show {request.number}`")
    is_verified = request.state is State.VERIFIED
    next_step = f"approve {request.number}" if is_verified else f"verify {request.number} --how '...'"
    say(f"Next: onecontact request {next_step}")


def change(args: argparse.Namespace) -> int:
    """Verify, approve, deny, hold, release or acknowledge."""
    with session(args, writes_as=f"onecontact request {args.action}") as (project, connection):
        say(CHANGES[args.action](args, project, connection))
    return OK


def approve(args: argparse.Namespace, project: OpenProject, connection: Connection) -> str:
    """Approve a request."""
    intake.approve(project, connection, args.number, args.also, args.without)
    return f"Request {args.number} is approved. Next: onecontact request run"


def verify(args: argparse.Namespace, _: OpenProject, connection: Connection) -> str:
    """Note how it was verified who asks."""
    intake.verify(connection, args.number, args.how)
    return f"Request {args.number} is verified. Next: onecontact request approve {args.number}"


def deny(args: argparse.Namespace, _: OpenProject, connection: Connection) -> str:
    """Deny a request."""
    intake.deny(connection, args.number, args.ground)
    return f"Request {args.number} is denied, and whom it was about forgotten."


def hold(args: argparse.Namespace, project: OpenProject, connection: Connection) -> str:
    """Set a hold."""
    until = end("--until", args.until, ZoneInfo(project.settings.timezone))
    kept = intake.set_hold(project, connection, args.scope, args.what, args.ground, until)
    return f"Hold {kept.hold} is set. Release it: onecontact request release {kept.hold}"


def release(args: argparse.Namespace, _: OpenProject, connection: Connection) -> str:
    """Release a hold."""
    intake.release_hold(connection, args.hold)
    return f"Hold {args.hold} is released. What waited for it goes on with: onecontact request run"


def acknowledge(args: argparse.Namespace, _: OpenProject, connection: Connection) -> str:
    """Note that recipients have removed somebody."""
    done = returning.acknowledged(connection, args.number, args.segment, args.recipient)
    return f"{plural(done, 'contact')} confirmed as removed."


def lift(args: argparse.Namespace, project: OpenProject, connection: Connection) -> str:
    """Let somebody come back."""
    tokens = returning.lift(project, connection, args.number)
    return f"{plural(tokens, 'token')} lifted: whoever it is comes in with the next delivery, under another id."


def run(args: argparse.Namespace) -> int:
    """Carry out what is approved."""
    project = open_project(args.project)
    require_init(project)
    clock.zone = ZoneInfo(project.settings.timezone)

    def warehouse() -> AbstractContextManager[Connection]:
        return project.warehouse(
            patience=args.wait, purpose="onecontact request run", replays=True, waiting=say_waiting
        )

    with with_progress():
        ended = erase.run_requests(project, warehouse)
    if args.json:
        as_json([each._asdict() for each in ended])
        return FAILED if any(each.state is State.FAILED for each in ended) else OK
    if not ended:
        say("No request is approved and waiting. `onecontact request list` shows what is open.")
    for each in ended:
        words = f"Request {each.number}: {str(each.state).replace('_', ' ')}"
        say(f"{words}: {each.says}" if each.says else words)
        if each.state in (State.COMPLETED, State.WITH_EXEMPTIONS):
            say(f"  receipt: receipts/request-{each.number}.json   (onecontact receipt verify FILE KEY.pub)")
    return FAILED if any(each.state is State.FAILED for each in ended) else OK


def receipt(args: argparse.Namespace) -> int:
    """Print a receipt."""
    with session(args, ingests=False) as (_, connection):
        request = intake.required(connection, args.number)
    if request.receipt is None:
        raise ConfigurationError(f"request {args.number} is {request.state}: it has no receipt yet")
    print(request.receipt)
    return OK


def recall(args: argparse.Namespace) -> int:
    """List recalls, or write the ids that recipients have to remove."""
    with session(args, ingests=False) as (_, connection):
        intake.required(connection, args.number)
        found = recalls.recalls(connection, args.number)
        if args.out is not None:
            ids = returning.removal_ids(connection, args.number, args.segment)
            with args.out.open("x", encoding="utf-8") as file:
                file.write("".join(f"{each}\n" for each in ("contact_id", *ids)))
            say(f"{args.out}: {plural(len(ids), 'id')} to remove")
            return OK
    show.print_recalls(found, datetime.now(UTC), as_json_text=args.json)
    return OK


CHANGES: Mapping[str, Callable[[argparse.Namespace, OpenProject, Connection], str]] = MappingProxyType(
    {
        "verify": verify,
        "approve": approve,
        "deny": deny,
        "hold": hold,
        "release": release,
        "acknowledge": acknowledge,
        "lift": lift,
    }
)
ACTIONS: Mapping[str | None, Callable[[argparse.Namespace], int]] = MappingProxyType(
    {
        None: show.list_requests,
        "list": show.list_requests,
        "show": show.show_request,
        "erase": take_in,
        "access": hand_over,
        "run": run,
        "receipt": receipt,
        "recalls": recall,
        **dict.fromkeys(CHANGES, change),
    }
)
