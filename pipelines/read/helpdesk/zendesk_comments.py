"""Zendesk's comments, as they lie in tickets, in audits, or alone."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipelines.read.core.frames import Entry, Message, Person
from pipelines.read.helpdesk.common import Known, files, ident, kept, kind_of, listed, mapping, text_of
from pipelines.read.helpdesk.json_objects import Given, unreadable
from pipelines.read.helpdesk.zendesk_audits import changes
from schemas.vocabulary import Author, Channel, Direction, MessageKind

SYSTEM = "-1"  # the id of Zendesk itself
COMMENTS = ("Comment", "VoiceComment")
OPENING = "description"  # the key of a ticket's first comment, which the ticket alone has as its description


class Ticket(NamedTuple):
    """What comments need to know of their ticket. `opening` is the id of the one that the description repeats."""

    key: str
    opening: str = OPENING
    copied: frozenset[str] = frozenset()


def record(user: str) -> str:
    """The natural key of a user."""
    return f"zendesk:user:{user}"


def thread_key(ticket: str) -> str:
    """The natural key of a ticket."""
    return f"zendesk:ticket:{ticket}"


def opening(fields: Mapping[str, Any], known: Known) -> str:
    """The id of the comment that the description repeats: the earliest, if it has its words."""
    told = [mapping(each) for each in listed(fields.get("comments"), "comments")]
    for audit in map(mapping, listed(fields.get("audits"), "audits")):
        events = map(mapping, listed(audit.get("events")))
        told += [{"created_at": audit.get("created_at"), **event} for event in events if event.get("type") in COMMENTS]
    dated = [(at, each) for each in told if (at := known.instant(each.get("created_at")))]
    if not dated:
        return OPENING
    _, first = min(dated, key=lambda each: each[0])
    same = _text(first) == text_of(fields.get("description"))
    return (ident(first.get("id")) if same else None) or OPENING


def part(given: Given, known: Known, ticket: Ticket) -> Iterator[Entry]:
    """A comment, or what an audit tells: comments, which have the same ids there, and changes."""
    if given.kind == "comment":
        yield from _comment(given.line, given.fields, known, ticket)
        return
    at = known.at(given.fields.get("created_at"))
    if not at or not isinstance(given.fields.get("events"), list):
        yield unreadable(given.line, given.fields, "an audit with created_at and events")
        return
    for nth, event in enumerate(map(mapping, given.fields["events"])):
        if event.get("type") in COMMENTS:
            told = {"created_at": given.fields["created_at"], "author_id": given.fields.get("author_id"), **event}
            yield from _comment(given.line, told, known, ticket)
        else:
            yield from changes(given, event, nth, thread_key(ticket.key), at, known)


def _comment(line: int | None, fields: Mapping[str, Any], known: Known, ticket: Ticket) -> Iterator[Entry]:
    key, at, author = ident(fields.get("id")), known.at(fields.get("created_at")), ident(fields.get("author_id"))
    if not key or not at:
        yield unreadable(line, fields, "a comment with an id and created_at")
        return
    thread = thread_key(ticket.key)
    person = known.people.get(thread)
    inbound = author is not None and _came_in(author, person, ticket, known)
    if author and inbound and person != record(author):
        person = record(author)
        yield Person(person, known.channels.get(thread, Channel.OTHER), None, (), line)
    note = fields.get("public") is False and not inbound
    text, attached = _text(fields), files(fields.get("attachments"), ("file_name",))
    kind = MessageKind.CALL if fields.get("type") == "VoiceComment" else kind_of(text, attached)
    said = Message(
        line,
        f"zendesk:ticket:{ticket.key}:{OPENING}" if key == ticket.opening else f"zendesk:comment:{key}",
        thread,
        person,
        Direction.INBOUND if inbound else Direction.OUTBOUND,
        known.names.get(author) if author else None,
        MessageKind.NOTE if note else kind,
        text,
        at,
        attached,
        Author.CONTACT if inbound else Author.SYSTEM if author == SYSTEM else Author.AGENT,
    )
    yield kept(said)


def _came_in(author: str, requester: str | None, ticket: Ticket, known: Known) -> bool:
    """Whether somebody from outside wrote: of those of whom nothing is told, the requester and who has a copy."""
    if author == SYSTEM or author in known.agents:
        return False
    return requester == record(author) or author in ticket.copied or author in known.contacts


def _text(fields: Mapping[str, Any]) -> str | None:
    spoken = mapping(fields.get("data")).get("transcription_text")
    return text_of(fields.get("plain_body") or fields.get("body") or spoken, fields.get("html_body"))
