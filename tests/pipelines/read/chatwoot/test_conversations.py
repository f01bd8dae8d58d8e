from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.read.chatwoot.conversations import FORMAT
from pipelines.read.core.batch import Batch, Sample
from tests.examples import examples
from tests.helpdesk_export import checked, export, spoiled, survives
from tests.read_conversations import outcomes

START = 1_772_445_600  # 2026-03-02 10:00 UTC
ANNA = {"id": 11, "name": "Anna", "email": None, "phone_number": "+12025550123", "identifier": "C-1"}
BEN = {"id": 2, "name": "Ben", "email": "ben@acme.example", "availability_status": "online", "role": "agent"}


def message(key: int, kind: int | str, content: str | None, **more: Any) -> dict[str, Any]:
    sender = {0: (ANNA, "Contact"), 1: (BEN, "User")}.get(kind if isinstance(kind, int) else -1, (None, None))
    own = {"id": key, "content": content, "message_type": kind, "created_at": START + key, "conversation_id": 42}
    return {**own, "sender": sender[0], "sender_type": sender[1], "private": False, "status": "read", **more}


def conversation(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    meta = {"sender": ANNA, "channel": "Channel::Whatsapp", "assignee": BEN, "hmac_verified": False}
    own = {"id": 42, "meta": meta, "messages": list(messages), "inbox_id": 3, "status": "open"}
    return {**own, "labels": ["vip"], "created_at": START, **more}


def read(folder: Path, *values: Any) -> Batch:
    return checked(FORMAT, export(folder, *values))


def test_a_conversation_with_its_messages(tmp_path: Path) -> None:
    batch = read(
        tmp_path,
        {
            "data": {
                "meta": {},
                "payload": [conversation(message(1, 0, "Hi"), message(2, 1, "Hello", status="delivered"))],
            }
        },
    )
    thread = batch.conversations.row(0, named=True)
    assert (thread["key"], thread["channel"], thread["status"]) == ("chatwoot:conversation:42", "whatsapp", "open")
    assert (thread["inbox"], thread["assignee"], thread["labels"]) == ("3", "Ben", ["vip"])
    assert batch.messages.select("key", "person", "direction", "author", "sender", "state").rows() == [
        ("chatwoot:message:1", "chatwoot:contact:11", "inbound", "contact", "Anna", None),
        ("chatwoot:message:2", "chatwoot:contact:11", "outbound", "agent", "Ben", "delivered"),
    ]
    assert batch.messages["sent_at"].to_list()[0] == datetime(2026, 3, 2, 10, 0, 1, tzinfo=UTC)
    assert batch.identifiers.select("type", "raw").rows() == [("phone", "+12025550123"), ("external_id", "C-1")]


def test_kinds_of_messages(tmp_path: Path) -> None:
    photo = {"file_type": "image", "data_url": "https://acme.example/files/a%20b.jpg?x=1"}
    batch = read(
        tmp_path,
        conversation(
            message(1, 1, "check her order", private=True),
            message(2, 3, "We will be back soon"),
            message(3, 0, None, attachments=[photo]),
            message(4, 0, "This message was deleted", content_attributes={"deleted": True}),
            message(5, 0, None, attachments=[{"file_type": "location"}]),
            message(6, 1, "Beep", sender={"id": 9, "name": "Bot"}, sender_type="AgentBot"),
        ),
    )
    assert batch.messages.select("kind", "author", "text").rows() == [
        ("note", "agent", "check her order"),
        ("template", "system", "We will be back soon"),
        ("media", "contact", None),
        ("deleted", "contact", None),
        ("location", "contact", None),
        ("text", "bot", "Beep"),
    ]
    assert batch.messages["attachments"].to_list()[2] == [{"name": "a b.jpg", "type": "image", "sha256": None}]


def test_sentences_about_what_was_done_are_events(tmp_path: Path) -> None:
    batch = read(
        tmp_path,
        conversation(
            message(1, 2, "Assigned to Ben by Admin"),
            message(2, 2, "Ben added billing, vip"),
            message(3, 2, "Ben set the priority to high"),
        ),
    )
    assert batch.events.select("key", "kind", "actor", "after", "inferred", "text").rows() == [
        ("chatwoot:message:1", "assigned", "Admin", "Ben", True, "Assigned to Ben by Admin"),
        ("chatwoot:message:2:billing", "label_added", "Ben", "billing", True, "Ben added billing, vip"),
        ("chatwoot:message:2:vip", "label_added", "Ben", "vip", True, "Ben added billing, vip"),
        ("chatwoot:message:3", "system", None, None, False, "Ben set the priority to high"),
    ]


def test_webhooks_state_what_was_changed(tmp_path: Path) -> None:
    changed = [
        {"status": {"previous_value": "open", "current_value": "resolved"}},
        {"assignee_id": {"previous_value": 2, "current_value": None}},
        {"label_list": {"previous_value": ["a"], "current_value": ["b"]}},
        {"priority": {"previous_value": None, "current_value": "high"}},
    ]
    hook = {**conversation(status="resolved"), "event": "conversation_updated", "changed_attributes": changed}
    batch = read(tmp_path, {**hook, "updated_at": START + 0.5})
    assert batch.events.select("kind", "before", "after", "inferred").rows() == [
        ("status_changed", "open", "resolved", False),
        ("assigned", "Ben", None, False),
        ("label_added", None, "b", False),
        ("label_removed", "a", None, False),
    ]


@pytest.mark.parametrize("apart", [0, 9])
def test_a_change_that_is_stated_and_written_into_the_conversation_is_one_event(tmp_path: Path, apart: int) -> None:
    resolved = [{"status": {"previous_value": "open", "current_value": "resolved"}}]
    notice = message(1, 2, "Conversation was marked resolved by Ben")
    hook = {**conversation(), "event": "conversation_status_changed", "changed_attributes": resolved}
    stated = {**hook, "updated_at": START + 1 + apart}

    for values in ([stated, notice], [notice, stated], [{**stated, "messages": [notice]}, notice, stated]):
        events = read(tmp_path, *values).events
        assert len(set(events["key"])) == 1
        assert set(events["after"]) == {"resolved"}


def test_the_same_change_later_is_another_event(tmp_path: Path) -> None:
    resolved = [{"status": {"previous_value": "open", "current_value": "resolved"}}]
    hook = {**conversation(), "event": "conversation_status_changed", "changed_attributes": resolved}
    notice = message(1, 2, "Conversation was marked resolved by Ben")
    assert read(tmp_path, notice, {**hook, "updated_at": START + 60}).events["inferred"].to_list() == [True, False]


def test_a_log_of_webhooks_leaves_a_conversation_as_it_stands_last(tmp_path: Path) -> None:
    hooks = [{**conversation(status=each), "event": "conversation_status_changed"} for each in ("open", "resolved")]
    assert read(tmp_path, *hooks).conversations["status"].to_list()[-1] == "resolved"


def test_a_message_of_a_webhook_holds_its_conversation(tmp_path: Path) -> None:
    inside = {key: value for key, value in conversation().items() if key != "meta"}
    inside |= {"channel": "Channel::FacebookPage", "meta": {"sender": ANNA}}
    inside["contact_inbox"] = {"source_id": "1234567", "inbox_id": 3}
    hook = {**message(1, "incoming", "Hi", sender=ANNA), "conversation": inside, "inbox": {"id": 3, "name": "Page"}}
    batch = read(tmp_path, {**hook, "event": "message_created", "account": {"id": 1}})
    assert batch.messages.select("person", "direction", "text").rows() == [("chatwoot:contact:11", "inbound", "Hi")]
    assert batch.conversations.select("channel", "inbox").rows() == [("facebook", "Page")]
    assert ("psid", "1234567", "inbox:3") in batch.identifiers.select("type", "raw", "scope").rows()


def test_a_message_that_is_told_of_again_has_come_further(tmp_path: Path) -> None:
    hook = {**message(2, "outgoing", "Hello"), "conversation": {"id": 42}, "event": "message_updated"}
    assert read(tmp_path, hook).receipts.select("message", "state").rows() == [("chatwoot:message:2", "read")]


def test_messages_may_come_without_their_conversation(tmp_path: Path) -> None:
    batch = read(tmp_path, {"meta": {"labels": []}, "payload": [message(1, 0, "Hi"), message(2, 1, "Hello")]})
    assert batch.messages["person"].to_list() == ["chatwoot:contact:11"] * 2
    assert batch.conversations.select("status", "inbox").rows() == [(None, None)]


@pytest.mark.parametrize(
    ("channel", "source_id", "known_by"),
    [
        ("Channel::Whatsapp", "4915123456781", ("wa_id", "4915123456781", "")),
        ("Channel::Whatsapp", "US.1349", ("wa_user_id", "US.1349", "inbox:3")),
        ("Channel::TwilioSms", "whatsapp:+12025550123", ("wa_id", "+12025550123", "")),
        ("Channel::TwilioSms", "+12025550123", ("phone", "+12025550123", "")),
        ("Channel::FacebookPage", "1234567", ("psid", "1234567", "inbox:3")),
        ("Channel::Instagram", "1234567", ("igsid", "1234567", "inbox:3")),
        ("Channel::Telegram", "300001", ("telegram_id", "300001", "")),
        ("Channel::Email", "anna@example.com", ("email", "anna@example.com", "")),
        ("Channel::WebWidget", "f81d4fae-7dec-11d0", None),
    ],
)
def test_contacts_have_the_ids_of_their_channels(
    tmp_path: Path, channel: str, source_id: str, known_by: tuple[str, str, str] | None
) -> None:
    inboxes = [{"source_id": source_id, "inbox": {"id": 3, "channel_type": channel}}]
    contact = {"id": 11, "name": "Anna", "email": None, "phone_number": None, "contact_inboxes": inboxes}
    batch = read(tmp_path, {"payload": [contact]})
    assert batch.contacts["record_id"].to_list() == ["chatwoot:contact:11"]
    assert batch.identifiers.select("type", "raw", "scope").rows() == ([known_by] if known_by else [])


def test_agents_are_no_persons(tmp_path: Path) -> None:
    batch = read(tmp_path, BEN, conversation(message(1, 1, "Hello"), meta={"channel": "Channel::Email"}))
    assert batch.contacts.is_empty()
    assert batch.messages.select("person", "sender").rows() == [(None, "Ben")]


@pytest.mark.parametrize(("value", "sure"), [(conversation(message(1, 0, "Hi")), 0.95), ({"messages": []}, 0.0)])
def test_conversations_are_recognised_by_their_keys(tmp_path: Path, value: Any, sure: float) -> None:
    assert FORMAT.detects(Sample("x.json", export(tmp_path, value).read_bytes())) == sure


HOOK = {"event": "conversation_updated", "changed_attributes": [{"status": {"current_value": "open"}}]}
WHOLE = [
    conversation(message(1, 0, "Hi"), message(2, 2, "Assigned to Ben by Admin"), message(3, 1, "Hello")),
    {**conversation(), **HOOK, "updated_at": START},
]


@pytest.mark.heavy
@settings(max_examples=examples(60, light=12), deadline=None)
@given(value=spoiled(WHOLE))
def test_whatever_a_value_is_the_reader_goes_on_or_says_what_is_wrong(value: Any) -> None:
    survives(FORMAT, value, WHOLE)


EITHER: list[Any] = [message(1, 0, "Hi"), message(2, 1, "Yes"), message(3, 0, "x", created_at=None), {"id": 4}, None, 5]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_go_in(messages: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        assert outcomes(read(Path(folder), conversation(*messages))) == len(messages)
