import codecs
import io
from pathlib import Path

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.csv import text as module
from pipelines.read.csv.text import (
    OVERLONG,
    Encoding,
    Lines,
    beyond,
    broken,
    mostly_in,
    opened,
    text_lines,
    unreadable,
    whole_lines,
)
from schemas.error_codes import ErrorCode


def lines(data: bytes, encoding: str = "utf-8") -> list[str]:
    return list(text_lines(io.BytesIO(data), encoding))


def file(folder: Path, data: bytes) -> Path:
    path = folder / "list.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "told", "encoding"),
    [
        (b"a,b", None, "utf-8"),
        (b"a,b", "cp1252", "cp1252"),
        (codecs.BOM_UTF8 + b"a", "cp1252", "utf-8-sig"),
        (codecs.BOM_UTF16_LE + b"a\0", None, "utf-16"),
        (codecs.BOM_UTF16_BE + b"\0a", "utf-8", "utf-16"),
        (b"", None, "utf-8"),
    ],
)
def test_a_mark_decides_on_the_encoding_else_what_is_told(
    tmp_path: Path, data: bytes, told: str | None, encoding: str
) -> None:
    path = file(tmp_path, data)
    with opened(path, told) as (raw, found):
        assert found == Encoding(path, encoding)
        assert raw.read() == data


def test_a_workbook_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="contacts_xlsx") as refused, opened(file(tmp_path, b"PK\3\4"), None):
        pass
    assert refused.value.code == ErrorCode.FILE_FORMAT


def test_lines_keep_their_ends_of_any_system() -> None:
    assert lines(b"a\nb\r\nc\rd") == ["a\n", "b\r\n", "c\r", "d"]
    assert lines(b"") == []


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_where_a_block_ends_no_line_does(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", size)
    assert lines(b"ab\r\n\r\ncde\rf\n") == ["ab\r\n", "\r\n", "cde\r", "f\n"]


def test_a_byte_that_is_none_of_its_encoding_costs_no_other() -> None:
    [line] = lines(b"Zo\xeb,x")
    assert line == "Zo\udceb,x"
    with pytest.raises(UnicodeError):
        lines(b"\xff\xfea\0\x00\xd8a\0", "utf-16")


def test_a_line_longer_than_any_is_given_in_brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 4)
    monkeypatch.setattr(module, "LONGEST_LINE", 8)
    assert lines(b"a\n" + b"x" * 20 + b"\nb\nc") == ["a\n", OVERLONG, "b\n", "c"]
    assert lines(b"x" * 20) == [OVERLONG]
    assert lines(b"x" * 8 + b"\nb") == ["x" * 8 + "\n", "b"]


def test_lines_that_ended_are_told_from_one_that_may_go_on() -> None:
    assert whole_lines("a\nb") == ("a\n", "b")
    assert whole_lines("a\rb") == ("a\r", "b")
    assert whole_lines("a\nb\r") == ("a\n", "b\r")
    assert whole_lines("ab") == ("", "ab")


@pytest.mark.parametrize(("rest", "behind"), [("xx\nb", "b"), ("xx\rb", "b"), ("xx\r\nb", "b"), ("xx", ""), ("", "")])
def test_what_lies_beyond_a_line_is_read_on(rest: str, behind: str) -> None:
    assert beyond(io.TextIOWrapper(io.BytesIO(rest.encode()), "utf-8", newline="")) == behind


# lines that are put back ------------------------------------------------------------------------------------------


def test_lines_are_counted_and_can_be_put_back() -> None:
    some = Lines(iter(["a", "b", "c"]))
    assert (next(some), some.number) == ("a", 1)
    assert (next(some), next(some), some.number) == ("b", "c", 3)
    some.put_back(["b", "c"])
    assert some.number == 1
    assert (next(some), some.number) == ("b", 2)
    assert (next(some), next(some, None), some.number) == ("c", None, 3)


def test_some_lines_are_taken_up_to_a_number_and_a_length() -> None:
    some = Lines(iter(["aa", "bb", "cc", "dd"]))
    assert (some.some(1, 100), some.number) == (["aa"], 1)
    assert (some.some(9, 4), some.number) == (["bb", "cc"], 3)
    some.put_back(["bb", "cc"])
    assert (some.some(9, 3), some.number) == (["bb", "cc"], 3)
    some.put_back(["cc"])
    assert (some.some(9, 100), some.number) == (["cc", "dd"], 4)
    assert some.some(9, 100) == []


# the right encoding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "is_so"),
    [
        (b"plain\n", True),
        ("Zoë\n".encode(), True),
        (b"Zo\xeb\n", False),
        ("Zoë\n".encode() + b"Zo\xeb\n", True),
        ("Zoë\n".encode() + b"Zo\xeb\n" * 2, False),
    ],
)
def test_a_file_is_in_an_encoding_in_which_most_of_its_lines_are(tmp_path: Path, data: bytes, is_so: bool) -> None:
    assert mostly_in(file(tmp_path, data), "utf-8") is is_so


def test_a_text_is_broken_by_what_is_no_letter() -> None:
    assert broken("Zo\udceb")
    assert not broken("Zoë")


@pytest.mark.parametrize(
    ("likely", "said"),
    [
        (["cp1252"], "it looks like cp1252: set `encoding:` of its source to that, or save it as UTF-8"),
        (["cp1252", "cp1250"], "it looks like cp1252 or cp1250: set `encoding:` of its source to the right one"),
        (["utf-8"], "save it as UTF-8, or set `encoding:` of its source, such as windows-1252"),
        ([], "save it as UTF-8, or set `encoding:`"),
    ],
)
def test_a_refusal_names_the_encodings_a_file_may_be_in(
    tmp_path: Path, likely: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "likely_encodings", lambda _: likely)
    refused = unreadable(Encoding(tmp_path, "utf-8"))
    assert refused.code == ErrorCode.FILE_ENCODING
    assert f"the file is not utf-8; {said}" in str(refused)
