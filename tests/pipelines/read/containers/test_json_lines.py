import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import DeliveryRefused
from pipelines.read.containers import json_lines as module
from pipelines.read.containers.json_lines import Line, json_lines, parsed, written
from pipelines.read.core.frames import Rejected
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT

JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()))


def read(data: bytes) -> list[Line | Rejected]:
    return list(json_lines(io.BytesIO(data)))


def test_each_line_is_a_value_and_blank_ones_are_none() -> None:
    assert read(b'\xef\xbb\xbf{"a": 1}\r\n\n  \n[2]') == [Line(1, {"a": 1}, b'{"a": 1}\r\n'), Line(4, [2], b"[2]")]


@pytest.mark.parametrize("broken", [b'{"a": ', b'"\xff"', b"[" * 100_000, b"9" * 5_000, b"{} {}"])
def test_a_line_that_is_no_json_is_refused_and_the_others_read(broken: bytes) -> None:
    found = read(b"{}\n" + broken + b"\n{}\n")
    assert [type(each) for each in found] == [Line, Rejected, Line]
    assert isinstance(found[1], Rejected)
    assert (found[1].line, found[1].code) == (2, ErrorCode.MESSAGE_UNREADABLE)


@pytest.mark.parametrize(
    "text",
    [
        '"\\ud83d"',
        '{"\\ud800": "\\ude00"}',
        "NaN",
        "-Infinity",
        "1e999",
        "18446744073709551616",
        "-9223372036854775809",
        "1" * 4_000,
        '{"a": {"b": 1}, "a": {"c": 2}}',
        "-0",
        "-0.0",
        "5e-324",
        "123456789012345678901234567890.5",
        '"\\u0000\x7f"',
        "[" * 150 + "]" * 150,
        "[" * 500 + "]" * 500,
    ],
)
def test_what_the_fast_parser_refuses_or_could_read_otherwise_is_as_python_reads_it(text: str) -> None:
    assert repr(parsed(text)) == repr(json.loads(text))


@given(st.recursive(JSON, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_a_value_is_what_python_makes_of_it(value: Any) -> None:
    text = json.dumps(value)
    assert repr(parsed(text)) == repr(json.loads(text))


@pytest.mark.parametrize(
    "text", ["01", "1.", ".5", "+1", "-", "tru", '"\t"', '"\\x"', "[1,]", "{} {}", "'a'", "[" * 100_000]
)
def test_what_is_no_json_is_none_for_either_parser(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(text)


def test_a_line_that_is_too_long_is_refused_and_never_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINE_BYTES", 8)
    monkeypatch.setattr(module, "SKIPPED_BYTES", 4)
    found = read(b'{}\n"' + b"x" * 50 + b'"\n{}')
    assert [type(each) for each in found] == [Line, Rejected, Line]
    assert isinstance(found[1], Rejected)
    assert found[1].code == ErrorCode.LIMIT_EXCEEDED


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ErrorCode.FILE_EMPTY),
        (b"\n \n", ErrorCode.FILE_EMPTY),
        (b"hello\n", ErrorCode.FILE_FORMAT),
        (b"hello\n" * 1_000_000, ErrorCode.FILE_FORMAT),
        ("{}".encode("utf-16"), ErrorCode.FILE_ENCODING),
    ],
)
def test_a_file_without_json_is_refused(data: bytes, code: ErrorCode) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(data)
    assert refused.value.code == code


@pytest.mark.parametrize("value", [{"a": "\ud83d"}, float("nan"), ["x" * 200_000]])
def test_what_is_written_of_a_value_can_be_stored(value: Any) -> None:
    assert 0 < len(written(value)) <= 65_536
    written(value).encode()


def test_a_refused_line_is_kept_as_it_was_read() -> None:
    [_, found] = read(b'{}\n{"a": \xff}\r\n')
    assert isinstance(found, Rejected)
    assert (found.line, found.raw) == (2, '{"a": \ufffd}')
    assert found.expected == "one complete JSON value in UTF-8"
    [_, long] = read(b"{}\n{" + "€".encode() * 2 * MAX_TEXT + b"\n")
    assert isinstance(long, Rejected)
    assert long.raw == "{" + "€" * (MAX_TEXT - 1)


def test_a_line_may_be_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINE_BYTES", 8)
    assert read(b'"12345"\n"1234"\n"12345"') == [
        Line(1, "12345", b'"12345"\n'),
        Line(2, "1234", b'"1234"\n'),
        Line(3, "12345", b'"12345"'),
    ]
    [_, found, _] = read(b'1\n"123456"\n2')
    assert isinstance(found, Rejected)
    assert (found.line, found.code, found.raw) == (2, ErrorCode.LIMIT_EXCEEDED, '"123456"')
    assert "at most 0 MB" in found.expected


def test_what_is_skipped_of_a_long_line_ends_with_it_or_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINE_BYTES", 4)
    monkeypatch.setattr(module, "SKIPPED_BYTES", 3)
    for rest in (b"x", b"xx", b"xxx", b"xxxx"):
        found = read(b"1\n" + b"yyyy" + rest + b"\n2\n" + b"zzzz" + rest)
        assert [(type(each), getattr(each, "number", getattr(each, "line", None))) for each in found] == [
            (Line, 1), (Rejected, 2), (Line, 3), (Rejected, 4),
        ]  # fmt: skip


def test_a_hundred_unreadable_lines_before_the_first_readable_one_are_something_else() -> None:
    assert len(read(b"x\n" * 99 + b"1\n" + b"x\n" * 200)) == 300
    with pytest.raises(DeliveryRefused, match="no JSON Lines"):
        read(b"x\n" * 100 + b"1\n")


def test_a_mark_of_order_is_one_of_a_file_and_not_of_a_line() -> None:
    [_, found] = read(b"1\n\xef\xbb\xbf2\n")
    assert isinstance(found, Rejected)
    [_, wide] = read(b"1\n\xff\xfe2\n")
    assert isinstance(wide, Rejected)


def test_of_what_can_not_be_written_nothing_is_kept() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert written(deep) == ""
    assert written({"a": "ü"}) == '{"a": "ü"}'
    assert len(written("x" * 2 * MAX_TEXT)) == MAX_TEXT
