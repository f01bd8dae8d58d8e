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
