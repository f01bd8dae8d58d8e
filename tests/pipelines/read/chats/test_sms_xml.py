import io

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.chats import sms_xml
from pipelines.read.chats.sms_xml import Element, elements
from schemas.error_codes import ErrorCode


def read(text: str | bytes) -> list[Element]:
    return list(elements(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def bodies(*references: str) -> list[str]:
    return [
        each.attributes["body"]
        for each in read(f"<smses>{''.join(f'<sms body={chr(34)}{each}{chr(34)}/>' for each in references)}</smses>")
    ]


def refused(text: str | bytes) -> ErrorCode:
    with pytest.raises(DeliveryRefused) as found:
        read(text)
    return found.value.code


def test_messages_come_with_their_parts_and_addresses() -> None:
    found = read(
        '<smses>\n<sms a="1"/>\n<mms b="2"><parts><part c="3"/><part d="4"/></parts><addrs><addr e="5"/></addrs>'
        '</mms>\n<call x="1"/></smses>'
    )
    assert found == [
        Element(2, "sms", {"a": "1"}, [], []),
        Element(3, "mms", {"b": "2"}, [{"c": "3"}, {"d": "4"}], [{"e": "5"}]),
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&#128578;", "🙂"),
        ("&#55357;&#56898;", "🙂"),
        ("&#xD83D;&#xDE42;", "🙂"),
        ("&#xd83d;&#56898;", "🙂"),
        ("&#55296;&#56320;", "\U00010000"),
        ("&#56319;&#57343;", "\U0010ffff"),
        ("&#55357;", "\ufffd"),
        ("&#56898;x", "\ufffdx"),
        ("&#0;&#8;&#x1f;", "\ufffd" * 3),
        ("&#9;&#10;", "\t\n"),
        ("a\x01b", "ab"),
        ("&amp;#55357;", "&#55357;"),
    ],
)
def test_references_that_are_no_xml_are_mended(written: str, meant: str) -> None:
    assert bodies(written) == [meant]


@pytest.mark.parametrize("size", [1, 3, 7, 50])
def test_where_a_chunk_ends_makes_no_difference(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_xml, "CHUNK", size)
    assert bodies("&#55357;&#56898; a &#0; &amp;", "b") == ["🙂 a \ufffd &", "b"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ErrorCode.FILE_EMPTY),
        ("<calls/>", ErrorCode.FILE_FORMAT),
        ("<smses><sms", ErrorCode.FILE_FORMAT),
        ("<smses>", ErrorCode.FILE_FORMAT),
        ("<smses><sms></smses>", ErrorCode.FILE_FORMAT),
        ("<!DOCTYPE x []><smses/>", ErrorCode.FILE_FORMAT),
        ("<smses/>".encode("utf-16"), ErrorCode.FILE_ENCODING),
        (b"\xfe\xff\0<", ErrorCode.FILE_ENCODING),
        ("<?xml version='1.0' encoding='no-such'?><smses/>", ErrorCode.FILE_FORMAT),
    ],
)
def test_what_is_no_backup_is_refused(text: str | bytes, code: ErrorCode) -> None:
    assert refused(text) == code


def test_a_message_may_be_so_large_and_no_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_xml, "CHUNK", 64)
    monkeypatch.setattr(sms_xml, "LONGEST_ENTRY", 1_000)
    assert bodies("x" * 500) == ["x" * 500]
    assert refused(f'<smses><sms body="{"x" * 5_000}"/></smses>') == ErrorCode.FILE_LIMIT


def test_elements_may_lie_so_deep_and_no_deeper() -> None:
    def nested(depth: int) -> str:
        return "<smses>" + "<sms>" * (depth - 1) + "</sms>" * (depth - 1) + "</smses>"

    assert len(read(nested(20))) == 1
    assert refused(nested(21)) == ErrorCode.FILE_LIMIT
