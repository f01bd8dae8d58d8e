"""Zendesk: tickets with their comments and audits, and users, as JSON."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.read.containers.json_lines import written
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.frames import Entry, Identifier, Person, Rejected, Thread, batches
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
    words,
)
from pipelines.read.helpdesk.json_objects import Form, Given, keys_in, objects, unreadable
from pipelines.read.helpdesk.zendesk_comments import OPENING, Ticket, opening, part, record, thread_key
from schemas.source import Source
from schemas.vocabulary import Channel, IdentifierType

GUIDE = """\
*Admin Center*, *Account*, *Tools*, *Reports*, *Export*, **JSON** (an administrator has to ask Zendesk for it once); or
what the API gives: pages of `/api/v2/tickets.json`, of incremental exports, of `/api/v2/users.json` and
`/api/v2/ticket_audits.json`, as they come, in one array, or one object a line. Comments and audits are read where they
lie in their ticket (`comments`, `audits`), beside it in an object with `ticket`, or where they state a `ticket_id`.

**What is read**: tickets with subject, channel, state, tags, assignee and receiving address; comments as messages,
internal ones as notes; names and types of attached files; from the audits who was assigned, and every change of state
and of tags; users who are no agents, with addresses and numbers, as of their `updated_at`. A file of users and one of
tickets may come in any order: they meet by the id of the user.

**What is not**: custom fields, ratings, SLAs, merged tickets. Users who are deleted (`active` is false, or "Permanently
Deleted User") or suspended are left out, each with a code; what they wrote stays. Zendesk's exports do not say which
users were merged.

A comment came in if its author is an end user, as far as the same file tells, or the requester of its ticket;
everybody else writes for the company. So deliver users and tickets in one file where others than the requester answer.
A ticket without its comments gives its description as the first message. `solved` and `closed` are resolved, `hold` is
snoozed.
"""
USERS = ("agent", "admin", "end-user")


def _kind(fields: Mapping[str, Any]) -> str | None:
    if "ticket" in fields:
        return "ticket" if isinstance(fields["ticket"], dict) else None
    if "requester_id" in fields and "id" in fields:
        return "ticket"
    if fields.get("role") in USERS:
        return "user"
    if isinstance(fields.get("events"), list) and "ticket_id" in fields:
        return "audit"
    return "comment" if "author_id" in fields and ("body" in fields or "html_body" in fields) else None


FORM = Form(
    _kind,
    {
        "users": "user",
        "user": "user",
        "groups": "group",
        "tickets": "ticket",
        "comments": "comment",
        "audits": "audit",
        "ticket_audits": "audit",
        "results": None,
    },
    "a ticket, comment, audit or user of Zendesk",
)


class ZendeskTickets(Source):
    """Options of Zendesk exports: those of any source."""


def read(path: Path, source: ZendeskTickets, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield an export as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    yield from batches(contacts_only(_entries(path, known := Known(source.zone())), known), rows)


def detects(sample: Sample) -> float:
    """Tickets, audits or users with the keys that only Zendesk gives them."""
    keys = keys_in(sample)
    if {"requester_id", "via"} <= keys or {"requester_id", "submitter_id"} <= keys:
        return 0.95
    if {"ticket_id", "events", "via"} <= keys or {"author_id", "html_body", "via"} <= keys:
        return 0.9
    user = {"role", "time_zone", "organization_id"} <= keys or {"role", "user_fields"} <= keys
    return 0.9 if user and b'"end-user"' in sample.start else 0.7 if user else 0.0


FORMAT = Format(
    "zendesk_tickets",
    "Zendesk tickets with comments and audits, and users (JSON)",
    ZendeskTickets,
    read,
    detects=detects,
    guide=GUIDE,
)


def _entries(path: Path, known: Known) -> Iterator[Entry]:
    for given in objects(path, FORM):
        if isinstance(given, Rejected):
            yield given
        elif given.kind == "user":
            yield from _user(given, known)
        elif given.kind == "group":
            known.agent(given.fields.get("id"), given.fields.get("name"))
        elif given.kind == "ticket":
            yield from _ticket(given, known)
        elif key := ident(given.fields.get("ticket_id")):
            yield from _alone(given, known, key)
        else:
            yield unreadable(given.line, given.fields, f"the {given.kind} of a ticket, with its ticket_id")


def _alone(given: Given, known: Known, key: str) -> Iterator[Entry]:
    """A comment or an audit that does not lie in its ticket."""
    if thread_key(key) not in known.channels:
        channel = channel_of(mapping(given.fields.get("via")).get("channel"))
        known.channels[thread_key(key)] = channel
        yield Thread(thread_key(key), channel, None)
    yield from part(given, known, Ticket(key))


def _user(given: Given, known: Known) -> Iterator[Entry]:
    fields = given.fields
    key = ident(fields.get("id"))
    if not key:
        yield unreadable(given.line, fields, "a user with an id")
    elif fields.get("role") in ("agent", "admin"):
        known.agent(key, fields.get("name"), fields.get("email"))
    elif left_out := no_contact({**fields, "deleted": fields.get("active") is False}, given.line):
        known.contacts[key] = None
        known.left_out[record(key)] = None
        yield left_out._replace(raw=written(fields))
    else:
        known.contacts[key] = None
        own = [(IdentifierType.EMAIL, fields.get("email"), "email")]
        if fields.get("shared_phone_number") is not True:
            own.append((IdentifierType.PHONE, fields.get("phone"), "phone"))
        for identity in map(mapping, listed(fields.get("identities"))):
            kinds = {"email": IdentifierType.EMAIL, "phone_number": IdentifierType.PHONE}
            if kind := kinds.get(str(identity.get("type"))):
                own.append((kind, identity.get("value"), "identities"))
        own.append((IdentifierType.EXTERNAL_ID, fields.get("external_id"), "external_id"))
        name, changed = words(fields.get("name")), known.changed(fields)
        yield Person(record(key), Channel.OTHER, name, known_by(*own), given.line, changed)


def _ticket(given: Given, known: Known) -> Iterator[Entry]:
    fields = {**mapping(given.fields.get("ticket")), **given.fields}
    key, requester = ident(fields.get("id")), ident(fields.get("requester_id"))
    if not key:
        yield unreadable(given.line, given.fields, "a ticket with an id")
        return
    for user in map(mapping, listed(fields.get("users"), "users")):
        yield from _user(Given(given.line, "user", dict(user)), known)
    via = mapping(fields.get("via"))
    channel, thread = channel_of(via.get("channel")), thread_key(key)
    known.channels[thread] = channel
    yield Thread(
        thread,
        channel,
        words(fields.get("subject")),
        status=status_of(fields.get("status")),
        inbox=words(fields.get("recipient")),
        assignee=known.called(fields.get("assignee_id")) or known.called(fields.get("group_id")),
        labels=tuple(filter(None, map(words, listed(fields.get("tags"))))),
        started=known.instant(fields.get("created_at")),
    )
    if requester and requester not in known.agents:
        known.people[thread] = record(requester)
        yield _requester(given.line, requester, channel, fields, via)
    ticket = Ticket(
        key, opening(fields, known), frozenset(filter(None, map(ident, listed(fields.get("email_cc_ids")))))
    )
    parts = [(kind, each) for kind in ("comment", "audit") for each in listed(fields.get(f"{kind}s"), f"{kind}s")]
    if not parts and fields.get("description"):
        author = ident(fields.get("submitter_id")) or requester
        body = {"id": OPENING, "author_id": author, "body": fields["description"]}
        parts = [("comment", {**body, "created_at": fields.get("created_at")})]
    for kind, each in parts:
        yield from part(Given(given.line, kind, dict(mapping(each))), known, ticket)


def _requester(
    line: int | None, key: str, channel: Channel, fields: Mapping[str, Any], via: Mapping[str, Any]
) -> Person:
    """Whoever asked; what the ticket says of where it came from is theirs only if they sent it in themselves."""
    own = mapping(fields.get("requester"))
    told = [
        (IdentifierType.EMAIL, own.get("email"), "requester.email"),
        (IdentifierType.PHONE, own.get("phone"), "requester.phone"),
    ]
    source = mapping(via.get("source"))
    origin = mapping(source.get("from")) if ident(fields.get("submitter_id")) == key else {}
    number = IdentifierType.WA_ID if channel is Channel.WHATSAPP else IdentifierType.PHONE
    told += [
        (IdentifierType.EMAIL, origin.get("address") if channel is Channel.EMAIL else None, "via.source.from.address"),
        (number, origin.get("phone"), "via.source.from.phone"),
    ]
    page, psid = ident(mapping(source.get("to")).get("facebook_id")), ident(origin.get("facebook_id"))
    scoped = [Identifier(IdentifierType.PSID, psid, "via.source.from.facebook_id", page)] if page and psid else []
    name = words(own.get("name")) or words(origin.get("name"))
    return Person(record(key), channel, name, (*known_by(*told), *scoped), line)
