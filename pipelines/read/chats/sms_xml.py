"""The XML of SMS Backup & Restore, streamed without trust: one message at a time, mended where its writers break XML.

Emoji written as two surrogate references, and control characters, are no well-formed XML; old versions of the app and
programs that imitate it write both.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple
from xml.parsers import expat

from pipelines.errors import DeliveryRefused
from schemas.error_codes import ErrorCode

CHUNK = 1 << 18  # bytes parsed at a time
LONGEST_ENTRY = 128 << 20  # bytes of one message with the files in it
DEEPEST = 20  # elements within each other
MESSAGES = ("sms", "mms")

_HIGH = rb"(?:0*(?:5529[6-9]|55[3-9]\d\d|56[0-2]\d\d|563[01]\d)|[xX]0*[dD][89abAB][0-9a-fA-F]{2})"
_LOW = rb"(?:0*(?:5632\d|563[3-9]\d|56[4-9]\d\d|57[0-2]\d\d|573[0-3]\d|5734[0-3])|[xX]0*[dD][c-fC-F][0-9a-fA-F]{2})"
_CONTROL = rb"(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]))"
_WRONG = re.compile(rb"&#(?:(%b);&#(%b)|%b|%b|%b);" % (_HIGH, _LOW, _HIGH, _LOW, _CONTROL))
_UNFINISHED = re.compile(rb"(?:&#%b;)?(?:&(?:#(?:[xX]?[0-9a-fA-F]{0,12})?)?)?\Z" % _HIGH)
_REFERENCES = 48  # bytes at the end of a chunk that two references fit into
_CONTROLS = bytes(each for each in range(32) if each not in b"\t\n\r")


class Element(NamedTuple):
    """A message: `sms` or `mms`, its attributes, and those of the parts and addresses within it."""

    line: int
    name: str
    attributes: dict[str, str]
    parts: list[dict[str, str]]
    addresses: list[dict[str, str]]


def elements(stream: BinaryIO) -> Iterator[Element]:
    """The messages of a backup in its order, with never more than one and a chunk in memory.

    Raises:
        DeliveryRefused: FILE_EMPTY, FILE_ENCODING, FILE_FORMAT for broken XML, a document type or another root than
            `smses`, FILE_LIMIT for a message of more than LONGEST_ENTRY bytes.
    """
    found: list[Element] = []
    parser = _parser(found)
    given, waiting = 0, b""
    while data := stream.read(max(CHUNK, given - parser.CurrentByteIndex)):
        if not given and data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise DeliveryRefused(ErrorCode.FILE_ENCODING, "the file is UTF-16: a backup is UTF-8")
        sound, waiting = _mended(waiting + data)
        given += len(sound)
        _parse(parser, sound)
        if given - parser.CurrentByteIndex > LONGEST_ENTRY:
            raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"a message is larger than {LONGEST_ENTRY >> 20} MB")
        yield from found
        found.clear()
    if not given and not waiting:
        raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file has no content: make the backup again")
    _parse(parser, waiting, last=True)
    yield from found


def _mended(data: bytes) -> tuple[bytes, bytes]:
    """Bytes whose references are well-formed, and those at the end that wait for what follows."""
    cut = _UNFINISHED.search(data, max(0, len(data) - _REFERENCES))
    end = cut.start() if cut else len(data)
    return _WRONG.sub(_right, data[:end].translate(None, _CONTROLS)), data[end:]


def _right(reference: re.Match[bytes]) -> bytes:
    if reference[1] is None:
        return "\ufffd".encode()
    high, low = (int(digits[1:], 16) if digits[:1] in b"xX" else int(digits) for digits in reference.groups())
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).encode()


def _parser(found: list[Element]) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    open_elements: list[str] = []
    current: Element | None = None

    def begins(name: str, attributes: dict[str, str]) -> None:
        nonlocal current
        if not open_elements and name != "smses":
            raise DeliveryRefused(ErrorCode.FILE_FORMAT, "no backup of messages: its root has to be smses")
        if len(open_elements) == DEEPEST:
            raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"elements lie more than {DEEPEST} deep")
        open_elements.append(name)
        if len(open_elements) == 2:
            current = Element(parser.CurrentLineNumber, name, attributes, [], [])
        elif current and name == "part":
            current.parts.append(attributes)
        elif current and name == "addr":
            current.addresses.append(attributes)

    def ends(_: str) -> None:
        open_elements.pop()
        if len(open_elements) == 1 and current and current.name in MESSAGES:
            found.append(current)

    def refuse(*_: Any) -> None:
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "it holds a document type, which no backup does")

    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _parse(parser: expat.XMLParserType, data: bytes, *, last: bool = False) -> None:
    try:
        parser.Parse(data, last)
    except (expat.ExpatError, ValueError, LookupError):
        pass
    else:
        return
    raise DeliveryRefused(ErrorCode.FILE_FORMAT, "not complete XML: make the backup again") from None
