import json
import subprocess
import sys
import tempfile
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.errors import DeliveryError, DeliveryRefused
from pipelines.read.chats import slack_export
from pipelines.read.chats.slack_export import FORMAT, SlackExport, detects
from pipelines.read.core.batch import Batch, Sample
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from tests.examples import examples
from tests.hostile_json import hostile
from tests.read_conversations import outcomes, read_conversations

TEAM = "T00000001"
TS = "1700000000.000200"


def user(number: str, email: str | None = None, **more: Any) -> dict[str, Any]:
    profile = {"real_name": number.title(), **({"email": email} if email else {})}
    return {"id": number, "team_id": TEAM, "profile": profile, **more}


USERS = [
    user("UAGENT", "support@acme.example"),
    user("UMATE", "mate@acme.example"),
    user("UGUEST", "anna@shop.example", is_restricted=True),
    user("UBOT", is_bot=True),
]


def said(author: str | None = "UGUEST", text: str = "Hi", ts: Any = TS, **more: Any) -> dict[str, Any]:
    return {"type": "message", "text": text, "ts": ts, **({"user": author} if author else {}), **more}


def export(folder: Path, days: dict[str, Any], users: Any = USERS, **lists: Any) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("users.json", json.dumps(users))
        for name, value in lists.items():
            file.writestr(f"{name}.json", json.dumps(value))
        for name, value in days.items():
            file.writestr(name, value if isinstance(value, bytes) else json.dumps(value))
    return path


def direct(folder: Path, *messages: Any, members: tuple[str, ...] = ("UAGENT", "UGUEST"), **options: Any) -> Batch:
    users = options.pop("users", USERS)
    dms = [{"id": "D1", "members": list(members)}]
    return read_conversations(FORMAT, export(folder, {"D1/2023-11-14.json": messages}, users, dms=dms), **options)


def channel(folder: Path, *messages: Any, **options: Any) -> Batch:
    channels = [{"id": "C1", "name": "general", "members": ["UAGENT", "UGUEST"]}]
    path = export(folder, {"general/2023-11-14.json": messages}, channels=channels)
    return read_conversations(FORMAT, path, **options)


def test_a_customer_in_a_direct_message_is_a_person(tmp_path: Path) -> None:
    batch = direct(tmp_path, said("UGUEST"), said("UAGENT", ts="1700000001.000000"))
    assert batch.contacts.select("record_id", "channel", "name").rows() == [(f"slack:{TEAM}:UGUEST", "slack", "Uguest")]
    assert batch.identifiers.select("type", "scope", "raw").rows() == [
        ("slack_id", TEAM, "UGUEST"),
        ("email", "", "anna@shop.example"),
    ]
    assert batch.messages.select("key", "person", "direction", "author", "sender").rows() == [
        (f"D1|{TS}", f"slack:{TEAM}:UGUEST", "inbound", "contact", "Uguest"),
        ("D1|1700000001.000000", f"slack:{TEAM}:UGUEST", "outbound", "agent", "Uagent"),
    ]
    assert batch.messages["sent_at"].to_list()[0] == datetime(2023, 11, 14, 22, 13, 20, 200, tzinfo=UTC)


def test_a_channel_is_kept_and_makes_no_contacts(tmp_path: Path) -> None:
    batch = channel(tmp_path, said("UGUEST"), said("UAGENT"))
    assert batch.contacts.is_empty()
    assert batch.conversations.select("key", "title", "is_group", "inbox").rows() == [("C1", "general", True, TEAM)]
    assert batch.messages.select("person", "direction").rows() == [(None, "inbound"), (None, "outbound")]


def test_colleagues_among_themselves_are_no_contacts(tmp_path: Path) -> None:
    batch = direct(tmp_path, said("UMATE"), members=("UAGENT", "UMATE"))
    assert batch.contacts.is_empty()
    assert batch.messages.select("direction", "author").rows() == [("outbound", "agent")]


@pytest.mark.parametrize(
    ("member", "own", "is_customer"),
    [
        (user("U1", "x@shop.example"), [], False),
        (user("U1", "x@shop.example"), ["@acme.example"], True),
        (user("U1", "x@acme.example", is_restricted=True), ["@acme.example"], False),
        (user("U1", is_ultra_restricted=True), ["@acme.example"], True),
        (user("U1", is_stranger=True), [], True),
        (user("U1") | {"team_id": "T00000009"}, [], True),
        (user("U1", is_restricted=True, is_bot=True), [], False),
        (user("USLACKBOT", is_stranger=True), [], False),
    ],
)
def test_who_is_a_customer(tmp_path: Path, member: Any, own: list[str], *, is_customer: bool) -> None:
    users = [*USERS, member]
    batch = direct(tmp_path, said(), members=("UAGENT", member["id"]), users=users, own_addresses=own)
    assert batch.contacts.height == is_customer


def test_the_companys_workspace_can_be_said(tmp_path: Path) -> None:
    batch = direct(tmp_path, said("UMATE"), members=("UMATE",), team="T00000009")
    assert batch.contacts["record_id"].to_list() == ["slack:T00000009:UMATE"]


@pytest.mark.parametrize(
    "more", [{"subtype": "bot_message", "username": "Builds"}, {"bot_id": "B1", "username": "Builds"}]
)
def test_programs_are_bots(tmp_path: Path, more: Any) -> None:
    batch = channel(tmp_path, said(None, **more), said("UBOT"))
    assert batch.messages.select("direction", "author", "sender").rows() == [
        ("outbound", "bot", "Builds"),
        ("outbound", "bot", "Ubot"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<@UAGENT> and <@UNONE|ben> &amp; &lt;3", "@Uagent and @ben & <3"),
        (
            "<https://shop.example|our shop> <https://shop.example>",
            "our shop (https://shop.example) https://shop.example",
        ),
        (
            "<mailto:anna@shop.example|anna@shop.example> <#C1|general> <!here> <!subteam^S1|@team>",
            "anna@shop.example #general @here @team",
        ),
    ],
)
def test_markup_is_read_as_people_see_it(tmp_path: Path, text: str, told: str) -> None:
    assert channel(tmp_path, said(text=text)).messages["text"].to_list() == [told]


@pytest.mark.parametrize(
    ("more", "kind", "text", "files"),
    [
        (
            {"files": [{"name": "a.pdf", "mimetype": "application/pdf"}, {"mode": "tombstone"}]},
            "media",
            "Hi",
            ["a.pdf"],
        ),
        ({"file": {"title": "notes"}, "subtype": "file_share"}, "media", "Hi", ["notes"]),
        ({"text": "", "attachments": [{"fallback": "New order"}, 3]}, "text", "New order", []),
        ({"subtype": "tombstone"}, "deleted", None, []),
        ({"text": 3}, "other", None, []),
    ],
)
def test_messages_have_their_kinds(tmp_path: Path, more: Any, kind: str, text: Any, files: Any) -> None:
    message = channel(tmp_path, said() | more).messages.row(0, named=True)
    assert (message["kind"], message["text"]) == (kind, text)
    assert [file["name"] for file in message["attachments"]] == files


def test_coming_going_and_changes_are_events(tmp_path: Path) -> None:
    changed = said(None, subtype="message_changed", message=said(text="Hi!"))
    batch = channel(tmp_path, said(subtype="channel_join", text="<@UGUEST> has joined"), changed)
    assert batch.events.select("kind", "actor", "text", "after").rows() == [
        ("system", "Uguest", "@Uguest has joined", None),
        ("message_edited", None, None, "Hi!"),
    ]


@pytest.mark.parametrize("broken", [None, 3, {}, said(ts="now"), said(ts=1.5), said(ts="9" * 12)])
def test_messages_without_sense_are_refused_and_the_others_read(tmp_path: Path, broken: Any) -> None:
    batch = channel(tmp_path, broken, said())
    assert batch.refused["code"].to_list() == ["MESSAGE_UNREADABLE"]
    assert batch.messages.height == 1


def test_an_overlong_text_is_refused(tmp_path: Path) -> None:
    assert channel(tmp_path, said(text="x" * (MAX_TEXT + 1))).refused["code"].to_list() == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize("day", [b"[", b'{"a": 1}', b"[" * 100_000])
def test_a_day_that_is_no_list_refuses_the_export(tmp_path: Path, day: bytes) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read_conversations(FORMAT, export(tmp_path, {"general/2023-11-14.json": day}))
    assert refused.value.code == ErrorCode.FILE_FORMAT


def test_an_export_without_days_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="no Slack export"):
        read_conversations(FORMAT, export(tmp_path, {}))


@pytest.mark.parametrize("name", ["general/2026-01-05.json", "users.json", "channels.json"])
def test_a_file_of_an_unpacked_export_says_how_to_pack_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "workspace" / name
    path.parent.mkdir(parents=True)
    path.write_text("[]")
    with pytest.raises(DeliveryRefused, match=r"python -m zipfile -c slack\.zip FOLDER/"):
        next(FORMAT.read(path, SlackExport(format="slack_export", path="*")))


def test_an_export_packed_again_as_the_guide_says_is_read(tmp_path: Path) -> None:
    packed = export(tmp_path, {"general/2026-01-05.json": [said()]}, channels=[{"id": "C1", "name": "general"}])
    with zipfile.ZipFile(packed) as files_in:
        files_in.extractall(tmp_path / "My export")
    again = tmp_path / "again.zip"
    subprocess.run([sys.executable, "-m", "zipfile", "-c", again, f"{tmp_path / 'My export'}/"], check=True)
    assert len(read_conversations(FORMAT, again).messages) == 1


def test_a_day_too_large_to_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_export, "MAX_JSON", 10)
    with pytest.raises(DeliveryRefused) as refused:
        channel(tmp_path, said())
    assert refused.value.code == ErrorCode.FILE_LIMIT


@pytest.mark.parametrize("options", [{"own_addresses": ["acme.example"]}, {"team": "acme"}])
def test_options_that_cannot_be_are_refused(options: Any) -> None:
    with pytest.raises(ValidationError):
        SlackExport.model_validate({"format": "slack_export", "path": "x", **options})


@pytest.mark.parametrize(
    ("members", "sure"),
    [
        (("users.json", "channels.json", "general/2023-11-14.json"), 1.0),
        (("org_users.json", "dms.json", "x/D1/2023-11-14.json"), 1.0),
        (("users.json", "channels.json"), 0.0),
        ((), 0.0),
    ],
)
def test_an_export_is_told_by_the_names_in_it(members: tuple[str, ...], sure: float) -> None:
    assert detects(Sample("export.zip", b"PK", members=members)) == sure


WRITTEN = "bot_message me_message file_share file_comment file_mention thread_broadcast reply_broadcast"


@pytest.mark.parametrize("subtype", [*WRITTEN.split(), "slackbot_response", "tombstone"])
def test_what_people_and_programs_write_is_a_message(tmp_path: Path, subtype: str) -> None:
    batch = channel(tmp_path, said(subtype=subtype))
    assert (batch.messages.height, batch.events.height) == (1, 0)


@pytest.mark.parametrize("subtype", ["channel_topic", "pinned_item", "channel_leave", "something_new"])
def test_all_else_is_a_notice(tmp_path: Path, subtype: str) -> None:
    batch = channel(tmp_path, said(subtype=subtype, text="a topic"))
    assert batch.events.select("key", "conversation", "kind", "actor", "text").rows() == [
        (f"C1|{TS}", "C1", "system", "Uguest", "a topic")
    ]


def test_a_message_that_was_deleted_says_so(tmp_path: Path) -> None:
    batch = channel(tmp_path, said(subtype="message_deleted"), said(subtype="message_changed", message="x", ts="2"))
    assert batch.events.select("kind", "actor", "text", "after").rows() == [
        ("message_deleted", "Uguest", None, None),
        ("message_edited", "Uguest", None, None),
    ]


@pytest.mark.parametrize(
    ("more", "sender"),
    [
        ({"user_profile": {"real_name": "Ida", "display_name": "i"}, "username": "u"}, "Ida"),
        ({"user_profile": {"real_name": " ", "display_name": "i"}, "username": "u"}, "i"),
        ({"user_profile": 3, "username": "u"}, "u"),
        ({}, None),
    ],
)
def test_whoever_is_in_no_list_is_called_as_the_message_says(tmp_path: Path, more: Any, sender: str | None) -> None:
    found = channel(tmp_path, said("UNONE", **more), said(None, ts="2", **more))
    assert found.messages["sender"].to_list() == [sender, sender]


def test_rooms_are_called_by_their_name_or_by_the_customer(tmp_path: Path) -> None:
    days = {f"{folder}/2023-11-14.json": [said()] for folder in ("D1", "D2", "mpdm-1", "secret", "unknown", "C9")}
    lists = {
        "dms": [{"id": "D1", "members": ["UAGENT", "UGUEST"]}, {"id": "D2", "members": ["UGUEST", "UGUEST2", 3]}],
        "mpims": [{"id": "G1", "name": "mpdm-1", "members": ["UGUEST"]}],
        "groups": [{"id": "G2", "name": "secret", "members": ["UGUEST"]}],
        "channels": [{"id": "C9", "members": ["UGUEST"]}, {"name": "no id"}, None],
    }
    users = [*USERS, user("UGUEST2", is_restricted=True)]
    batch = read_conversations(FORMAT, export(tmp_path, days, users, **lists))
    assert sorted(batch.conversations.select("key", "title", "is_group").rows()) == [
        ("C9", None, True),
        ("D1", "Uguest", False),
        ("D2", None, False),
        ("G1", "mpdm-1", True),
        ("G2", "secret", True),
        ("channel:unknown", "unknown", True),
    ]
    assert batch.messages.filter(batch.messages["person"].is_not_null())["conversation"].to_list() == ["D1"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<@UNONE>", "@UNONE"),
        ("<@UAGENT|boss>", "@boss"),
        ("<#C7>", "#C7"),
        ("<!subteam^S1>", "@subteam"),
        ("<!date^1^x|today>", "@today"),
        ("<tel:+4930901820|030 901820>", "030 901820 (+4930901820)"),
        ("<mailto:a@b.example|write us>", "write us (a@b.example)"),
        ("<https://b.example/a|b.example/a>", "https://b.example/a"),
        ("<https://b.example|>", "https://b.example"),
        ("a < b &gt; c", "a < b > c"),
        ("  &amp; ", "&"),
        (" &nbsp; ", None),
    ],
)
def test_mentions_links_and_signs_are_read_as_people_see_them(tmp_path: Path, text: str, told: str | None) -> None:
    assert channel(tmp_path, said(text=text)).messages["text"].to_list() == [told]


def test_a_message_without_words_has_those_of_what_is_attached(tmp_path: Path) -> None:
    attached = [{"fallback": "one", "text": "x"}, {"text": "two"}, {"fallback": " "}, "three"]
    batch = channel(tmp_path, said(text="", attachments=attached), said(text="own", attachments=attached))
    assert batch.messages["text"].to_list() == ["one\ntwo", "own"]


def test_a_message_may_be_so_long(tmp_path: Path) -> None:
    batch = channel(tmp_path, said(text="x" * MAX_TEXT))
    assert batch.messages["text"].str.len_chars().to_list() == [MAX_TEXT]


def test_days_that_are_not_utf8_refuse_the_export(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read_conversations(FORMAT, export(tmp_path, {"general/2023-11-14.json": b'["\xff"]'}))
    assert refused.value.code == ErrorCode.FILE_ENCODING


@pytest.mark.parametrize(
    ("folder", "name", "start", "sure"),
    [
        ("general", "2023-11-14.json", b'[{"type": "message", "ts": "1"}]', 0.8),
        ("general", "2023-11-14.json", b" [ ]", 0.8),
        ("general", "2023-11-14.json", b'[{"type": "message"}]', 0.0),
        ("general", "november.json", b'[{"ts": "1"}]', 0.0),
    ],
)
def test_a_day_of_an_unpacked_export_is_told_by_its_place(folder: str, name: str, start: bytes, sure: float) -> None:
    assert detects(Sample(name, start, folders=("exports", folder))) == sure


FIELDS = [
    "id",
    "name",
    "members",
    "user",
    "text",
    "ts",
    "subtype",
    "files",
    "file",
    "attachments",
    "fallback",
    "profile",
]
VALUES = hostile([*FIELDS, "message", "team_id", "email", "is_stranger", "bot_id"], likely=["UGUEST", TS, "D1", True])


@pytest.mark.heavy
@settings(max_examples=examples(50, light=10), deadline=None)
@given(st.lists(VALUES, max_size=4), VALUES, VALUES)
def test_whatever_comes_only_delivery_errors_come_and_contracts_hold(messages: Any, users: Any, dms: Any) -> None:
    with tempfile.TemporaryDirectory() as folder, suppress(DeliveryError):
        days = {"D1/2023-11-14.json": [*messages, said()]}
        batch = read_conversations(FORMAT, export(Path(folder), days, [*USERS, users], dms=[dms]), rows=3)
        assert outcomes(batch) > 0


EITHER: list[Any] = [
    said(),
    said("UAGENT"),
    said(None, subtype="channel_join"),
    said(ts="soon"),
    said(ts=None),
    {},
    None,
    "x",
]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_messages_go_in(messages: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert outcomes(direct(Path(folder), *messages, rows=3)) == len(messages)


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("1772445600", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("1772445600.5", datetime(2026, 3, 2, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("1772445600.000001", datetime(2026, 3, 2, 10, 0, 0, 1, tzinfo=UTC)),
        ("999999999999", None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_stamp_is_a_time_to_the_microsecond(stamp: str | None, at: datetime | None) -> None:
    assert slack_export._time(stamp) == at
