import json
import tempfile
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryError, DeliveryHeld, DeliveryRefused
from pipelines.read.core.batch import Batch
from pipelines.read.meta import download as meta_download
from pipelines.read.meta.messenger_download import FORMAT
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from tests.examples import examples
from tests.hostile_json import hostile
from tests.read_conversations import outcomes, read_conversations

INBOX = "your_activity_across_facebook/messages/inbox/"
PROFILE = "personal_information/profile_information/profile_information.json"


def read(path: Path, **options: Any) -> Batch:
    return read_conversations(FORMAT, path, **options)


def thread(*messages: Any, names: tuple[str, ...] = ("Acme", "Anna Weber"), **more: Any) -> dict[str, Any]:
    return {"participants": [{"name": name} for name in names], "title": names[-1], "messages": list(messages), **more}


def said(sender: str, content: str | None = None, at: Any = 1_700_000_000_000, **more: Any) -> dict[str, Any]:
    return {"sender_name": sender, "timestamp_ms": at, **({"content": content} if content else {}), **more}


def download(folder: Path, members: dict[str, Any]) -> Path:
    path = folder / "facebook.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, value in members.items():
            file.writestr(name, value if isinstance(value, bytes | str) else json.dumps(value))
    return path


def one(folder: Path, *messages: Any, **options: Any) -> Batch:
    return read(download(folder, {f"{INBOX}anna_A1/message_1.json": thread(*messages)}), owner="Acme", **options)


def test_a_thread_of_two_is_a_person_known_by_the_threads_id(tmp_path: Path) -> None:
    batch = one(tmp_path, said("Anna Weber", "Hi"), said("Acme", "Hello"))
    assert batch.contacts.select("row", "record_id", "channel", "name").rows() == [
        (1, "thread:anna_A1", "facebook", "Anna Weber")
    ]
    assert batch.identifiers.rows() == [(1, "messenger_thread", "", "A1", "thread")]
    assert batch.conversations.select("key", "channel", "title", "is_group").rows() == [
        ("thread:anna_A1", "facebook", "Anna Weber", False)
    ]
    assert batch.messages.select("person", "direction", "author", "sender", "text").rows() == [
        ("thread:anna_A1", "inbound", "contact", "Anna Weber", "Hi"),
        ("thread:anna_A1", "outbound", "agent", "Acme", "Hello"),
    ]


def test_times_are_stated_in_milliseconds(tmp_path: Path) -> None:
    message = one(tmp_path, said("Anna Weber", "Hi", 1_700_000_000_123)).messages.row(0, named=True)
    assert message["sent_at"] == datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)
    assert (message["precision"], message["zone_source"], message["line"]) == ("millisecond", "stated", None)


def test_a_group_has_no_person(tmp_path: Path) -> None:
    value = thread(said("Ben", "Hi"), names=("Acme", "Anna Weber", "Ben"))
    batch = read(download(tmp_path, {f"{INBOX}crew_G1/message_1.json": value}), owner="Acme")
    assert batch.contacts.is_empty()
    assert batch.conversations["is_group"].to_list() == [True]
    assert batch.messages["person"].to_list() == [None]


def test_words_of_one_who_has_left_belong_to_nobody_here(tmp_path: Path) -> None:
    batch = one(tmp_path, said("Ben", "I was here"), said("", "deleted account"))
    assert batch.messages["person"].to_list() == [None, "thread:anna_A1"]


def test_mojibake_is_mended_everywhere(tmp_path: Path) -> None:
    broken = "Zoë".encode().decode("latin-1")
    value = thread(said(broken, "café ☕".encode().decode("latin-1")), names=("Acme", broken))
    batch = read(download(tmp_path, {f"{INBOX}zoe_Z1/message_1.json": value}), owner="Acme")
    assert batch.contacts["name"].to_list() == ["Zoë"]
    assert batch.messages.select("sender", "text").row(0) == ("Zoë", "café ☕")


def test_lone_surrogates_do_not_stop_the_reader(tmp_path: Path) -> None:
    assert one(tmp_path, said("Anna Weber", "a\ud83d")).messages["text"].to_list() == ["a\ufffd"]


def test_files_of_a_thread_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    members = {f"{INBOX}anna_A1/message_{n}.json": thread(said("Acme", str(n))) for n in (10, 1, 2)}
    batch = read(download(tmp_path, members), owner="Acme")
    assert batch.messages["text"].to_list() == ["1", "2", "10"]
    assert batch.conversations.height == batch.contacts.height == 1


@pytest.mark.parametrize(
    "folder",
    [
        "messages/inbox/",
        "your_facebook_activity/messages/archived_threads/",
        "your_activity_across_facebook/messages/filtered_threads/",
        "x/messages/message_requests/",
        "messages/e2ee_cutover/",
    ],
)
def test_threads_are_found_in_every_section_of_every_age(tmp_path: Path, folder: str) -> None:
    path = download(tmp_path, {f"{folder}anna_A1/message_1.json": thread(said("Acme", "Hi")), "messages/x.json": {}})
    assert read(path).messages.height == 1


def test_the_owner_is_taken_from_the_profile(tmp_path: Path) -> None:
    name = {"profile_v2": {"name": {"full_name": "Zoë".encode().decode("latin-1")}}}
    value = thread(said("Zoë", "Hi"), names=("Zoë", "Anna Weber"), title="Zoë")
    batch = read(download(tmp_path, {f"{INBOX}anna_A1/message_1.json": value, PROFILE: name}))
    assert batch.messages["direction"].to_list() == ["outbound"]


def test_the_owner_is_the_one_who_is_in_most_threads(tmp_path: Path) -> None:
    members = {
        f"{INBOX}anna_A1/message_1.json": thread(said("Acme", "Hi"), names=("Anna Weber", "Acme")),
        f"{INBOX}ben_B1/message_1.json": thread(said("Ben", "Hi"), names=("Acme", "Ben")),
    }
    assert read(download(tmp_path, members)).messages["direction"].to_list() == ["outbound", "inbound"]


def test_of_two_in_one_thread_the_owner_is_the_one_it_is_not_called_after(tmp_path: Path) -> None:
    path = download(tmp_path, {f"{INBOX}anna_A1/message_1.json": thread(said("Acme", "Hi"))})
    assert read(path).messages["direction"].to_list() == ["outbound"]


def test_an_owner_nothing_tells_is_asked_for(tmp_path: Path) -> None:
    value = thread(said("Acme", "Hi"), title="Us two")
    with pytest.raises(DeliveryHeld, match="set owner") as held:
        read(download(tmp_path, {f"{INBOX}anna_A1/message_1.json": value}))
    assert held.value.code == ErrorCode.PARTIES_UNKNOWN


def test_an_owner_under_another_name_is_told_by_the_title(tmp_path: Path) -> None:
    path = download(tmp_path, {f"{INBOX}anna_A1/message_1.json": thread(said("Acme", "a"), said("Anna Weber", "b"))})
    assert read(path, owner="Acme Support").messages["direction"].to_list() == ["outbound", "inbound"]


@pytest.mark.parametrize(
    ("more", "kind", "files"),
    [
        ({"photos": [{"uri": "x/photos/1.jpg"}, {"uri": "2.jpg"}]}, "media", ["1.jpg", "2.jpg"]),
        ({"sticker": {"uri": "stickers/s.png"}}, "media", ["s.png"]),
        ({"audio_files": [{"uri": "a.mp4"}]}, "media", ["a.mp4"]),
        ({"call_duration": 12}, "call", []),
        ({"is_unsent": True, "content": "oops"}, "deleted", []),
        ({"share": {"link": "https://shop.example"}}, "text", []),
        ({}, "other", []),
        ({"photos": "x", "sticker": 3, "share": []}, "other", []),
    ],
)
def test_messages_have_their_kinds(tmp_path: Path, more: dict[str, Any], kind: str, files: list[str]) -> None:
    message = one(tmp_path, said("Anna Weber", **more)).messages.row(0, named=True)
    assert (message["kind"], [file["name"] for file in message["attachments"]]) == (kind, files)
    assert message["text"] != "oops"


def test_a_link_is_what_is_said_where_it_was_only_attached(tmp_path: Path) -> None:
    link = "https://shop.example/blue"
    batch = one(tmp_path, said("Anna Weber", "Anna Weber sent an attachment.", share={"link": link}))
    assert batch.messages.select("kind", "text").rows() == [("text", link)]


def test_a_person_who_deleted_the_account_has_no_name(tmp_path: Path) -> None:
    value = thread(said("Facebook user", "Hi"), names=("Acme", "Facebook user"))
    batch = read(download(tmp_path, {f"{INBOX}facebookuser_F1/message_1.json": value}), owner="Acme")
    assert batch.contacts.select("record_id", "name").rows() == [("thread:facebookuser_F1", None)]
    assert batch.messages["person"].to_list() == ["thread:facebookuser_F1"]


def test_coming_and_leaving_are_events(tmp_path: Path) -> None:
    batch = one(tmp_path, said("Acme", "Acme added Ben.", type="Subscribe"))
    assert batch.events.select("row", "kind", "text").rows() == [(1, "system", "Acme added Ben.")]


def test_keys_are_made_of_place_time_words_and_occurrence(tmp_path: Path) -> None:
    photo = said("Acme", photos=[{"uri": "x/1.jpg"}])
    batch = one(tmp_path, said("Acme", "Hi"), said("Acme", "Hi"), photo)
    base = "thread:anna_A1|1700000000000"
    assert batch.messages["key"].to_list() == [f"{base}|Hi|0", f"{base}|Hi|1", f"{base}|1.jpg|0"]


def test_messages_keep_their_keys_when_somebody_takes_another_name(tmp_path: Path) -> None:
    before = one(tmp_path, said("Anna Weber", "Hi"))
    renamed = thread(said("Anna Kern", "Hi"), names=("Acme", "Anna Kern"))
    after = read(download(tmp_path, {f"{INBOX}anna_A1/message_1.json": renamed}), owner="Acme")
    assert before.messages["key"].to_list() == after.messages["key"].to_list()


@pytest.mark.parametrize(
    "broken", [None, 3, {}, said("Anna", "x", "now"), said("Anna", "x", 10**30), said("A", at=True)]
)
def test_messages_without_sense_are_refused_and_the_others_read(tmp_path: Path, broken: Any) -> None:
    batch = one(tmp_path, broken, said("Acme", "Hi"))
    assert batch.refused.select("row", "code").rows() == [(1, "MESSAGE_UNREADABLE")]
    assert batch.messages["row"].to_list() == [2]


def test_an_overlong_message_is_refused(tmp_path: Path) -> None:
    batch = one(tmp_path, said("Acme", "x" * (MAX_TEXT + 1)), said("Acme", "Hi"))
    assert batch.refused["code"].to_list() == ["LIMIT_EXCEEDED"]
    assert batch.messages.height == 1


ENCRYPTED = {
    "participants": ["Acme", "Anna Weber"],
    "threadName": "Anna Weber",
    "messages": [
        {"senderName": "Acme", "text": "Hi", "timestamp": 1_700_000_000_000, "isUnsent": False, "media": []},
        {"senderName": "Anna Weber", "text": "", "timestamp": 1_700_000_000_001, "media": [{"uri": "./media/1.jpg"}]},
        {"senderName": "Anna Weber", "text": "oops", "timestamp": 1_700_000_000_002, "isUnsent": True},
    ],
}


def test_end_to_end_encrypted_threads_are_flat_and_have_no_id(tmp_path: Path) -> None:
    batch = read(download(tmp_path, {"messages/Anna Weber_2.json": ENCRYPTED, "your_posts_1.json": [{"x": 1}]}))
    assert batch.contacts["record_id"].to_list() == ["thread:Anna Weber"]
    assert batch.identifiers.is_empty()
    assert batch.messages.select("direction", "kind").rows() == [
        ("outbound", "text"),
        ("inbound", "media"),
        ("inbound", "deleted"),
    ]


def test_a_file_on_its_own_says_itself_which_thread_it_is(tmp_path: Path) -> None:
    path = tmp_path / "message_1.json"
    value = thread(said("Acme", "Hi"), thread_path="inbox/anna_A1")
    path.write_text("\ufeff" + json.dumps(value), encoding="utf-8")
    batch = read(path)
    assert batch.conversations["key"].to_list() == ["thread:anna_A1"]
    assert batch.identifiers["raw"].to_list() == ["A1"]


def test_a_thread_that_names_nobody_is_between_those_who_write(tmp_path: Path) -> None:
    path = tmp_path / "anna.json"
    path.write_text(json.dumps({"messages": [said("Acme", "Hello"), said("Anna Weber", "Hi")]}), "utf-8")
    batch = read(path, owner="Acme")
    assert batch.contacts.select("record_id", "name").rows() == [("thread:anna", "Anna Weber")]
    assert batch.messages.select("person", "direction").rows() == [
        ("thread:anna", "outbound"),
        ("thread:anna", "inbound"),
    ]


def test_a_flat_file_on_its_own_is_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "Anna Weber_2.json").write_text(json.dumps(ENCRYPTED))
    assert read(tmp_path / "Anna Weber_2.json").conversations["key"].to_list() == ["thread:Anna Weber"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("message_1.json", b"", ErrorCode.FILE_EMPTY),
        ("message_1.json", b'{"messages": [', ErrorCode.FILE_FORMAT),
        ("message_1.json", b'{"a": 1}', ErrorCode.FILE_FORMAT),
        ("message_1.json", b"[" * 100_000, ErrorCode.FILE_FORMAT),
        ("message_1.json", b'"\xff"', ErrorCode.FILE_ENCODING),
        ("message_1.html", b"<html>", ErrorCode.FILE_FORMAT),
        ("facebook.zip", b"PK", ErrorCode.FILE_FORMAT),
    ],
)
def test_files_that_hold_no_thread_are_refused(tmp_path: Path, name: str, data: bytes, code: ErrorCode) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path / name)
    assert refused.value.code == code


def test_the_html_form_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="JSON format"):
        read(download(tmp_path, {f"{INBOX}anna_A1/message_1.html": "<html>"}))


@pytest.mark.parametrize("members", [{"photo.jpg": "x"}, {f"{INBOX}anna_A1/message_1.json": {"a": 1}}])
def test_downloads_without_threads_are_refused(tmp_path: Path, members: dict[str, Any]) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(download(tmp_path, members))
    assert refused.value.code == ErrorCode.FILE_FORMAT


def test_a_file_too_large_to_load_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meta_download, "MAX_JSON", 10)
    (tmp_path / "message_1.json").write_text(json.dumps(thread()))
    for path in (tmp_path / "message_1.json", download(tmp_path, {f"{INBOX}anna_A1/message_1.json": thread()})):
        with pytest.raises(DeliveryRefused) as refused:
            read(path)
        assert refused.value.code == ErrorCode.FILE_LIMIT


def test_entries_add_up_over_batches(tmp_path: Path) -> None:
    messages = [said("Acme", str(n)) for n in range(4)]
    whole, cut = one(tmp_path, None, *messages), one(tmp_path, None, *messages, rows=2)
    assert whole.messages.equals(cut.messages)
    assert sorted([*cut.messages["row"], *cut.refused["row"]]) == [1, 2, 3, 4, 5]


FIELDS = [
    "participants",
    "messages",
    "name",
    "sender_name",
    "timestamp_ms",
    "content",
    "title",
    "photos",
    "uri",
    "share",
]
FIELDS += ["senderName", "threadName", "timestamp", "text", "type", "thread_path", "sticker", "media"]
VALUES = hostile(FIELDS, likely=["Acme", 1_700_000_000_000])


@settings(max_examples=examples(50, light=10), deadline=None)
@given(st.one_of(st.binary(max_size=100), VALUES, st.lists(VALUES, max_size=5)))
def test_whatever_the_bytes_only_delivery_errors_come_and_contracts_hold(value: Any) -> None:
    messages = thread(*value) if isinstance(value, list) else value
    content = value if isinstance(value, bytes) else json.dumps(messages).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "message_1.json"
        path.write_bytes(content)
        (Path(folder) / "raw.zip").write_bytes(content)
        for delivered in (
            path,
            Path(folder) / "raw.zip",
            download(Path(folder), {f"{INBOX}a_1/message_1.json": content}),
        ):
            with suppress(DeliveryError):
                assert outcomes(read(delivered, rows=3, owner="Acme")) > 0 or not value


@pytest.mark.parametrize(
    "name",
    [
        f"{INBOX}anna_A1/photos/1.jpg",
        f"{INBOX}anna_A1/audio/1.aac",
        PROFILE,
        "your_activity_across_facebook/messages/autofill_information.json",
    ],
)
def test_what_an_unpacked_download_holds_beside_messages_is_skipped(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text('{"name": "somebody"}')
    assert read(path).refused.select("outcome", "code", "raw").rows() == [("skipped", "ENTRY_SKIPPED", "")]


def test_a_renamed_thread_of_an_unpacked_download_is_read(tmp_path: Path) -> None:
    path = tmp_path / f"{INBOX}anna_A1/anna.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(thread(said("Anna Weber", "Hi"), said("Acme", "Yes"))))
    assert read(path).messages["text"].to_list() == ["Hi", "Yes"]


def test_a_broken_thread_of_an_unpacked_download_is_refused(tmp_path: Path) -> None:
    path = tmp_path / f"{INBOX}anna_A1/message_1.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"participants": [')
    with pytest.raises(DeliveryRefused):
        read(path)


EITHER: list[Any] = [
    said("Acme", "Hi"),
    said("Anna Weber", "Yes"),
    said("Anna Weber"),
    said("Ben", at="soon"),
    None,
    5,
    {},
]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_messages_go_in(messages: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert outcomes(one(Path(folder), *messages, rows=3)) == len(messages)
