"""`onecontact block` and `onecontact unblock`: decisions about one contact, in force at once."""

import argparse
import getpass
import os
from datetime import UTC, datetime

import polars as pl

from console.cli import OK
from console.meant import not_one
from console.moments import end
from console.opened import opened
from console.screen import as_json, cell, clock, printable, say
from pipelines.decide.block import block, unblock
from pipelines.store import ask

ACTOR_VARIABLE = "ONECONTACT_ACTOR"


def command(asked: argparse.Namespace) -> int:
    """Block the one contact that is meant, or lift its blocks."""
    with opened(asked, writes_as=f"onecontact {asked.kind}") as (project, connection):
        fitting = ask.meant(connection, asked.contact)
        if fitting.len() != 1:
            return not_one(connection, fitting)
        [contact_id] = fitting
        now, by = datetime.now(UTC), actor(asked.by)
        if asked.kind == "block":
            until = end("--until", asked.until, clock.zone)
            decision = block(
                project, connection, contact_id, actor=by, reason=asked.reason, decided_at=now, expires_at=until
            )
        else:
            decision = unblock(project, connection, contact_id, actor=by, reason=asked.reason, decided_at=now)
        contact = ask.golden(connection, pl.Series([contact_id])).to_dicts()[0]
    if asked.json:
        as_json({"decision": decision._asdict(), "contact_id": contact_id, "status": contact["status"]})
        return OK
    name = printable(contact["name"] or contact["phone"] or contact["email"] or contact_id)
    until_words = f" until {cell(decision.expires_at)}" if decision.expires_at else ""
    say(f"{name} is {contact['status']}{until_words}, decided by {printable(by)}. Exports follow with the next run.")
    return OK


def actor(stated: str | None) -> str:
    """Who decides: whoever is named, else whoever is logged in."""
    return stated or os.environ.get(ACTOR_VARIABLE) or getpass.getuser()
