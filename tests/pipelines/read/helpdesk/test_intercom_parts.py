from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.read.core.frames import Entry, Event, Message, Person, Rejected
from pipelines.read.helpdesk.common import Known
from pipelines.read.helpdesk.intercom_parts import STATES, Place, labelled, part, record
from schemas.vocabulary import Channel

TEN, STAMP = datetime(2026, 3, 2, 10, tzinfo=UTC), 1_772_445_600
ANNA = {"type": "user", "id": "7", "name": "Anna"}
INA = {"type": "admin", "id": "8", "name": "Ina"}


def place(person: str | None = "intercom:contact:7") -> Place:
    known = Known()
    known.agent("8", "Ina Kern")
    known.agent("9", "Ben")
    return Place(4, "thread", Channel.WEB_CHAT, person, known)


def told(where: Place | None = None, key: str | None = None, **fields: Any) -> list[Entry]:
    return list(part(where or place(), {"id": "p1", "created_at": STAMP} | fields, key))


def said(where: Place | None = None, **fields: Any) -> Message:
    [found] = told(where, **{"part_type": "comment", "body": "<p>hi</p>"} | fields)
    assert isinstance(found, Message)
    return found


def happened(**fields: Any) -> list[Event]:
    return [each for each in told(**fields) if isinstance(each, Event)]


@pytest.mark.parametrize(
    ("author", "direction", "who"),
    [
        *(
            ({"type": kind, "id": "7", "name": "Anna"}, "inbound", "contact")
            for kind in ("user", "lead", "contact", "visitor")
        ),
        *(({"type": kind, "id": "8"}, "outbound", "agent") for kind in ("admin", "team")),
        ({"type": "bot"}, "outbound", "bot"),
        ({"type": "admin", "from_ai_agent": True}, "outbound", "bot"),
        ({"type": "admin", "from_ai_agent": "yes"}, "outbound", "agent"),
        ({}, "outbound", None),
    ],
)
def test_a_part_is_of_who_wrote_it(author: dict[str, Any], direction: str, who: str | None) -> None:
    found = said(author=author)
    assert (found.direction, found.author, found.sender) == (direction, who, author.get("name"))
    assert (found.line, found.key, found.conversation, found.person) == (
        *(4, "intercom:part:p1", "thread", "intercom:contact:7"),
    )
    assert (found.kind, found.text, found.sent.instant) == ("text", "hi", TEN)


def test_a_part_without_an_id_of_its_own_is_called_as_it_is_told() -> None:
    assert told(key="source:1", part_type="comment", body="x")[0].key == "source:1"  # type: ignore[union-attr]


def test_another_contact_who_writes_is_a_person() -> None:
    person, message = told(part_type="comment", body="hi", author={"type": "lead", "id": "9", "name": "Cleo"})
    assert person == Person(record("9"), Channel.WEB_CHAT, "Cleo", (), 4)
    assert isinstance(message, Message)
    assert message.person == "intercom:contact:9"
    assert said(author={"type": "user"}).person == "intercom:contact:7"
    assert len(told(part_type="comment", body="hi", author={"type": "admin", "id": "9"})) == 1


@pytest.mark.parametrize(
    ("fields", "kind", "direction"),
    [
        ({"part_type": "note", "author": INA}, "note", "outbound"),
        ({"part_type": "note", "author": ANNA}, "note", "outbound"),
        ({"part_type": "quick_reply", "author": ANNA}, "interactive", "inbound"),
        ({"part_type": "comment", "body": None, "author": ANNA}, "other", "inbound"),
        ({"body": None, "attachments": [{"name": "a.pdf"}], "author": ANNA}, "media", "inbound"),
        ({"redacted": True, "author": ANNA}, "deleted", "inbound"),
        ({"redacted": "no", "author": ANNA}, "text", "inbound"),
        ({"part_type": "note", "redacted": True, "author": INA}, "note", "outbound"),
    ],
)
def test_a_message_is_what_it_is_made_of(fields: dict[str, Any], kind: str, direction: str) -> None:
    found = said(**fields)
    assert (found.kind, found.direction) == (kind, direction)
    assert (found.text is None) == (fields.get("redacted") is True or ("body" in fields))


def test_files_are_called_by_name_else_by_address() -> None:
    found = said(attachments=[{"name": "a.pdf", "content_type": "x/y"}, {"url": "https://a.example/b.png"}])
    assert [tuple(each)[:2] for each in found.attachments] == [("a.pdf", "x/y"), ("b.png", None)]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *((word, "open") for word in ("open", "reopen", "unsnooze", "unsnoozed")),
        *(("close", "resolved"), ("snoozed", "snoozed")),
    ],
)
def test_a_state_that_changes_is_an_event(word: str, state: str) -> None:
    [event] = happened(part_type=word, author=INA)
    assert (event.line, event.key, event.conversation) == (4, "intercom:part:p1:status_changed", "thread")
    assert (event.kind, event.after, event.text, event.actor) == ("status_changed", state, None, "Ina")
    assert STATES[word] == state


@pytest.mark.parametrize(
    ("assigned", "after"),
    [({"name": "Ben", "id": "1"}, "Ben"), ({"id": "9"}, "Ben"), ("9", "Ben"), (5, "5"), (None, None)],
)
def test_an_assignment_is_an_event(assigned: Any, after: str | None) -> None:
    for kind in ("assignment", "default_assignment", "assign_and_reopen"):
        event, *more = happened(part_type=kind, assigned_to=assigned, author={"id": "8"})
        assert (event.kind, event.after, event.actor) == ("assigned", after, "Ina Kern")
        assert [each.after for each in more] == (["open"] if kind == "assign_and_reopen" else [])


def test_a_part_may_be_said_and_done_at_once() -> None:
    message, event = told(part_type="close", body="bye", author=INA)
    assert isinstance(message, Message)
    assert isinstance(event, Event)
    assert (message.text, event.after) == ("bye", "resolved")


def test_what_is_nothing_of_ours_is_told_by_its_name() -> None:
    [event] = happened(part_type="title_changed", author=INA)
    assert (event.kind, event.text, event.key) == ("system", "title changed", "intercom:part:p1:system")
    [event] = happened()
    assert event.text is None


@pytest.mark.parametrize("lacking", [{"id": None}, {"created_at": None}])
def test_a_part_without_an_id_or_a_time_is_refused(lacking: dict[str, Any]) -> None:
    [found] = told(part_type="comment", body="x", **lacking)
    assert isinstance(found, Rejected)
    assert (found.line, found.expected) == (4, "a part with an id and created_at")


def test_a_tag_that_was_put_on_is_an_event() -> None:
    [event] = labelled(place(), {"id": "3", "name": "vip", "applied_at": STAMP, "applied_by": {"id": "8"}})
    assert isinstance(event, Event)
    assert (event.line, event.key) == (4, f"thread:tag:3:{TEN}")
    assert (event.kind, event.after, event.before, event.actor) == ("label_added", "vip", None, "Ina Kern")
    [event] = labelled(place(), {"name": "vip", "applied_at": STAMP})
    assert isinstance(event, Event)
    assert event.key == f"thread:tag:vip:{TEN}"
    assert list(labelled(place(), {"name": "vip"})) == list(labelled(place(), {"applied_at": STAMP})) == []
