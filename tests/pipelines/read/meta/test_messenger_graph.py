import json
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryError, DeliveryHeld, DeliveryRefused
from pipelines.read.core.batch import Batch, Sample
from pipelines.read.meta.messenger_graph import FORMAT, detects
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from tests.examples import examples
from tests.hostile_json import hostile
from tests.read_conversations import outcomes, read_conversations

PAGE, ANNA, BEN = "100000000000001", "200000000000002", "300000000000003"
NAMES = {PAGE: "Acme", ANNA: "Anna Weber", BEN: "Ben Okoro", "400000000000004": "Cleo Park"}
KEY = f"psid:{PAGE}:{ANNA}"


def party(number: str) -> dict[str, Any]:
    return {"name": NAMES[number], "email": f"{number}@facebook.com", "id": number}


def said(mid: str, author: str, to: str, text: Any = "Hi", **more: Any) -> dict[str, Any]:
    time = "2025-09-15T09:53:20+0000"
    return {
        "id": mid,
        "created_time": time,
        "message": text,
        "from": party(author),
        "to": {"data": [party(to)]},
        **more,
    }


def conversation(other: str, *messages: Any) -> dict[str, Any]:
    return {
        "id": f"t_{other}",
        "participants": {"data": [party(other), party(PAGE)]},
        "messages": {"data": list(messages)},
    }


def read(folder: Path, *values: Any, text: str | None = None, **options: Any) -> Batch:
    path = folder / "dump.json"
    path.write_text(text or json.dumps({"data": list(values), "paging": {"next": "x"}}))
    return read_conversations(FORMAT, path, **options)


def test_who_wrote_is_told_by_the_pages_id(tmp_path: Path) -> None:
    batch = read(tmp_path, conversation(ANNA, said("m_2", PAGE, ANNA), said("m_1", ANNA, PAGE)), page_id=PAGE)
    assert batch.messages.select("key", "person", "direction", "author", "sender", "state").rows() == [
        ("mid:m_2", KEY, "outbound", None, "Acme", "sent"),
        ("mid:m_1", KEY, "inbound", "contact", "Anna Weber", None),
    ]
    assert batch.messages["sent_at"].to_list() == [datetime(2025, 9, 15, 9, 53, 20, tzinfo=UTC)] * 2


def test_what_facebook_dresses_up_as_an_address_is_an_id_of_the_page(tmp_path: Path) -> None:
    batch = read(tmp_path, conversation(ANNA, said("m_1", ANNA, PAGE)), page_id=PAGE)
    assert batch.contacts.select("record_id", "channel", "name").rows() == [(KEY, "facebook", "Anna Weber")]
    assert batch.identifiers.select("type", "scope", "raw").rows() == [("psid", PAGE, ANNA)]


def test_the_page_is_the_one_who_is_in_every_conversation(tmp_path: Path) -> None:
    batch = read(tmp_path, conversation(ANNA, said("m_1", ANNA, PAGE)), conversation(BEN, said("m_2", PAGE, BEN)))
    assert batch.messages["direction"].to_list() == ["inbound", "outbound"]


def test_one_odd_conversation_does_not_hide_the_page(tmp_path: Path) -> None:
    odd = {"id": "t_odd", "participants": {"data": [party(ANNA), party(BEN)]}, "messages": {"data": []}}
    usual = [conversation(ANNA, said("m_1", ANNA, PAGE)), conversation(BEN, said("m_2", PAGE, BEN))]
    third = conversation("400000000000004", said("m_3", "400000000000004", PAGE))
    batch = read(tmp_path, *usual, third, odd)
    assert batch.messages["direction"].to_list() == ["inbound", "outbound", "inbound"]


def test_a_page_that_nothing_tells_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(DeliveryHeld, match="set page_id") as held:
        read(tmp_path, conversation(ANNA, said("m_1", ANNA, PAGE)))
    assert held.value.code == ErrorCode.PARTIES_UNKNOWN


def test_instagram_tells_usernames(tmp_path: Path) -> None:
    message = said("m_1", ANNA, PAGE) | {"from": {"id": ANNA, "username": "anna.w"}, "to": {"data": [{"id": PAGE}]}}
    batch = read(tmp_path, {"messages": {"data": [message]}}, page_id=PAGE)
    assert batch.contacts.select("record_id", "channel", "name").rows() == [(f"igsid:{PAGE}:{ANNA}", "instagram", None)]
    assert batch.identifiers.select("type", "scope", "raw").rows() == [
        ("igsid", PAGE, ANNA),
        ("username", "instagram", "anna.w"),
    ]


@pytest.mark.parametrize(
    ("more", "kind", "text", "files"),
    [
        (
            {"attachments": {"data": [{"name": "a.pdf", "mime_type": "application/pdf"}]}},
            "media",
            None,
            [("a.pdf", "application/pdf")],
        ),
        ({"attachments": {"data": [{"image_data": {}}, 3]}}, "media", None, [(None, None)]),
        ({"shares": {"data": [{"link": "https://shop.example"}]}}, "text", "https://shop.example", []),
        ({}, "other", None, []),
    ],
)
def test_messages_have_their_kinds(tmp_path: Path, more: Any, kind: str, text: Any, files: Any) -> None:
    batch = read(tmp_path, conversation(ANNA, said("m_1", ANNA, PAGE, "", **more)), page_id=PAGE)
    message = batch.messages.row(0, named=True)
    assert (message["kind"], message["text"]) == (kind, text)
    assert [(file["name"], file["type"]) for file in message["attachments"]] == files


@pytest.mark.parametrize("wrap", [lambda page: [page, page], lambda page: {"id": "1", "conversations": page}])
def test_answers_may_lie_in_a_list_or_in_a_page(tmp_path: Path, wrap: Any) -> None:
    page = {"data": [conversation(ANNA, said("m_1", ANNA, PAGE))]}
    batch = read(tmp_path, text=json.dumps(wrap(page)), page_id=PAGE)
    assert set(batch.messages["key"]) == {"mid:m_1"}


def test_answers_may_follow_each_other_and_hold_messages_alone(tmp_path: Path) -> None:
    pages = [{"data": [conversation(ANNA, said("m_1", ANNA, PAGE))]}, {"data": [said("m_2", PAGE, ANNA)]}]
    batch = read(tmp_path, text="\n".join(map(json.dumps, pages)), page_id=PAGE)
    assert batch.messages.select("key", "conversation").rows() == [("mid:m_1", KEY), ("mid:m_2", KEY)]


@pytest.mark.parametrize(
    "broken",
    [
        None,
        {},
        {"id": "m"},
        said("m", PAGE, PAGE),
        said("m", ANNA, PAGE, created_time="2025-09-15T09:53:20"),
        said("m", ANNA, PAGE, created_time="0001-01-01T00:00:00+2300"),
        said("m", ANNA, PAGE) | {"from": None},
    ],
)
def test_messages_without_sense_are_refused_and_the_others_read(tmp_path: Path, broken: Any) -> None:
    value = {"messages": {"data": [broken, said("m_1", ANNA, PAGE)]}}
    batch = read(tmp_path, value, page_id=PAGE)
    assert batch.refused["code"].to_list() == ["MESSAGE_UNREADABLE"]
    assert batch.messages["key"].to_list() == ["mid:m_1"]


def test_an_overlong_text_is_refused(tmp_path: Path) -> None:
    batch = read(tmp_path, conversation(ANNA, said("m_1", ANNA, PAGE, "x" * (MAX_TEXT + 1))), page_id=PAGE)
    assert batch.refused["code"].to_list() == ["LIMIT_EXCEEDED"]


def test_a_dump_without_conversations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path, text='{"error": {"code": 190}}')
    assert refused.value.code == ErrorCode.FILE_FORMAT


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        (json.dumps({"data": [conversation(ANNA)]}, indent=2), 0.9),
        (json.dumps({"data": [said("m", ANNA, PAGE)]}), 0.9),
        ('{"data": [{"id": 1}]}', 0.0),
        ("participants", 0.0),
    ],
)
def test_a_dump_is_told_by_its_beginning(text: str, sure: float) -> None:
    assert detects(Sample("dump.json", text.encode())) == sure


FIELDS = ["data", "participants", "messages", "id", "from", "to", "created_time", "message", "attachments", "shares"]
VALUES = hostile([*FIELDS, "name", "username", "link"], likely=[PAGE, ANNA, "2025-09-15T09:53:20+0000"])


@settings(max_examples=examples(50, light=10), deadline=None)
@given(st.binary(max_size=50) | VALUES, st.sampled_from([{}, {"page_id": PAGE}]))
def test_whatever_comes_only_delivery_errors_come_and_contracts_hold(value: Any, options: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dump.json"
        path.write_bytes(
            value if isinstance(value, bytes) else json.dumps({"data": [value, said("m", ANNA, PAGE)]}).encode()
        )
        with suppress(DeliveryError):
            assert outcomes(read_conversations(FORMAT, path, rows=3, **options)) > 0


EITHER: list[Any] = [
    said("m_1", ANNA, PAGE),
    said("m_2", PAGE, ANNA),
    said("m_3", ANNA, PAGE, created_time="soon"),
    {"id": "m_4"},
    7,
]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_messages_go_in(messages: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert outcomes(read(Path(folder), conversation(ANNA, *messages), page_id=PAGE, rows=3)) == len(messages)


@pytest.mark.parametrize("lacking", ["id", "from", "created_time"])
def test_a_message_that_lacks_what_makes_it_one_is_refused(tmp_path: Path, lacking: str) -> None:
    message = {name: value for name, value in said("m_1", ANNA, PAGE).items() if name != lacking}
    batch = read(tmp_path, conversation(ANNA, message, said("m_2", ANNA, PAGE)), page_id=PAGE)
    assert batch.messages["key"].to_list() == ["mid:m_2"]
    assert batch.refused["code"].to_list() == [ErrorCode.MESSAGE_UNREADABLE]


def test_a_text_may_be_as_long_as_that(tmp_path: Path) -> None:
    batch = read(tmp_path, conversation(ANNA, said("m_1", ANNA, PAGE, "x" * MAX_TEXT)), page_id=PAGE)
    assert batch.messages["text"].str.len_chars().to_list() == [MAX_TEXT]
