"""JSON from outside, parsed without trust: a value, or a file of one value a line."""

import codecs
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from msgspec.json import Decoder

from pipelines.errors import DeliveryRefused
from pipelines.read.core.frames import Rejected
from pipelines.read.core.lines import well_formed
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT

LINE_BYTES = 16 << 20  # of one line, which is one entry
SKIPPED_BYTES = 1 << 16
FOREIGN = 100  # unreadable lines without one readable before them: the file is something else
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
FAILS = (ValueError, RecursionError)  # of either parser

fast: Decoder[Any] = Decoder()  # what it reads the json module reads the same; it refuses a little more


class Line(NamedTuple):
    """The value of a line, numbered from 1, and its bytes."""

    number: int
    value: Any
    data: bytes = b""


def parsed(text: str) -> Any:
    """The JSON value of a text. Of a key that is given twice the last value counts.

    Raises:
        ValueError: of what is no JSON, nested too deep, or a number of thousands of digits.
    """
    try:
        return fast.decode(text)
    except FAILS:  # lone surrogates and infinite numbers among them
        pass
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def written(value: Any) -> str:
    """A value as JSON again, cut where it is longer than is kept of a refused entry."""
    try:
        return well_formed(json.dumps(value, ensure_ascii=False))[:MAX_TEXT]
    except (RecursionError, ValueError):
        return ""


def json_lines(stream: BinaryIO, decode: Callable[[bytes], Any] = fast.decode) -> Iterator[Line | Rejected]:
    """The values of a file of JSON Lines; a line that holds none, or more than LINE_BYTES, is refused.

    `decode` makes the value of a line; where it raises ValueError, the value is what `parsed` says.

    Raises:
        DeliveryRefused: FILE_EMPTY, FILE_ENCODING for UTF-16, FILE_FORMAT where no line is JSON.
    """
    readable = unreadable = 0
    for number, data in enumerate(iter(partial(stream.readline, LINE_BYTES), b""), 1):
        if len(data) < LINE_BYTES:
            try:
                value = decode(data)
            except FAILS:
                pass
            else:
                readable += 1
                yield Line(number, value, data)
                continue
        line = _line(number, data)
        if line is None:
            continue
        if len(data) == LINE_BYTES and not data.endswith(b"\n"):
            _skip_line(stream)
        if isinstance(line, Line):
            readable += 1
        else:
            unreadable += 1
        if unreadable == FOREIGN and not readable:
            break
        yield line
    if not readable:
        raise _foreign(is_empty=not unreadable)


def _line(number: int, data: bytes) -> Line | Rejected | None:
    """A line as it was read, up to LINE_BYTES of it; None for a blank one."""
    if number == 1 and data.startswith(WIDE):
        raise DeliveryRefused(ErrorCode.FILE_ENCODING, "the file is UTF-16: save it as UTF-8")
    if len(data) == LINE_BYTES and not data.endswith(b"\n"):
        expected = f"a line of at most {LINE_BYTES >> 20} MB"
        return Rejected(number, ErrorCode.LIMIT_EXCEEDED, expected, _shown(data))
    data = data.removeprefix(codecs.BOM_UTF8) if number == 1 else data
    if not data.strip():
        return None
    try:
        return Line(number, parsed(data.decode()), data)
    except ValueError:  # of the encoding as well
        return Rejected(number, ErrorCode.MESSAGE_UNREADABLE, "one complete JSON value in UTF-8", _shown(data))


def _foreign(*, is_empty: bool) -> DeliveryRefused:
    if is_empty:
        return DeliveryRefused(ErrorCode.FILE_EMPTY, "the file has no content: deliver it again")
    return DeliveryRefused(ErrorCode.FILE_FORMAT, "no JSON Lines: every line has to be one complete JSON object")


def _skip_line(stream: BinaryIO) -> None:
    while rest := stream.readline(SKIPPED_BYTES):
        if rest.endswith(b"\n"):
            return


def _shown(data: bytes) -> str:
    return data[: 4 * MAX_TEXT].decode(errors="replace").rstrip("\r\n")[:MAX_TEXT]
