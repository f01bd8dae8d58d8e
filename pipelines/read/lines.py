"""Physical lines of a text stream, none of them ever held beyond what a message may be long."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from pipelines.errors import DeliveryRefused
from schemas.received import MAX_TEXT
from schemas.vocabulary import ErrorCode

LINE_BYTES = 4 * (MAX_TEXT + 1024)  # even of four-byte characters, a message and its header
SKIPPED_BYTES = 1 << 16


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
