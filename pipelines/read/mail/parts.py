"""A mail cut into its parts, by their places in its bytes. Takes no longer than the mail is long, whatever it holds."""

import binascii
import re
from collections.abc import Iterator, Mapping
from email.errors import MessageError
from email.message import Message
from email.utils import collapse_rfc2231_value
from functools import lru_cache
from typing import NamedTuple

from pipelines.read.core.lines import well_formed

BROKEN = (  # what the parsers of the standard library raise over what they were not made for
    MessageError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    OverflowError,
)
MAX_DEPTH = 50
MAX_PARTS = 1_000
MAX_FIELDS = 1_000  # headers of one part
MAX_CUTS = 10_000  # lines that may be a boundary, in one mail
MAX_SCANNED = 1 << 30  # bytes looked at for boundaries: parts within parts are looked at again
HEADER_BYTES = 16_384  # kept of one header
CONTENT_BYTES = 4_096  # the parser of parameters is quadratic in what it is given

_FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+:([^\n]*+(?:\n[ \t][^\n]*+)*+)\n?")
_ENVELOPE = re.compile(rb">?From [^\n]*+\n?")
_STRAY = re.compile(  # a line that is no header, amid those that are
    rb"[^\r\n][^\n]*+\n(?:[ \t][^\n]*+\n)*+(?=(?:received|from|to|date|subject|message-id)[ \t]*+:)", re.IGNORECASE
)
_BLANK = re.compile(rb"\r?\n")
_END_OF_CUT = re.compile(rb"(--)?[ \t]*+\r?(?:\n|\Z)")
_TRICKY = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "unicode_internal"}  # quadratic, or no charset

Head = Mapping[str, list[bytes]]


class Unbounded(ValueError):
    """A mail nested deeper, or of more parts or headers, than any mail needs."""


class Content(NamedTuple):
    """What the headers of a part say of its content."""

    kind: str  # such as text/plain
    charset: str | None
    boundary: str
    report: str  # of a multipart/report, what it reports
    name: str | None
    disposition: str  # inline, attachment or empty
    encoding: str


class Part(NamedTuple):
    """A mail, or a part of one: its headers by small name, and where its content lies in the bytes of the whole."""

    head: Head
    content: Content
    data: bytes
    start: int
    end: int


def mail_of(data: bytes) -> Part:
    """Bytes as a mail, of which only the headers have been looked at.

    Raises:
        Unbounded: for headers of a number or length that no mail needs.
    """
    if b"\r" in data[:1_000] and b"\n" not in data[:1_000]:  # as Macs once ended their lines
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _part(data, 0, len(data), "text/plain")


class Budget:
    """How much of a mail may still be looked at; of all its parts together, at any depth."""

    def __init__(self) -> None:
        self.parts, self.cuts, self.scanned = MAX_PARTS, MAX_CUTS, MAX_SCANNED


def inner_parts(part: Part, depth: int, budget: Budget) -> list[Part]:
    """The parts of a multipart in their order; empty for any other part, and for a multipart nothing can be told of.

    Raises:
        Unbounded: beyond the limits of this module.
    """
    if not part.content.kind.startswith("multipart/") or not part.content.boundary:
        return []
    budget.scanned -= part.end - part.start
    places = list(_cuts(part, budget.cuts))
    budget.cuts -= len(places)
    budget.parts -= len(places)
    if depth >= MAX_DEPTH or budget.parts <= 0 or budget.scanned < 0:
        raise Unbounded
    assumed = "message/rfc822" if part.content.kind == "multipart/digest" else "text/plain"
    return [_part(part.data, start, end, assumed) for start, end in places]


def content_of(part: Part) -> bytes:
    """Content of a part without its transfer encoding, as far as it can be undone."""
    data = memoryview(part.data)[part.start : part.end]
    if part.content.encoding == "base64":
        for padded in (data, b"".join([data, b"=="])):
            try:
                return binascii.a2b_base64(padded)
            except binascii.Error:
                continue
    if part.content.encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    return bytes(data)


def decoded(data: bytes, charset: str | None = None) -> str:
    """Bytes as text without NULs: in the charset stated, else UTF-8, else Windows-1252, else Latin-1."""
    if charset is None and data.isascii():  # nearly every header
        return data.decode("ascii").replace("\0", "")
    for candidate in (charset, "utf-8", "cp1252"):
        if candidate and re.sub(r"[^a-z0-9]+", "_", candidate.lower()).strip("_") not in _TRICKY:
            try:
                return well_formed(data.decode(candidate)).replace("\0", "")
            except (ValueError, LookupError):
                continue
    return data.decode("latin-1").replace("\0", "")


def _part(data: bytes, start: int, end: int, assumed: str) -> Part:
    head: dict[str, list[bytes]] = {}
    place = start
    fields = 0
    while place < end:
        if field := _FIELD.match(data, place, end):
            name = field[1][:HEADER_BYTES].decode("ascii").lower()
            value = data[field.start(2) : min(field.end(2), field.start(2) + HEADER_BYTES)]
            head.setdefault(name, []).append(value)
            place, fields = field.end(), fields + 1
            if fields > MAX_FIELDS or (name.startswith("content-") and field.end(2) - field.start(2) > HEADER_BYTES):
                raise Unbounded
        elif envelope := _ENVELOPE.match(data, place, end):
            place = envelope.end()
        elif fields and not {"from", "date"} <= head.keys() and (stray := _STRAY.match(data, place, end)):
            place = stray.end()
        else:
            break
    blank = _BLANK.match(data, place, end)
    return Part(head, _content(head, assumed), data, blank.end() if blank else place, end)


def _content(head: Head, assumed: str) -> Content:
    kind, parameters = _parameters(*head.get("content-type", ())[:1])
    disposition, more = _parameters(*head.get("content-disposition", ())[:1])
    encoding = head.get("content-transfer-encoding", (b"",))[0].partition(b";")[0]
    return Content(
        (kind if kind.count("/") == 1 else "text/plain") if "content-type" in head else assumed,
        parameters.get("charset"),
        parameters.get("boundary", "").rstrip(),
        parameters.get("report-type", "").lower(),
        more.get("filename") or parameters.get("name") or None,
        disposition,
        decoded(encoding).strip().lower(),
    )


@lru_cache(2_000)
def _parameters(value: bytes = b"") -> tuple[str, Mapping[str, str]]:
    """A header such as Content-Type: what it says, in small letters, and its parameters."""
    header: Message[str, str] = Message()
    header.set_raw("X", decoded(value[:CONTENT_BYTES].strip()))
    try:
        (said, _), *stated = header.get_params([("", "")], "X")
        found = {name.lower(): collapse_rfc2231_value(each) for name, each in reversed(stated)}
    except BROKEN:
        return decoded(value).partition(";")[0].strip().lower(), {}
    return said.lower(), {name: well_formed(each).strip() for name, each in found.items()}


def _cuts(part: Part, most: int) -> Iterator[tuple[int, int]]:
    """Where the parts of a multipart begin and end. A part that nothing ends ends with the whole."""
    boundary = b"--" + part.content.boundary.encode("utf-8", "replace")
    begun = None
    place = part.start
    while (found := part.data.find(boundary, place, part.end)) >= 0:
        most -= 1
        if most < 0:
            raise Unbounded
        place = found + len(boundary)
        end = _END_OF_CUT.match(part.data, place, part.end)
        if not end or (found > part.start and part.data[found - 1 : found] != b"\n"):
            continue
        if begun is not None:
            stop = found - 1 - (part.data[found - 2 : found - 1] == b"\r")
            if stop > begun:  # some servers write a boundary twice
                yield begun, stop
        begun, place = end.end(), end.end()
        if end[1]:
            return
    if begun is not None:
        yield begun, part.end
