import io

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.lines import LINE_BYTES, physical_lines
from schemas.received import MAX_TEXT
from schemas.vocabulary import ErrorCode


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
