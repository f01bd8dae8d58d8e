r"""The cards of a vCard file (2.1, 3.0, 4.0), one after another, as the properties that are read of them.

What is not read, photos above all, is passed over without being held. Lines may end in "\n", "\r\n", "\r\r\n" or "\r";
a line that begins with a blank goes on from the last, and so does one behind a soft break ("=") of quoted-printable.
"""

import io
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from pipelines.read.csv.text import BOMS
from schemas.error_codes import ErrorCode

TEXTS = ("FN", "N", "NICKNAME", "ORG", "TITLE", "TEL", "EMAIL", "CATEGORIES", "UID", "REV", "NOTE", "BDAY", "ADR")
SERVICES = ("IMPP", "X-SOCIALPROFILE", "X-WHATSAPP")
LABEL = "X-ABLABEL"  # what people call the property of the same group (`item1.TEL`, `item1.X-ABLabel`)
KINDS = ("VERSION", "KIND", "X-ADDRESSBOOKSERVER-KIND")
READ = frozenset((*TEXTS, *SERVICES, *KINDS, LABEL))
PIECE = 1 << 16  # characters of a line that are looked at together; its name and parameters lie in the first
LARGEST_CARD = 1 << 20  # characters of what is read of a card
PROPERTY = 64  # characters that a property counts for by itself: millions of empty ones are large, too
NARROW = "latin-1"  # one character for each byte: what letters they are is told by each property, not by the file
MARKS = ("\ufeff", "\u00ef\u00bb\u00bf")  # a byte order mark, as it is and as NARROW has it
HEAD = re.compile(r"(?:([\w-]+)\.)?([\w-]+)((?:;(?:[^\":;]|\"[^\"]*\")*)*):", re.ASCII)
PARAMETER = re.compile(r";([^\"=;]*)(?:=((?:[^\";]|\"[^\"]*\")*))?")
SOFT = "quoted-printable"
OLD = "2.1"
BEGINS = re.compile(r"\s*BEGIN\s*:\s*VCARD\s*", re.IGNORECASE)


class Property(NamedTuple):
    """A line of a card. Parameters are in small letters, a bare one (`TEL;CELL`) is a type. The value is as written."""

    line: int
    name: str
    parameters: dict[str, list[str]]
    value: str
    group: str = ""

    def says(self, parameter: str) -> str:
        """The first value of a parameter, or nothing."""
        return next(iter(self.parameters.get(parameter, ())), "")

    def is_encoded_as(self, *encodings: str) -> bool:
        """Whether the value is in one of these transfer encodings; 2.1 may name it without saying that it is one."""
        return not {*self.parameters.get("encoding", ()), *self.parameters.get("type", ())}.isdisjoint(encodings)

    def marks(self, edge: str) -> bool:
        """Whether a card begins or ends here."""
        return self.name == edge and self.value.strip().upper() == "VCARD"


class Card(NamedTuple):
    """A card: the line it begins on, what is read of it, and what is wrong with it, if it is."""

    line: int
    properties: list[Property]
    wrong: ErrorCode | None


class Piece(NamedTuple):
    """A part of a line, its number, and whether it is the first or the last."""

    line: int
    text: str
    is_first: bool
    is_last: bool


def encoding_of(start: bytes) -> str | None:
    """How to read the characters of a vCard file that begins like this: UTF-16, or NARROW; None for any other file."""
    marked = next((name for mark, name in BOMS.items() if start.startswith(mark)), None)
    for name in (marked,) if marked else (NARROW, "utf-16-le", "utf-16-be"):
        if BEGINS.match(start.decode(name, "replace")):
            return name if name.startswith("utf-16") else NARROW
    return None


def cards(file: BinaryIO, encoding: str, start: bytes) -> Iterator[Card]:
    """The cards of a file (`encoding_of`), which begins with `start`. UnicodeError where UTF-16 is broken."""
    end = "\r" if b"\n" not in start and b"\r" in start else "\n"
    text = io.TextIOWrapper(file, encoding, newline=end)
    yield from sorted_out(without_agents(properties(pieces(text, end))))
    text.detach()


def pieces(text: io.TextIOWrapper, end: str) -> Iterator[Piece]:
    """Lines without their ends, in pieces."""
    line, is_first = 1, True
    while piece := text.readline(PIECE):
        said = piece.rstrip("\r\n")
        if is_first:
            for mark in MARKS:
                said = said.removeprefix(mark)
        is_last = piece.endswith(end)
        yield Piece(line, said, is_first, is_last)
        line, is_first = line + is_last, is_last


def properties(found: Iterable[Piece]) -> Iterator[Property]:
    """Lines put together to properties. Of one that is not read, the value ends with its first piece."""
    head: Property | None = None
    value: list[str] = []
    size, is_soft, goes_on, is_old = 0, False, False, False
    for line, text, is_first, is_last in found:
        more = text
        begun = HEAD.match(text) if is_first and not goes_on else None
        if begun:
            if head:
                yield head._replace(value="".join(value))
            head = Property(line, begun[2].upper(), parameters_of(begun[3]), "", (begun[1] or "").casefold())
            more = text[begun.end() :]
            value, size, is_soft = [], 0, head.is_encoded_as(SOFT)
            is_old = more.strip() == OLD if head.name == "VERSION" else is_old
        elif head and text and is_first and not goes_on:
            more = continued(head, text, is_old=is_old)
        goes_on = is_soft and is_last and more.endswith("=")
        if head and size <= LARGEST_CARD and (head.name in READ or not size):
            value.append(more[:-1] if goes_on else more)
            size += len(more)
    if head:
        yield head._replace(value="".join(value))


def continued(head: Property, text: str, *, is_old: bool) -> str:
    """What a line adds to the last: what is behind the blank; in 2.1, where lines part at one, the blank too.

    A line that is neither folded nor a property is, in a note, a line of it. Elsewhere it means nothing.
    """
    if text[0] in " \t":
        return text if is_old else text[1:]
    return f"\n{text}" if head.name == "NOTE" else ""


def parameters_of(text: str) -> dict[str, list[str]]:
    """Parameters by name: `;TYPE=work,voice;PREF` has the types work, voice and pref."""
    found: dict[str, list[str]] = {}
    for name, value in PARAMETER.findall(text.lower()):
        key, told = (name, value) if value else ("type", name)
        found.setdefault(key.strip(), []).extend(each.strip(' "') for each in told.split(","))
    return found


def sorted_out(found: Iterable[Property]) -> Iterator[Card]:
    """Properties by their card. One that begins before the last has ended shows that the end of the last is missing."""
    card: Card | None = None
    size = 0
    for each in found:
        if each.marks("BEGIN"):
            if card:
                yield card._replace(wrong=ErrorCode.CARD_UNREADABLE)
            card, size = Card(each.line, [], None), 0
        elif card and each.marks("END"):
            yield card
            card = None
        elif card and each.name in READ:
            size += len(each.value) + PROPERTY
            if size > LARGEST_CARD:
                card = card._replace(wrong=ErrorCode.LIMIT_EXCEEDED)
            else:
                card.properties.append(each)
    if card:
        yield card._replace(wrong=ErrorCode.CARD_UNREADABLE)


def without_agents(found: Iterable[Property]) -> Iterator[Property]:
    """Properties but for those of the card of somebody's agent, which 2.1 puts within their own."""
    is_agent = is_next = False
    for each in found:
        begins = each.marks("BEGIN")
        if begins and is_next:
            is_agent = True
        elif is_agent and not begins:
            is_agent = not each.marks("END")
        else:
            is_agent = False
            yield each
        is_next = each.name == "AGENT"
        if is_next and BEGINS.fullmatch(each.value):
            is_agent = True
