import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import DeliveryRefused
from pipelines.read.core import lines as module
from pipelines.read.core.lines import LINE_BYTES, line_blocks, physical_lines
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT


def lines(data: bytes) -> list[tuple[int, str]]:
    return list(physical_lines(io.BytesIO(data)))


def test_only_line_feeds_split_and_one_carriage_return_goes() -> None:
    assert lines("a\u2028b\x0b\r\r\nc\x85\n\nd".encode()) == [(1, "a\u2028b\x0b\r"), (2, "c\x85"), (3, ""), (4, "d")]


def test_a_byte_order_mark_is_dropped() -> None:
    assert lines(b"\xef\xbb\xbfa") == [(1, "a")]


def test_an_endless_line_is_cut_between_characters_and_stays_one_line() -> None:
    (first, second) = lines("€".encode() * LINE_BYTES + b"\nnext")
    assert len(first[1]) > MAX_TEXT
    assert set(first[1]) == {"€"}
    assert second == (2, "next")


def test_bytes_that_are_no_utf8_are_refused_with_their_line() -> None:
    with pytest.raises(DeliveryRefused, match="line 2") as refused:
        lines(b"a\n\xff\n")
    assert refused.value.code == ErrorCode.FILE_ENCODING


def in_blocks(data: bytes) -> list[tuple[int, str]]:
    return [row for block in line_blocks(io.BytesIO(data)) for row in block.iter_rows()]


@given(st.lists(st.sampled_from(["a", "€", "\n", "\r", "\ufeff", "\u2028", "bb"])).map("".join), st.integers(1, 9))
def test_blocks_hold_the_lines_that_come_one_by_one(text: str, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK_BYTES", size)
        assert in_blocks(text.encode()) == lines(text.encode())


def test_blocks_cut_an_endless_line_between_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_BYTES", 1_000)
    first, second = in_blocks("€".encode() * LINE_BYTES + b"\nnext")
    assert len(first[1]) > MAX_TEXT
    assert set(first[1]) == {"€"}
    assert second == (2, "next")


def test_blocks_that_are_no_utf8_are_refused_with_their_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK_BYTES", 2)
    with pytest.raises(DeliveryRefused, match="line 3"):
        in_blocks(b"a\nb\n\xff\n")
