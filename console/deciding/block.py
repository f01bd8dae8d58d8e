"""`onecontact block` and `onecontact unblock`: decisions about one contact, in force at once."""

import argparse

from console.deciding.decision_command import attributions, decide
from console.looking.resolve_contact import the_one
from console.terminal.dates import end
from console.terminal.open_project import opened
from console.terminal.screen import clock
from pipelines.decide.block import block, unblock


def command(asked: argparse.Namespace) -> int:
    """Block the one contact that is meant, or lift its blocks."""
    with opened(asked, writes_as=f"onecontact {asked.kind}") as (project, connection):
        contact_id = the_one(connection, asked.contact)
        if asked.kind == "unblock":
            attribution = next(attributions(asked))
            return decide(
                asked, connection, [contact_id], lambda: [unblock(project, connection, contact_id, attribution)]
            )
        attribution = next(attributions(asked, expires_at=end("--until", asked.until, clock.zone)))
        return decide(asked, connection, [contact_id], lambda: [block(project, connection, contact_id, attribution)])
