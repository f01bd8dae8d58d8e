from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.read.chatwoot.changes import changes
from pipelines.read.chatwoot.contact_identifiers import LAST_TOLD, met_again, person
from pipelines.read.chatwoot.messages import came_as_far, message, status
from pipelines.read.core.frames import Entry, Event, Identifier, Message, Person, Rejected
from pipelines.read.helpdesk.common import Known
from schemas.vocabulary import Channel, IdentifierType

TEN, STAMP = datetime(2026, 3, 2, 10, tzinfo=UTC), 1_772_445_600
ANNA = "chatwoot:contact:7"


def told(known: Known | None = None, **fields: Any) -> list[Entry]:
    plain = {"id": 1, "created_at": STAMP, "message_type": "incoming", "content": "hi"}
    return list(message(4, plain | fields, "thread", known or Known()))


def said(known: Known | None = None, **fields: Any) -> Message:
    [*_, found] = told(known, **fields)
    assert isinstance(found, Message)
    return found


@pytest.mark.parametrize(
    ("written", "direction"),
    [
        (0, "inbound"),
        ("incoming", "inbound"),
        (1, "outbound"),
        ("outgoing", "outbound"),
        (3, "outbound"),
        ("template", "outbound"),
    ],
)
def test_a_message_goes_in_or_out(written: Any, direction: str) -> None:
    found = said(message_type=written)
    assert (found.line, found.key, found.conversation, found.direction) == (
        4,
        "chatwoot:message:1",
        "thread",
        direction,
    )
    assert (found.text, found.sent.instant) == ("hi", TEN)


@pytest.mark.parametrize("lacking", [{"id": None}, {"created_at": None}, {"message_type": None}, {"message_type": 9}])
def test_a_message_that_lacks_something_is_refused(lacking: dict[str, Any]) -> None:
    [found] = told(**lacking)
    assert isinstance(found, Rejected)
    assert (found.line, found.expected) == (4, "a message with an id, created_at and message_type")


def test_a_contact_who_writes_is_a_person_once() -> None:
    known = Known()
    known.channels["thread"] = Channel.EMAIL
    sender = {"id": 7, "name": "Anna", "email": "a@x.example"}
    who, found = told(known, sender=sender)
    assert isinstance(who, Person)
    assert isinstance(found, Message)
    assert (who.record_id, who.channel, who.line, found.person, found.sender) == (ANNA, "email", 4, ANNA, "Anna")
    assert len(told(known, sender=sender)) == 1
    assert len(told(known, sender=sender | {"name": "Anna Berg"})) == 2
    assert said(known, message_type=1).person == ANNA
    assert known.people["thread"] == ANNA
    [elsewhere, _] = told(sender=sender)
    assert isinstance(elsewhere, Person)
    assert elsewhere.channel == "other"


@pytest.mark.parametrize(
    ("fields", "author"),
    [
        ({"message_type": 0, "sender_type": "User"}, "contact"),
        ({"message_type": 1, "sender_type": "User"}, "agent"),
        ({"message_type": 1, "sender": {"type": "agent_bot"}}, "bot"),
        ({"message_type": 1, "sender_type": "Captain::Assistant"}, "bot"),
        ({"message_type": 1, "sender_type": "Contact"}, "contact"),
        ({"message_type": 1, "sender_type": "Other"}, None),
        ({"message_type": 1}, None),
        ({"message_type": 3}, "system"),
        ({"message_type": 3, "sender_type": "User"}, "agent"),
    ],
)
def test_a_message_is_of_who_wrote_it(fields: dict[str, Any], author: str | None) -> None:
    assert said(**fields).author == author


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, "text"),
        ({"content": None}, "other"),
        ({"private": True, "message_type": 1}, "note"),
        ({"private": "true"}, "text"),
        ({"content_attributes": {"deleted": True}}, "deleted"),
        ({"message_type": 3}, "template"),
        ({"message_type": 3, "content_attributes": {"deleted": True}}, "deleted"),
        ({"content": None, "attachments": [{"file_type": "image"}]}, "media"),
        ({"content": None, "attachments": [{"file_type": "location"}]}, "location"),
        ({"content": None, "attachments": [{"file_type": "location"}, {"file_type": "image"}]}, "media"),
    ],
)
def test_a_message_is_what_it_is_made_of(fields: dict[str, Any], kind: str) -> None:
    found = said(**fields)
    assert found.kind == kind
    assert (found.text is None) == (kind == "deleted" or fields.get("content", "hi") is None)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        *(({"message_type": 1, "status": each}, each) for each in ("sent", "delivered", "read", "failed")),
        ({"message_type": 1, "status": "x"}, None),
        ({"message_type": 0, "status": "sent"}, None),
        ({"message_type": 1, "status": "sent", "private": True}, None),
    ],
)
def test_what_went_out_came_as_far_as_its_state(fields: dict[str, Any], state: str | None) -> None:
    assert said(**fields).state == state
    receipts = list(came_as_far(4, {"id": 1} | fields, "thread", Known()))
    assert [each.state for each in receipts] == ([state] if state else [])
    assert all((each.line, each.message, each.conversation) == (4, "chatwoot:message:1", "thread") for each in receipts)
    assert list(came_as_far(4, fields, "thread", Known())) == []


def test_files_are_called_by_title_else_by_address() -> None:
    some = [
        {"fallback_title": "a.pdf", "file_type": "file"},
        {"data_url": "https://x.example/b.png", "content_type": "image/png"},
    ]
    assert [tuple(each)[:2] for each in said(attachments=some).attachments] == [
        ("a.pdf", "file"),
        ("b.png", "image/png"),
    ]


def test_a_sentence_about_a_conversation_is_an_event() -> None:
    [found] = told(message_type=2, content="Conversation was resolved by Ina")
    assert isinstance(found, Event)
    assert (found.line, found.key, found.kind, found.actor) == (4, "chatwoot:message:1", "status_changed", "Ina")
    assert (found.after, found.inferred, found.text) == ("resolved", True, "Conversation was resolved by Ina")
    [other] = told(message_type="activity", content="Something else")
    assert isinstance(other, Event)
    assert (other.kind, other.inferred) == ("system", False)
    added = told(message_type=2, content="Ina added vip, fair")
    assert [each.key for each in added if isinstance(each, Event)] == [
        "chatwoot:message:1:vip",
        "chatwoot:message:1:fair",
    ]


@pytest.mark.parametrize(
    ("value", "state"),
    [(0, "open"), ("1", "resolved"), (2, "pending"), (3, "snoozed"), ("resolved", "resolved"), (9, None), (None, None)],
)
def test_a_state_is_a_word_or_a_number(value: Any, state: str | None) -> None:
    assert status(value) == state


# who it is --------------------------------------------------------------------------------------------------------


def on(channel: Channel, source: Any, **inbox: Any) -> list[Identifier]:
    """What a source id in an inbox is."""
    fields = {"id": 7, "contact_inboxes": [{"source_id": source, "inbox": {"channel_type": channel.value} | inbox}]}
    return list(person(None, fields, channel).identifiers)


@pytest.mark.parametrize(
    ("channel", "source", "inbox", "known"),
    [
        (Channel.WHATSAPP, "49151123", {}, ("wa_id", "49151123", "")),
        (Channel.SMS, "whatsapp:+49151123", {}, ("wa_id", "+49151123", "")),
        (Channel.WHATSAPP, "DE.1", {"id": 3}, ("wa_user_id", "DE.1", "inbox:3")),
        (Channel.WHATSAPP, "DE.1", {}, ("wa_user_id", "DE.1", "")),
        (Channel.WHATSAPP, "1234", {}, ("wa_user_id", "1234", "")),
        (Channel.SMS, "+49151123", {}, ("phone", "+49151123", "")),
        (Channel.SMS, "short", {}, None),
        (Channel.TELEGRAM, 5, {}, ("telegram_id", "5", "")),
        (Channel.EMAIL, "a@x.example", {}, ("email", "a@x.example", "")),
        (Channel.EMAIL, "a", {}, None),
        (Channel.FACEBOOK, "200", {"page_id": "100", "id": 3}, ("psid", "200", "100")),
        (Channel.FACEBOOK, "200", {"id": 3}, ("psid", "200", "inbox:3")),
        (Channel.FACEBOOK, "200", {}, None),
        (Channel.INSTAGRAM, "200", {"instagram_id": "300"}, ("igsid", "200", "300")),
        (Channel.WEB_CHAT, "abc", {"id": 3}, None),
        (Channel.SMS, None, {}, None),
    ],
)
def test_an_id_of_a_channel_is_what_the_channel_makes_of_it(
    channel: Channel, source: Any, inbox: dict[str, Any], known: tuple[str, str, str] | None
) -> None:
    assert [(each.type, each.raw, each.scope) for each in on(channel, source, **inbox)] == ([known] if known else [])


def test_a_contact_is_known_by_its_own_fields_and_its_profiles() -> None:
    fields = {
        "id": 7,
        "name": "Anna",
        "email": "a@x.example",
        "phone_number": "+4930",
        "identifier": "C-1",
        "additional_attributes": {
            "social_profiles": {"facebook": "f", "instagram": "i", "telegram": "t", "github": "g"}
        },
    }
    found = person(4, fields, Channel.EMAIL, {"source_id": "b@x.example", "inbox_id": 3})
    assert (found.record_id, found.channel, found.name, found.line) == (ANNA, "email", "Anna", 4)
    assert [(each.type, each.raw, each.field, each.scope) for each in found.identifiers] == [
        ("email", "a@x.example", "email", ""),
        ("phone", "+4930", "phone_number", ""),
        ("external_id", "C-1", "identifier", ""),
        *(
            ("username", name, "social_profiles", network)
            for network, name in (("facebook", "f"), ("instagram", "i"), ("telegram", "t"))
        ),
        ("email", "b@x.example", "source_id", ""),
    ]
    inbox = person(4, {"id": 7}, Channel.FACEBOOK, {"source_id": "200", "inbox_id": 3}).identifiers
    assert inbox == (Identifier(IdentifierType.PSID, "200", "source_id", "inbox:3"),)


@pytest.mark.parametrize("field", ["name", "email", "phone_number", "identifier", "contact_inboxes"])
def test_a_contact_is_told_of_again_when_something_of_it_is_new(field: str) -> None:
    known = Known()
    assert [met_again({"id": 7}, known), met_again({"id": 7}, known)] == [False, True]
    assert [met_again({"id": 7, field: "x"}, known), met_again({"id": 7, field: "x"}, known)] == [False, True]
    profiles = {"id": 7, "additional_attributes": {"social_profiles": {"facebook": "f"}}}
    assert [met_again(profiles, known), met_again(profiles, known)] == [False, True]


def test_so_many_contacts_are_remembered() -> None:
    known = Known()
    for number in range(LAST_TOLD):
        met_again({"id": number}, known)
    assert met_again({"id": 0}, known)
    assert not met_again({"id": LAST_TOLD}, known)
    assert not met_again({"id": 0}, known)


# what was changed -------------------------------------------------------------------------------------------------


def changed(attribute: str, before: Any, after: Any, **fields: Any) -> list[tuple[str, str | None, str | None]]:
    known = Known()
    known.agent("8", "Ina")
    told = {
        "updated_at": STAMP,
        "changed_attributes": [{attribute: {"previous_value": before, "current_value": after}}],
    }
    found = list(changes(4, told | fields, "thread", known))
    assert all(each.key.startswith(f"thread:{each.kind.value}:{attribute}:{each.at.instant}:") for each in found)
    assert all((each.line, each.conversation, each.inferred) == (4, "thread", False) for each in found)
    return [(each.kind.value, each.before, each.after) for each in found]


def test_a_webhook_states_what_was_changed() -> None:
    assert changed("status", "open", 1) == [("status_changed", "open", "resolved")]
    assert changed("status", "x", None) == [("status_changed", "x", None)]
    assert changed("assignee_id", None, 8) == [("assigned", None, "Ina")]
    assert changed("team_id", 3, None) == [("assigned", "3", None)]
    assert changed("assignee_id", None, None) == changed("waiting_since", 1, 2) == []
    for labels in ("label_list", "cached_label_list", "labels"):
        assert changed(labels, "a, b", ["b", "c", None]) == [("label_added", None, "c"), ("label_removed", "a", None)]


def test_a_change_was_when_the_first_time_says() -> None:
    def at(**times: Any) -> list[datetime | None]:
        fields = {"changed_attributes": [{"status": {"previous_value": 0, "current_value": 1}}, "text"]}
        return [each.at.instant for each in changes(4, fields | times, "thread", Known())]

    assert (
        at(updated_at=STAMP, timestamp=1)
        == at(timestamp=STAMP, last_activity_at=1)
        == at(last_activity_at=STAMP)
        == [TEN]
    )
    assert at(updated_at="soon", timestamp=STAMP) == [TEN]
    assert at() == []
