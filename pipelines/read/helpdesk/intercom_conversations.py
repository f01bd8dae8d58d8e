"""Intercom: conversations with their parts, contacts and admins, as JSON."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.frames import Entry, Person, Rejected, Thread, batches
from pipelines.read.helpdesk.common import (
    Known,
    channel_of,
    contacts_only,
    ident,
    known_by,
    listed,
    mapping,
    no_contact,
    status_of,
    text_of,
    words,
)
from pipelines.read.helpdesk.intercom_parts import INSIDE, OUTSIDE, Place, labelled, part, record
from pipelines.read.helpdesk.json_objects import Form, Given, has_one_of, objects, unreadable
from schemas.source import Source
from schemas.vocabulary import Channel, ConversationStatus, IdentifierType

GUIDE = """\
What Intercom's API gives: `/conversations/<id>` for each conversation (the list of `/conversations` has no parts),
pages of `/contacts`, `/admins` and `/teams`, as they come, in one array, or one object a line; a log of its webhooks
about conversations too.

**What is read**: conversations with subject, channel, state, tags and who has them; what began them (`source`) and
every part as messages, notes as such, words of Fin and of workflows as a bot's; names and types of attached files; who
was assigned, opened, closed or snoozed them, and tags with the time they were put on; contacts, users and leads alike,
with addresses, numbers and their id in your own system. A file of contacts and one of conversations may come in any
order: they meet by the id of the contact. Contacts count as of their `updated_at`; those that are deleted, archived or
merged are left out, each with a code.

**What is not**: custom attributes, companies, ratings, and parts of kinds that Intercom has for itself, which are told
as events without more. An export does not say which leads were merged into which users.
"""


def _kind(fields: Mapping[str, Any]) -> str | None:
    kind = fields.get("type")
    if kind == "conversation" or "conversation_parts" in fields:
        return "conversation"
    if kind in ("admin", "team"):
        return "agent"
    return "contact" if kind in OUTSIDE and "id" in fields else None


FORM = Form(
    _kind,
    {"admins": "agent", "teams": "agent", "contacts": "contact", "conversations": None, "data": None, "item": None},
    "a conversation, contact, admin or team of Intercom",
)


class IntercomConversations(Source):
    """Options of Intercom exports: those of any source."""


def read(path: Path, source: IntercomConversations, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield an export as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    yield from batches(contacts_only(_entries(path, known := Known(source.zone())), known), rows)


def detects(sample: Sample) -> float:
    """Conversations, contacts or admins with the keys that only Intercom gives them."""
    told = (
        {"conversation_parts"},
        {"admin_assignee_id", "team_assignee_id"},
        {"workspace_id", "external_id", "role"},
        {"has_inbox_seat", "away_mode_enabled"},
    )
    return 0.95 if has_one_of(sample, told) else 0.0


FORMAT = Format(
    "intercom_conversations",
    "Intercom conversations with parts, contacts and admins (JSON)",
    IntercomConversations,
    read,
    detects=detects,
    guide=GUIDE,
)


def _entries(path: Path, known: Known) -> Iterator[Entry]:
    for given in objects(path, FORM):
        if isinstance(given, Rejected):
            yield given
        elif given.kind == "agent":
            known.agent(given.fields.get("id"), given.fields.get("name"), given.fields.get("email"))
        elif given.kind == "contact":
            yield from _contact(given, known)
        else:
            yield from _conversation(given, known)


def _contact(given: Given, known: Known) -> Iterator[Entry]:
    key = ident(given.fields.get("id"))
    if not key:
        yield unreadable(given.line, given.fields, "a contact with an id")
    elif left_out := no_contact(given.fields, given.line):
        known.left_out[record(key)] = None
        yield left_out
    else:
        person = _person(given.line, key, Channel.OTHER, given.fields, "")
        yield person._replace(observed_at=known.changed(given.fields))


def _person(line: int | None, key: str, channel: Channel, fields: Mapping[str, Any], place: str) -> Person:
    told = known_by(
        (IdentifierType.EMAIL, fields.get("email"), f"{place}email"),
        (IdentifierType.PHONE, fields.get("phone"), f"{place}phone"),
        (IdentifierType.EXTERNAL_ID, fields.get("external_id"), f"{place}external_id"),
    )
    return Person(record(key), channel, words(fields.get("name")), told, line)


def _conversation(given: Given, known: Known) -> Iterator[Entry]:
    fields = given.fields
    key, at = ident(fields.get("id")), known.at(fields.get("created_at"))
    if not key or not at:
        yield unreadable(given.line, fields, "a conversation with an id and created_at")
        return
    source = mapping(fields.get("source"))
    author = mapping(source.get("author"))
    people = _people(given, channel := channel_of(source.get("type")), author)
    thread = f"intercom:conversation:{key}"
    for teammate in (author, *(mapping(each.get("author")) for each in _parts(fields))):
        if teammate.get("type") in INSIDE and words(teammate.get("name")):
            known.agent(teammate.get("id"), teammate.get("name"))
    yield Thread(
        thread,
        channel,
        words(fields.get("title")) or words(text_of(None, source.get("subject"))),
        is_group=len(people) > 1,
        status=_status(fields),
        assignee=known.called(fields.get("admin_assignee_id") or fields.get("team_assignee_id") or None),
        labels=tuple(filter(None, (words(tag.get("name")) for tag in _tags(fields)))),
        started=at.instant,
    )
    yield from people.values()
    place = Place(given.line, thread, channel, next(iter(people), None), known)
    opening = {**source, "id": "source", "part_type": "comment", "created_at": fields.get("created_at")}
    if text_of(None, source.get("body")) or source.get("attachments") or source.get("redacted") is True:
        yield from part(place, opening, f"{thread}:source")
    for each in _parts(fields):
        yield from part(place, each, None)
    for tag in _tags(fields):
        yield from labelled(place, tag)


def _people(given: Given, channel: Channel, author: Mapping[str, Any]) -> dict[str, Person]:
    """Those a conversation is held with, by record id; of who began it the conversation tells more."""
    told = [mapping(each) for each in listed(given.fields.get("contacts"), "contacts", "data")]
    people = [_person(given.line, key, channel, each, "contacts.") for each in told if (key := ident(each.get("id")))]
    if author.get("type") in OUTSIDE and (key := ident(author.get("id"))):
        people.insert(0, _person(given.line, key, channel, author, "source.author."))
    found: dict[str, Person] = {}
    for each in people:
        first = found.setdefault(each.record_id, each)
        found[each.record_id] = first._replace(identifiers=tuple(dict.fromkeys(first.identifiers + each.identifiers)))
    return found


def _status(fields: Mapping[str, Any]) -> ConversationStatus | None:
    if isinstance(fields.get("state"), str):
        return status_of(fields["state"])
    opened = {True: ConversationStatus.OPEN, False: ConversationStatus.RESOLVED}
    return opened[fields["open"]] if isinstance(fields.get("open"), bool) else None


def _parts(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [mapping(each) for each in listed(fields.get("conversation_parts"), "conversation_parts", "data")]


def _tags(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [mapping(each) for each in listed(fields.get("tags"), "tags", "data")]
