import base64
import hashlib
import re
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryError, DeliveryRefused
from pipelines.read.chats import sms_xml
from pipelines.read.chats.sms_backup import FORMAT, detects
from pipelines.read.core.batch import Batch, Sample
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from tests.examples import examples
from tests.read_conversations import outcomes, read_conversations

ANNA, BEN = "+12025550123", "+12025550199"
AT = "1700000000123"
WHEN = datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)
HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<!--File Created By-->\n"


def element(name: str, inner: str = "", /, **attributes: str) -> str:
    return f"<{name} {' '.join(f'{key}={quoteattr(value)}' for key, value in attributes.items())}>{inner}</{name}>"


def sms(**more: str) -> str:
    told = {"address": ANNA, "date": AT, "type": "1", "subject": "null", "body": "Hi", "contact_name": "Anna Weber"}
    return element("sms", **(told | more))


def mms(*inside: str, **more: str) -> str:
    parts = "".join(each for each in inside if each.startswith("<part"))
    addresses = "".join(each for each in inside if each.startswith("<addr"))
    told = {"address": ANNA, "date": AT, "msg_box": "1", "sub": "null", "contact_name": "Anna Weber"}
    return element("mms", f"<parts>{parts}</parts><addrs>{addresses}</addrs>", **(told | more))


def part(kind: str = "text/plain", **more: str) -> str:
    return element("part", ct=kind, **more)


def read(folder: Path, *messages: str | bytes, rows: int = 20_000) -> Batch:
    path = folder / "sms-20250915.xml"
    body = b"\n".join(each if isinstance(each, bytes) else each.encode() for each in messages)
    path.write_bytes(HEAD.encode() + b'<smses count="1">' + body + b"</smses>")
    return read_conversations(FORMAT, path, rows=rows)


def test_a_person_is_known_by_the_number_and_the_phones_name_of_it(tmp_path: Path) -> None:
    batch = read(tmp_path, sms())
    assert batch.contacts.select("record_id", "channel", "name").rows() == [(f"sms:{ANNA}", "sms", "Anna Weber")]
    assert batch.identifiers.select("type", "raw").rows() == [("phone", ANNA)]
    message = batch.messages.row(0, named=True)
    assert (message["line"], message["sent_at"], message["precision"]) == (3, WHEN, "millisecond")
    assert (message["direction"], message["author"], message["sender"]) == ("inbound", "contact", "Anna Weber")


@pytest.mark.parametrize(
    ("box", "direction", "state"),
    [
        ("1", "inbound", None),
        ("2", "outbound", "sent"),
        ("4", "outbound", None),
        ("5", "outbound", "failed"),
        ("6", "outbound", None),
    ],
)
def test_the_box_of_a_message_tells_direction_and_state(tmp_path: Path, box: str, direction: str, state: Any) -> None:
    batch = read(tmp_path, sms(type=box), mms(part(text="x"), msg_box=box))
    assert batch.messages.select("direction", "state").rows() == [(direction, state)] * 2


def test_a_draft_is_skipped(tmp_path: Path) -> None:
    batch = read(tmp_path, sms(type="3"), sms())
    assert batch.refused.select("line", "outcome", "code").rows() == [(3, "skipped", "ENTRY_SKIPPED")]
    assert batch.messages.height == 1


def test_null_and_unknown_say_nothing(tmp_path: Path) -> None:
    batch = read(tmp_path, sms(body="null", contact_name="(Unknown)"))
    assert batch.contacts["name"].to_list() == [None]
    assert batch.messages.select("kind", "text", "sender").rows() == [("other", None, None)]


def test_numbers_are_one_however_they_are_spaced(tmp_path: Path) -> None:
    batch = read(tmp_path, sms(), sms(address="+1 (202) 555-0123"))
    assert batch.contacts.height == batch.conversations.height == 1


@pytest.mark.parametrize("address", ["PARCEL", "72404", "a" * 300])
def test_services_are_kept_and_make_no_contacts(tmp_path: Path, address: str) -> None:
    batch = read(tmp_path, sms(address=address))
    assert batch.contacts.is_empty()
    assert batch.messages["sender"].to_list() == [address]


def test_a_message_from_a_mail_address_is_of_a_person_known_by_it(tmp_path: Path) -> None:
    assert read(tmp_path, mms(address="anna@shop.example")).identifiers.select("type", "raw").rows() == [
        ("email", "anna@shop.example")
    ]


def test_a_message_to_several_is_a_group_and_makes_no_contacts(tmp_path: Path) -> None:
    sender = element("addr", address=BEN, type="137")
    batch = read(tmp_path, mms(part(text="Hi all"), sender, address=f"{BEN}~{ANNA}"))
    assert batch.contacts.is_empty()
    assert batch.conversations.select("key", "is_group").rows() == [(f"sms:{ANNA}~{BEN}", True)]
    assert batch.messages.select("person", "sender", "text").rows() == [(None, BEN, "Hi all")]


def test_a_message_without_address_has_those_of_its_list(tmp_path: Path) -> None:
    listed = element("addr", address=ANNA, type="137") + element("addr", address=BEN, type="151")
    assert read(tmp_path, mms(listed, address="null")).messages["person"].to_list() == [f"sms:{ANNA}"]


def test_files_are_listed_with_their_hash_and_not_kept(tmp_path: Path) -> None:
    data = base64.b64encode(b"picture").decode()
    parts = [part("application/smil", text="<smil/>"), part(text="Look"), part("image/jpeg", cl="a.jpg", data=data)]
    batch = read(tmp_path, mms(*parts, part("image/png", name="null", data="!")))
    assert batch.messages.select("kind", "text").rows() == [("media", "Look")]
    assert batch.messages["attachments"].to_list() == [
        [
            {"name": "a.jpg", "type": "image/jpeg", "sha256": hashlib.sha256(b"picture").hexdigest()},
            {"name": None, "type": "image/png", "sha256": None},
        ]
    ]


def test_a_time_in_seconds_is_understood(tmp_path: Path) -> None:
    batch = read(tmp_path, mms(date="0", date_sent="1700000000"), mms(date="1700000000"))
    assert batch.messages["sent_at"].to_list()[1] == WHEN.replace(microsecond=0)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1 << 18])
@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (b"&#55357;&#56397;", "👍"),
        (b"&#xD83D;&#xdc4d;", "👍"),
        (b"&#55357;&#55357;&#56397;", "\ufffd👍"),
        (b"&#56397;", "\ufffd"),
        (b"&#55357;x", "\ufffdx"),
        (b"&#55357;&amp;", "\ufffd&"),
        (b"a&#0;&#x1F;\x0b&#10;b", "a\ufffd\ufffd\nb"),
        ("&#128077; ü".encode(), "👍 ü"),
    ],
)
def test_references_that_are_no_xml_are_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reference: bytes, text: str, chunk: int
) -> None:
    monkeypatch.setattr(sms_xml, "CHUNK", chunk)
    message = sms(body="BODY").encode().replace(b"BODY", reference)
    assert read(tmp_path, message).messages["text"].to_list() == [text]


def test_equal_messages_of_one_moment_stay_two_and_keep_their_keys(tmp_path: Path) -> None:
    first, later = read(tmp_path, sms(), sms()), read(tmp_path, sms(), sms(), sms(date="1700000009000"))
    assert first.messages["key"].n_unique() == 2
    assert later.messages["key"].to_list()[:2] == first.messages["key"].to_list()


@pytest.mark.parametrize("broken", [sms(type="9"), sms(date="soon"), sms(address=""), sms(date="9" * 18), "<sms/>"])
def test_messages_without_sense_are_refused_and_the_others_read(tmp_path: Path, broken: str) -> None:
    batch = read(tmp_path, broken, sms())
    assert batch.refused.select("line", "code").rows() == [(3, "MESSAGE_UNREADABLE")]
    assert batch.messages.height == 1


def test_an_overlong_text_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path, sms(body="x" * (MAX_TEXT + 1))).refused["code"].to_list() == ["LIMIT_EXCEEDED"]


ENTITIES = b'<!DOCTYPE smses [<!ENTITY a "aaaa">]><smses><sms body="&a;"/></smses>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ErrorCode.FILE_EMPTY),
        (b"<calls/>", ErrorCode.FILE_FORMAT),
        (b"<smses><sms", ErrorCode.FILE_FORMAT),
        (b"<smses>", ErrorCode.FILE_FORMAT),
        (b"hello", ErrorCode.FILE_FORMAT),
        (b'<smses><sms a="\xff"/></smses>', ErrorCode.FILE_FORMAT),
        (ENTITIES, ErrorCode.FILE_FORMAT),
        (b"<smses>" + b"<a>" * 1_000, ErrorCode.FILE_LIMIT),
        ("<smses/>".encode("utf-16"), ErrorCode.FILE_ENCODING),
    ],
)
def test_what_is_no_backup_is_refused(tmp_path: Path, data: bytes, code: ErrorCode) -> None:
    (tmp_path / "sms.xml").write_bytes(data)
    with pytest.raises(DeliveryRefused) as refused:
        read_conversations(FORMAT, tmp_path / "sms.xml")
    assert refused.value.code == code


def test_a_message_too_large_to_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_xml, "CHUNK", 100)
    monkeypatch.setattr(sms_xml, "LONGEST_ENTRY", 1_000)
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path, mms(part("video/mp4", data="x" * 10_000)))
    assert refused.value.code == ErrorCode.FILE_LIMIT


def test_an_empty_backup_holds_nothing(tmp_path: Path) -> None:
    assert read(tmp_path).messages.is_empty()


def test_entries_add_up_over_batches(tmp_path: Path) -> None:
    messages = [sms(body=str(n)) for n in range(4)]
    assert read(tmp_path, *messages).messages.equals(read(tmp_path, *messages, rows=2).messages)


@pytest.mark.parametrize(
    ("start", "sure"),
    [(HEAD + '<smses count="1">', 1.0), ("<smses>", 1.0), (HEAD + "<calls>", 0.0), ("smses", 0.0), ("<" * 5_000, 0.0)],
)
def test_a_backup_is_told_by_its_root(start: str, sure: float) -> None:
    assert detects(Sample("sms.xml", start.encode())) == sure


NAMES = ["sms", "mms", "part", "parts", "addr", "addrs", "smses", "x"]
FIELDS = ["address", "date", "type", "msg_box", "body", "ct", "data", "text", "contact_name"]
LIKELY = st.sampled_from([ANNA, AT, "1", "137", "~", "null", "text/plain", "image/png", "QQ=="])
VALUES = LIKELY | st.text(st.characters(codec="utf-8", min_codepoint=32), max_size=8)
ELEMENTS = st.recursive(
    st.just(""),
    lambda inner: st.builds(
        lambda name, attributes, within: element(name, "".join(within), **attributes),
        st.sampled_from(NAMES),
        st.dictionaries(st.sampled_from(FIELDS), VALUES),
        st.lists(inner, max_size=3),
    ),
    max_leaves=10,
)


@settings(max_examples=examples(50, light=10), deadline=None)
@given(st.lists(ELEMENTS | st.binary(max_size=20), max_size=4))
def test_whatever_comes_only_delivery_errors_come_and_contracts_hold(messages: list[str | bytes]) -> None:
    stated = [each for each in messages if isinstance(each, str) and re.match(r"<[sm]ms[ >/]", each)]
    with tempfile.TemporaryDirectory() as folder, suppress(DeliveryError):
        assert outcomes(read(Path(folder), *messages, rows=3)) >= len(stated)


EITHER = [sms(), sms(type="2"), sms(date="soon"), mms(part(text="Hi")), mms(date="x"), element("sms"), element("mms")]


@settings(max_examples=examples(30, light=8), deadline=None)
@given(st.lists(st.sampled_from(EITHER), min_size=1, max_size=8))
def test_as_many_entries_come_out_as_messages_go_in(messages: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert outcomes(read(Path(folder), *messages, rows=3)) == len(messages)
