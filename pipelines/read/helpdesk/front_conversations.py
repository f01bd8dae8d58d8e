"""Front: conversations with messages, comments and events, contacts and teammates, as JSON."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.frames import Entry, Identifier, Message, Person, Rejected, Thread, batches
from pipelines.read.helpdesk.common import (
    Known,
    channel_of,
    contacts_only,
    files,
    ident,
    kept,
    kind_of,
    listed,
    mapping,
    no_contact,
    status_of,
    text_of,
    words,
)
from pipelines.read.helpdesk.front_events import TARGETS, happened, noted
from pipelines.read.helpdesk.front_participants import handle_identifiers, party
from pipelines.read.helpdesk.json_objects import Form, Given, keys_in, objects, unreadable
from schemas.error_codes import ErrorCode
from schemas.source import Source
from schemas.vocabulary import Author, Channel, Direction, Outcome

GUIDE = """\
What Front's API gives: pages of `/conversations`, of their `/messages`, `/comments` and `/events`, of `/events`,
`/contacts` and `/teammates`, as they come, in one array, or one object a line. Messages, comments and events are read
where they lie in their conversation or beside it (`{"conversation": …, "messages": […], "events": […]}`), or where
they link to it.

**What is read**: conversations with subject, channel, state, tags and assignee; messages with direction, names and
types of attached files; comments as notes; from the events who was assigned, what was archived, reopened, tagged and
untagged, and all others by their name; contacts with their handles, as of their `updated_at`. Those that are deleted
are left out with a code. People are known by Front's contact where a message links to one, else by their handle.

**What is not**: custom fields, links, rules, and drafts, which are counted as *skipped*. A contact that was merged into
another is not told of in exports.
"""


def _kind(fields: Mapping[str, Any]) -> str | None:
    if "emitted_at" in fields:
        return "event"
    if isinstance(fields.get("conversation"), dict):
        return "bundle"
    if "is_inbound" in fields:
        return "message"
    if "posted_at" in fields:
        return "comment"
    if "handles" in fields:
        return "contact"
    if "username" in fields and "first_name" in fields:
        return "teammate"
    return "conversation" if "id" in fields and ("status" in fields or "status_category" in fields) else None


FORM = Form(_kind, {"_results": None, "conversations": None}, "a conversation, message, event or contact of Front")


class FrontConversations(Source):
    """Options of Front exports: those of any source."""


def read(path: Path, source: FrontConversations, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield an export as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    yield from batches(contacts_only(_entries(path, known := Known(source.zone())), known), rows)


def detects(sample: Sample) -> float:
    """Conversations, messages, events or contacts with the keys that only Front gives them."""
    keys = keys_in(sample)
    told = ({"status_category"}, {"emitted_at", "type"}, {"is_inbound", "recipients"}, {"handles", "_links"})
    if any(each <= keys for each in told):
        return 0.95
    return 0.9 if b".frontapp.com/" in sample.start and keys else 0.0


FORMAT = Format(
    "front_conversations",
    "Front conversations with messages, comments and events, and contacts (JSON)",
    FrontConversations,
    read,
    detects=detects,
    guide=GUIDE,
)


def _entries(path: Path, known: Known) -> Iterator[Entry]:
    for given in objects(path, FORM):
        if isinstance(given, Rejected):
            yield given
        elif given.kind == "teammate":
            _teammate(given.fields, known)
        elif given.kind == "contact":
            yield from _contact(given, known)
        elif given.kind == "conversation":
            yield from _conversation(given.line, given.fields, given.fields, known)
        elif given.kind == "bundle":
            yield from _conversation(given.line, mapping(given.fields["conversation"]), given.fields, known)
        else:
            yield from _alone(given, known)


def _teammate(fields: Mapping[str, Any], known: Known) -> None:
    full = " ".join(filter(None, (words(fields.get("first_name")), words(fields.get("last_name")))))
    known.agent(fields.get("id"), full, fields.get("username"), fields.get("email"))


def _contact(given: Given, known: Known) -> Iterator[Entry]:
    key = ident(given.fields.get("id"))
    if not key:
        yield unreadable(given.line, given.fields, "a contact with an id")
        return
    if left_out := no_contact(given.fields, given.line):
        known.left_out[f"front:contact:{key}"] = None
        yield left_out
        return
    found: tuple[Identifier, ...] = ()
    for handle in map(mapping, listed(given.fields.get("handles"))):
        found += handle_identifiers(handle.get("handle"), str(handle.get("source")), None, "handles")
    name, changed = words(given.fields.get("name")), known.changed(given.fields)
    yield Person(f"front:contact:{key}", Channel.OTHER, name, found, given.line, changed)


def _alone(given: Given, known: Known) -> Iterator[Entry]:
    """A message, a comment or an event that does not lie in its conversation, but links to it."""
    fields = given.fields
    inside = mapping(fields.get("conversation"))
    link = mapping(mapping(fields.get("_links")).get("related")).get("conversation")
    key = ident(inside.get("id")) or (link.rpartition("/")[2] if isinstance(link, str) else None)
    if not key:
        yield unreadable(given.line, fields, "the conversation it belongs to, or a link to it")
        return
    if inside:
        yield from _conversation(given.line, inside, {}, known)
    elif _thread(key) not in known.channels:
        known.channels[_thread(key)] = channel = channel_of(fields.get("type"))
        yield Thread(_thread(key), channel, None)
    yield from _part(given.line, given.kind, fields, _thread(key), known)


def _conversation(
    line: int | None, fields: Mapping[str, Any], beside: Mapping[str, Any], known: Known
) -> Iterator[Entry]:
    key = ident(fields.get("id"))
    if not key:
        yield unreadable(line, fields, "a conversation with an id")
        return
    thread, assignee = _thread(key), mapping(fields.get("assignee"))
    _teammate(assignee, known)
    messages = [mapping(each) for each in listed(beside.get("messages"), "_results")]
    recipient = mapping(fields.get("recipient"))
    channel = channel_of(next((each.get("type") for each in messages), mapping(fields.get("last_message")).get("type")))
    channel = known.channels.get(thread, channel)
    if channel is Channel.OTHER and "@" in (words(recipient.get("handle")) or ""):
        channel = Channel.EMAIL
    known.channels[thread] = channel
    category = status_of(fields.get("status_category"))
    yield Thread(
        thread,
        channel,
        words(fields.get("subject")),
        status=category or status_of(fields.get("status")),
        assignee=known.called(assignee.get("id")),
        labels=tuple(filter(None, (words(mapping(tag).get("name")) for tag in listed(fields.get("tags"))))),
        started=known.instant(fields.get("created_at")),
    )
    if person := party(recipient, channel, None, line):
        known.people[thread] = person.record_id
        yield person
    for kind in ("message", "comment", "event"):
        for each in listed(beside.get(f"{kind}s"), "_results"):
            yield from _part(line, kind, mapping(each), thread, known)


def _part(line: int | None, kind: str, fields: Mapping[str, Any], thread: str, known: Known) -> Iterator[Entry]:
    if kind == "message":
        yield from _message(line, fields, thread, known)
    elif kind == "comment":
        yield noted(line, fields, thread, known)
    elif target := TARGETS.get(str(fields.get("type"))):
        data = mapping(mapping(fields.get("target")).get("data"))
        if data:  # an event of the message or the comment itself, which may stand elsewhere too
            yield from _part(line, target, data, thread, known)
    else:
        yield happened(line, fields, thread, known)


def _message(line: int | None, fields: Mapping[str, Any], thread: str, known: Known) -> Iterator[Entry]:
    key, at, inbound = ident(fields.get("id")), known.at(fields.get("created_at")), fields.get("is_inbound")
    if not key or not at or not isinstance(inbound, bool):
        yield unreadable(line, fields, "a message with an id, created_at and is_inbound")
        return
    if fields.get("is_draft") is True:
        yield Rejected(
            line, ErrorCode.ENTRY_SKIPPED, "a message that was sent: drafts are left out", "", Outcome.SKIPPED
        )
        return
    channel = channel_of(fields.get("type"))
    parties = [mapping(each) for each in listed(fields.get("recipients"))]
    others = [each for each in parties if each.get("role") == ("from" if inbound else "to")]
    own = next((each.get("handle") for each in parties if each.get("role") == ("to" if inbound else "from")), None)
    person = next((found for each in others if (found := party(each, channel, own, line))), None)
    if person:
        yield person
    author = mapping(fields.get("author"))
    if not inbound:
        _teammate(author, known)
    text = text_of(fields.get("text"), fields.get("body"))
    attached = files(fields.get("attachments"), ("filename", "name"))
    said = Message(
        line,
        f"front:message:{key}",
        thread,
        person.record_id if person else known.people.get(thread),
        Direction.INBOUND if inbound else Direction.OUTBOUND,
        (person.name if person else None) if inbound else known.names.get(ident(author.get("id")) or ""),
        kind_of(text, attached),
        text,
        at,
        attached,
        Author.CONTACT if inbound else Author.AGENT if author else None,
    )
    yield kept(said)


def _thread(key: str) -> str:
    return f"front:conversation:{key}"
