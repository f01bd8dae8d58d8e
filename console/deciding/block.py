"""`onecontact block` and `onecontact unblock`: decisions about one contact, in force at once."""

import argparse
from collections.abc import Sequence
from typing import Any

import polars as pl

from console.deciding.decision_command import attributions, decide
from console.deciding.decisions import some
from console.looking.resolve_contact import resolve_contact, short_name
from console.terminal.dates import end
from console.terminal.open_project import session
from console.terminal.screen import clock, plural
from pipelines.decide.block import block, unblock
from pipelines.store.reads import contact_details
from pipelines.store.reads.suppressed_addresses import contacts_with_addresses_of
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import Status

MOST_NAMED = 10  # contacts that a block suppresses, too


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
        sharing = others_with_its_addresses(connection, contact_id)
        return decide(
            args,
            connection,
            [contact_id],
            lambda: [block(project, connection, contact_id, attribution)],
            also_suppressed(sharing),
            also_suppressed=sharing,
        )


def others_with_its_addresses(connection: Connection, contact_id: str) -> list[dict[str, Any]]:
    """Contacts that exports do not reach while this one is blocked, for they have a number or an address of it."""
    others = contact_details.golden_records(connection, contacts_with_addresses_of(connection, contact_id))
    return others.filter(pl.col("status") != Status.BLOCKED).select("contact_id", "name", "phone", "email").to_dicts()


def also_suppressed(sharing: Sequence[dict[str, Any]]) -> list[str]:
    """A sentence about the contacts that a block of another one suppresses, if there are any."""
    if not sharing:
        return []
    have, them = ("has", "it") if len(sharing) == 1 else ("have", "them")
    others = f"{plural(len(sharing), 'other contact')} {have} a number or an address of this one"
    names = some([short_name(each) for each in sharing], MOST_NAMED)
    return [f"{others}, so exports leave {them} out while the block lasts: {names}"]
