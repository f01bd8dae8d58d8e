"""What a decision would make of contacts, as people read it: each of them before and after, side by side."""

from collections.abc import Sequence
from typing import Any

from console.terminal.screen import cell, local, out, plural, say, table
from pipelines.steps.dry_run import Change, State

CHANGED = "●"
KNOWN_BY = "known by "
RANK = {"status": -1, "records": 2, "timeline": 3}  # fields are 0, and how a contact is known is 1


def draw(change: Change, remarks: Sequence[str] = ()) -> None:
    """Every contact that would change, all that is known of it before and after; what differs is marked.

    `remarks` are sentences that are said beside it.
    """
    touched = [*change.before, *(each for each in change.after if each not in change.before)]
    for contact_id in touched:
        before, after = change.before.get(contact_id), change.after.get(contact_id)
        say(f"{contact_id} {becomes(contact_id, before, after, change.went)}", style="bold")
        out.print(table("", ["", "what", "before", "after"], sides(before, after)))
    if not touched:
        say("It would change no contact.")
    for remark in remarks:
        say(remark)
    say(f"{plural(len(touched), 'contact')} touched. Nothing was changed: this was a dry run.")


def for_programs(change: Change) -> dict[str, Any]:
    """All that would change, as nested objects."""
    states = {"before": change.before, "after": change.after}
    return {
        side: {contact_id: state._asdict() for contact_id, state in held.items()} for side, held in states.items()
    } | {"went": change.went}


def becomes(contact_id: str, before: State | None, after: State | None, went: dict[str, str]) -> str:
    """What happens to a contact as a whole."""
    if before is None:
        return "would be a contact of its own"
    if after is None:
        return f"would go into {went[contact_id]}" if contact_id in went else "would be no more"
    return "would change"


def sides(before: State | None, after: State | None) -> list[list[Any]]:
    """Rows of what there is to know of a contact on either side: mark, what, before, after."""
    was, would_be = known(before), known(after)
    return [[CHANGED * (one != other), what, one, other] for what, one, other in beside(was, would_be)]


def beside(one: dict[str, str], other: dict[str, str]) -> list[tuple[str, str | None, str | None]]:
    """What is known of either, side by side: its status, its fields, how it is known, its records."""
    ranked = sorted(one | other, key=lambda what: (RANK.get(what, what.startswith(KNOWN_BY)), what))
    return [(what, one.get(what), other.get(what)) for what in ranked]


def known(state: State | None, *, rules: bool = True) -> dict[str, str]:
    """All there is to know of a contact, what it is and how it reads, several values below each other."""
    if state is None:
        return {}
    lines: dict[str, list[str]] = {"status": [state.contact["status"]]}
    for row in state.fields:
        because = f"  ({row['rule'].replace('_', ' ')})" if rules else ""
        lines.setdefault(row["field"], []).append(local(row["value"]) + because)
    for row in state.identifiers:
        primary = "  (primary)" if row["is_primary"] else ""
        lines.setdefault(f"{KNOWN_BY}{row['type']}", []).append(f"{row['value']}{primary}")
    lines["records"] = [f"{row['source']}:{row['record_id'] or '?'}" for row in state.records]
    lines["timeline"] = [cell(state.entries)]
    return {what: "\n".join(values) for what, values in lines.items()}
