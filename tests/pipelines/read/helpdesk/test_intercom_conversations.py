import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.read.core.batch import Batch, Sample
from pipelines.read.helpdesk.intercom_conversations import FORMAT
from tests.examples import examples
from tests.helpdesk_export import checked, export, spoiled, survives
from tests.read_conversations import outcomes

START = 1_772_445_600  # 2026-03-02 10:00 UTC
ANNA = {"type": "user", "id": "c1", "name": "Anna", "email": "anna@example.com"}
BEN = {"type": "admin", "id": "8", "name": "Ben", "email": "ben@acme.example"}


def part(key: str, kind: str, body: str | None = None, author: Any = BEN, **more: Any) -> dict[str, Any]:
    return {"id": key, "part_type": kind, "body": body, "created_at": START + 60, "author": author, **more}


def conversation(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    source = {"type": "email", "id": "s", "subject": "<p>Order</p>", "body": "<p>Hello?</p>", "author": ANNA}
    own = {"type": "conversation", "id": "47", "created_at": START, "source": source, "state": "closed"}
    held = {"contacts": {"contacts": [{"type": "contact", "id": "c1", "external_id": "70"}]}, "admin_assignee_id": 8}
    return {**own, **held, "conversation_parts": {"conversation_parts": list(parts)}, **more}


def read(folder: Path, *values: Any) -> Batch:
    return checked(FORMAT, export(folder, *values))


def test_what_began_it_is_the_first_message(tmp_path: Path) -> None:
    batch = read(tmp_path, conversation())
    assert batch.conversations.select("key", "channel", "title", "status", "is_group").rows() == [
        ("intercom:conversation:47", "email", "Order", "resolved", False)
    ]
    message = batch.messages.row(0, named=True)
    assert (message["key"], message["text"]) == ("intercom:conversation:47:source", "Hello?")
    assert (message["person"], message["direction"]) == ("intercom:contact:c1", "inbound")
    assert message["sent_at"] == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_a_person_is_known_by_address_and_external_id(tmp_path: Path) -> None:
    batch = read(tmp_path, conversation())
    assert batch.contacts.select("record_id", "name").rows() == [("intercom:contact:c1", "Anna")]
    assert batch.identifiers.select("type", "raw").rows() == [("email", "anna@example.com"), ("external_id", "70")]


def test_parts_are_messages_and_notes_of_their_authors(tmp_path: Path) -> None:
    bot = {"type": "bot", "id": "b", "name": "Fin"}
    batch = read(
        tmp_path,
        conversation(part("1", "comment", "<p>Hi</p>"), part("2", "note", "VIP"), part("3", "comment", "Beep", bot)),
    )
    assert batch.messages.select("key", "direction", "author", "kind", "sender").rows()[1:] == [
        ("intercom:part:1", "outbound", "agent", "text", "Ben"),
        ("intercom:part:2", "outbound", "agent", "note", "Ben"),
        ("intercom:part:3", "outbound", "bot", "text", "Fin"),
    ]
    assert batch.identifiers["raw"].to_list() == ["anna@example.com", "70"]


def test_parts_tell_assignments_and_states(tmp_path: Path) -> None:
    batch = read(
        tmp_path,
        BEN,
        conversation(
            part("1", "assignment", assigned_to={"type": "admin", "id": "8"}),
            part("2", "snoozed"),
            part("3", "assign_and_reopen", assigned_to=None),
            part("4", "close", "<p>Bye</p>"),
            part("5", "participant_added"),
        ),
    )
    assert batch.events.select("kind", "actor", "after", "text").rows() == [
        ("assigned", "Ben", "Ben", None),
        ("status_changed", "Ben", "snoozed", None),
        ("assigned", "Ben", None, None),
        ("status_changed", "Ben", "open", None),
        ("status_changed", "Ben", "resolved", None),
        ("system", "Ben", None, "participant added"),
    ]
    assert batch.messages["text"].to_list() == ["Hello?", "Bye"]


def test_tags_are_labels_with_the_time_they_were_put_on(tmp_path: Path) -> None:
    tag = {"id": "1", "name": "refund", "applied_at": START + 30, "applied_by": {"type": "admin", "id": "8"}}
    batch = read(tmp_path, BEN, conversation(tags={"tags": [tag]}))
    assert batch.conversations["labels"].to_list() == [["refund"]]
    assert batch.events.select("kind", "actor", "after", "happened_at").rows() == [
        ("label_added", "Ben", "refund", datetime(2026, 3, 2, 10, 0, 30, tzinfo=UTC))
    ]


def test_a_conversation_of_several_contacts_is_a_group(tmp_path: Path) -> None:
    held = {"contacts": [{"type": "contact", "id": "c1"}, {"type": "contact", "id": "c2"}]}
    eve = {"type": "lead", "id": "c2", "name": "Eve"}
    batch = read(tmp_path, conversation(part("1", "comment", "Me too", eve), contacts=held))
    assert batch.conversations["is_group"].to_list() == [True]
    assert batch.messages["person"].to_list() == ["intercom:contact:c1", "intercom:contact:c2"]


def test_what_was_redacted_is_deleted(tmp_path: Path) -> None:
    batch = read(tmp_path, conversation(part("1", "comment", "<p>secret</p>", redacted=True)))
    assert batch.messages.select("kind", "text").row(1) == ("deleted", None)


def test_contacts_of_a_file_of_their_own_have_the_same_record_id(tmp_path: Path) -> None:
    contact = {"type": "contact", "id": "c1", "external_id": "70", "role": "user", "workspace_id": "w"}
    batch = read(tmp_path, {"type": "list", "data": [{**contact, "phone": "+12025550123", "name": "Anna"}]})
    assert batch.contacts.select("record_id", "name").rows() == [("intercom:contact:c1", "Anna")]
    assert batch.identifiers.select("type", "raw").rows() == [("phone", "+12025550123"), ("external_id", "70")]


def test_a_webhook_is_the_conversation_in_it(tmp_path: Path) -> None:
    hook = {"type": "notification_event", "topic": "conversation.user.created", "data": {"item": conversation()}}
    assert read(tmp_path, hook, hook).messages["key"].to_list() == ["intercom:conversation:47:source"] * 2


@pytest.mark.parametrize(("value", "sure"), [(conversation(), 0.95), ({"type": "user"}, 0.0)])
def test_conversations_are_recognised_by_their_keys(tmp_path: Path, value: Any, sure: float) -> None:
    assert FORMAT.detects(Sample("x.json", export(tmp_path, value).read_bytes())) == sure


TAGS = {"tags": [{"id": "1", "name": "refund", "applied_at": START}]}


@pytest.mark.heavy
@settings(max_examples=examples(60, light=12), deadline=None)
@given(value=spoiled([BEN, conversation(part("1", "assignment"), part("2", "comment", "Hi"), tags=TAGS)]))
def test_whatever_a_value_is_the_reader_goes_on_or_says_what_is_wrong(value: Any) -> None:
    survives(FORMAT, value, [BEN, conversation(part("1", "assignment"), part("2", "comment", "Hi"), tags=TAGS)])


def test_contacts_count_as_of_their_change_and_archived_ones_are_left_out(tmp_path: Path) -> None:
    contact = {"type": "contact", "id": "c1", "name": "Anna", "email": "anna@example.com", "updated_at": 1_700_000_000}
    batch = checked(FORMAT, export(tmp_path, contact, {**contact, "id": "c2", "archived": True}))
    assert batch.contacts["observed_at"].to_list() == ["2023-11-14T22:13:20+00:00"]
    assert batch.refused.select("outcome", "code").rows() == [("skipped", "ROW_DELETED")]


EITHER: list[Any] = [
    part("1", "comment", "Hi", ANNA),
    part("2", "note", "x"),
    part("3", "close"),
    part("4", "comment", "x", created_at=None),
]
EITHER += [{"id": "5"}, None, 7]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_go_in(parts: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        assert outcomes(read(Path(folder), conversation(*parts))) == 1 + len(parts)


def test_parts_that_lie_in_a_plain_list_are_read(tmp_path: Path) -> None:
    batch = read(tmp_path, conversation(conversation_parts=[part("1", "comment", "Sure")]))
    assert batch.messages["text"].to_list() == ["Hello?", "Sure"]


@pytest.mark.parametrize(
    ("value", "sure"),
    [
        ({"conversation_parts": {}}, 0.95),
        ({"admin_assignee_id": 1, "team_assignee_id": 2}, 0.95),
        ({"admin_assignee_id": 1}, 0.0),
        ({"workspace_id": "w", "external_id": "7", "role": "user"}, 0.95),
        ({"workspace_id": "w", "role": "user"}, 0.0),
        ({"has_inbox_seat": True, "away_mode_enabled": False}, 0.95),
        ({"has_inbox_seat": True}, 0.0),
    ],
)
def test_each_kind_of_object_is_told_by_keys_that_only_intercom_gives(value: Any, sure: float) -> None:
    assert FORMAT.detects(Sample("x.json", json.dumps([value]).encode())) == sure


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"state": "open"}, "open"),
        ({"state": "closed", "open": True}, "resolved"),
        ({"state": "snoozed"}, "snoozed"),
        ({"state": "odd", "open": True}, None),
        ({"state": None, "open": True}, "open"),
        ({"state": None, "open": False}, "resolved"),
        ({"state": None, "open": "yes"}, None),
    ],
)
def test_a_conversation_is_in_a_state_or_open_or_not(tmp_path: Path, more: dict[str, Any], status: str | None) -> None:
    assert read(tmp_path, conversation(**more)).conversations["status"].to_list() == [status]


@pytest.mark.parametrize(
    ("more", "assignee"),
    [
        ({"admin_assignee_id": 8, "team_assignee_id": 9}, "Ben"),
        ({"admin_assignee_id": 0, "team_assignee_id": 9}, "Support"),
        ({"admin_assignee_id": None, "team_assignee_id": 10}, "10"),
        ({"admin_assignee_id": None, "team_assignee_id": None}, None),
    ],
)
def test_a_conversation_is_a_teammates_or_a_teams(tmp_path: Path, more: dict[str, Any], assignee: str | None) -> None:
    team = {"type": "team", "id": "9", "name": "Support"}
    assert read(tmp_path, BEN, team, conversation(**more)).conversations["assignee"].to_list() == [assignee]


def test_a_teammate_who_writes_is_known_by_name_from_then_on(tmp_path: Path) -> None:
    ida = {"type": "admin", "id": "8", "name": "Ida"}
    batch = read(tmp_path, conversation(part("1", "comment", "Hi", ida)))
    assert batch.conversations["assignee"].to_list() == ["Ida"]


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ({"title": "Bikes"}, "Bikes"),
        ({"title": " "}, "Order"),
        ({"source": {"type": "email", "author": ANNA}}, None),
    ],
)
def test_a_conversation_has_a_title_or_the_subject_of_what_began_it(
    tmp_path: Path, more: dict[str, Any], title: str | None
) -> None:
    assert read(tmp_path, conversation(**more)).conversations["title"].to_list() == [title]


@pytest.mark.parametrize(
    ("source", "opened"),
    [
        ({"body": "<p>Hello?</p>"}, [("text", "Hello?")]),
        ({"body": None}, []),
        ({"body": "<p></p>"}, []),
        ({"body": None, "attachments": [{"name": "a.pdf"}]}, [("media", None)]),
        ({"body": None, "redacted": True}, [("deleted", None)]),
        ({"body": None, "redacted": "no"}, []),
    ],
)
def test_what_began_a_conversation_is_a_message_if_it_says_something(
    tmp_path: Path, source: dict[str, Any], opened: list[tuple[str, str | None]]
) -> None:
    batch = read(tmp_path, conversation(source={"type": "conversation", "author": ANNA, **source}))
    assert batch.messages.select("kind", "text").rows() == opened
    assert batch.conversations["channel"].to_list() == ["web_chat"]


@pytest.mark.parametrize("author", [{"type": "admin", "id": "8", "name": "Ben"}, {"type": "bot", "id": "b"}, {}])
def test_who_began_it_for_the_company_is_no_person(tmp_path: Path, author: dict[str, Any]) -> None:
    source = {"type": "email", "body": "Hello", "author": author}
    batch = read(tmp_path, conversation(source=source))
    assert batch.contacts.select("record_id", "name").rows() == [("intercom:contact:c1", None)]
    assert batch.conversations["is_group"].to_list() == [False]
    assert batch.messages.select("person", "direction").rows() == [("intercom:contact:c1", "outbound")]


def test_of_who_began_it_the_conversation_tells_more(tmp_path: Path) -> None:
    held = [{"type": "contact", "id": "c2", "name": "Eve"}, {"id": "c1", "phone": "030 1"}, {"name": "no id"}]
    batch = read(tmp_path, conversation(contacts={"data": held}))
    assert batch.contacts.select("record_id", "name").rows() == [
        ("intercom:contact:c1", "Anna"),
        ("intercom:contact:c2", "Eve"),
    ]
    assert batch.identifiers.select("type", "raw", "field").rows() == [
        ("email", "anna@example.com", "source.author.email"),
        ("phone", "030 1", "contacts.phone"),
    ]
    assert batch.messages["person"].to_list() == ["intercom:contact:c1"]


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (conversation(id=None), "a conversation with an id and created_at"),
        (conversation(created_at="soon"), "a conversation with an id and created_at"),
        ({"type": "contact", "id": " "}, "a contact with an id"),
        ({"type": "company", "id": "1"}, "a conversation, contact, admin or team of Intercom"),
    ],
)
def test_what_lacks_something_is_refused_with_what_it_lacks(
    tmp_path: Path, broken: dict[str, Any], expected: str
) -> None:
    batch = read(tmp_path, broken, conversation(id="48"))
    assert batch.refused["expected"].to_list() == [expected]
    assert batch.conversations["key"].to_list() == ["intercom:conversation:48"]


@pytest.mark.parametrize("kind", ["user", "lead", "contact", "visitor"])
def test_users_leads_and_visitors_are_contacts(tmp_path: Path, kind: str) -> None:
    assert read(tmp_path, {**ANNA, "type": kind}).contacts["record_id"].to_list() == ["intercom:contact:c1"]


def test_labels_are_the_names_of_tags(tmp_path: Path) -> None:
    for tags in ({"tags": [{"name": "a"}, {"id": 1}, {"name": "b"}]}, [{"name": "a"}, "x", {"name": "b"}]):
        assert read(tmp_path, conversation(tags=tags)).conversations["labels"].to_list() == [["a", "b"]]
