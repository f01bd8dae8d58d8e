"""Chatwoot's messages, and the sentences among them that tell what was done with a conversation."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipelines.read.chatwoot.activity import activities
from pipelines.read.chatwoot.contact_identifiers import met_again, person, record
from pipelines.read.chatwoot.repeated_events import once
from pipelines.read.core.frames import Entry, Event, Message, Moment, Receipt
from pipelines.read.helpdesk.common import (
    Known,
    files,
    ident,
    kept,
    kind_of,
    listed,
    mapping,
    status_of,
    text_of,
    words,
)
from pipelines.read.helpdesk.json_objects import unreadable
from schemas.vocabulary import Author, Channel, ConversationStatus, Direction, EventKind, MessageKind, MessageState

TYPES = {"0": "incoming", "1": "outgoing", "2": "activity", "3": "template"}
KINDS = frozenset(TYPES.values())
SENT = ("outgoing", "template")
STATUSES = {
    "0": ConversationStatus.OPEN,
    "1": ConversationStatus.RESOLVED,
    "2": ConversationStatus.PENDING,
    "3": ConversationStatus.SNOOZED,
}
STATES = {state.value: state for state in MessageState}
INBOUND, OUTBOUND, CONTACT = Direction.INBOUND, Direction.OUTBOUND, Author.CONTACT
AUTHORS = {"contact": Author.CONTACT, "user": Author.AGENT, "agentbot": Author.BOT, "captain::assistant": Author.BOT}


def status(value: Any) -> ConversationStatus | None:
    """The state of a conversation, which the database keeps as a number."""
    return status_of(value) or STATUSES.get(ident(value) or "")


def message(line: int | None, fields: Mapping[str, Any], thread: str, known: Known) -> Iterable[Entry]:
    """What a message is: something said, or events."""
    key, at = ident(fields.get("id")), known.at(fields.get("created_at"))
    written = ident(fields.get("message_type")) or ""
    kind = TYPES.get(written, written)
    if not key or not at or kind not in KINDS:
        return [unreadable(line, fields, "a message with an id, created_at and message_type")]
    if kind == "activity":
        return once(_activity(line, key, at, words(text_of(fields.get("content"))), thread), known)
    return _said(line, fields, (key, kind, thread), at, known)


def came_as_far(line: int | None, fields: Mapping[str, Any], thread: str, known: Known) -> Iterator[Receipt]:
    """Word of an outgoing message that has been told of before."""
    key, state = ident(fields.get("id")), STATES.get(str(fields.get("status")))
    written = ident(fields.get("message_type")) or ""
    if key and state and TYPES.get(written, written) in SENT and fields.get("private") is not True:
        yield Receipt(line, f"chatwoot:message:{key}", thread, known.people.get(thread), state, None)


def _activity(line: int | None, key: str, at: Moment, text: str | None, thread: str) -> Iterator[Event]:
    told = activities(text) if text else []
    own = f"chatwoot:message:{key}"
    if not told:
        yield Event(line, own, thread, EventKind.SYSTEM, text, at)
    for kind, actor, before, after in told:
        label = kind in (EventKind.LABEL_ADDED, EventKind.LABEL_REMOVED)
        each = f"{own}:{before or after}" if label else own
        yield Event(line, each, thread, kind, text, at, actor, before, after, inferred=True)


def _said(
    line: int | None, fields: Mapping[str, Any], place: tuple[str, str, str], at: Moment, known: Known
) -> list[Entry]:
    key, kind, thread = place
    sender, more = mapping(fields.get("sender")), mapping(fields.get("content_attributes"))
    found: list[Entry] = []
    inbound = kind == "incoming"
    who = known.people.get(thread)
    author = _author(fields, sender, kind)
    if inbound and (writer := ident(sender.get("id"))) and author is CONTACT:
        who = record(writer)
        known.people.setdefault(thread, who)
        if not met_again(sender, known):
            found.append(person(line, sender, known.channels.get(thread, Channel.OTHER)))
    attached = files(fields.get("attachments"), ("fallback_title", "data_url"), ("content_type", "file_type"))
    deleted = more.get("deleted") is True
    text = None if deleted else text_of(fields.get("content"))
    name, sort = words(sender.get("name")), _kind(fields, kind, kind_of(text, attached), deleted=deleted)
    state = None if inbound or fields.get("private") is True else STATES.get(str(fields.get("status")))
    direction, own = INBOUND if inbound else OUTBOUND, f"chatwoot:message:{key}"
    found.append(kept(Message(line, own, thread, who, direction, name, sort, text, at, attached, author, state)))
    return found


def _author(fields: Mapping[str, Any], sender: Mapping[str, Any], kind: str) -> Author | None:
    if kind == "incoming":
        return CONTACT
    told = fields.get("sender_type") or sender.get("type")
    author = AUTHORS.get(told.replace("_", "").lower()) if isinstance(told, str) else None
    return author or (Author.SYSTEM if kind == "template" else None)


def _kind(fields: Mapping[str, Any], kind: str, made_of: MessageKind, *, deleted: bool) -> MessageKind:
    if fields.get("private") is True:
        return MessageKind.NOTE
    if deleted:
        return MessageKind.DELETED
    if kind == "template":
        return MessageKind.TEMPLATE
    if not fields.get("attachments"):
        return made_of
    sorts = {str(mapping(each).get("file_type")) for each in listed(fields.get("attachments"))}
    return MessageKind.LOCATION if sorts == {"location"} else made_of
