"""A JSON document of any size, walked through: containers that are named are gone into, all else comes whole."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, BinaryIO

from pipelines.errors import DeliveryRefused
from schemas.vocabulary import ErrorCode

CHUNK = 1 << 20  # bytes read at a time
LONGEST_VALUE = 64 << 20  # characters of a value that comes whole
LONGEST_TOKEN = 16  # characters of a word or an escape that may be cut in two

Path = tuple[str | int, ...]
_SOLID = re.compile(r"[^ \t\r\n]")
_CLOSING = {"{": "}", "[": "]"}


def walk(stream: BinaryIO, into: Callable[[Path], bool]) -> Iterator[tuple[Path, Any]]:
    """Yield the values of a document, or of several one after the other, each with the path to it.

    A container is gone into if `into` says so of its path, which holds keys and positions from 0. Of an empty one that
    is gone into nothing comes. Memory is bounded by the largest value that comes whole.

    Raises:
        DeliveryRefused: FILE_EMPTY, FILE_ENCODING, FILE_FORMAT for broken JSON, FILE_LIMIT for a value too large.
    """
    text = _Text(stream)
    if not text.peek():
        raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file has no content: export it again")
    while text.peek():
        yield from _walked(text, (), into)


def _walked(text: "_Text", path: Path, into: Callable[[Path], bool]) -> Iterator[tuple[Path, Any]]:
    opening = text.peek()
    if opening not in _CLOSING or not into(path):
        yield path, text.value()
        return
    text.take(opening)
    if text.peek() == _CLOSING[opening]:
        text.take(_CLOSING[opening])
        return
    for position in count():
        step: str | int = position
        if opening == "{":
            if text.peek() != '"':
                raise _broken()
            step = text.value()
            text.take(":")
        inner = (*path, step)
        if text.peek() in _CLOSING and into(inner):
            yield from _walked(text, inner, into)
        else:
            yield inner, text.value()
        if text.peek() != ",":
            text.take(_CLOSING[opening])
            return
        text.take(",")


class _Text:
    """The characters of a stream that are still to be read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._decode = json.JSONDecoder().raw_decode
        self._held, self._at, self._ended = "", 0, False

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            if found := _SOLID.search(self._held, self._at):
                self._at = found.start()
                return found[0]
            self._at = len(self._held)
            if self._ended:
                return ""
            self._more()

    def take(self, character: str) -> None:
        """Go beyond a character that has to be next."""
        if not character or self.peek() != character:
            raise _broken()
        self._at += 1

    def value(self) -> Any:
        """The whole value that comes next."""
        if not self.peek():
            raise _broken()
        while True:
            try:
                value, end = self._decode(self._held, self._at)
            except json.JSONDecodeError as wrong:
                if self._ended or not self._cut(wrong):
                    raise _broken() from None
            except (RecursionError, ValueError):
                raise _broken() from None
            else:
                if end < len(self._held) or self._ended:  # a number may go on in what is not read yet
                    self._at = end
                    return value
            if len(self._held) - self._at > LONGEST_VALUE:
                raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"a value is longer than {LONGEST_VALUE >> 20} MB")
            self._more()

    def _cut(self, wrong: json.JSONDecodeError) -> bool:
        """Whether a value may only lack the rest of it."""
        return wrong.msg.startswith("Unterminated") or wrong.pos > len(self._held) - LONGEST_TOKEN

    def _more(self) -> None:
        """Read on; twice as much as is waiting for its end, so that a long value is not gone over too often."""
        data = self._stream.read(max(CHUNK, 2 * (len(self._held) - self._at)))
        self._ended = not data
        try:
            fresh = self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError:
            raise DeliveryRefused(ErrorCode.FILE_ENCODING, "not UTF-8: export it again") from None
        self._held, self._at = self._held[self._at :] + fresh, 0


def _broken() -> DeliveryRefused:
    return DeliveryRefused(ErrorCode.FILE_FORMAT, "not complete JSON: export it again")
