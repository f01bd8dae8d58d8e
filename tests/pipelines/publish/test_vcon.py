import json
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any
from uuid import RFC_4122, UUID

import pytest

from pipelines.publish.vcon import Kept, uuid8, write_vcon

NOW = datetime(2026, 6, 30, 12, 30, tzinfo=UTC)
ANNA = {
    "contact_id": "00000000-0000-0000-0000-000000000001",
    "name": "Anna Berg",
    "phone": "+4915123456789",
    "email": "anna@example.com",
}


def entry(minute: int, text: str | None = "hello", **said: Any) -> dict[str, Any]:
    """A message of the contact, but for what is said otherwise."""
    return {
        "happened_at": datetime(2026, 6, 1, 10, minute, tzinfo=UTC),
        "channel": "whatsapp",
        "kind": "text",
        "direction": "inbound",
        "actor": "Anna",
        "text": text,
        "attachments": [],
    } | said


def answer(minute: int, agent: str | None) -> dict[str, Any]:
    return entry(minute, direction="outbound", actor=agent)


def made(*entries: dict[str, Any], contact: dict[str, Any] | None = None) -> tuple[dict[str, Any], Kept]:
    file = BytesIO()
    kept = write_vcon(file, "acme", contact or ANNA, entries, NOW)
    document: dict[str, Any] = json.loads(file.getvalue())
    return document, kept


def require_vcon(document: dict[str, Any]) -> None:
    """Hold a document to what the draft's JSON schema demands of an unsigned vCon with inline text."""
    assert set(document) == {"vcon", "uuid", "created_at", "subject", "parties", "dialog", "attachments"}
    assert document["vcon"] == "0.4.0"
    assert isinstance(document["subject"], str)
    assert UUID(document["uuid"]).version == 8
    assert datetime.fromisoformat(document["created_at"]).utcoffset() == timedelta(0)
    assert not {"redacted", "amended", "group", "analysis"} & set(document)
    parties = range(len(document["parties"]))
    for party in document["parties"]:
        assert set(party) <= {"tel", "mailto", "name", "validation", "uuid"}
        assert all(isinstance(value, str) and value for value in party.values())
        assert "name" not in party or party["validation"]
    for dialog in document["dialog"]:
        assert {"type", "start", "parties", "mediatype", "body", "encoding"} <= set(dialog)
        assert (dialog["type"], dialog["mediatype"], dialog["encoding"]) == ("text", "text/plain", "none")
        assert datetime.fromisoformat(dialog["start"]).tzinfo is not None
        assert isinstance(dialog["body"], str)
        assert isinstance(dialog["application"], str)
        assert dialog["originator"] == dialog["parties"][0]
        assert set(dialog["parties"]) <= set(parties)
    for attachment in document["attachments"]:
        assert {"start", "party", "dialog"} <= set(attachment)
        assert attachment["party"] in parties
        assert set(attachment) <= {"start", "party", "dialog", "filename", "mediatype"}
        assert attachment["dialog"] in range(len(document["dialog"]))


@pytest.mark.parametrize("entries", [[], [entry(1)], [entry(1), answer(2, "Ina"), answer(3, None), answer(4, "Ina")]])
def test_a_history_is_a_vcon(entries: list[dict[str, Any]]) -> None:
    document, kept = made(*entries)
    require_vcon(document)
    assert kept == Kept(len(entries), 0) == Kept(len(document["dialog"]), 0)


def test_parties_are_the_contact_the_company_and_each_agent_once() -> None:
    document, _ = made(entry(1), answer(2, "Ina"), answer(3, None), answer(4, "Ben"), answer(5, "Ina"))
    assert document["parties"] == [
        {
            "name": "Anna Berg",
            "validation": "none",
            "tel": "+4915123456789",
            "mailto": "anna@example.com",
            "uuid": ANNA["contact_id"],
        },
        {"name": "acme", "validation": "none"},
        {"name": "Ina", "validation": "none"},
        {"name": "Ben", "validation": "none"},
    ]
    assert [dialog["parties"] for dialog in document["dialog"]] == [[0, 1], [2, 0], [1, 0], [3, 0], [2, 0]]


@pytest.mark.parametrize(
    ("unknown", "who"),
    [
        ((), "Anna Berg"),
        (("name",), "anna@example.com"),
        (("name", "email"), "+4915123456789"),
        (("name", "email", "phone"), "a contact"),
    ],
)
def test_the_subject_says_who_wrote_to_whom(unknown: tuple[str, ...], who: str) -> None:
    document, _ = made(contact=ANNA | dict.fromkeys(unknown))
    assert document["subject"] == f"Messages between {who} and acme"


def test_what_is_not_known_of_a_contact_is_not_there() -> None:
    document, _ = made(contact=ANNA | {"name": None, "phone": None})
    assert set(document["parties"][0]) == {"mailto", "uuid"}


def test_files_are_listed_without_their_content() -> None:
    files = [{"name": "offer.pdf", "type": "application/pdf", "sha256": "00"}, {"name": None, "type": None}]
    document, _ = made(entry(1), entry(2, None, kind="media", attachments=files))
    require_vcon(document)
    assert document["dialog"][1]["body"] == ""
    at = {"start": "2026-06-01T10:02:00Z", "party": 0, "dialog": 1}
    assert document["attachments"] == [at | {"filename": "offer.pdf", "mediatype": "application/pdf"}, at]


@pytest.mark.parametrize("kind", ["note", "bounce", "status_changed", "blocked"])
def test_what_was_not_exchanged_with_the_contact_stays_out(kind: str) -> None:
    document, kept = made(entry(1, kind=kind, direction="outbound" if kind == "note" else None), entry(2))
    assert (len(document["dialog"]), kept) == (1, Kept(1, 0))


def test_a_message_without_a_time_cannot_be_a_dialog_and_is_counted() -> None:
    document, kept = made(entry(1, happened_at=None), entry(2))
    assert (len(document["dialog"]), kept) == (1, Kept(1, 1))


def test_a_uuid_of_a_vcon_begins_with_its_time_and_ends_with_its_domain() -> None:
    one, other = uuid8("a.example", NOW), uuid8("a.example", NOW + timedelta(seconds=1))
    assert one.version == other.version == 8
    assert one.variant == RFC_4122
    assert one.int >> 80 == int(NOW.timestamp() * 1000)
    assert one.int & (2**62 - 1) == other.int & (2**62 - 1) != uuid8("b.example", NOW).int & (2**62 - 1)
    assert one < other


@pytest.mark.parametrize("left_out", [{"kind": "note"}, {"kind": "bounce"}, {"kind": "merge"}, {"direction": None}])
def test_what_was_not_exchanged_is_no_dialog(left_out: dict[str, Any]) -> None:
    document, kept = made(entry(1), entry(2) | left_out)
    assert (len(document["dialog"]), kept) == (1, Kept(1, 0))


def test_a_vcon_says_when_it_was_made_whatever_the_time_zone_it_was_made_in() -> None:
    file = BytesIO()
    write_vcon(file, "acme", ANNA, [], NOW.astimezone(timezone(timedelta(hours=2))))
    assert json.loads(file.getvalue())["created_at"] == "2026-06-30T12:30:00Z"


def test_a_message_keeps_its_text_its_channel_and_its_moment() -> None:
    document, _ = made(entry(7, "Grüße", channel="email"))
    assert document["dialog"] == [
        {
            "type": "text",
            "start": "2026-06-01T10:07:00Z",
            "parties": [0, 1],
            "originator": 0,
            "mediatype": "text/plain",
            "body": "Grüße",
            "encoding": "none",
            "application": "email",
        }
    ]


def test_a_file_is_sent_by_whoever_wrote_its_message() -> None:
    files = [{"name": "offer.pdf", "type": None}]
    document, _ = made(entry(1), answer(2, "Ina") | {"attachments": files}, entry(3, attachments=None))
    assert document["attachments"] == [
        {"start": "2026-06-01T10:02:00Z", "party": 2, "dialog": 1, "filename": "offer.pdf"}
    ]


def test_a_vcon_is_text_of_a_message_a_line_without_escapes() -> None:
    file = BytesIO()
    write_vcon(file, "acme", ANNA, [entry(1, "Grüße"), entry(2)], NOW)
    lines = file.getvalue().decode().splitlines()
    assert len(lines) == 4
    assert '"body":"Grüße"' in lines[1]
    assert file.getvalue().endswith(b"}\n")


def test_the_last_bits_of_a_uuid_are_the_first_of_the_sha_1_of_its_domain() -> None:
    assert uuid8("a.example", NOW).int & (2**62 - 1) == 0xF4E610B835C891C0 >> 2
    assert len({uuid8("a.example", NOW) for _ in range(20)}) > 1
