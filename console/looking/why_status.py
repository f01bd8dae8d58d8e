"""Why a contact is active, inactive, blocked or left out of exports, for `onecontact show CONTACT --why status`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from console.looking.standing import suppression
from console.terminal.screen import cell, plural, printable, say
from pipelines.project import OpenProject
from pipelines.query.suppression import consents
from pipelines.store.decisions import decisions
from pipelines.store.reads import contact_details
from pipelines.store.reads.suppressed_addresses import refusals_of_others
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import StatusReason

STATUS = "status"
FACTS = ("status", "status_reason", "status_since", "last_interaction_at", "last_inbound_at", "last_outbound_at")
WROTE_NEVER = "it never wrote to us"


def status_facts(project: OpenProject, connection: Connection, contact_id: str) -> dict[str, Any]:
    """What the status of a contact rests on: FACTS, as_of, active_days, blocks, suppressed_addresses."""
    contact = contact_details.golden_records(connection, pl.Series([contact_id])).to_dicts()[0]
    refusals = refusals_of_others(connection, contact_id, consents(project.settings.attributes))
    return {
        **{name: contact[name] for name in FACTS},
        "as_of": runs.last_as_of(connection),
        "active_days": project.settings.status.active_days,
        "blocks": decisions.blocks(connection, contact_id).to_dicts(),
        "suppressed_addresses": refusals.to_dicts(),
    }


def draw_status(found: Mapping[str, Any]) -> None:
    """Why a contact has its status, for a person."""
    since = f" since {cell(found['status_since'])}" if found["status_since"] else ""
    say(f"status is {found['status']}{since} ({found['status_reason'].replace('_', ' ')})", style="bold")
    if found["status_reason"] == StatusReason.BLOCKED_BY_DECISION:
        for sentence in describe_blocks(found["blocks"]):
            say(f"  {sentence}")
    else:
        say(f"  because {reason(found)}")
        say(f"  rule    active while a conversation is open, and for {plural(found['active_days'], 'day')} after a")
        say("          message from it (`status.active_days` in onecontact.yaml)")
    say(f"  as of   {cell(found['as_of'])}")
    for refusal in found["suppressed_addresses"]:
        say(f"  exports {printable(suppression(refusal))}")


def describe_blocks(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """By whom and until when a contact is blocked, and how that is taken back."""
    for block in blocks:
        ends = f", until {cell(block['expires_at'])}" if block["expires_at"] else ""
        by = f"{printable(block['actor'])} blocked it on {cell(block['decided_at'])}{ends}"
        yield f"because {by}: {printable(block['reason'])}"
        yield f"undo    onecontact revoke {block['decision_id']}"


def reason(found: Mapping[str, Any]) -> str:
    """Why a contact that is not blocked is active or inactive, by what is known of conversations with it."""
    wrote = f"it wrote to us last on {cell(found['last_inbound_at'])}" if found["last_inbound_at"] else WROTE_NEVER
    match found["status_reason"]:
        case StatusReason.RECENT_INBOUND:
            return wrote
        case StatusReason.OPEN_CONVERSATION:
            return f"a conversation with it is open; {wrote}"
        case StatusReason.NO_INTERACTION_SINCE:
            return f"{wrote}{last_of_us(found['last_interaction_at'], found['last_inbound_at'])}"
    return "no conversation with it is known"


def last_of_us(interaction: datetime | None, inbound: datetime | None) -> str:
    """That we wrote later than the contact, which counts for nothing."""
    later = interaction and interaction != inbound
    return f" (we wrote to it on {cell(interaction)}, which does not count)" if later else ""
