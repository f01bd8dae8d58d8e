"""`onecontact block` and `onecontact unblock`: decisions about one contact, in force at once."""

import argparse

from console.deciding.decision_command import attributions, decide
from console.looking.resolve_contact import resolve_contact
from console.terminal.dates import end
from console.terminal.open_project import session
from console.terminal.screen import clock
from pipelines.decide.block import block, unblock


def command(args: argparse.Namespace) -> int:
    """Block the one contact that is meant, or lift its blocks."""
    with session(args, writes_as=f"onecontact {args.kind}") as (project, connection):
        contact_id = resolve_contact(project, connection, args.contact)
        if args.kind == "unblock":
            attribution = next(attributions(args))
            return decide(
                args, connection, [contact_id], lambda: [unblock(project, connection, contact_id, attribution)]
            )
        attribution = next(attributions(args, expires_at=end("--until", args.until, clock.zone)))
        return decide(args, connection, [contact_id], lambda: [block(project, connection, contact_id, attribution)])
