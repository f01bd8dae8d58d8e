from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.read.core.frames import Event, Identifier, Message, Person, Rejected
from pipelines.read.helpdesk.common import Known
from pipelines.read.helpdesk.front_events import STATES, TARGETS, happened, noted
from pipelines.read.helpdesk.front_participants import handle_identifiers, party
from schemas.vocabulary import Channel, IdentifierType

TEN, STAMP = datetime(2026, 3, 2, 10, tzinfo=UTC), 1_772_445_600
INA = {"data": {"id": "8", "first_name": "Ina", "last_name": "Kern"}}


def event(kind: str | None, **fields: Any) -> Event:
    found = happened(4, {"id": "1", "emitted_at": STAMP, "type": kind, "source": INA} | fields, "thread", Known())
    assert isinstance(found, Event)
    assert (found.line, found.key, found.conversation, found.at.instant) == (4, "front:event:1", "thread", TEN)
    assert found.actor == "Ina Kern"
    return found


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("assign", ("assigned", None, "vip", None)),
        ("unassign", ("assigned", "vip", None, None)),
        ("tag", ("label_added", None, "vip", None)),
        ("untag", ("label_removed", "vip", None, None)),
        ("archive", ("status_changed", None, "resolved", None)),
        *((kind, ("status_changed", None, "open", None)) for kind in ("reopen", "restore", "reminder")),
        ("trash", ("status_changed", None, "deleted", None)),
        ("sending_error", ("system", None, None, "sending error")),
    ],
)
def test_an_event_is_what_its_type_says(kind: str, expected: tuple[Any, ...]) -> None:
    found = event(kind, target={"data": {"name": "vip"}})
    assert (found.kind, found.before, found.after, found.text) == expected


@pytest.mark.parametrize("lacking", [{"id": None}, {"emitted_at": None}, {"type": None}])
def test_an_event_that_lacks_something_is_refused(lacking: dict[str, Any]) -> None:
    found = happened(4, {"id": "1", "emitted_at": STAMP, "type": "assign"} | lacking, "thread", Known())
    assert isinstance(found, Rejected)
    assert found.expected == "an event with an id, a type and emitted_at"


def test_a_comment_is_a_note() -> None:
    known = Known()
    known.people["thread"] = "anna"
    known.agent("8", "Ina")
    fields = {"id": "1", "posted_at": STAMP, "body": "call her", "author": {"id": "8"}, "attachments": [{"name": "a"}]}
    found = noted(4, fields, "thread", known)
    assert isinstance(found, Message)
    assert (found.line, found.key, found.conversation, found.person) == (4, "front:comment:1", "thread", "anna")
    assert (found.direction, found.sender, found.kind, found.text) == ("outbound", "Ina", "note", "call her")
    assert (found.author, found.sent.instant, found.attachments[0].name) == ("agent", TEN, "a")
    for lacking in ({"id": None}, {"posted_at": None}):
        refused = noted(4, fields | lacking, "thread", known)
        assert isinstance(refused, Rejected)
        assert refused.expected == "a comment with an id and posted_at"


def test_these_events_are_of_messages_and_these_change_a_state() -> None:
    assert dict.fromkeys(("inbound", "outbound", "out_reply"), "message") | {"comment": "comment"} == TARGETS
    assert list(STATES) == ["archive", "reopen", "restore", "reminder", "trash"]


# who talks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "kind", "scope"),
    [
        ("email", "email", ""),
        ("phone", "phone", ""),
        ("sms", "phone", ""),
        ("whatsapp", "wa_id", ""),
        ("facebook", "psid", "page"),
        ("instagram", "igsid", "page"),
        ("twitter", "username", "twitter"),
        ("telegram", "username", "telegram"),
    ],
)
def test_a_handle_is_what_its_source_makes_of_it(source: str, kind: str, scope: str) -> None:
    handle = "a@x.example" if source == "email" else "49151"
    assert handle_identifiers(handle, source, "page", "f") == (Identifier(IdentifierType(kind), handle, "f", scope),)
    assert handle_identifiers(None, source, "page", "f") == ()
    alone = handle_identifiers(handle, source, None, "f")
    assert bool(alone) is (scope != "page")


def test_a_handle_of_no_meaning_is_none() -> None:
    assert handle_identifiers("x", "custom", "page", "f") == ()


def test_a_recipient_is_the_contact_it_links_to_else_its_handle() -> None:
    link = {"_links": {"related": {"contact": "https://api.example/contacts/crd_1"}}}
    linked = party({"handle": "A@x.example", "name": "Anna"} | link, Channel.EMAIL, None, 4)
    known = (Identifier(IdentifierType.EMAIL, "A@x.example", "recipients"),)
    assert linked == Person("front:contact:crd_1", Channel.EMAIL, "Anna", known, 4)
    alone = party({"handle": "A@x.example"}, Channel.EMAIL, None, 4)
    assert alone == Person("front:handle:email:a@x.example", Channel.EMAIL, None, known, 4)
    bare = party(link, Channel.EMAIL, None, 4)
    assert bare == Person("front:contact:crd_1", Channel.EMAIL, None, (), 4)
    assert party({"handle": 5}, Channel.PHONE, None, 4) is not None
    assert party({"name": "Anna", "_links": {"related": {"contact": 5}}}, Channel.EMAIL, None, 4) is None
