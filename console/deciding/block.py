"""`onecontact block` and `onecontact unblock`: decisions about one contact, in force at once."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from console.deciding.decision_command import attributions, decide
from console.deciding.decisions import some
from console.looking.resolve_contact import resolve_contact, short_name
from console.terminal.dates import end
from console.terminal.open_project import session
from console.terminal.screen import cell, clock, plural
from pipelines.decide.block import block, unblock
from pipelines.store.decisions import decisions
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
        remarks = [
            *outlasted(decisions.blocks(connection, contact_id), attribution.expires_at),
            *also_suppressed(sharing),
        ]
        return decide(
            args,
            connection,
            [contact_id],
            lambda: [block(project, connection, contact_id, attribution)],
            remarks,
            also_suppressed=sharing,
        )


def others_with_its_addresses(connection: Connection, contact_id: str) -> list[dict[str, Any]]:
    """Contacts that exports do not reach while this one is blocked, for they have a number or an address of it."""
    others = contact_details.golden_records(connection, contacts_with_addresses_of(connection, contact_id))
    return others.filter(pl.col("status") != Status.BLOCKED).select("contact_id", "name", "phone", "email").to_dicts()


def outlasted(blocks: pl.DataFrame, ends: datetime | None) -> list[str]:
    """A sentence about the block in force (`decisions.blocks`) that lasts longer than a new one, if one does."""
    if ends is None or blocks.filter(pl.col("expires_at").is_null() | (pl.col("expires_at") > ends)).is_empty():
        return []
    until = "it is unblocked" if blocks["expires_at"].has_nulls() else cell(blocks["expires_at"].max())
    return [f"A block before this one lasts longer: the contact stays blocked until {until}"]


def also_suppressed(sharing: Sequence[dict[str, Any]]) -> list[str]:
    """A sentence about the contacts that a block of another one suppresses, if there are any."""
    if not sharing:
        return []
    have, them = ("has", "it") if len(sharing) == 1 else ("have", "them")
    others = f"{plural(len(sharing), 'other contact')} {have} a number or an address of this one"
    names = some([short_name(each) for each in sharing], MOST_NAMED)
    return [f"{others}, so exports leave {them} out while the block lasts: {names}"]
