"""Chatwoot: conversations with their messages, contacts, and logs of its webhooks, as JSON."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.read.chatwoot.changes import changes
from pipelines.read.chatwoot.contact_identifiers import person, record
from pipelines.read.chatwoot.messages import came_as_far, message, status
from pipelines.read.chatwoot.repeated_events import once
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.frames import Entry, Rejected, Thread, batches
from pipelines.read.helpdesk.common import Known, channel_of, ident, listed, mapping, words
from pipelines.read.helpdesk.json_objects import Form, Given, has_one_of, objects, unreadable
from schemas.source import Source
from schemas.vocabulary import Channel

GUIDE = """\
What Chatwoot's API gives: `/conversations/<id>` and `/conversations/<id>/messages` of each conversation (the list of
`/conversations` holds only the last message of each), pages of `/contacts` and `/agents`, as they come, in one array,
or one object a line; and a log of its webhooks, one a line.

**What is read**: conversations with channel, state, labels, inbox and assignee; messages with direction, delivery
state, private notes as such, and names and types of attached files; contacts with address, number, your own
identifier, and the ids they have on their channels (`contact_inboxes`). A file of contacts and one of conversations may
come in any order: they meet by the id of the contact. Who was assigned, what was resolved, reopened or labelled is
stated by webhooks (`changed_attributes`). Other exports only have sentences about it: in English, German, Spanish,
French and Portuguese they are understood and marked as inferred, where they can be read in one way only; any other
sentence is kept as it stands.

**What is not**: custom attributes, teams, ratings, SLAs, campaigns. A contact that was merged into another is not told
of in exports. Messages are numbered within an installation, conversations within an account: one account is one source.
"""


def _kind(fields: Mapping[str, Any]) -> str | None:
    if isinstance(fields.get("event"), str):
        return "webhook"
    if "message_type" in fields:
        return "message"
    if "inbox_id" in fields and ("messages" in fields or "status" in fields or "meta" in fields):
        return "conversation"
    if "availability_status" in fields and "role" in fields:
        return "agent"
    return "contact" if {"phone_number", "email"} <= fields.keys() else None


FORM = Form(
    _kind,
    {"data": None, "payload": None, "contact": None, "conversation": None},
    "a conversation, message, contact or webhook of Chatwoot",
)


class ChatwootConversations(Source):
    """Options of Chatwoot exports: those of any source."""


def read(path: Path, source: ChatwootConversations, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield an export as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    yield from batches(_entries(path, Known(source.zone())), rows)


def detects(sample: Sample) -> float:
    """Conversations, messages, contacts or webhooks with the keys that only Chatwoot gives them."""
    told = (
        {"inbox_id", "message_type"},
        {"inbox_id", "hmac_verified"},
        {"inbox_id", "contact_last_seen_at"},
        {"event", "account", "inbox"},
        {"availability_status", "phone_number"},
        {"contact_inboxes"},
        {"changed_attributes"},
    )
    return 0.95 if has_one_of(sample, told) else 0.0


FORMAT = Format(
    "chatwoot_conversations",
    "Chatwoot conversations with messages, contacts and webhooks (JSON)",
    ChatwootConversations,
    read,
    detects=detects,
    guide=GUIDE,
)


def _entries(path: Path, known: Known) -> Iterator[Entry]:
    for given in objects(path, FORM):
        if isinstance(given, Rejected):
            yield given
        elif given.kind == "webhook":
            yield from _webhook(given, known)
        else:
            yield from _entry(given, known)


def _webhook(given: Given, known: Known) -> Iterator[Entry]:
    """A webhook is the thing it is about, with the name of the event and what was changed beside its own fields."""
    fields, event = given.fields, given.fields["event"]
    if "message_type" in fields:
        yield from _alone(given, known)
        if event == "message_updated" and (key := ident(mapping(fields.get("conversation")).get("id"))):
            yield from came_as_far(given.line, fields, _thread(key), known)
    elif event.startswith("conversation_"):
        yield from _entry(given._replace(kind="conversation"), known)
        if key := ident(fields.get("id")):
            yield from once(changes(given.line, fields, _thread(key), known), known)
    elif event.startswith("contact_"):
        yield from _entry(given._replace(kind="contact"), known)
    else:
        yield unreadable(given.line, fields, "a webhook about a conversation, a message or a contact")


def _entry(given: Given, known: Known) -> Iterator[Entry]:
    fields = given.fields
    if given.kind == "conversation":
        yield from _conversation(given.line, fields, known)
    elif given.kind == "agent":
        known.agent(fields.get("id"), fields.get("name"), fields.get("email"))
    elif given.kind == "contact":
        if ident(fields.get("id")):
            yield person(given.line, fields, Channel.OTHER)
        else:
            yield unreadable(given.line, fields, "a contact with an id")
    else:
        yield from _alone(given, known)


def _alone(given: Given, known: Known) -> Iterator[Entry]:
    """A message that does not lie in its conversation; one of a webhook has it in itself."""
    fields = given.fields
    inside = mapping(fields.get("conversation"))
    key = ident(inside.get("id")) or ident(fields.get("conversation_id"))
    if not key:
        yield unreadable(given.line, fields, "a message with its conversation, or conversation_id")
        return
    if "status" in inside or "meta" in inside:
        own = {"inbox": fields.get("inbox"), **inside, "id": key, "messages": []}
        yield from _conversation(given.line, own, known)
    elif _thread(key) not in known.channels:
        known.channels[_thread(key)] = channel = channel_of(inside.get("channel"))
        yield Thread(_thread(key), channel, None)
    yield from message(given.line, fields, _thread(key), known)


def _conversation(line: int | None, fields: Mapping[str, Any], known: Known) -> Iterator[Entry]:
    key = ident(fields.get("id"))
    if not key:
        yield unreadable(line, fields, "a conversation with an id")
        return
    meta, more = mapping(fields.get("meta")), mapping(fields.get("additional_attributes"))
    thread, sender, assignee = _thread(key), mapping(meta.get("sender")), mapping(meta.get("assignee"))
    known.agent(assignee.get("id"), assignee.get("name"), assignee.get("email"))
    channel = channel_of(meta.get("channel") or fields.get("channel"))
    if channel is Channel.FACEBOOK and more.get("type") == "instagram_direct_message":
        channel = Channel.INSTAGRAM
    known.channels[thread] = channel
    yield Thread(
        thread,
        channel,
        words(more.get("mail_subject")),
        status=status(fields.get("status")),
        inbox=_inbox(fields),
        assignee=known.called(assignee.get("id")) or words(mapping(meta.get("team")).get("name")),
        labels=tuple(filter(None, map(words, listed(fields.get("labels"))))),
        started=known.instant(fields.get("created_at")),
    )
    if contact := ident(sender.get("id")):
        known.people[thread] = record(contact)
        yield person(line, sender, channel, mapping(fields.get("contact_inbox")))
    for each in listed(fields.get("messages")):
        yield from message(line, mapping(each), thread, known)


def _inbox(fields: Mapping[str, Any]) -> str | None:
    """The inbox by name, else by number."""
    return words(mapping(fields.get("inbox")).get("name")) or ident(fields.get("inbox_id"))


def _thread(key: str) -> str:
    return f"chatwoot:conversation:{key}"
