import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.read.core.batch import Batch, Sample
from pipelines.read.helpdesk.freshdesk_tickets import FORMAT
from tests.examples import examples
from tests.helpdesk_export import checked, export, spoiled, survives
from tests.read_conversations import outcomes

AT = "2026-03-02T10:00:00Z"


def ticket(*conversations: dict[str, Any], **more: Any) -> dict[str, Any]:
    own = {"id": 1, "subject": "Printer", "description_text": "Help", "status": 3, "source": 1, "created_at": AT}
    who = {"requester_id": 7, "responder_id": 8, "tags": ["vip"]}
    return {**own, **who, "conversations": list(conversations), **more}


def said(key: int, text: str, *, incoming: bool = False, private: bool = False, **more: Any) -> dict[str, Any]:
    own = {"id": key, "body_text": text, "incoming": incoming, "private": private, "user_id": 7 if incoming else 8}
    return {**own, "created_at": AT, "ticket_id": 1, **more}


def read(folder: Path, *values: Any) -> Batch:
    return checked(FORMAT, export(folder, *values))


def test_a_ticket_is_a_thread_and_its_description_the_first_message(tmp_path: Path) -> None:
    batch = read(tmp_path, ticket(requester={"id": 7, "name": "Anna", "email": "anna@example.com"}))
    assert batch.conversations.select("key", "channel", "status", "assignee", "labels").rows() == [
        ("freshdesk:ticket:1", "email", "pending", "8", ["vip"])
    ]
    assert batch.messages.select("key", "person", "direction", "sender", "text").rows() == [
        ("freshdesk:ticket:1:description", "freshdesk:contact:7", "inbound", "Anna", "Help")
    ]
    assert batch.identifiers.select("type", "raw").rows() == [("email", "anna@example.com")]


@pytest.mark.parametrize(
    ("number", "status"), [(2, "open"), (3, "pending"), (4, "resolved"), (5, "resolved"), (6, None), ("x", None)]
)
def test_states_of_ones_own_stay_empty(tmp_path: Path, number: int, status: str | None) -> None:
    assert read(tmp_path, ticket(status=number)).conversations["status"].to_list() == [status]


@pytest.mark.parametrize(
    ("number", "channel"),
    [
        *((1, "email"), (2, "other"), (3, "phone"), (6, "facebook"), (7, "web_chat"), (10, "email"), (13, "whatsapp")),
        *((15, "web_chat"), (99, "other"), (None, "other")),
    ],
)
def test_sources_are_channels(tmp_path: Path, number: int, channel: str) -> None:
    assert read(tmp_path, ticket(source=number)).conversations["channel"].to_list() == [channel]


def test_conversations_are_replies_answers_and_notes(tmp_path: Path) -> None:
    batch = read(tmp_path, ticket(said(1, "Sure"), said(2, "Thanks", incoming=True), said(3, "VIP", private=True)))
    assert batch.messages.select("key", "direction", "author", "kind").rows()[1:] == [
        ("freshdesk:conversation:1", "outbound", "agent", "text"),
        ("freshdesk:conversation:2", "inbound", "contact", "text"),
        ("freshdesk:conversation:3", "outbound", "agent", "note"),
    ]
    assert batch.events.is_empty()


def test_first_words_of_a_chat_that_repeat_the_description_come_once(tmp_path: Path) -> None:
    batch = read(tmp_path, ticket(said(1, "Help", incoming=True), said(2, "Help", incoming=True)))
    assert batch.messages["key"].to_list() == ["freshdesk:ticket:1:description", "freshdesk:conversation:2"]


def test_conversations_may_come_without_their_ticket(tmp_path: Path) -> None:
    batch = read(tmp_path, [said(1, "Sure"), said(2, "Thanks", incoming=True)])
    assert batch.messages["person"].to_list() == [None, "freshdesk:contact:7"]
    assert batch.conversations.select("key", "status").rows() == [("freshdesk:ticket:1", None)]


def test_what_went_to_somebody_else_was_not_exchanged_with_the_contact(tmp_path: Path) -> None:
    assert read(tmp_path, ticket(said(1, "See below", source=8))).messages["person"].to_list()[1] is None


def test_agents_are_known_by_name_and_are_no_persons(tmp_path: Path) -> None:
    agent = {"id": 8, "ticket_scope": 1, "occasional": False, "contact": {"name": "Ben", "email": "ben@acme.example"}}
    batch = read(tmp_path, agent, ticket(said(1, "Sure")))
    assert batch.messages["sender"].to_list() == [None, "Ben"]
    assert batch.conversations["assignee"].to_list() == ["Ben"]
    assert batch.identifiers.is_empty()


def test_contacts_are_known_by_all_their_points(tmp_path: Path) -> None:
    contact = {"id": 7, "name": "Anna", "email": "anna@example.com", "mobile": 4915123456781, "phone": None}
    batch = read(tmp_path, {**contact, "other_emails": ["a.weber@example.com"], "unique_external_id": "C-1"})
    assert batch.identifiers.select("type", "raw").rows() == [
        ("email", "anna@example.com"),
        ("email", "a.weber@example.com"),
        ("phone", "4915123456781"),
        ("external_id", "C-1"),
    ]


def test_tickets_are_recognised_by_their_keys(tmp_path: Path) -> None:
    for value, sure in ((ticket(), 0.95), ({"requester_id": 1, "submitter_id": 2}, 0.0)):
        assert FORMAT.detects(Sample("x.json", export(tmp_path, value).read_bytes())) == sure


@pytest.mark.heavy
@settings(max_examples=examples(60, light=12), deadline=None)
@given(value=spoiled([ticket(said(1, "Sure"), requester={"id": 7, "email": "anna@example.com"})]))
def test_whatever_a_value_is_the_reader_goes_on_or_says_what_is_wrong(value: Any) -> None:
    survives(FORMAT, value, [ticket(said(1, "Sure"), requester={"id": 7, "email": "anna@example.com"})])


DOCUMENT = {
    "ticket": {
        "id": 1,
        "subject": "Bike",
        "description_text": "It squeaks",
        "status": 2,
        "created_at": "2026-11-16T10:00:00Z",
        "tags": ["vip", "late"],
        "requester": {"id": 7, "name": "Ida Fresh", "email": "ida@fresh.example", "updated_at": "2026-11-01T00:00:00Z"},
    },
    "conversations": [
        {
            "id": 9,
            "body_text": "We will look",
            "incoming": False,
            "private": False,
            "user_id": 3,
            "created_at": "2026-11-16T11:00:00Z",
        }
    ],
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("turned", [False, True])
def test_a_ticket_beside_its_conversations_reads_the_same_however_it_is_laid_out(
    tmp_path: Path, indent: int | None, turned: bool
) -> None:
    value = dict(reversed(DOCUMENT.items())) if turned else DOCUMENT
    path = tmp_path / "ticket.json"
    path.write_text(json.dumps(value, indent=indent))
    batch = checked(FORMAT, path)
    assert batch.refused.is_empty()
    assert batch.conversations["labels"].to_list() == [["vip", "late"]]
    assert batch.messages.select("direction", "text").rows() == [
        ("inbound", "It squeaks"),
        ("outbound", "We will look"),
    ]
    assert batch.contacts.select("record_id", "name", "observed_at").rows() == [
        ("freshdesk:contact:7", "Ida Fresh", "2026-11-01T00:00:00+00:00")
    ]


def test_deleted_contacts_are_left_out_with_a_code(tmp_path: Path) -> None:
    contact = {"id": 7, "name": "Ida Fresh", "email": "ida@fresh.example", "mobile": None, "deleted": True}
    path = tmp_path / "contacts.json"
    path.write_text(json.dumps([contact, {**contact, "id": 8, "deleted": False}]))
    batch = checked(FORMAT, path)
    assert batch.contacts["record_id"].to_list() == ["freshdesk:contact:8"]
    assert batch.refused["code"].to_list() == ["ROW_DELETED"]


EITHER: list[Any] = [
    said(1, "Yes"),
    said(2, "Hi", incoming=True),
    said(3, "x", created_at="soon"),
    {"id": 4},
    None,
    "x",
]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_go_in(conversations: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        assert outcomes(read(Path(folder), ticket(*conversations))) == 1 + len(conversations)


@pytest.mark.parametrize("key", ["conversations", "results"])
def test_conversations_are_read_in_the_page_they_came_in(tmp_path: Path, key: str) -> None:
    batch = read(tmp_path, {"ticket": ticket(), "conversations": {key: [said(1, "Sure")]}})
    assert batch.messages["text"].to_list() == ["Help", "Sure"]


@pytest.mark.parametrize(
    ("value", "sure"),
    [
        ({"requester_id": 7, "responder_id": 8}, 0.95),
        ({"incoming": True, "private": False, "body_text": "x"}, 0.95),
        ({"ticket_scope": 1, "occasional": False}, 0.95),
        ({"mobile": None, "email": "x", "twitter_id": None}, 0.95),
        ({"requester_id": 7}, 0.0),
        ({"incoming": True, "private": False}, 0.0),
        ({"ticket_scope": 1}, 0.0),
        ({"mobile": None, "email": "x"}, 0.0),
    ],
)
def test_each_kind_of_object_is_told_by_keys_that_only_freshdesk_gives(value: Any, sure: float) -> None:
    assert FORMAT.detects(Sample("x.json", json.dumps([value]).encode())) == sure


def test_a_contact_has_all_its_addresses_numbers_and_ids(tmp_path: Path) -> None:
    contact = {
        "id": 7,
        "name": " Anna ",
        "email": "a@x.example",
        "other_emails": ["b@x.example", "a@x.example", 3],
        "phone": "030 1",
        "mobile": "0151 2",
        "unique_external_id": "K-7",
        "external_id": "K-8",
        "updated_at": AT,
    }
    batch = read(tmp_path, contact)
    assert batch.contacts.select("record_id", "channel", "name", "observed_at").rows() == [
        ("freshdesk:contact:7", "other", "Anna", "2026-03-02T10:00:00+00:00")
    ]
    assert batch.identifiers.select("type", "raw", "field").rows() == [
        ("email", "a@x.example", "email"),
        ("email", "b@x.example", "other_emails"),
        ("phone", "030 1", "phone"),
        ("phone", "0151 2", "mobile"),
        ("external_id", "K-7", "unique_external_id"),
        ("external_id", "K-8", "external_id"),
    ]


@pytest.mark.parametrize(
    "agent",
    [
        {"id": 8, "ticket_scope": 1, "contact": {"name": "Ben", "email": "ben@acme.example"}},
        {"id": 8, "occasional": False, "name": "Ben"},
        {"id": 8, "helpdesk_agent": True, "name": "Ben", "email": "ben@acme.example", "mobile": None},
    ],
)
def test_an_agent_is_called_by_name_and_makes_no_contact(tmp_path: Path, agent: dict[str, Any]) -> None:
    batch = read(tmp_path, agent, ticket(said(1, "Sure")))
    assert batch.conversations["assignee"].to_list() == ["Ben"]
    assert batch.messages["sender"].to_list() == [None, "Ben"]
    assert batch.contacts["record_id"].to_list() == ["freshdesk:contact:7"]


def test_what_an_agent_wrote_first_went_out(tmp_path: Path) -> None:
    batch = read(tmp_path, ticket(source=10, requester={"id": 7, "name": "Anna"}))
    assert batch.messages.select("direction", "author", "sender", "person").rows() == [
        ("outbound", "agent", None, "freshdesk:contact:7")
    ]


@pytest.mark.parametrize(
    ("more", "direction", "kind", "person"),
    [
        ({"incoming": True, "user_id": 7}, "inbound", "text", "freshdesk:contact:7"),
        ({"incoming": True, "user_id": 7, "private": True}, "inbound", "text", "freshdesk:contact:7"),
        ({"incoming": True, "user_id": 9}, "inbound", "text", "freshdesk:contact:9"),  # somebody else
        ({"incoming": True, "user_id": 8}, "outbound", "text", "freshdesk:contact:7"),  # an agent by mail
        ({"private": True}, "outbound", "note", "freshdesk:contact:7"),
        ({"source": 8}, "outbound", "text", None),
        ({"source": 8, "private": True}, "outbound", "note", "freshdesk:contact:7"),
        ({"user_id": None}, "outbound", "text", "freshdesk:contact:7"),
    ],
)
def test_each_conversation_has_a_side_a_kind_and_a_person(
    tmp_path: Path, more: dict[str, Any], direction: str, kind: str, person: str | None
) -> None:
    agent = {"id": 8, "occasional": False, "name": "Ben"}
    found = read(tmp_path, agent, ticket(said(1, "Sure") | more)).messages.row(1, named=True)
    assert (found["direction"], found["kind"], found["person"]) == (direction, kind, person)


def test_a_conversation_alone_opens_its_thread_once(tmp_path: Path) -> None:
    batch = read(tmp_path, said(1, "a"), said(2, "b"), said(3, "c", ticket_id=2), said(4, "d", ticket_id=None))
    assert batch.conversations.select("key", "channel").rows() == [
        ("freshdesk:ticket:1", "other"),
        ("freshdesk:ticket:2", "other"),
    ]
    assert batch.messages["conversation"].to_list() == ["freshdesk:ticket:1"] * 2 + ["freshdesk:ticket:2"]
    assert batch.refused["code"].to_list() == ["MESSAGE_UNREADABLE"]
    assert "with its ticket_id" in batch.refused["expected"].item()


@pytest.mark.parametrize(
    "broken", [said(1, "x", created_at=None), said(1, "x") | {"incoming": None}, said(1, "x") | {"id": None}]
)
def test_a_conversation_without_an_id_a_time_or_a_side_is_refused(tmp_path: Path, broken: dict[str, Any]) -> None:
    batch = read(tmp_path, ticket(broken, said(2, "y")))
    assert batch.messages["text"].to_list() == ["Help", "y"]
    assert batch.refused["expected"].to_list() == ["a conversation with an id, created_at and incoming"]


@pytest.mark.parametrize(
    ("more", "texts", "refused"),
    [
        ({"description_text": None, "description": "<p>Help</p>"}, ["Help"], 0),
        ({"description_text": None}, [], 0),
        ({"description_text": None, "attachments": [{"name": "a.pdf"}]}, [None], 0),
        ({"created_at": None}, [], 1),
        ({"id": None}, [], 1),
    ],
)
def test_a_ticket_opens_with_its_description_or_its_files(
    tmp_path: Path, more: dict[str, Any], texts: list[str | None], refused: int
) -> None:
    batch = read(tmp_path, ticket(**more), ticket(id=9))
    assert batch.messages["text"].to_list() == [*texts, "Help"]
    assert batch.refused.height == refused


def test_first_words_are_repeated_only_by_whoever_came_in_and_once(tmp_path: Path) -> None:
    same = [said(1, "Help"), said(2, "Help", incoming=True), said(3, "Help", incoming=True)]
    assert read(tmp_path, ticket(*same)).messages["key"].to_list() == [
        "freshdesk:ticket:1:description",
        "freshdesk:conversation:1",
        "freshdesk:conversation:3",
    ]
