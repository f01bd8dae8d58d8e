"""Headers of a mail, read so that nothing in them can stop the reader.

The structure of a mail is parsed with `email.policy.compat32`, which looks at no header but Content-*; the values asked
for are then cut to a length and given to `email.policy.default`, whose parser raises and slows down on hostile ones.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from email.errors import MessageError
from email.message import Message
from email.policy import default
from email.utils import parsedate_to_datetime
from typing import NamedTuple, TypeAlias

from pipelines.read.frames import Moment, well_formed
from schemas.vocabulary import Precision, ZoneSource

Mail: TypeAlias = "Message[str, str]"
BROKEN = (
    MessageError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    OverflowError,
)
HEADER_CHARACTERS = 2_048  # the parsers of the standard library are quadratic in what they are given
HEADERS = 1_000

_ADDRESS = re.compile(r"[^\s<>\"(),:;\[\]\\@]{1,64}@[^\s<>\"(),:;\[\]\\@]{1,255}")
_ID = re.compile(r"<([^<>\s]+)>")
_PREFIXES = re.compile(
    r"\s*(?:(?:re|aw|antw|sv|vs|fwd?|wg|tr|rv|res|enc|odp|ynt|rif|r|i)(?:\[\d{1,3}\])?\s{0,3}[:：]\s*)+", re.IGNORECASE
)
_ENVELOPE = re.compile(
    rb"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) +(?P<time>\d{1,2}:\d\d(?::\d\d)?) +"
    rb"(?:(?P<before>[+-]\d{4}) +)?(?P<year>\d{4})(?: +(?P<after>[+-]\d{4}))?"
)


class Address(NamedTuple):
    """A display name, if there is one, and an address as written."""

    name: str | None
    address: str


def decoded(data: bytes, charset: str | None = None) -> str:
    """Bytes as text: in the charset stated, else UTF-8, else Windows-1252, else Latin-1."""
    for candidate in (charset, "utf-8", "cp1252"):
        if candidate and candidate.lower() not in ("punycode", "idna", "unicode_escape", "raw_unicode_escape"):
            try:
                return well_formed(data.decode(candidate))
            except (ValueError, LookupError):
                continue
    return data.decode("latin-1")


def raw_headers(mail: Mail, name: str) -> Iterator[str]:
    """Values of a header as they stand, unfolded and cut to `HEADER_CHARACTERS`, in the order of the mail."""
    for _, (key, value) in zip(range(HEADERS), mail.raw_items(), strict=False):
        if key.lower() == name:
            start = str(value)[:HEADER_CHARACTERS].encode("ascii", "surrogateescape")
            yield " ".join(decoded(start).split())


def raw_header(mail: Mail, name: str) -> str:
    """The first value of a header as it stands, or an empty string."""
    return next(raw_headers(mail, name), "")


def words(value: str) -> str:
    """A header value with its encoded words decoded."""
    try:
        return well_formed(str(default.header_fetch_parse("Subject", value[:HEADER_CHARACTERS]))).strip()
    except BROKEN:
        return value.strip()


def addresses(mail: Mail, name: str) -> list[Address]:
    """Addresses in a header, as far as they can be made out."""
    value = raw_header(mail, name)
    try:
        parsed = default.header_fetch_parse(name, value)
        found = [Address(_display(a.display_name), well_formed(a.addr_spec)) for a in parsed.addresses]
    except BROKEN:
        found = []
    return [a for a in found if _ADDRESS.fullmatch(a.address)] or [Address(None, a) for a in _ADDRESS.findall(value)]


def message_id(mail: Mail) -> str | None:
    """The mail's own id without angle brackets."""
    value = raw_header(mail, "message-id")
    return (_ID.findall(value) or [value.strip("<> ")])[0] or None


def thread_key(mail: Mail, own_key: str) -> str:
    """Natural key of the thread: Gmail's, or the id of the first mail it is known to answer, or the mail's own."""
    if thread := raw_header(mail, "x-gm-thrid"):
        return f"thrid:{thread}"
    for name in ("references", "in-reply-to"):
        if found := _ID.search(raw_header(mail, name)):
            return f"thread:{found[1]}"
    return f"thread:{own_key}"


def subject(mail: Mail) -> str | None:
    """The subject without marks of answering and forwarding."""
    return _PREFIXES.sub("", words(raw_header(mail, "subject")), count=1).strip() or None


def sent(mail: Mail, envelope: bytes, zone: tzinfo) -> Moment:
    """When a mail was sent: by its Date, else its last Received, else the line that opens it in the mbox.

    A time without a zone is one of `zone`; -0000 means UTC, by somebody who does not say where they are.
    """
    received = [value.rpartition(";")[2] for value in raw_headers(mail, "received")]
    for value in (raw_header(mail, "date"), *reversed(received)):
        if moment := _moment(value, zone):
            return moment
    if found := _ENVELOPE.search(envelope[:512]):
        offset = found["before"] or found["after"] or b""
        parts = (found["day"], found["month"], found["year"], found["time"], offset)
        if moment := _moment(b" ".join(parts).decode("ascii"), UTC):
            return moment
    return Moment(None, Precision.SECOND, ZoneSource.ASSUMED)


def _moment(value: str, zone: tzinfo) -> Moment | None:
    try:
        parsed = parsedate_to_datetime(value[:128])
        stated = parsed.tzinfo is not None
        wall = parsed if stated else parsed.replace(tzinfo=UTC if "-0000" in value else zone)
        instant: datetime = wall.astimezone(UTC)
    except BROKEN:
        return None
    return Moment(instant, Precision.SECOND, ZoneSource.STATED if stated else ZoneSource.ASSUMED)


def _display(name: str | None) -> str | None:
    shown = well_formed(name or "").strip(" '\"\t")
    return shown if shown and "@" not in shown else None
