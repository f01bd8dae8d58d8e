"""What all commands that decide have in common: who decides and why, trying it first, and how to take it back."""

import argparse
import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl

from console.deciding import before_after
from console.terminal.exit_codes import OK
from console.terminal.screen import as_json, cell, plural, printable, say
from pipelines.audit.login import ACTOR_VARIABLE, stated_login
from pipelines.decide.commit import IDENTIFYING, MOMENT, Attribution
from pipelines.steps.dry_run import before_and_after
from pipelines.store.decisions import decision_log
from pipelines.store.decisions.decisions import Decision
from pipelines.store.reads import contact_details
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from schemas.vocabulary import DecisionKind


def actor(stated: str | None) -> str:
    """Who decides: whoever is named, else whoever is logged in; empty where nobody is, as in a container."""
    return stated or os.environ.get(ACTOR_VARIABLE) or stated_login()


def attributions(args: argparse.Namespace, **more: Any) -> Iterator[Attribution]:
    """Who decides, why and when, for one decision of a command after the other."""
    by, now = actor(args.by), datetime.now(UTC)
    for nth in count():
        yield Attribution(actor=by, reason=args.reason, decided_at=now + nth * MOMENT, **more)


def decide(
    args: argparse.Namespace,
    connection: Connection,
    contacts: Sequence[str],
    act: Callable[[], Sequence[Decision]],
    remarks: Sequence[str] = (),
    **facts: Any,
) -> int:
    """Let `act` decide something about these contacts and say what came of it, or what would; the exit code.

    `remarks` are sentences said beside it, `facts` what programs are told instead.
    """

    def touched(decisions: Sequence[Decision]) -> pl.Series:
        return decision_log.contacts_of_decisions(connection, [each.decision_id for each in decisions])

    if args.dry_run:
        change = before_and_after(connection, contacts, lambda: touched(act()).to_list())
        as_json(before_after.for_programs(change) | facts) if args.json else before_after.draw(change, remarks)
        return OK
    with transaction(connection):
        taken = act()
    now = contact_details.golden_records(connection, touched(taken)).to_dicts()
    if args.json:
        as_json({"decisions": [each._asdict() for each in taken], "contacts": now} | facts)
    else:
        print_outcome(args, taken, now, remarks)
    return OK


def print_outcome(
    args: argparse.Namespace,
    decisions: Sequence[Decision],
    contacts: Sequence[dict[str, Any]],
    remarks: Sequence[str] = (),
) -> None:
    """What was decided, how to take it back, and what the contacts are now."""
    for contact in contacts:
        state = f"{contact['status']}, {plural(contact['records'], 'record')}"
        say(f"{display_name(contact)}: {state}, id {contact['contact_id']}")
    for decision in decisions:
        tell_undoing(decision, args.project)
    if any(each.kind == DecisionKind.CREATE or each.field in IDENTIFYING for each in decisions):
        say("The next run will match it against other contacts.")
    for remark in remarks:
        say(remark)
    say("Exports follow with the next run.")


def tell_undoing(decision: Decision, project: Path) -> None:
    """What was decided, by whom, and the command that takes it back."""
    say(f"  {printable(describe(decision._asdict()))}, decided by {printable(decision.actor)}")
    if decision.kind != DecisionKind.REVOKE:
        here = Path(os.environ.get("ONECONTACT_PROJECT", "."))
        elsewhere = [] if project == here else ["--project", str(project)]
        say(f"    undo: {shlex.join(['onecontact', 'revoke', decision.decision_id, *elsewhere])}")


def display_name(contact: dict[str, Any]) -> str:
    """What people call a contact."""
    return printable(contact["name"] or contact["phone"] or contact["email"] or "(no name)")


def describe(decision: dict[str, Any]) -> str:
    """What a decision says, in a line."""
    field, value = decision["field"], decision["value"]
    until = f" until {cell(decision['expires_at'])}" if decision["expires_at"] else ""
    return {
        DecisionKind.BLOCK: f"blocked{until}",
        DecisionKind.UNBLOCK: "unblocked",
        DecisionKind.CREATE: "added",
        DecisionKind.EDIT: f"{field} is {value}" if value is not None else f"{field} has no value",
        DecisionKind.PIN: f"{field} is {value}, pinned",
        DecisionKind.TAG: f"tagged {value}",
        DecisionKind.UNTAG: f"no longer tagged {value}",
        DecisionKind.NOTE: f"noted: {value}",
        DecisionKind.MERGE: "one person",
        DecisionKind.UNMERGE: "parted",
        DecisionKind.DISMISS: "not one person",
        DecisionKind.DEFER: "to be decided later",
        DecisionKind.REVOKE: f"taken back: {str(decision['target'])[:8]}",
    }[decision["kind"]]
