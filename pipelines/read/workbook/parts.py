"""Parts of an Excel workbook: XML files in a zip that point at each other, parsed as they are inflated, without trust.

Nothing outside the zip is ever looked at, and a document type, which could define entities, is refused.
"""

import posixpath
from collections.abc import Callable, Iterator
from xml.parsers import expat

from pipelines.errors import DeliveryRefused
from pipelines.read.containers import zip as archive
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT

LARGEST_HELD = 256 << 20  # bytes of XML in a part that is kept in memory
CHUNK = 1 << 18  # bytes parsed at a time
LONGEST_TAG = 1 << 20  # bytes; the parser goes over an unfinished tag again with each chunk
DEEPEST = 100  # elements within each other

Start = Callable[[str, dict[str, str]], None]  # name of the element, attributes
End = Callable[[str, str], None]  # name of the element, text since the last tag, cut beyond MAX_TEXT + 1 characters


def damaged() -> DeliveryRefused:
    """The refusal of a workbook that does not hang together."""
    return DeliveryRefused(
        ErrorCode.FILE_FORMAT, "no workbook that can be read: open it in Excel and save it again as .xlsx"
    )


def parse(parts: archive.Archive, part: str, start: Start, end: End, limit: int | None = None) -> Iterator[None]:
    """Parse a part of at most `limit` bytes (LARGEST_HELD), and let go after each chunk, for what it gave to be taken.

    Names come without their prefix. What a handler raises for a value that cannot be (ValueError, LookupError) is, like
    broken XML, a refusal of the workbook.
    """
    name = found(parts, part)
    if name is None:
        raise damaged()
    parser = handled(start, end)
    given = 0
    with archive.member(parts, name, limit or LARGEST_HELD) as stream:
        while chunk := stream.read(CHUNK):
            given += len(chunk)
            told(parser, chunk)
            if given - parser.CurrentByteIndex > LONGEST_TAG:
                raise DeliveryRefused(ErrorCode.FILE_LIMIT, "a tag of the workbook is longer than any of Excel's")
            yield
    told(parser, b"", last=True)
    yield


def found(parts: archive.Archive, part: str) -> str | None:
    """The name of a part as the zip spells it, if it has one."""
    return {known.casefold(): known for known in parts.members}.get(part.casefold())


def told(parser: expat.XMLParserType, chunk: bytes, *, last: bool = False) -> None:
    """Hand a chunk to a parser; refuse what is no XML, without its words."""
    try:
        parser.Parse(chunk, last)
    except (expat.ExpatError, ValueError, LookupError):
        pass
    else:
        return
    raise damaged() from None


def handled(start: Start, end: End) -> expat.XMLParserType:
    """A parser that calls handlers, and refuses what a workbook has no use for."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = length = 0
    pieces: list[str] = []

    def begins(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, length
        depth += 1
        if depth > DEEPEST:
            raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"elements of the workbook lie more than {DEEPEST} deep")
        pieces.clear()
        length = 0
        start(name.rpartition(":")[2], attributes)

    def goes_on(text: str) -> None:
        nonlocal length
        if length <= MAX_TEXT:
            pieces.append(text)
            length += len(text)

    def ends(name: str) -> None:
        nonlocal depth, length
        depth -= 1
        text = "".join(pieces)[: MAX_TEXT + 1]
        pieces.clear()
        length = 0
        end(name.rpartition(":")[2], text)

    def refuse(*_: object) -> None:
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "the workbook holds a document type, which Excel never writes")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begins, ends, goes_on
    parser.StartDoctypeDeclHandler = refuse
    return parser


def whole(parts: archive.Archive, part: str, start: Start, end: End = lambda _, __: None) -> None:
    """Parse a part to its end."""
    for _ in parse(parts, part, start, end):
        pass


def related(parts: archive.Archive, part: str) -> dict[str, tuple[str, str]]:
    """What a part points at within the workbook, by key: kind and name of the other part."""
    folder, name = posixpath.split(part)
    others: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
            others[attributes["Id"]] = attributes["Type"].rpartition("/")[2], target.lstrip("/")

    whole(parts, posixpath.join(folder, "_rels", f"{name}.rels"), start)
    return others
