"""Entries of a timeline as people read them, in a list or line by line."""

from datetime import datetime
from typing import Any

from console.terminal.screen import clock, plural, printable
from schemas.vocabulary import QuotedKind

ARROWS = {"inbound": "→ ", "outbound": "← "}
DECIDED = {  # values that somebody decided, with the reason
    "edited": "{field} ⇒ {value}: {reason}",
    "pinned": "{field} ⇒ {value}: {reason}",
    "tagged": "{value}: {text}",
    "untagged": "{value}: {text}",
}
UNDATED = "without a time"
INDENT = 12  # columns of the time, and of what follows a line break
MOST_FILES = 5  # that are named


def day(moment: datetime | None) -> str:
    """The heading an entry stands under."""
    return UNDATED if moment is None else moment.astimezone(clock.zone).strftime("%Y-%m-%d %A")


def line(row: dict[str, Any], *, quoted: bool = False) -> str:
    """An entry of a timeline on a line, its further lines below each other; with `quoted`, what is not new as well."""
    where = " ".join(part for part in (row["channel"], inbox(row)) if part)
    words = ": ".join(part for part in (who(row), said(row, quoted=quoted)) if part)
    state = f" [{row['state']}]" if row["state"] else ""
    text = printable(f"{where + '  ' if where else ''}{words}{state}")
    first, *further = text.split("\n")
    return "\n".join([f"{hour(row):<{INDENT}}{first}", *(f"{'':{INDENT}}{each}".rstrip() for each in further)])


def hour(row: dict[str, Any]) -> str:
    """When on its day something happened, no more exactly than is known."""
    if row["happened_at"] is None:
        return ""
    form = "%H:%M" if row["precision"] == "minute" else "%H:%M:%S"
    mark = "~" if row["zone_source"] in ("assumed", "skipped") else ""
    here: datetime = row["happened_at"].astimezone(clock.zone)
    return f"  {here.strftime(form)}{mark}"


def inbox(row: dict[str, Any]) -> str:
    """Where on the company's side it took place."""
    return f"({row['inbox']})" if row["inbox"] else ""


def who(row: dict[str, Any]) -> str:
    """Who wrote or did something, and in which direction."""
    return ARROWS.get(row["direction"], "") + (row["actor"] or row["author"] or "")


def said(row: dict[str, Any], *, quoted: bool = False) -> str:
    """What an entry says: its words and files, else what kind of thing it is, and what it changed."""
    if row["kind"] in DECIDED:
        value = row["after"] or row["before"] or "no value"
        field, _, reason = row["text"].partition(": ")  # of an edit or a pin
        return (
            f"[{row['kind']}] {DECIDED[row['kind']].format(field=field, reason=reason, text=row['text'], value=value)}"
        )
    parts = [row["text"] if quoted else folded(row["text"], row["quoted"]), changed(row), files(row["attachments"])]
    words = " ".join(part for part in parts if part)
    inferred = " (inferred)" if row["inferred"] else ""
    return words if row["kind"] == "text" else f"[{row['kind'].replace('_', ' ')}] {words}".strip() + inferred


def folded(text: str | None, ranges: list[dict[str, Any]]) -> str | None:
    """A text in which a note stands for each range that is not new: how many lines somebody wrote before, or signed."""
    if not text or not ranges:
        return text
    pieces, place = [], 0
    for each in ranges:
        stop = each["start"] + each["length"]
        lines = text.count("\n", each["start"], stop) + 1
        note = "[signature]" if each["kind"] == QuotedKind.SIGNATURE else f"[{plural(lines, 'quoted line')}]"
        pieces += [text[place : each["start"]], note]
        place = stop
    return "".join([*pieces, text[place:]])


def changed(row: dict[str, Any]) -> str:
    """What an event changed, from what to what."""
    if row["before"] and row["after"]:
        return f"{row['before']} ⇒ {row['after']}"
    return row["after"] or (f"no longer {row['before']}" if row["before"] else "")


def files(attachments: list[dict[str, Any]] | None) -> str:
    """Attached files by their names, as far as those are known and not too many."""
    if not attachments:
        return ""
    names = [file["name"] or file["type"] or "unnamed" for file in attachments[:MOST_FILES]]
    more = [f"{len(attachments) - MOST_FILES} more"] if len(attachments) > MOST_FILES else []
    return f"({plural(len(attachments), 'file')}: {', '.join(names + more)})"
