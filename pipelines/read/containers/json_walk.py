"""A JSON document of any size, walked through: containers that are named are gone into, all else comes whole."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, BinaryIO

from pipelines.errors import DeliveryRefused
from pipelines.read.containers.json_lines import FAILS, fast
from schemas.error_codes import ErrorCode

CHUNK = 1 << 20  # bytes read at a time
LONGEST_VALUE = 64 << 20  # characters of a value that comes whole
LONGEST_END = 8  # characters, of brackets and white space, that tell the end of an item from one within it
LONGEST_TOKEN = 16  # characters of a word or an escape that may be cut in two

Path = tuple[str | int, ...]
_SOLID = re.compile(r"[^ \t\r\n]")
_FIRST_KEY = re.compile(r'\{\s{0,100}+"[^"\\]{0,100}+"')
_END = re.compile(r'[ \t\r\n\]}"]*}\Z')
_CLOSING = {"{": "}", "[": "]"}


def walk(stream: BinaryIO, into: Callable[[Path], bool]) -> Iterator[tuple[Path, Any]]:
    """Yield the values of a document, or of several one after the other, each with the path to it.

    A container is gone into if `into` says so of its path, which holds keys and positions from 0; all items of a list
    are, or none. Of an empty one that is gone into nothing comes. Memory is bounded by the largest value that comes
    whole.

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
    if opening == "[" and not into((*path, 0)):
        for position, item in enumerate(_items(text)):
            yield (*path, position), item
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


def _items(text: "_Text") -> Iterator[Any]:
    """The items of a list that has some, each whole; those of which the text is there all at once."""
    between: tuple[str, str] | None = None
    while True:
        value = text.value()
        yield value
        if text.peek() != ",":
            text.take("]")
            return
        between = between or text.between()
        text.take(",")
        if between and (several := text.several(*between)):
            yield from several
            text.take(",")


class _Text:
    """The characters of a stream that are still to be read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._decode = json.JSONDecoder().raw_decode
        self._held, self._at, self._ended = "", 0, False
        self._careful = False  # with what is held: it is not to be read all at once

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

    def between(self) -> tuple[str, str] | None:
        """How the object before a comma ends, and the comma with how the one after it begins, up to its first key.

        None if these are no objects, or not read yet.
        """
        following = _SOLID.search(self._held, self._at + 1)
        key = following and _FIRST_KEY.match(self._held, following.start())
        end = _END.search(self._held, max(0, self._at - LONGEST_END), self._at)
        return (end[0], self._held[self._at : key.end()]) if key and end else None

    def several(self, end: str, beginning: str) -> list[Any]:
        """The items up to the last place that looks as if one ended there, if all up to there is a list of items.

        A fraction of the work of taking them one by one. None if it is no such list: the place may lie in an item.
        """
        place = self._held.rfind(end + beginning, self._at) + len(end)
        if place - len(end) < self._at or self._careful:
            return []
        try:
            items: list[Any] = fast.decode(f"[{self._held[self._at : place]}]")
        except FAILS:
            self._careful = True
            return []
        self._at = place
        return items

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
        self._held, self._at, self._careful = self._held[self._at :] + fresh, 0, False


def _broken() -> DeliveryRefused:
    return DeliveryRefused(ErrorCode.FILE_FORMAT, "not complete JSON: export it again")
