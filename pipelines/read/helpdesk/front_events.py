"""What happened in Front's conversations: their events, and their comments, which are notes."""

from collections.abc import Mapping
from typing import Any

from pipelines.read.core.frames import Event, Message, Rejected
from pipelines.read.helpdesk.common import Known, files, ident, kept, mapping, text_of, words
from pipelines.read.helpdesk.json_objects import unreadable
from schemas.vocabulary import Author, ConversationStatus, Direction, EventKind, MessageKind

TARGETS = {"inbound": "message", "outbound": "message", "out_reply": "message", "comment": "comment"}
STATES = {
    "archive": ConversationStatus.RESOLVED.value,
    "reopen": ConversationStatus.OPEN.value,
    "restore": ConversationStatus.OPEN.value,
    "reminder": ConversationStatus.OPEN.value,
    "trash": "deleted",
}


def happened(line: int | None, fields: Mapping[str, Any], thread: str, known: Known) -> Event | Rejected:
    """An event that is no message; what none of ours is like is told by its name."""
    key, at, kind = ident(fields.get("id")), known.at(fields.get("emitted_at")), words(fields.get("type"))
    if not key or not at or not kind:
        return unreadable(line, fields, "an event with an id, a type and emitted_at")
    target = _named(mapping(fields.get("target")), known)
    event, before, after, text = EventKind.SYSTEM, None, None, None
    if kind in ("assign", "unassign"):
        event = EventKind.ASSIGNED
        before, after = (None, target) if kind == "assign" else (target, None)
    elif kind in ("tag", "untag"):
        event = EventKind.LABEL_ADDED if kind == "tag" else EventKind.LABEL_REMOVED
        before, after = (None, target) if kind == "tag" else (target, None)
    elif kind in STATES:
        event, after = EventKind.STATUS_CHANGED, STATES[kind]
    else:
        text = kind.replace("_", " ")
    actor = _named(mapping(fields.get("source")), known)
    return Event(line, f"front:event:{key}", thread, event, text, at, actor, before, after)


def noted(line: int | None, fields: Mapping[str, Any], thread: str, known: Known) -> Message | Rejected:
    """A comment: what teammates tell each other."""
    key, at = ident(fields.get("id")), known.at(fields.get("posted_at"))
    if not key or not at:
        return unreadable(line, fields, "a comment with an id and posted_at")
    author = mapping(fields.get("author"))
    return kept(
        Message(
            line,
            f"front:comment:{key}",
            thread,
            known.people.get(thread),
            Direction.OUTBOUND,
            _called(author, known),
            MessageKind.NOTE,
            text_of(fields.get("body")),
            at,
            files(fields.get("attachments"), ("filename", "name")),
            Author.AGENT,
        )
    )


def _named(party: Mapping[str, Any], known: Known) -> str | None:
    """Source or target of an event by name."""
    return _called(mapping(party.get("data")), known)


def _called(fields: Mapping[str, Any], known: Known) -> str | None:
    full = " ".join(filter(None, (words(fields.get("first_name")), words(fields.get("last_name")))))
    return words(fields.get("name")) or full or known.called(fields.get("id"))
