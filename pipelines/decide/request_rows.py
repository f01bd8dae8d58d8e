"""Decisions that are asked for in writing: what a row has to say, for each of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pipelines.dates import parse_instant
from pipelines.decide.edit import FIELDS
from pipelines.errors import RequestRefused
from pipelines.project import OpenProject
from pipelines.store.decisions import decision_log, decisions
from pipelines.store.decisions.decisions import Decision
from pipelines.store.warehouse.connection import Connection
from schemas.error_codes import ErrorCode
from schemas.vocabulary import DecisionKind

CLEAR = "clear"  # an edit that leaves a field without a value
NOTED = "note"  # the reason of a note that gives none: it says itself what it is for
ALWAYS = ("decision", "reason", "by")
VALUED = (DecisionKind.EDIT, DecisionKind.PIN)
REMARKS = {DecisionKind.TAG.value: "tags", DecisionKind.NOTE.value: "notes"}  # and what they are in a list


class Form(NamedTuple):
    """The columns that a decision needs beside ALWAYS, and those it may have."""

    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()


FORMS = {
    DecisionKind.CREATE.value: Form((), ("name", "first_name", "last_name", "phone", "email", "tags", "notes")),
    DecisionKind.EDIT.value: Form(("contact", "field", "value")),
    CLEAR: Form(("contact", "field")),
    DecisionKind.PIN.value: Form(("contact", "field"), ("value",)),
    DecisionKind.TAG.value: Form(("contact", "value")),
    DecisionKind.UNTAG.value: Form(("contact", "value")),
    DecisionKind.NOTE.value: Form(("contact", "value")),
    DecisionKind.MERGE.value: Form(("contact", "others")),
    DecisionKind.UNMERGE.value: Form(("contact",), ("records",)),
    DecisionKind.BLOCK.value: Form(("contact",), ("until",)),
    DecisionKind.UNBLOCK.value: Form(("contact",)),
    DecisionKind.DISMISS.value: Form(("contact", "others")),
    DecisionKind.REVOKE.value: Form(("value",)),
}


class Request(NamedTuple):
    """A request whose form is right. `cells`: those that are not blank, by column; others and records are lists."""

    kind: str
    cells: Mapping[str, Any]
    field: str = ""
    until: datetime | None = None
    target: str = ""  # the decision to take back
    withdraws: bool = False  # which is that a contact was made

    @property
    def contacts(self) -> list[tuple[str, str]]:
        """The contacts it names, each with its column."""
        others = [("others", each) for each in self.cells.get("others", ())]
        return [("contact", self.cells["contact"]), *others] if "contact" in self.cells else []


def parse_request(project: OpenProject, connection: Connection, cells: Mapping[str, Any]) -> Request:
    """What a row asks for, by its cells.

    Raises:
        RequestRefused: It does not say what, by whom or why, lacks a cell, or has one that would be of no effect.
    """
    kind = kind_of(cells.get("decision", ""))
    form, attributes = FORMS[kind], project.settings.attributes
    if kind == DecisionKind.NOTE:
        cells = {"reason": NOTED, **cells}
    if "by" not in cells:
        raise RequestRefused(ErrorCode.ACTOR_MISSING, "by", "the name of whoever takes the decision")
    if "reason" not in cells:
        raise RequestRefused(ErrorCode.REASON_MISSING, "reason", "why; it is kept with the decision")
    for column in form.needs:
        if column not in cells:
            raise RequestRefused(ErrorCode.CELL_MISSING, column, f"a value: `{kind}` requires one here")
    for column in cells:
        fits = column in (*ALWAYS, *form.needs, *form.takes)
        if not fits and not (kind == DecisionKind.CREATE and column.startswith("attr.")):
            raise RequestRefused(ErrorCode.CELL_UNUSED, column, f"an empty cell: `{kind}` does not use this column")
    if kind == DecisionKind.DISMISS and len(cells["others"]) > 1:
        raise RequestRefused(ErrorCode.CELL_UNUSED, "others", "one contact, that is not the one in `contact`")
    field = field_of(cells["field"], list(attributes)) if "field" in cells else ""
    until = end_of(cells["until"], ZoneInfo(project.settings.timezone)) if "until" in cells else None
    if kind != DecisionKind.REVOKE:
        return Request(kind, cells, field, until)
    target = target_of(connection, cells["value"])
    return Request(kind, cells, target=target.decision_id, withdraws=target.kind == DecisionKind.CREATE)


def kind_of(text: str) -> str:
    """The decision a row names."""
    kind = text.strip().lower()
    if kind not in FORMS:
        close = get_close_matches(kind, FORMS, n=1)
        needed = f"one of {', '.join(sorted(FORMS))}"
        raise RequestRefused(ErrorCode.DECISION_UNKNOWN, "decision", needed, next(iter(close), None))
    return kind


def field_of(text: str, attributes: list[str]) -> str:
    """The field a row names: a custom attribute may be written without `attr.`."""
    name = text.strip().lower()
    if name in FIELDS:
        return name
    if name.removeprefix("attr.") in attributes:
        return f"attr.{name.removeprefix('attr.')}"
    known = [*FIELDS, *sorted(attributes)]
    close = get_close_matches(name, known, n=1)
    raise RequestRefused(ErrorCode.FIELD_UNKNOWN, "field", f"one of {', '.join(known)}", next(iter(close), None))


def stated_values(rows: Iterable[Mapping[str, Any]], attributes: list[str]) -> Iterator[tuple[str, str]]:
    """Field and text of every value that rows ask to be kept, as far as they are right."""
    for row in rows:
        try:
            kind = kind_of(row["decision"] or "")
            field = REMARKS.get(kind) or (field_of(row["field"] or "", attributes) if kind in VALUED else None)
        except RequestRefused:
            continue
        if field and row["value"]:
            yield field, row["value"]


def end_of(text: str, zone: ZoneInfo) -> datetime:
    """The moment that is meant; of a date its end in `zone`: the day is included."""
    try:
        return parse_instant(text.strip(), zone, days=1)
    except (ValueError, OverflowError):
        wrong = RequestRefused(
            ErrorCode.DATE_UNPARSEABLE, "until", "a date such as 2026-11-20, which is included, or 2026-11-20T09:30"
        )
    raise wrong


def target_of(connection: Connection, text: str) -> Decision:
    """The decision a row names, by its id or the beginning of it."""
    found = decision_log.known_as(connection, text)
    target = decisions.decision_of(connection, found[0]) if found.len() == 1 else None
    if target is None:
        raise RequestRefused(
            ErrorCode.DECISION_REFUSED, "value", "the id of one decision, as `onecontact decisions` lists it"
        )
    return target
