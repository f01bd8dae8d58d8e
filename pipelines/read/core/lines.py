"""Physical lines of a text stream: one by one, none ever held beyond what a message may be long, or by the block."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from pipelines.errors import DeliveryRefused
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT

LINE_BYTES = 4 * (MAX_TEXT + 1024)  # even of four-byte characters, a message and its header
SKIPPED_BYTES = 1 << 16
BLOCK_BYTES = 4 << 20  # read at a time; of many lines at once, Polars makes short work
LINES = pl.Schema({"line": pl.UInt32(), "text": pl.String()})


def physical_lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    r"""Number and text of each line of UTF-8, split at "\n" alone, without it and without one "\r" before it.

    A byte order mark is dropped. Of a line longer than `LINE_BYTES` only the beginning is given.

    Raises:
        DeliveryRefused: FILE_ENCODING where the bytes are no UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    number = 0
    while data := stream.readline(LINE_BYTES):
        number += 1
        whole = data.endswith(b"\n") or len(data) < LINE_BYTES
        decoder.reset()
        try:
            text = decoder.decode(data, final=whole)
        except UnicodeDecodeError:
            raise DeliveryRefused(ErrorCode.FILE_ENCODING, f"line {number} is not UTF-8: export it again") from None
        if number == 1:
            text = text.removeprefix("\ufeff")
        yield number, text.removesuffix("\n").removesuffix("\r")
        while not whole:
            rest = stream.readline(SKIPPED_BYTES)
            whole = rest.endswith(b"\n") or len(rest) < SKIPPED_BYTES


def line_blocks(stream: BinaryIO) -> Iterator[pl.DataFrame]:
    r"""The lines of UTF-8 in blocks (LINES), split as `physical_lines` does; of one that no block holds, the beginning.

    Raises:
        DeliveryRefused: FILE_ENCODING where the bytes are no UTF-8.
    """
    number = 1
    while data := stream.read(BLOCK_BYTES):
        if not data.endswith(b"\n"):
            end = stream.readline(LINE_BYTES)
            whole = end.endswith(b"\n") or len(end) < LINE_BYTES
            data += end if whole else _beginning(end)
            while not whole:
                rest = stream.readline(SKIPPED_BYTES)
                whole = rest.endswith(b"\n") or len(rest) < SKIPPED_BYTES
        block = _block(data, number)
        number += block.height
        yield block


def _block(data: bytes, first: int) -> pl.DataFrame:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        number = first + data.count(b"\n", 0, error.start)
        raise DeliveryRefused(ErrorCode.FILE_ENCODING, f"line {number} is not UTF-8: export it again") from None
    if first == 1:
        text = text.removeprefix("\ufeff")
    lines = pl.Series("text", [text]).str.split("\n").explode()
    if text.endswith("\n"):
        lines = lines[:-1]  # what follows the last of them is no line
    if b"\r" in data:
        lines = lines.str.strip_suffix("\r")
    return pl.DataFrame({"line": pl.int_range(first, first + len(lines), dtype=pl.UInt32, eager=True), "text": lines})


def _beginning(line: bytes) -> bytes:
    """A line without the bytes at its end that may be half a character."""
    end = len(line) - 1
    while end > len(line) - 4 and line[end] & 0xC0 == 0x80:
        end -= 1
    return line[:end]


def well_formed(text: str) -> str:
    """The text with lone surrogates, which no UTF-8 can hold, replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
