import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.read.core.batch import Batch, Sample
from pipelines.read.helpdesk.front_conversations import FORMAT
from tests.examples import examples
from tests.helpdesk_export import checked, export, spoiled, survives
from tests.read_conversations import outcomes

START = 1_772_445_600.5  # 2026-03-02 10:00:00.5 UTC
BEN = {"id": "tea_1", "username": "ben", "first_name": "Ben", "last_name": "Agent", "email": "ben@acme.example"}
LINK = {"related": {"conversation": "https://acme.api.frontapp.com/conversations/cnv_1"}}


def conversation(**more: Any) -> dict[str, Any]:
    own = {"id": "cnv_1", "subject": "Order", "status": "archived", "status_category": "resolved", "assignee": BEN}
    held = {"recipient": {"handle": "anna@example.com", "role": "from"}, "tags": [{"id": "t", "name": "refund"}]}
    return {**own, **held, "created_at": START, **more}


def message(key: str, *, inbound: bool = True, kind: str = "email", **more: Any) -> dict[str, Any]:
    there, here = ("from", "to") if inbound else ("to", "from")
    both = [{"handle": "anna@example.com", "role": there}, {"handle": "help@acme.example", "role": here}]
    own = {"id": key, "type": kind, "is_inbound": inbound, "created_at": START, "text": "Hi", "recipients": both}
    return {**own, "author": None if inbound else {"id": "tea_1"}, **more}


def event(key: str, kind: str, target: Any = None, source: Any = None) -> dict[str, Any]:
    wrapped = {name: {"data": data} for name, data in (("target", target), ("source", source)) if data}
    return {"id": key, "type": kind, "emitted_at": START, **wrapped}


def read(folder: Path, *values: Any) -> Batch:
    return checked(FORMAT, export(folder, *values))


def test_a_conversation_with_what_lies_beside_it(tmp_path: Path) -> None:
    said = [message("m1"), message("m2", inbound=False)]
    batch = read(tmp_path, {"conversation": conversation(), "messages": said, "events": [event("e", "archive")]})
    assert batch.conversations.select("key", "channel", "title", "status", "assignee", "labels").rows() == [
        ("front:conversation:cnv_1", "email", "Order", "resolved", "Ben Agent", ["refund"])
    ]
    assert batch.messages.select("key", "direction", "author", "sender", "text").rows() == [
        ("front:message:m1", "inbound", "contact", None, "Hi"),
        ("front:message:m2", "outbound", "agent", "Ben Agent", "Hi"),
    ]
    assert batch.messages["sent_at"].to_list()[0] == datetime(2026, 3, 2, 10, 0, 0, 500_000, tzinfo=UTC)
    assert batch.contacts["record_id"].to_list() == ["front:handle:email:anna@example.com"]
    assert batch.identifiers.select("type", "raw").rows() == [("email", "anna@example.com")]


@pytest.mark.parametrize(
    ("stated", "status"),
    [
        ({"status": "assigned", "status_category": None}, "open"),
        ({"status": "unassigned", "status_category": "waiting"}, "pending"),
        ({"status": "archived", "status_category": None}, "resolved"),
        ({"status": "deleted", "status_category": None}, None),
    ],
)
def test_the_category_of_a_state_says_more_than_the_state(
    tmp_path: Path, stated: dict[str, Any], status: str | None
) -> None:
    assert read(tmp_path, conversation(**stated)).conversations["status"].to_list() == [status]


def test_events_tell_assignments_labels_and_states(tmp_path: Path) -> None:
    tag = {"id": "t", "name": "refund"}
    happened = [
        event("1", "assign", {"id": "tea_1"}, {"id": "rul_1", "name": "Rota"}),
        event("2", "unassign"),
        event("3", "tag", tag),
        event("4", "untag", tag),
        event("5", "reopen"),
        event("6", "link_added"),
    ]
    batch = read(tmp_path, {"conversation": conversation(), "events": happened})
    assert batch.events.select("kind", "actor", "before", "after", "text").rows() == [
        ("assigned", "Rota", None, "Ben Agent", None),
        ("assigned", None, None, None, None),
        ("label_added", None, None, "refund", None),
        ("label_removed", None, "refund", None, None),
        ("status_changed", None, None, "open", None),
        ("system", None, None, None, "link added"),
    ]


def test_events_that_hold_a_message_or_a_comment_are_these(tmp_path: Path) -> None:
    comment = {"id": "com_1", "posted_at": START, "author": BEN, "body": "Careful"}
    hooks = [event("1", "inbound", message("m1")), event("2", "comment", comment)]
    batch = read(tmp_path, [{**each, "conversation": conversation()} for each in hooks])
    assert batch.messages.select("key", "kind", "sender", "text").rows() == [
        ("front:message:m1", "text", None, "Hi"),
        ("front:comment:com_1", "note", "Ben Agent", "Careful"),
    ]
    assert batch.events.is_empty()


def test_messages_may_link_to_their_conversation(tmp_path: Path) -> None:
    batch = read(tmp_path, {"_results": [message("m1", _links=LINK), message("m2")]})
    assert batch.messages["conversation"].to_list() == ["front:conversation:cnv_1"]
    assert batch.conversations.select("channel", "status").rows() == [("email", None)]
    assert batch.refused.height == 1


def test_a_contact_that_is_linked_to_is_the_one_of_the_contacts_file(tmp_path: Path) -> None:
    linked = {"related": {"contact": "https://acme.api.frontapp.com/contacts/crd_1"}}
    party = {"handle": "+12025550123", "role": "from", "name": "Anna", "_links": linked}
    contact = {"id": "crd_1", "name": "Anna", "handles": [{"handle": "+12025550123", "source": "phone"}]}
    met = read(tmp_path, message("m1", kind="sms", recipients=[party], _links=LINK))
    told = read(tmp_path, {"_results": [contact]})
    for batch in (met, told):
        assert batch.contacts.select("record_id", "name").rows() == [("front:contact:crd_1", "Anna")]
        assert batch.identifiers.select("type", "raw").rows() == [("phone", "+12025550123")]


def test_ids_of_a_page_are_kept_with_the_page(tmp_path: Path) -> None:
    both = [{"handle": "1234567", "role": "from"}, {"handle": "998877", "role": "to"}]
    batch = read(tmp_path, message("m1", kind="facebook", recipients=both, _links=LINK))
    assert batch.identifiers.select("type", "raw", "scope").rows() == [("psid", "1234567", "998877")]


def test_drafts_were_never_sent(tmp_path: Path) -> None:
    batch = read(tmp_path, conversation(messages=[message("m1", inbound=False, is_draft=True)]))
    assert batch.messages.is_empty()
    assert batch.refused.select("outcome", "code", "raw").rows() == [("skipped", "ENTRY_SKIPPED", "")]


@pytest.mark.parametrize(("value", "sure"), [(conversation(), 0.95), ({"handles": 1}, 0.0)])
def test_conversations_are_recognised_by_their_keys(tmp_path: Path, value: Any, sure: float) -> None:
    assert FORMAT.detects(Sample("x.json", export(tmp_path, value).read_bytes())) == sure


WHOLE = {
    "conversation": conversation(),
    "messages": [message("m1"), message("m2", inbound=False)],
    "events": [event("e", "tag", {"name": "refund"}, BEN)],
    "comments": [{"id": "com_1", "posted_at": START, "author": BEN, "body": "Careful"}],
}


@pytest.mark.heavy
@settings(max_examples=examples(60, light=12), deadline=None)
@given(value=spoiled([WHOLE]))
def test_whatever_a_value_is_the_reader_goes_on_or_says_what_is_wrong(value: Any) -> None:
    survives(FORMAT, value, [WHOLE])


EITHER: list[Any] = [
    message("m1"),
    message("m2", inbound=False),
    message("m3", inbound=False, is_draft=True),
    {"id": "m4"},
    None,
]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_go_in(messages: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        assert outcomes(read(Path(folder), {"conversation": conversation(), "messages": messages})) == len(messages)


def test_messages_are_read_in_the_page_they_came_in(tmp_path: Path) -> None:
    batch = read(tmp_path, {"conversation": conversation(), "messages": {"_results": [message("m1")]}})
    assert batch.messages["key"].to_list() == ["front:message:m1"]


def test_contacts_count_as_of_their_change_and_deleted_ones_are_left_out(tmp_path: Path) -> None:
    anna = {"id": "crd_1", "name": "Anna", "handles": [{"handle": "anna@example.com", "source": "email"}]}
    batch = read(tmp_path, {"_results": [{**anna, "updated_at": START}, {**anna, "id": "crd_2", "deleted": True}]})
    assert batch.contacts.select("record_id", pl.col("observed_at").is_not_null()).rows() == [
        ("front:contact:crd_1", True)
    ]
    assert batch.refused["code"].to_list() == ["ROW_DELETED"]


@pytest.mark.parametrize(
    ("value", "sure"),
    [
        ({"status_category": "open"}, 0.95),
        ({"emitted_at": 1, "type": "tag"}, 0.95),
        ({"is_inbound": True, "recipients": []}, 0.95),
        ({"handles": [], "_links": {}}, 0.95),
        ({"emitted_at": 1}, 0.0),
        ({"is_inbound": True}, 0.0),
        ({"url": "https://acme.api.frontapp.com/contacts/1"}, 0.9),
        ({"url": "https://acme.example/contacts/1"}, 0.0),
        ("https://acme.api.frontapp.com/", 0.0),
    ],
)
def test_each_kind_of_object_is_told_by_keys_that_only_front_gives(value: Any, sure: float) -> None:
    assert FORMAT.detects(Sample("x.json", json.dumps([value]).encode())) == sure


def test_teammates_are_called_by_their_full_name(tmp_path: Path) -> None:
    bare = {"id": "tea_1", "username": "ben", "first_name": "Ben"}
    nameless = {"id": "tea_2", "username": "ida", "first_name": "", "last_name": ""}
    said = [message("m1", inbound=False), message("m2", inbound=False, author={"id": "tea_2"})]
    batch = read(tmp_path, bare, nameless, {"conversation": conversation(assignee=None), "messages": said})
    assert batch.messages["sender"].to_list() == ["Ben", "ida"]
    assert batch.conversations["assignee"].to_list() == [None]


@pytest.mark.parametrize(
    ("kinds", "handle", "last", "channel"),
    [
        (["sms"], "x", "email", "sms"),
        ([], "x", "whatsapp", "whatsapp"),
        ([], "x", None, "other"),
        ([], "anna@example.com", None, "email"),
        (["custom"], "anna@example.com", None, "email"),
        (["sms"], "anna@example.com", None, "sms"),
    ],
)
def test_a_conversation_has_the_channel_of_its_first_message(
    tmp_path: Path, kinds: list[str], handle: str, last: str | None, channel: str
) -> None:
    said = [message(f"m{nth}", kind=kind) for nth, kind in enumerate(kinds)]
    own = conversation(recipient={"handle": handle}, last_message={"type": last} if last else None)
    batch = read(tmp_path, {"conversation": own, "messages": said})
    assert batch.conversations["channel"].to_list() == [channel]


def test_the_channel_of_a_thread_stays_what_it_was_first_told_to_be(tmp_path: Path) -> None:
    batch = read(tmp_path, message("m1", kind="sms", _links=LINK), conversation(recipient=None))
    assert set(batch.conversations["channel"]) == {"sms"}


@pytest.mark.parametrize(
    ("roles", "inbound", "person"),
    [
        ({"from": "a@x.example", "to": "help@acme.example"}, True, "front:handle:email:a@x.example"),
        ({"to": "a@x.example", "from": "help@acme.example"}, False, "front:handle:email:a@x.example"),
        ({"cc": "a@x.example"}, True, "front:handle:email:anna@example.com"),  # else whoever it is held with
    ],
)
def test_a_message_is_with_whoever_is_on_the_other_side(
    tmp_path: Path, roles: dict[str, str], inbound: bool, person: str
) -> None:
    both = [{"handle": handle, "role": role} for role, handle in roles.items()]
    said = message("m1", inbound=inbound, recipients=both)
    batch = read(tmp_path, {"conversation": conversation(), "messages": [said]})
    assert batch.messages["person"].to_list() == [person]


@pytest.mark.parametrize(
    ("more", "author", "sender"),
    [
        ({"inbound": False}, "agent", None),
        ({"inbound": False, "author": None}, None, None),
        ({"inbound": True, "author": {"id": "tea_1"}}, "contact", None),
    ],
)
def test_who_wrote_a_message_is_known_by_its_side(
    tmp_path: Path, more: dict[str, Any], author: str | None, sender: str | None
) -> None:
    batch = read(tmp_path, {"conversation": conversation(assignee=None), "messages": [message("m1", **more)]})
    assert batch.messages.select("author", "sender").rows() == [(author, sender)]


def test_the_name_of_a_sender_is_the_one_beside_the_handle(tmp_path: Path) -> None:
    party = {"handle": "a@x.example", "role": "from", "name": "Anna"}
    batch = read(tmp_path, {"conversation": conversation(), "messages": [message("m1", recipients=[party])]})
    assert batch.messages["sender"].to_list() == ["Anna"]
    assert batch.messages["text"].to_list() == ["Hi"]


def test_files_and_markup_of_a_message_are_read(tmp_path: Path) -> None:
    files = [{"filename": "a.pdf", "content_type": "x/y"}, {"name": "b.pdf"}]
    said = message("m1", text=None, body="<p>Hi<br>you</p>", attachments=files)
    found = read(tmp_path, {"conversation": conversation(), "messages": [said]}).messages.row(0, named=True)
    assert (found["text"], found["kind"]) == ("Hi\nyou", "text")
    assert [each["name"] for each in found["attachments"]] == ["a.pdf", "b.pdf"]


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (conversation(id=None), "a conversation with an id"),
        ({"handles": [], "name": "Anna"}, "a contact with an id"),
        (message("m1"), "the conversation it belongs to, or a link to it"),
        (message("", _links=LINK), "a message with an id, created_at and is_inbound"),
        (message("m1", _links=LINK) | {"created_at": None}, "a message with an id, created_at and is_inbound"),
        (message("m1", _links=LINK) | {"is_inbound": "yes"}, "a message with an id, created_at and is_inbound"),
    ],
)
def test_what_lacks_something_is_refused_with_what_it_lacks(
    tmp_path: Path, broken: dict[str, Any], expected: str
) -> None:
    batch = read(tmp_path, broken, conversation(id="cnv_9"))
    assert batch.refused.select("code", "expected").rows() == [("MESSAGE_UNREADABLE", expected)]
    assert batch.conversations["key"].to_list()[-1] == "front:conversation:cnv_9"


def test_what_is_alone_opens_its_thread_once(tmp_path: Path) -> None:
    comment = {"id": "c1", "posted_at": START, "body": "Careful", "_links": LINK}
    batch = read(tmp_path, message("m1", _links=LINK), message("m2", kind="sms", _links=LINK), comment)
    assert batch.conversations["key"].unique().to_list() == ["front:conversation:cnv_1"]
    assert batch.messages["conversation"].to_list() == ["front:conversation:cnv_1"] * 3
