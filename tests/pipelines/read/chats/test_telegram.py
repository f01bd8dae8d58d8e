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
from pipelines.read.chats.telegram import FORMAT, detects
from pipelines.read.core.batch import Batch, Sample
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from tests.examples import examples
from tests.hostile_json import hostile
from tests.read_conversations import outcomes, read_conversations

ANNA, ACME = 300000001, 700000000


def said(number: Any = 1, author: Any = f"user{ANNA}", text: Any = "Hi", **more: Any) -> dict[str, Any]:
    name = {f"user{ANNA}": "Anna", f"user{ACME}": "Acme"}.get(str(author))
    told = {"type": "message", "date_unixtime": "1714557600", "from": name, "from_id": author, "text": text}
    return ({"id": number} if number else {}) | told | more


def chat(*messages: Any, kind: Any = "personal_chat", number: Any = ANNA, **more: Any) -> dict[str, Any]:
    return {"name": "Anna", "type": kind, "id": number, **more, "messages": list(messages)}


def account(*chats: Any, contacts: Any = ()) -> dict[str, Any]:
    return {
        "personal_information": {"user_id": ACME, "phone_number": "+49 30 90182000"},
        "contacts": {"list": list(contacts)},
        "chats": {"about": "", "list": list(chats)},
        "left_chats": {"list": []},
    }


def read(folder: Path, value: Any, **options: Any) -> Batch:
    path = folder / "result.json"
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value, indent=1).encode())
    return read_conversations(FORMAT, path, **options)


def test_the_other_one_of_a_personal_chat_is_a_person(tmp_path: Path) -> None:
    batch = read(tmp_path, chat(said(1), said(2, f"user{ACME}")))
    assert batch.contacts.select("record_id", "channel", "name").rows() == [(f"telegram:{ANNA}", "telegram", "Anna")]
    assert batch.identifiers.select("type", "scope", "raw").rows() == [("telegram_id", "", str(ANNA))]
    assert batch.messages.select("key", "direction", "author", "sender").rows() == [
        (f"chat:{ANNA}|1", "inbound", "contact", "Anna"),
        (f"chat:{ANNA}|2", "outbound", "agent", "Acme"),
    ]


def test_an_account_and_a_single_chat_give_the_same_messages(tmp_path: Path) -> None:
    single, whole = read(tmp_path, chat(said())), read(tmp_path, account(chat(said())))
    assert single.messages.equals(whole.messages)
    assert single.contacts.equals(whole.contacts)


def test_a_phone_number_is_a_persons_only_if_it_stands_at_their_id(tmp_path: Path) -> None:
    contacts = [{"user_id": 0, "first_name": "Anna", "phone_number": "+1 202-555-0100"}]
    contacts += [{"user_id": ANNA, "phone_number": "+1 202-555-0101"}]
    assert read(tmp_path, account(chat(said()), contacts=contacts)).identifiers.select("type", "raw").rows() == [
        ("telegram_id", str(ANNA)),
        ("phone", "+1 202-555-0101"),
    ]


def test_times_in_seconds_are_stated_and_dates_are_of_the_sources_zone(tmp_path: Path) -> None:
    old = said(2, date="2024-05-01T12:00:00")
    del old["date_unixtime"]
    batch = read(tmp_path, chat(said(), old), timezone="Europe/Berlin")
    when = datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert batch.messages.select("sent_at", "zone_source").rows() == [(when, "stated"), (when, "assumed")]


def test_text_in_pieces_is_put_together(tmp_path: Path) -> None:
    text = ["See ", {"type": "bold", "text": "this"}, 3, {"type": "link"}, ": a\ud83d"]
    assert read(tmp_path, chat(said(text=text))).messages["text"].to_list() == ["See this: a\ufffd"]


@pytest.mark.parametrize(
    ("more", "kind", "files"),
    [
        ({"photo": "photos/photo_1.jpg"}, "media", [("photo_1.jpg", "photo")]),
        ({"photo": "(File not included. Change data exporting settings to download.)"}, "media", [(None, "photo")]),
        (
            {"file": "(File exceeds)", "file_name": "a.pdf", "mime_type": "application/pdf"},
            "media",
            [("a.pdf", "application/pdf")],
        ),
        ({"media_type": "voice_message"}, "media", []),
        ({"location_information": {"latitude": 1}}, "location", []),
        ({"poll": {"question": "Blue?"}}, "other", []),
        ({"text": ""}, "other", []),
        ({"type": "service", "action": "phone_call"}, "call", []),
    ],
)
def test_messages_have_their_kinds(tmp_path: Path, more: Any, kind: str, files: Any) -> None:
    message = read(tmp_path, chat(said(**more))).messages.row(0, named=True)
    assert message["kind"] == kind
    assert [(file["name"], file["type"]) for file in message["attachments"]] == files


def test_what_telegram_says_is_an_event(tmp_path: Path) -> None:
    joined = {"id": 3, "type": "service", "date_unixtime": "1714557600", "actor": "Anna", "action": "invite_members"}
    batch = read(tmp_path, account(chat(joined | {"members": ["Ben", None]}, kind="private_group", number=5)))
    assert batch.events.select("key", "kind", "actor", "text").rows() == [
        ("chat:5|3", "system", "Anna", "invite members: Ben")
    ]


@pytest.mark.parametrize("kind", ["private_group", "public_supergroup", "private_channel"])
def test_groups_and_channels_are_kept_and_make_no_contacts(tmp_path: Path, kind: str) -> None:
    batch = read(tmp_path, account(chat(said(), said(2, f"user{ACME}"), kind=kind, number=5)))
    assert batch.contacts.is_empty()
    assert batch.conversations["is_group"].to_list() == [True]
    assert batch.messages["direction"].to_list() == ["inbound", "outbound"]


@pytest.mark.parametrize(
    ("kind", "number", "author"),
    [("bot_chat", ANNA, "bot"), ("personal_chat", 777000, "agent"), ("saved_messages", ACME, "agent")],
)
def test_bots_telegram_itself_and_own_notes_are_no_contacts(
    tmp_path: Path, kind: str, number: int, author: str
) -> None:
    batch = read(tmp_path, chat(said(), kind=kind, number=number))
    assert batch.contacts.is_empty()
    assert batch.messages["author"].to_list() == [author]


@pytest.mark.parametrize("owner", [str(ACME), f"user{ACME}", "acme"])
def test_the_owner_of_a_group_alone_is_said_by_the_source(tmp_path: Path, owner: str) -> None:
    value = chat(said(), said(2, f"user{ACME}"), kind="private_group")
    assert read(tmp_path, value, owner=owner).messages["direction"].to_list() == ["inbound", "outbound"]
    with pytest.raises(DeliveryHeld, match="set owner"):
        read(tmp_path, value)


def test_messages_without_ids_are_told_apart_by_time_sender_and_words(tmp_path: Path) -> None:
    keys = read(tmp_path, chat(said(None), said(None), said(None, text="Ho"))).messages["key"].to_list()
    assert [key.rpartition("|")[2] for key in keys] == ["0", "1", "0"]


@pytest.mark.parametrize("broken", [None, 3, [], {"id": 1}, said(date_unixtime="soon"), said(date_unixtime=10**30)])
def test_messages_without_sense_are_refused_and_the_others_read(tmp_path: Path, broken: Any) -> None:
    batch = read(tmp_path, chat(broken, said(2)))
    assert batch.refused["code"].to_list() == ["MESSAGE_UNREADABLE"]
    assert batch.messages.height == 1


def test_an_overlong_text_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path, chat(said(text="x" * (MAX_TEXT + 1)))).refused["code"].to_list() == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ErrorCode.FILE_EMPTY),
        (b'{"messages": [', ErrorCode.FILE_FORMAT),
        (b'{"a": 1}', ErrorCode.FILE_FORMAT),
        (b"<html>", ErrorCode.FILE_FORMAT),
        (b'{"name": "\xff"}', ErrorCode.FILE_ENCODING),
    ],
)
def test_what_is_no_export_is_refused(tmp_path: Path, data: bytes, code: ErrorCode) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path, data)
    assert refused.value.code == code


def test_entries_add_up_over_batches(tmp_path: Path) -> None:
    value = chat(*(said(n) for n in range(1, 6)))
    assert read(tmp_path, value).messages.equals(read(tmp_path, value, rows=2).messages)


@pytest.mark.parametrize(
    ("value", "sure"),
    [(chat(said()), 0.95), (account(), 0.95), ({"messages": [said()]}, 0.8), ({"messages": []}, 0.0), ([], 0.0)],
)
def test_an_export_is_told_by_its_beginning(value: Any, sure: float) -> None:
    assert detects(Sample("result.json", json.dumps(value, indent=1).encode())) == sure


def test_every_chat_of_an_account_is_read_and_those_that_were_left(tmp_path: Path) -> None:
    whole = account(
        chat(said(1), said(2)),
        chat(said(1, text="Ho"), kind="private_group", number=5, name="Club"),
        chat(said(7, "user300000002"), number=300000002, name="Ben"),
    )
    whole["left_chats"]["list"] = [chat(said(9), kind="public_channel", number=6, name="News")]
    batch = read(tmp_path, whole)
    assert batch.conversations.select("key", "title", "is_group").rows() == [
        (f"chat:{ANNA}", "Anna", False),
        ("chat:5", "Club", True),
        ("chat:300000002", "Ben", False),
        ("chat:6", "News", True),
    ]
    assert batch.messages.select("key", "conversation", "person").rows() == [
        (f"chat:{ANNA}|1", f"chat:{ANNA}", f"telegram:{ANNA}"),
        (f"chat:{ANNA}|2", f"chat:{ANNA}", f"telegram:{ANNA}"),
        ("chat:5|1", "chat:5", None),
        ("chat:300000002|7", "chat:300000002", "telegram:300000002"),
        ("chat:6|9", "chat:6", None),
    ]
    assert batch.contacts["name"].to_list() == ["Anna", "Ben"]


def test_a_chat_without_an_id_is_known_by_its_title(tmp_path: Path) -> None:
    batch = read(tmp_path, chat(said(), kind="private_group", number=None, name="The Club"), owner="Acme")
    assert batch.conversations.select("key", "title").rows() == [("chat:the club", "The Club")]
    batch = read(tmp_path, chat(said(), kind="private_group", number=None, name=None), owner="Acme")
    assert batch.conversations.select("key", "title").rows() == [("chat:", None)]


@pytest.mark.parametrize(
    ("author", "owner", "direction"),
    [
        (f"user{ANNA}", None, "inbound"),
        (ANNA, None, "inbound"),  # as old exports have it
        (f"user{ACME}", None, "outbound"),
        ("user300000009", None, "outbound"),  # whoever is not the other one
        (None, None, "inbound"),
        (None, "anna", "outbound"),  # told by the name, where there is no id
        (None, "Ben", "inbound"),
    ],
)
def test_of_two_whoever_is_not_the_other_one_is_the_company(
    tmp_path: Path, author: Any, owner: str | None, direction: str
) -> None:
    message = said(1, author) | {"from": "Anna"}
    options = {"owner": owner} if owner else {}
    assert read(tmp_path, chat(message), **options).messages["direction"].to_list() == [direction]


def test_the_owner_that_the_source_names_counts_before_that_of_the_export(tmp_path: Path) -> None:
    group = account(chat(said(1), said(2, f"user{ACME}"), kind="private_group", number=5))
    assert read(tmp_path, group, owner=str(ANNA)).messages["direction"].to_list() == ["outbound", "inbound"]


@pytest.mark.parametrize(
    ("date", "sent", "zone"),
    [
        ("2024-05-01T12:00:00", datetime(2024, 5, 1, 10, tzinfo=UTC), "assumed"),
        ("2024-03-31T02:30:00", datetime(2024, 3, 31, 1, 30, tzinfo=UTC), "skipped"),
    ],
)
def test_a_date_is_one_of_the_clock_of_its_zone(tmp_path: Path, date: str, sent: datetime, zone: str) -> None:
    message = said(date=date, date_unixtime=None)
    batch = read(tmp_path, chat(message), timezone="Europe/Berlin")
    assert batch.messages.select("sent_at", "zone_source").rows() == [(sent, zone)]


@pytest.mark.parametrize("date", ["2024-05-01T12:00:00+02:00", "soon", "", None, 3])
def test_what_is_no_date_of_a_clock_is_refused(tmp_path: Path, date: Any) -> None:
    batch = read(tmp_path, chat(said(date=date, date_unixtime=None), said(2)))
    assert batch.refused["code"].to_list() == ["MESSAGE_UNREADABLE"]


def test_texts_and_names_may_be_so_long(tmp_path: Path) -> None:
    batch = read(tmp_path, chat(said(1, text="x" * MAX_TEXT), said(2) | {"from": "x" * (MAX_TEXT + 1)}))
    assert batch.messages["text"].str.len_chars().to_list() == [MAX_TEXT]
    assert batch.refused["code"].to_list() == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize(
    ("start", "sure"),
    [
        *((f'{{"name": "x", "type": "{kind}"', 0.95) for kind in (
            "private_group", "private_supergroup", "public_supergroup", "private_channel", "public_channel",
            "personal_chat", "bot_chat", "saved_messages",
        )),
        ('\ufeff\n{"type":"personal_chat"', 0.95),
        ('{"type": "message"', 0.0),
        ('{"personal_information": {"first_name": 1', 0.0),
        ('{"user_id": 1', 0.0),
        ('{"personal_information": {"user_id": 1', 0.95),
        ('{"messages": [{"date_unixtime": "1"', 0.8),
        ('{"date_unixtime": "1"', 0.0),
        ('[{"type": "personal_chat"', 0.0),
    ],
)  # fmt: skip
def test_each_kind_of_chat_is_told_by_its_beginning(start: str, sure: float) -> None:
    assert detects(Sample("result.json", start.encode())) == sure


FIELDS = ["chats", "list", "messages", "id", "type", "name", "from", "from_id", "text", "date", "date_unixtime"]
FIELDS += ["personal_information", "contacts", "user_id", "phone_number", "members", "action", "photo", "poll"]
VALUES = hostile(FIELDS, likely=["personal_chat", "service", ANNA, "1714557600"])


@settings(max_examples=examples(50, light=10), deadline=None)
@given(st.one_of(st.binary(max_size=50), VALUES, st.lists(VALUES)), st.sampled_from([{}, {"owner": "Acme"}]))
def test_whatever_comes_only_delivery_errors_come_and_contracts_hold(value: Any, options: Any) -> None:
    content = account(chat(*value), *value) if isinstance(value, list) else value
    with tempfile.TemporaryDirectory() as folder, suppress(DeliveryError):
        assert outcomes(read(Path(folder), content, rows=3, **options)) > 0


EITHER: list[Any] = [
    said(1),
    said(2, f"user{ACME}"),
    said(3, type="service", action="phone_call"),
    said(4, date_unixtime="soon"),
    {},
    None,
]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_messages_go_in(messages: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert outcomes(read(Path(folder), account(chat(*messages)), rows=3)) == len(messages)
