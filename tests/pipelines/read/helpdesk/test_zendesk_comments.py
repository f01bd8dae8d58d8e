from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.read.core.frames import Entry, Event, Message, Person, Rejected
from pipelines.read.helpdesk.common import Known
from pipelines.read.helpdesk.json_objects import Given
from pipelines.read.helpdesk.zendesk_comments import OPENING, Ticket, opening, part, record, thread_key
from schemas.vocabulary import Channel

TEN, STAMP = datetime(2026, 3, 2, 10, tzinfo=UTC), "2026-03-02T10:00:00Z"
THREAD = "zendesk:ticket:5"
FIVE = Ticket("5")


def known() -> Known:
    """Ina is an agent, Cleo a contact, and the ticket was asked for by Anna."""
    told = Known()
    told.agent("8", "Ina")
    told.names["7"] = "Anna"
    told.contacts["9"] = None
    told.people[THREAD] = record("7")
    told.channels[THREAD] = Channel.EMAIL
    return told


def given(kind: str, **fields: Any) -> Given:
    return Given(4, kind, {"id": "1", "created_at": STAMP} | fields)


def told(*, ticket: Ticket = FIVE, of: Known | None = None, **fields: Any) -> list[Entry]:
    return list(part(given("comment", **{"author_id": "7", "plain_body": "hi"} | fields), of or known(), ticket))


def said(**fields: Any) -> Message:
    [found] = told(**fields)
    assert isinstance(found, Message)
    return found


def test_a_comment_is_a_message_of_its_ticket() -> None:
    found = said()
    assert (found.line, found.key, found.conversation, found.person) == (4, "zendesk:comment:1", THREAD, record("7"))
    assert (found.direction, found.sender, found.author) == ("inbound", "Anna", "contact")
    assert (found.kind, found.text, found.sent.instant) == ("text", "hi", TEN)
    assert thread_key("5") == THREAD


@pytest.mark.parametrize(
    ("author", "direction", "who"),
    [
        *(("7", "inbound", "contact"), ("9", "inbound", "contact"), ("11", "inbound", "contact")),
        *(
            ("8", "outbound", "agent"),
            ("10", "outbound", "agent"),
            ("-1", "outbound", "system"),
            (None, "outbound", "agent"),
        ),
    ],
)
def test_whoever_is_not_known_for_an_outsider_is_an_agent(author: str | None, direction: str, who: str) -> None:
    *people, found = told(author_id=author, ticket=Ticket("5", copied=frozenset({"11"})))
    assert isinstance(found, Message)
    assert (found.direction, found.author) == (direction, who)
    assert [each.record_id for each in people if isinstance(each, Person)] == (
        [record(str(author))] if author in ("9", "11") else []
    )
    assert found.person == (record(str(author)) if author in ("9", "11") else record("7"))


def test_another_person_is_told_of_on_the_channel_of_the_ticket() -> None:
    person, _ = told(author_id="9")
    assert person == Person(record("9"), Channel.EMAIL, None, (), 4)
    elsewhere = known()
    elsewhere.channels.clear()
    person, _ = told(author_id="9", of=elsewhere)
    assert isinstance(person, Person)
    assert person.channel == "other"


def test_an_agent_who_asks_is_an_agent() -> None:
    own = known()
    own.people[THREAD] = record("8")
    assert said(author_id="8", of=own).direction == "outbound"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"public": False, "author_id": "8"}, "note"),
        ({"public": False}, "text"),
        ({"public": None, "author_id": "8"}, "text"),
        ({"type": "VoiceComment"}, "call"),
        ({"plain_body": None, "attachments": [{"file_name": "a.pdf"}]}, "media"),
        ({"plain_body": None}, "other"),
    ],
)
def test_a_comment_is_what_it_is_made_of(fields: dict[str, Any], kind: str) -> None:
    assert said(**fields).kind == kind


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"plain_body": "plain", "body": "body"}, "plain"),
        ({"plain_body": None, "body": "body", "data": {"transcription_text": "spoken"}}, "body"),
        ({"plain_body": "", "data": {"transcription_text": "spoken"}}, "spoken"),
        ({"plain_body": None, "html_body": "<p>rich</p>"}, "rich"),
    ],
)
def test_a_comment_says_the_plainest_of_its_words(fields: dict[str, Any], text: str) -> None:
    assert said(**fields).text == text


def test_the_comment_that_the_description_repeats_has_its_key() -> None:
    assert said(ticket=Ticket("5", "1")).key == f"zendesk:ticket:5:{OPENING}"


@pytest.mark.parametrize("lacking", [{"id": None}, {"created_at": None}])
def test_a_comment_without_an_id_or_a_time_is_refused(lacking: dict[str, Any]) -> None:
    [found] = told(**lacking)
    assert isinstance(found, Rejected)
    assert (found.line, found.expected) == (4, "a comment with an id and created_at")


def comment(key: str, minute: int, body: str) -> dict[str, Any]:
    return {"id": key, "created_at": f"2026-03-02T10:{minute:02}:00Z", "plain_body": body}


def test_the_first_comment_is_the_one_that_the_description_repeats() -> None:
    comments = [comment("2", 5, "later"), comment("1", 1, "hello")]
    assert opening({"description": "hello", "comments": comments}, Known()) == "1"
    assert opening({"description": "later", "comments": comments}, Known()) == OPENING
    assert opening({"description": "hello", "comments": {"comments": comments}}, Known()) == "1"
    assert opening({"description": "hello"}, Known()) == OPENING
    assert opening({"description": "hello", "comments": [{"plain_body": "hello"}]}, Known()) == OPENING


@pytest.mark.parametrize("kind", ["Comment", "VoiceComment"])
def test_the_first_comment_may_lie_in_an_audit(kind: str) -> None:
    audit = {"created_at": STAMP, "events": [{"type": "Change"}, {"type": kind, "id": "3", "plain_body": "hello"}]}
    later = [comment("2", 5, "later")]
    for audits in ([audit], {"audits": [audit]}):
        assert opening({"description": "hello", "audits": audits, "comments": later}, Known()) == "3"


def test_an_audit_holds_comments_and_changes() -> None:
    events = [
        {"type": "Comment", "id": "3", "plain_body": "hi"},
        {"type": "Change", "field_name": "status", "previous_value": "open", "value": "solved"},
        "no object",
    ]
    message, event = part(given("audit", author_id="7", events=events), known(), Ticket("5"))
    assert isinstance(message, Message)
    assert isinstance(event, Event)
    assert (message.key, message.person, message.sent.instant) == ("zendesk:comment:3", record("7"), TEN)
    assert (event.key, event.conversation, event.at.instant) == (f"zendesk:audit:1:{THREAD}:1", THREAD, TEN)
    assert (event.before, event.after) == ("open", "resolved")


@pytest.mark.parametrize("lacking", [{"created_at": None, "events": []}, {"events": None}])
def test_an_audit_without_a_time_or_events_is_refused(lacking: dict[str, Any]) -> None:
    [found] = part(given("audit", **lacking), known(), Ticket("5"))
    assert isinstance(found, Rejected)
    assert (found.line, found.expected) == (4, "an audit with created_at and events")
