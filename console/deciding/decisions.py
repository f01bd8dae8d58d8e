"""`onecontact decisions`: what was decided, by whom, when and why, and what of it stands."""

import argparse
from typing import Any

from console.deciding.decision_command import describe
from console.looking.resolve_contact import resolve_contact, tell_former_bearers
from console.looking.standing import standing
from console.terminal.exit_codes import OK
from console.terminal.open_project import session
from console.terminal.screen import as_json, clock, out, plural, say, table
from pipelines.store.decisions import decision_log
from schemas.vocabulary import DecisionKind

NOTHING = "Nothing was decided yet."
MOST_NAMED = 4  # contacts or records of a decision


def command(args: argparse.Namespace) -> int:
    """List decisions, the newest first: all, or those about the one contact that is meant."""
    with session(args) as (project, connection):
        contact_id = resolve_contact(project, connection, args.contact, json=args.json) if args.contact else None
        found = decision_log.list_decisions(connection, contact_id, args.limit).to_dicts()
        if args.json:
            as_json(found)
        else:
            draw(found, args.limit, "Nothing was decided about this contact yet." if contact_id else NOTHING)
            tell_former_bearers(connection, args.contact or "", "decisions")
    return OK


def draw(found: list[dict[str, Any]], limit: int, nothing: str) -> None:
    """Decisions for a person, or that there are none."""
    if not found:
        say(nothing)
        return
    rows = [row(each) for each in found]
    title = f"{plural(len(found), 'decision')}, times in {clock.zone.key}"
    out.print(table(title, ["id", "when", "who", "what", "about", "why", "stands"], rows))
    if len(found) == limit:
        say(f"The last {limit:,}; `--limit 0` shows all.")
    say("To take one back: onecontact revoke ID")


def row(decision: dict[str, Any]) -> list[Any]:
    """A decision as a row of the list."""
    taken = [decision["decision_id"][:8], decision["decided_at"], decision["actor"], describe(decision)]
    return [*taken, about(decision), why(decision), standing(decision)]


def about(decision: dict[str, Any]) -> str:
    """Whom a decision is about; of one about who is one person, the records on its sides."""
    if decision["kind"] in {DecisionKind.MERGE, DecisionKind.UNMERGE, DecisionKind.DISMISS, DecisionKind.DEFER}:
        sides: dict[int, list[str]] = {}
        for each in decision["records"]:
            sides.setdefault(each["side"], []).append(each["record"])
        between = " + " if decision["kind"] == DecisionKind.MERGE else " | "
        return between.join(some(records) for records in sides.values())
    return some([each["name"] or each["contact_id"][:8] for each in decision["contacts"]])


def why(decision: dict[str, Any]) -> str:
    """The reason, and the file that a decision came in."""
    asked_in = f" ({decision['file_name']}, no. {decision['row_number']})" if decision["file_name"] else ""
    return f"{decision['reason']}{asked_in}"


def some(names: list[str], most: int = MOST_NAMED) -> str:
    """Names in a line, cut short where there are many."""
    more = [f"{len(names) - most:,} more"] if len(names) > most else []
    return ", ".join([*names[:most], *more])
