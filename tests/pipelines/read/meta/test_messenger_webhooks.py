import json
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryError, DeliveryRefused
from pipelines.read.core.batch import Batch, Sample
from pipelines.read.meta.messenger_webhooks import FORMAT, detects
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from tests.examples import examples
from tests.hostile_json import hostile
from tests.read_conversations import outcomes, read_conversations

PAGE, ANNA = "100000000000001", "200000000000002"
KEY = f"psid:{PAGE}:{ANNA}"
AT = 1_700_000_000_123
WHEN = datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)


def hook(*events: Any, kind: str = "page", field: str = "messaging", **more: Any) -> dict[str, Any]:
    return {"object": kind, "entry": [{"id": PAGE, "time": AT, field: list(events), **more}]}


def event(sender: str = ANNA, recipient: str = PAGE, at: Any = AT, **what: Any) -> dict[str, Any]:
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": at, **what}


def ours(**what: Any) -> dict[str, Any]:
    return event(PAGE, ANNA, message={"mid": "m_2", "text": "Hello", "is_echo": True, **what})


def read(folder: Path, *hooks: Any, rows: int = 20_000) -> Batch:
    path = folder / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, hooks)))
    return read_conversations(FORMAT, path, rows=rows)


def one(folder: Path, *events: Any) -> Batch:
    return read(folder, hook(*events))


def test_a_person_is_known_by_the_id_the_page_has_for_them(tmp_path: Path) -> None:
    batch = one(tmp_path, event(message={"mid": "m_1", "text": "Hi"}))
    assert batch.contacts.select("record_id", "channel", "name").rows() == [(KEY, "facebook", None)]
    assert batch.identifiers.select("type", "scope", "raw").rows() == [("psid", PAGE, ANNA)]
    assert batch.conversations.select("key", "channel", "title", "inbox").rows() == [(KEY, "facebook", None, PAGE)]


def test_a_message_has_metas_id_and_its_time(tmp_path: Path) -> None:
    message = one(tmp_path, event(message={"mid": "m_1", "text": "Hi"})).messages.row(0, named=True)
    assert (message["key"], message["line"], message["sent_at"]) == ("mid:m_1", 1, WHEN)
    assert (message["precision"], message["zone_source"]) == ("millisecond", "stated")
    assert (message["direction"], message["author"], message["state"]) == ("inbound", "contact", None)


@pytest.mark.parametrize(("app", "author"), [(263902037430900, "agent"), ("123", "bot"), (None, None)])
def test_an_echo_is_the_pages_own_message_and_its_app_tells_who_wrote(tmp_path: Path, app: Any, author: Any) -> None:
    batch = one(tmp_path, ours(app_id=app))
    assert batch.messages.select("person", "direction", "author", "state").rows() == [(KEY, "outbound", author, "sent")]
    assert batch.contacts["record_id"].to_list() == [KEY]


def test_instagram_is_a_channel_with_ids_of_its_own(tmp_path: Path) -> None:
    batch = read(tmp_path, hook(event(message={"mid": "m_1", "text": "Hi"}), kind="instagram"))
    assert batch.contacts.select("record_id", "channel").rows() == [(f"igsid:{PAGE}:{ANNA}", "instagram")]
    assert batch.identifiers.select("type", "scope").rows() == [("igsid", PAGE)]


def test_instagram_tells_of_messages_among_changes_too(tmp_path: Path) -> None:
    value = event(at="1700000000", message={"mid": "m_1", "text": "Hi"})
    batch = read(tmp_path, hook({"field": "messages", "value": value}, kind="instagram", field="changes"))
    assert batch.messages["sent_at"].to_list() == [WHEN.replace(microsecond=0)]


def test_standby_holds_messages_like_any_other(tmp_path: Path) -> None:
    assert read(tmp_path, hook(event(message={"mid": "m_1"}), field="standby")).messages.height == 1


@pytest.mark.parametrize(
    ("message", "kind", "text", "files"),
    [
        ({"text": " Hi "}, "text", "Hi", []),
        ({}, "other", None, []),
        ({"text": "a\ud83d"}, "text", "a\ufffd", []),
        ({"text": "Blue", "quick_reply": {"payload": "BLUE"}}, "interactive", "Blue", []),
        (
            {"attachments": [{"type": "image", "payload": {"url": "https://cdn.example/a/x.jpg?key=1"}}]},
            "media",
            None,
            [("x.jpg", "image")],
        ),
        ({"attachments": [{"type": "audio", "payload": {"url": "http://["}}]}, "media", None, [(None, "audio")]),
        (
            {"attachments": [{"type": "location", "payload": {"coordinates": {"lat": 1, "long": 2.5}}}]},
            "location",
            "1, 2.5",
            [],
        ),
        ({"attachments": [{"type": "location", "payload": 3}]}, "location", None, []),
        ({"attachments": [{"type": "template", "payload": {"text": "Pick one"}}]}, "template", "Pick one", []),
        ({"attachments": [{"type": "fallback", "url": "https://shop.example"}]}, "text", "https://shop.example", []),
        ({"attachments": [None, "x"], "text": 5}, "other", None, []),
    ],
)
def test_messages_have_their_kinds(tmp_path: Path, message: Any, kind: str, text: Any, files: Any) -> None:
    found = one(tmp_path, event(message={"mid": "m_1", **message})).messages.row(0, named=True)
    assert (found["kind"], found["text"]) == (kind, text)
    assert [(file["name"], file["type"]) for file in found["attachments"]] == files


def test_a_redelivered_message_has_the_same_key(tmp_path: Path) -> None:
    twice = hook(event(message={"mid": "m_1", "text": "Hi"}))
    assert read(tmp_path, twice, twice).messages["key"].to_list() == ["mid:m_1", "mid:m_1"]


def test_a_pressed_button_is_a_message(tmp_path: Path) -> None:
    batch = one(
        tmp_path, event(postback={"title": "Start", "payload": "P"}), event(postback={"mid": "m_9", "payload": "P"})
    )
    assert batch.messages.select("key", "kind", "text").rows() == [
        (f"postback:{KEY}:{AT}", "interactive", "Start"),
        ("mid:m_9", "interactive", "P"),
    ]


def test_a_referral_inside_a_button_or_a_message_is_an_event_of_its_own(tmp_path: Path) -> None:
    referral = {"source": "ADS", "type": "OPEN_THREAD", "ref": "spring"}
    pressed = event(postback={"mid": "m_1", "title": "Start", "referral": referral})
    wrote = event(at=AT + 1, message={"mid": "m_2", "text": "Hi", "referral": referral})
    batch = one(tmp_path, pressed, wrote)
    assert batch.messages["text"].to_list() == ["Start", "Hi"]
    assert batch.events["text"].to_list() == ["Referral: ADS OPEN_THREAD spring"] * 2


def test_events_without_any_time_and_edits_without_words_are_refused(tmp_path: Path) -> None:
    untimed = {"object": "page", "entry": [{"id": PAGE, "messaging": [event(at=None, message={"mid": "m_1"})]}]}
    batch = read(tmp_path, untimed, hook(event(message_edit={"mid": "m_1"})))
    assert batch.refused.select("line", "code").rows() == [(1, "MESSAGE_UNREADABLE"), (2, "MESSAGE_UNREADABLE")]


def test_a_reaction_is_a_message_and_taking_it_back_an_event(tmp_path: Path) -> None:
    given = {"mid": "m_2", "action": "react", "reaction": "love", "emoji": "❤"}
    batch = one(tmp_path, event(reaction=given), event(reaction={"mid": "m_2", "action": "unreact"}, at=AT + 1))
    assert batch.messages.select("key", "kind", "text").rows() == [(f"reaction:m_2:{AT}", "reaction", "❤")]
    assert batch.events["key"].to_list() == [f"reaction:m_2:{AT + 1}"]


def test_receipts_name_the_messages_that_have_come_so_far(tmp_path: Path) -> None:
    batch = one(tmp_path, event(delivery={"mids": ["m_2", "m_3"], "watermark": AT}), event(read={"mid": "m_2"}))
    assert batch.receipts.select("message", "state", "person", "reached_at").rows() == [
        ("mid:m_2", "delivered", KEY, WHEN),
        ("mid:m_3", "delivered", KEY, WHEN),
        ("mid:m_2", "read", KEY, WHEN),
    ]


def test_word_that_all_until_a_time_was_read_names_no_message_and_is_an_event(tmp_path: Path) -> None:
    batch = one(tmp_path, event(read={"watermark": AT}), event(delivery={"watermark": AT}))
    assert batch.receipts.is_empty()
    assert batch.events.select("key", "kind", "text").rows() == [
        (f"read:{KEY}:{AT}", "system", "All messages until 2023-11-14 22:13:20 UTC read"),
        (f"delivered:{KEY}:{AT}", "system", "All messages until 2023-11-14 22:13:20 UTC delivered"),
    ]


def test_who_has_the_thread_is_a_handover(tmp_path: Path) -> None:
    passed = {"previous_owner_app_id": "123", "new_owner_app_id": "263902037430900", "metadata": "asks for a person"}
    batch = one(tmp_path, event(pass_thread_control=passed), event(take_thread_control={"new_owner_app_id": 123}))
    assert batch.events.select("kind", "before", "after", "text").rows() == [
        ("handover", "app 123", "Page Inbox", "asks for a person"),
        ("handover", None, "app 123", None),
    ]
    assert batch.contacts.is_empty()


@pytest.mark.parametrize(
    ("what", "kind", "after"),
    [
        ({"referral": {"source": "SHORTLINK", "type": "OPEN_THREAD", "ref": "spring"}}, "system", None),
        ({"optin": {"ref": "x"}}, "system", None),
        ({"request_thread_control": {}}, "system", None),
        ({"message": {"mid": "m_1", "is_deleted": True}}, "message_deleted", None),
        ({"message_edit": {"mid": "m_1", "text": "Hi!", "num_edit": 1}}, "message_edited", "Hi!"),
    ],
)
def test_what_is_no_message_is_an_event(tmp_path: Path, what: Any, kind: str, after: Any) -> None:
    batch = one(tmp_path, event(**what))
    assert batch.events.select("kind", "after").rows() == [(kind, after)]
    assert batch.messages.is_empty()


@pytest.mark.parametrize(
    "broken",
    [
        None,
        3,
        {},
        {"object": "page"},
        {"object": "page", "entry": []},
        {"object": ["page"], "entry": [{}]},
        hook(None),
        hook(event()),
        hook(event(message=3)),
        hook(event(message={"text": "no id"})),
        hook(event(at="now", message={"mid": "m"}), time=None),
        hook({"sender": {"user_ref": "x"}, "recipient": {"id": PAGE}, "timestamp": AT, "optin": {}}),
        {"object": "page", "entry": [{"id": PAGE}]},
    ],
)
def test_webhooks_without_sense_are_refused_and_the_others_read(tmp_path: Path, broken: Any) -> None:
    batch = read(tmp_path, broken, hook(ours()))
    assert batch.refused.select("line", "code").rows() == [(1, "MESSAGE_UNREADABLE")]
    assert batch.messages["line"].to_list() == [2]


def test_comments_on_posts_are_skipped(tmp_path: Path) -> None:
    batch = read(tmp_path, hook({"field": "feed", "value": {"item": "comment"}}, field="changes"))
    assert batch.refused.select("outcome", "code").rows() == [("skipped", "ENTRY_SKIPPED")]


def test_an_overlong_text_is_refused(tmp_path: Path) -> None:
    long = "x" * (MAX_TEXT + 1)
    edit = event(message_edit={"mid": "m", "text": long})
    assert (
        one(tmp_path, event(message={"mid": "m", "text": long}), edit).refused["code"].to_list()
        == ["LIMIT_EXCEEDED"] * 2
    )


def test_a_graph_dump_beside_them_names_the_same_message_and_person(tmp_path: Path) -> None:
    people = [{"id": ANNA, "name": "Anna Weber"}, {"id": PAGE, "name": "Acme"}]
    said = {"id": "m_1", "created_time": "2023-11-14T22:13:20+0000", "message": "Hi", "from": people[0]}
    value = {"data": [{"id": "t_1", "participants": {"data": people}, "messages": {"data": [said]}}]}
    path = tmp_path / "dump.json"
    path.write_text(json.dumps(value, indent=1))
    dumped = read_conversations(FORMAT, path, page_id=PAGE)
    logged = one(tmp_path, event(message={"mid": "m_1", "text": "Hi"}))
    for column in ("key", "conversation", "person"):
        assert dumped.messages[column].to_list() == logged.messages[column].to_list()
    assert dumped.contacts.select("record_id", "name").rows() == [(KEY, "Anna Weber")]


def test_entries_add_up_over_batches(tmp_path: Path) -> None:
    hooks = [hook(event(message={"mid": f"m_{n}", "text": "Hi"})) for n in range(4)]
    assert read(tmp_path, None, *hooks).messages.equals(read(tmp_path, None, *hooks, rows=2).messages)


@pytest.mark.parametrize(
    ("line", "sure"),
    [
        (json.dumps(hook(ours())), 1.0),
        (json.dumps(hook(ours()))[:60], 0.0),
        (json.dumps(hook(ours(text="x" * 500)))[:300], 0.7),
        ('{"object": "whatsapp_business_account", "entry": []}', 0.0),
        ('{"messaging": [', 0.0),
        ('{"entry": [', 0.0),
        ('{"object": "page", "entry": {}}', 0.0),
        ("\ufeff" + json.dumps(hook(ours())), 1.0),
        ("", 0.0),
    ],
)
def test_a_log_is_told_by_its_first_line(line: str, sure: float) -> None:
    assert detects(Sample("log.jsonl", line.encode())) == sure


@pytest.mark.parametrize(("data", "code"), [(b"", ErrorCode.FILE_EMPTY), (b"<html>", ErrorCode.FILE_FORMAT)])
def test_what_is_no_log_is_refused(tmp_path: Path, data: bytes, code: ErrorCode) -> None:
    (tmp_path / "log.jsonl").write_bytes(data)
    with pytest.raises(DeliveryRefused) as refused:
        read_conversations(FORMAT, tmp_path / "log.jsonl")
    assert refused.value.code == code


FIELDS = ["message", "mid", "text", "is_echo", "attachments", "type", "payload", "url", "title", "coordinates", "lat"]
FIELDS += ["postback", "reaction", "read", "delivery", "mids", "watermark", "referral", "take_thread_control", "app_id"]
VALUES = hostile(FIELDS, likely=["m_1", "location", "image", True, AT])


@pytest.mark.heavy
@settings(max_examples=examples(50, light=10), deadline=None)
@given(st.binary(max_size=50), st.lists(VALUES, max_size=5), st.lists(VALUES, max_size=3))
def test_whatever_comes_only_delivery_errors_come_and_contracts_hold(raw: bytes, events: Any, more: Any) -> None:
    told = [event(**each) if isinstance(each, dict) else each for each in events]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        path.write_bytes(b"\n".join([json.dumps(hook(*told)).encode(), raw, json.dumps(more).encode()]))
        with suppress(DeliveryError):
            assert outcomes(read_conversations(FORMAT, path, rows=3)) > 0


EITHER: list[Any] = [
    event(message={"mid": "m_1", "text": "Hi"}),
    ours(),
    event(postback={"title": "Start"}),
    event(read={"watermark": AT}),
    event(message={}),
    event(unknown={}),
    {"sender": {"id": ANNA}},
    None,
]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_messages_go_in(events: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert outcomes(one(Path(folder), *events)) == len(events)
