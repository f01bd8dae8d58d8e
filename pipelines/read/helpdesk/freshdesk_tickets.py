"""Freshdesk: tickets with their conversations, contacts and agents, as JSON."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.frames import Entry, Message, Moment, Person, Rejected, Thread, batches
from pipelines.read.helpdesk.common import (
    Known,
    contacts_only,
    files,
    ident,
    kept,
    kind_of,
    known_by,
    listed,
    mapping,
    no_contact,
    text_of,
    words,
)
from pipelines.read.helpdesk.json_objects import Form, Given, has_one_of, objects, unreadable
from schemas.source import Source
from schemas.vocabulary import Author, Channel, ConversationStatus, Direction, IdentifierType, MessageKind

GUIDE = """\
What Freshdesk's API gives: pages of `/api/v2/tickets` (with `include=description,requester`), of
`/api/v2/tickets/<id>/conversations`, `/api/v2/contacts` and `/api/v2/agents`, as they come, in one array, or one object
a line. Conversations are read where they lie in their ticket (`conversations`), beside it in an object with `ticket`,
or state a `ticket_id`.

**What is read**: tickets with subject, channel, state, tags and who has them; the description as the first message, and
the conversations as the others, private ones as notes; names and types of attached files; contacts with addresses,
numbers and their id in your own system, as of their `updated_at`. A file of contacts and one of tickets may come in any
order: they meet by the id of the contact.

Contacts who are deleted or merged are left out, each with a code.

**What is not**: custom fields, SLAs, and what happened when: Freshdesk's tickets say how they stand, not who changed
it, so there are no events. States of your own have no counterpart and stay empty. The CSV exports are no conversations.
"""
STATUSES = {
    "2": ConversationStatus.OPEN,
    "3": ConversationStatus.PENDING,
    "4": ConversationStatus.RESOLVED,
    "5": ConversationStatus.RESOLVED,
}
OUTBOUND_EMAIL = "10"
CHANNELS = {
    "1": Channel.EMAIL,
    "3": Channel.PHONE,
    "6": Channel.FACEBOOK,
    "7": Channel.WEB_CHAT,
    OUTBOUND_EMAIL: Channel.EMAIL,
    "13": Channel.WHATSAPP,
    "15": Channel.WEB_CHAT,
}
FORWARDED = "8"  # source of a conversation that went to somebody else


def _kind(fields: Mapping[str, Any]) -> str | None:
    if isinstance(fields.get("ticket"), dict) or "requester_id" in fields:
        return "ticket"
    if "incoming" in fields and "private" in fields:
        return "conversation"
    if "ticket_scope" in fields or "occasional" in fields:
        return "agent"
    return "contact" if {"mobile", "email"} <= fields.keys() else None


FORM = Form(
    _kind,
    {
        "agents": "agent",
        "contacts": "contact",
        "tickets": "ticket",
        "conversations": "conversation",
        "results": None,
    },
    "a ticket, conversation, contact or agent of Freshdesk",
)


class FreshdeskTickets(Source):
    """Options of Freshdesk exports: those of any source."""


def read(path: Path, source: FreshdeskTickets, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield an export as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    yield from batches(contacts_only(_entries(path, known := Known(source.zone())), known), rows)


def detects(sample: Sample) -> float:
    """Tickets, conversations, contacts or agents with the keys that only Freshdesk gives them."""
    told = (
        {"requester_id", "responder_id"},
        {"incoming", "private", "body_text"},
        {"ticket_scope", "occasional"},
        {"mobile", "email", "twitter_id"},
    )
    return 0.95 if has_one_of(sample, told) else 0.0


FORMAT = Format(
    "freshdesk_tickets",
    "Freshdesk tickets with conversations, contacts and agents (JSON)",
    FreshdeskTickets,
    read,
    detects=detects,
    guide=GUIDE,
)


def _entries(path: Path, known: Known) -> Iterator[Entry]:
    for given in objects(path, FORM):
        if isinstance(given, Rejected):
            yield given
        elif given.kind == "agent":
            contact = mapping(given.fields.get("contact"))
            known.agent(given.fields.get("id"), contact.get("name"), given.fields.get("name"), contact.get("email"))
        elif given.kind == "contact":
            yield from _contact(given, known)
        elif given.kind == "ticket":
            yield from _ticket(given, known)
        elif key := ident(given.fields.get("ticket_id")):
            if _thread(key) not in known.channels:
                known.channels[_thread(key)] = Channel.OTHER
                yield Thread(_thread(key), Channel.OTHER, None)
            yield from _conversation(given.line, given.fields, key, known)
        else:
            yield unreadable(given.line, given.fields, "a conversation of a ticket, with its ticket_id")


def _contact(given: Given, known: Known) -> Iterator[Entry]:
    fields = given.fields
    key = ident(fields.get("id"))
    if not key:
        yield unreadable(given.line, fields, "a contact with an id")
    elif fields.get("helpdesk_agent") is True:
        known.agent(key, fields.get("name"), fields.get("email"))
    elif left_out := no_contact(fields, given.line):
        known.left_out[_record(key)] = None
        yield left_out
    else:
        yield _person(given.line, key, Channel.OTHER, fields, "")._replace(observed_at=known.changed(fields))


def _person(line: int | None, key: str, channel: Channel, fields: Mapping[str, Any], place: str) -> Person:
    told = [(IdentifierType.EMAIL, fields.get("email"), f"{place}email")]
    told += [(IdentifierType.EMAIL, other, f"{place}other_emails") for other in listed(fields.get("other_emails"))]
    told += [(IdentifierType.PHONE, fields.get(field), f"{place}{field}") for field in ("phone", "mobile")]
    own = ("unique_external_id", "external_id")
    told += [(IdentifierType.EXTERNAL_ID, fields.get(field), f"{place}{field}") for field in own]
    return Person(_record(key), channel, words(fields.get("name")), known_by(*told), line)


def _ticket(given: Given, known: Known) -> Iterator[Entry]:
    fields = {**mapping(given.fields.get("ticket")), **given.fields}
    key = ident(fields.get("id"))
    requester = ident(fields.get("requester_id")) or ident(mapping(fields.get("requester")).get("id"))
    if not key:
        yield unreadable(given.line, fields, "a ticket with an id")
        return
    source, thread = ident(fields.get("source")) or "", _thread(key)
    channel = CHANNELS.get(source, Channel.OTHER)
    known.channels[thread] = channel
    yield Thread(
        thread,
        channel,
        words(fields.get("subject")),
        status=STATUSES.get(ident(fields.get("status")) or ""),
        inbox=words(fields.get("support_email")),
        assignee=known.called(fields.get("responder_id")) or known.called(fields.get("group_id")),
        labels=tuple(filter(None, map(words, listed(fields.get("tags"))))),
        started=known.instant(fields.get("created_at")),
    )
    if requester and requester not in known.agents:
        known.people[thread] = _record(requester)
        own = mapping(fields.get("requester"))
        yield _person(given.line, requester, channel, own, "requester.")._replace(observed_at=known.changed(own))
    opening = text_of(fields.get("description_text"), fields.get("description"))
    if opening or fields.get("attachments"):
        yield _opening(given._replace(fields=fields), thread, opening, known.at(fields.get("created_at")), known)
    for each in map(mapping, listed(fields.get("conversations"), "conversations", "results")):
        repeated = each.get("incoming") is True and opening and _text(each) == opening
        if repeated:  # a chat's first words, which are the description
            opening = None
        else:
            yield from _conversation(given.line, each, key, known)


def _opening(given: Given, thread: str, text: str | None, at: Moment | None, known: Known) -> Message | Rejected:
    if not at:
        return unreadable(given.line, given.fields, "a ticket with created_at")
    outbound = ident(given.fields.get("source")) == OUTBOUND_EMAIL
    attached = files(given.fields.get("attachments"), ("name",))
    return kept(
        Message(
            given.line,
            f"{thread}:description",
            thread,
            known.people.get(thread),
            Direction.OUTBOUND if outbound else Direction.INBOUND,
            None if outbound else words(mapping(given.fields.get("requester")).get("name")),
            kind_of(text, attached),
            text,
            at,
            attached,
            Author.AGENT if outbound else Author.CONTACT,
        )
    )


def _conversation(line: int | None, fields: Mapping[str, Any], ticket: str, known: Known) -> Iterator[Entry]:
    key, at, incoming = ident(fields.get("id")), known.at(fields.get("created_at")), fields.get("incoming")
    if not key or not at or not isinstance(incoming, bool):
        yield unreadable(line, fields, "a conversation with an id, created_at and incoming")
        return
    thread, writer = _thread(ticket), ident(fields.get("user_id"))
    inbound = incoming and writer not in known.agents
    person = known.people.get(thread)
    if inbound and writer:
        person = _record(writer)
        yield Person(person, known.channels.get(thread, Channel.OTHER), None, (), line)
    note = fields.get("private") is True and not inbound
    text, attached = _text(fields), files(fields.get("attachments"), ("name",))
    said = Message(
        line,
        f"freshdesk:conversation:{key}",
        thread,
        None if ident(fields.get("source")) == FORWARDED and not note else person,
        Direction.INBOUND if inbound else Direction.OUTBOUND,
        known.names.get(writer) if writer else None,
        MessageKind.NOTE if note else kind_of(text, attached),
        text,
        at,
        attached,
        Author.CONTACT if inbound else Author.AGENT,
    )
    yield kept(said)


def _text(fields: Mapping[str, Any]) -> str | None:
    return text_of(fields.get("body_text"), fields.get("body"))


def _record(contact: str) -> str:
    return f"freshdesk:contact:{contact}"


def _thread(ticket: str) -> str:
    return f"freshdesk:ticket:{ticket}"
