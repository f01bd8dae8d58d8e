import json
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryError, DeliveryRefused
from pipelines.read.core.batch import Batch, Sample
from pipelines.read.meta.instagram_download import FORMAT, detects
from tests.examples import examples
from tests.hostile_json import hostile
from tests.read_conversations import outcomes, read_conversations

INBOX = "your_instagram_activity/messages/inbox/"
PROFILE = "personal_information/personal_information/personal_information.json"


def thread(*messages: Any, names: tuple[str, ...] = ("Anna 🌸", "acme.store"), **more: Any) -> dict[str, Any]:
    return {"participants": [{"name": name} for name in names], "messages": list(messages), "title": names[0], **more}


def said(sender: str, content: str | None = None, at: int = 1_700_000_000_000, **more: Any) -> dict[str, Any]:
    return {"sender_name": sender, "timestamp_ms": at, **({"content": content} if content else {}), **more}


def download(folder: Path, members: dict[str, Any]) -> Path:
    path = folder / "instagram.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, value in members.items():
            file.writestr(name, value if isinstance(value, str | bytes) else json.dumps(value))
    return path


def one(folder: Path, *messages: Any, **more: Any) -> Batch:
    path = download(folder, {f"{INBOX}anna_17840000000000001/message_1.json": thread(*messages, **more)})
    return read_conversations(FORMAT, path, owner="acme.store")


def test_a_person_is_known_by_the_threads_id_and_by_no_username(tmp_path: Path) -> None:
    batch = one(tmp_path, said("Anna 🌸", "Hi"), said("acme.store", "Hello"))
    assert batch.contacts.select("record_id", "channel", "name").rows() == [
        ("thread:anna_17840000000000001", "instagram", "Anna 🌸")
    ]
    assert batch.identifiers.select("type", "raw").rows() == [("instagram_thread", "17840000000000001")]
    assert batch.messages.select("direction", "author").rows() == [("inbound", "contact"), ("outbound", "agent")]


def test_mojibake_is_mended(tmp_path: Path) -> None:
    assert one(tmp_path, said("acme.store", "Grüße".encode().decode("latin-1"))).messages["text"].to_list() == ["Grüße"]


@pytest.mark.parametrize("words", ["Liked a message", "Reacted ❤️ to your message ", "Reacted 😍 to your message"])
def test_what_instagram_writes_of_a_reaction_is_one(tmp_path: Path, words: str) -> None:
    assert one(tmp_path, said("Anna 🌸", words)).messages["kind"].to_list() == ["reaction"]


def test_a_person_who_deleted_the_account_has_no_name(tmp_path: Path) -> None:
    batch = one(tmp_path, said("Instagram User", "Hi"), names=("Instagram User", "acme.store"))
    assert batch.contacts["name"].to_list() == [None]
    assert batch.messages["person"].null_count() == 0


def test_a_group_makes_no_contacts(tmp_path: Path) -> None:
    batch = one(tmp_path, said("Ben", "Hi"), names=("Anna 🌸", "acme.store", "Ben"))
    assert batch.contacts.is_empty()
    assert batch.conversations["is_group"].to_list() == [True]


@pytest.mark.parametrize(
    "facts",
    [{"Name": {"value": "Acme Store"}, "Username": {"value": "x"}}, {"Username": {"value": "Acme Store"}}],
)
def test_the_owner_is_taken_from_the_profile(tmp_path: Path, facts: Any) -> None:
    value = thread(said("Acme Store", "Hi"), names=("Acme Store", "Anna"))
    members = {f"{INBOX}anna_1/message_1.json": value, PROFILE: {"profile_user": [{"string_map_data": facts}]}}
    assert read_conversations(FORMAT, download(tmp_path, members)).messages["direction"].to_list() == ["outbound"]


@pytest.mark.parametrize(
    ("sample", "sure"),
    [
        (Sample("i.zip", b"PK", members=(f"{INBOX}anna_1/message_1.json",)), 1.0),
        (Sample("i.zip", b"PK", members=(f"{INBOX}anna_1/message_1.html",)), 1.0),
        (Sample("f.zip", b"PK", members=("messages/inbox/anna_1/message_1.json",)), 0.0),
        (Sample("message_1.json", b'{"participants": [], "messages"', folders=("your_instagram_activity",)), 1.0),
        (Sample("message_1.json", b'{"participants": [], "messages"'), 0.0),
        (Sample("message_1.json", b"{}", folders=("your_instagram_activity",)), 0.0),
    ],
)
def test_a_download_is_told_by_its_folders(sample: Sample, sure: float) -> None:
    assert detects(sample) == sure


def test_the_html_form_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="JSON format"):
        read_conversations(FORMAT, download(tmp_path, {f"{INBOX}anna_1/message_1.html": "<html>"}))


VALUES = hostile(
    ["participants", "messages", "name", "sender_name", "timestamp_ms", "content", "share", "profile_user", "Name"],
    likely=["acme.store", 1_700_000_000_000],
)


@settings(max_examples=examples(50, light=10), deadline=None)
@given(st.binary(max_size=50) | VALUES, VALUES)
def test_whatever_comes_only_delivery_errors_come_and_contracts_hold(value: Any, profile: Any) -> None:
    content = thread(*value) if isinstance(value, list) else value
    with tempfile.TemporaryDirectory() as folder, suppress(DeliveryError):
        members = {
            f"{INBOX}a_1/message_1.json": content if isinstance(content, bytes) else json.dumps(content),
            PROFILE: json.dumps({"profile_user": [{"string_map_data": profile}]}),
        }
        batch = read_conversations(FORMAT, download(Path(folder), members), rows=3)
        assert outcomes(batch) > 0 or not value


EITHER: list[Any] = [
    said("acme.store", "Hi"),
    said("Anna 🌸", "Liked a message"),
    said("Anna 🌸"),
    {"sender_name": "Anna 🌸"},
    None,
    [],
]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_messages_go_in(messages: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert outcomes(one(Path(folder), *messages)) == len(messages)
