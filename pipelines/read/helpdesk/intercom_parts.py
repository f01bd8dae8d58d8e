"""The parts of Intercom's conversations: what was said, and what was done with them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipelines.read.core.frames import Entry, Event, Message, Moment, Person
from pipelines.read.helpdesk.common import Known, files, ident, kept, kind_of, mapping, text_of, words
from pipelines.read.helpdesk.json_objects import unreadable
from schemas.vocabulary import Author, Channel, ConversationStatus, Direction, EventKind, MessageKind

INSIDE = ("admin", "team")
OUTSIDE = ("user", "lead", "contact", "visitor")
SAID = ("comment", "note", "quick_reply")
ASSIGNED = ("assign", "assignment")  # parts of the names of part types
STATES = {
    "open": ConversationStatus.OPEN,
    "reopen": ConversationStatus.OPEN,
    "unsnooze": ConversationStatus.OPEN,
    "unsnoozed": ConversationStatus.OPEN,
    "close": ConversationStatus.RESOLVED,
    "snoozed": ConversationStatus.SNOOZED,
}


class Place(NamedTuple):
    """Where a part belongs: line, thread, its channel, whom it is held with, and what the delivery has told."""

    line: int | None
    thread: str
    channel: Channel
    person: str | None
    known: Known


def record(contact: str) -> str:
    """The natural key of a contact."""
    return f"intercom:contact:{contact}"


def part(place: Place, fields: Mapping[str, Any], key: str | None) -> Iterator[Entry]:
    """What a part is: a message, events, or both. `key` is given where the part has no id of its own."""
    own, at = ident(fields.get("id")), place.known.at(fields.get("created_at"))
    if not at or not own:
        yield unreadable(place.line, fields, "a part with an id and created_at")
        return
    key = key or f"intercom:part:{own}"
    kind = words(fields.get("part_type")) or ""
    steps = kind.split("_")
    told = list(_changes(place, fields, steps))
    text = text_of(None, fields.get("body"))
    if kind in SAID or text or fields.get("attachments"):
        yield from _said(place, fields, key, at, note="note" in steps)
    elif not told:
        told = [(EventKind.SYSTEM, None)]
    author = mapping(fields.get("author"))
    actor = words(author.get("name")) or place.known.called(author.get("id"))
    for event, after in told:
        spelt = kind.replace("_", " ") or None if event is EventKind.SYSTEM else None
        yield Event(place.line, f"{key}:{event.value}", place.thread, event, spelt, at, actor, None, after)


def labelled(place: Place, tag: Mapping[str, Any]) -> Iterator[Entry]:
    """The event that a tag with the time it was put on is."""
    name, at = words(tag.get("name")), place.known.at(tag.get("applied_at"))
    if name and at:
        key = f"{place.thread}:tag:{ident(tag.get('id')) or name}:{at.instant}"
        actor = place.known.called(mapping(tag.get("applied_by")).get("id"))
        yield Event(place.line, key, place.thread, EventKind.LABEL_ADDED, None, at, actor, None, name)


def _changes(place: Place, fields: Mapping[str, Any], steps: list[str]) -> Iterator[tuple[EventKind, str | None]]:
    if any(step in ASSIGNED for step in steps):
        someone = fields.get("assigned_to")
        target = mapping(someone) if isinstance(someone, dict) else {"id": someone}
        yield EventKind.ASSIGNED, words(target.get("name")) or place.known.called(target.get("id"))
    if status := next((STATES[step] for step in reversed(steps) if step in STATES), None):
        yield EventKind.STATUS_CHANGED, status.value


def _said(place: Place, fields: Mapping[str, Any], key: str, at: Moment, *, note: bool) -> Iterator[Entry]:
    author = mapping(fields.get("author"))
    who = _author(author)
    inbound = who is Author.CONTACT
    person, writer = place.person, ident(author.get("id"))
    if inbound and writer and person != record(writer):
        person = record(writer)
        yield Person(person, place.channel, words(author.get("name")), (), place.line)
    taken_back = fields.get("redacted") is True
    text = None if taken_back else text_of(None, fields.get("body"))
    attached = files(fields.get("attachments"), ("name", "url"))
    kind = MessageKind.INTERACTIVE if fields.get("part_type") == "quick_reply" else kind_of(text, attached)
    yield kept(
        Message(
            place.line,
            key,
            place.thread,
            person,
            Direction.INBOUND if inbound and not note else Direction.OUTBOUND,
            words(author.get("name")),
            MessageKind.NOTE if note else MessageKind.DELETED if taken_back else kind,
            text,
            at,
            attached,
            who,
        )
    )


def _author(author: Mapping[str, Any]) -> Author | None:
    if author.get("from_ai_agent") is True or author.get("type") == "bot":
        return Author.BOT
    if author.get("type") in OUTSIDE:
        return Author.CONTACT
    return Author.AGENT if author.get("type") in INSIDE else None
