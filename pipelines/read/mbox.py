"""A mailbox in one file: mbox, as Gmail Takeout, Thunderbird and mail servers write it."""

import csv
import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import compat32
from pathlib import Path
from typing import Annotated, BinaryIO, NamedTuple

from pydantic import AfterValidator, Field

from pipelines.errors import DeliveryRefused
from pipelines.read.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.frames import Entry, Identifier, Person, Refused, Said, Thread, batches
from pipelines.read.mail_body import Body, Unbounded, body
from pipelines.read.mail_headers import (
    BROKEN,
    Address,
    Mail,
    addresses,
    decoded,
    message_id,
    raw_header,
    sent,
    subject,
    thread_key,
    words,
)
from schemas.received import MAX_TEXT
from schemas.source import Source
from schemas.vocabulary import Channel, Direction, ErrorCode, IdentifierType, MessageKind, Outcome

MAX_MAIL = 80 << 20  # bytes; Gmail accepts 50 MB, which is some 70 as base64
MAX_WORK = 20_000_000  # lines times boundaries, what the parser's time grows with
LINE_BYTES = 1 << 16

GUIDE = """\
Gmail: [Google Takeout](https://takeout.google.com), only *Mail*, in its mbox format; unpack the archive and drop the
`.mbox` file. Thunderbird keeps each folder as such a file, without an ending, in its profile; mail servers often do
too.

**What is read**: every mail as a message with its time, its text without markup, and the names of attached files; the
person it was exchanged with, by address and name; threads, by Gmail's thread id or by `References`; which mails are
bounces or automatic answers, which are no act of the contact. A mail that lies in several mailboxes is taken in once.

**What is not**: the attached files themselves, and mails with a label in `skip_labels`, which are counted as
*skipped*.

Say in `own_addresses` which addresses are the company's: a mail from one of them went out, any other came in. Without
it, only Gmail's label *Sent* tells.
"""

_OPENING = re.compile(rb"From (?:.* )?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .*\d:\d\d")
_HEADER = re.compile(rb">?[!-9;-~]+[ \t]?:|>From ")
_ESCAPED = re.compile(rb">+From ")
_OVERLONG = re.compile(rb"^content-[a-z-]{1,40}:(?:[^\n]|\n[ \t]){16384}", re.IGNORECASE | re.MULTILINE)
_SENT = {"sent", "gesendet", "enviados", "enviado", "envoyés", "messages envoyés", "inviati", "posta inviata"}
_FACEBOOK = re.compile(r"(\d+)@facebook\.com", re.IGNORECASE)


def _address_or_domain(value: str) -> str:
    if value.count("@") != 1 or value.endswith("@"):
        raise ValueError('must be an address such as "support@acme.example" or a domain such as "@acme.example"')
    return value.lower()


class Mbox(Source):
    """Options of mailboxes."""

    own_addresses: list[Annotated[str, AfterValidator(_address_or_domain)]] = Field(
        default=[],
        description='The company\'s own addresses, or "@acme.example" for all of a domain',
        examples=[["support@acme.example", "@acme.example"]],
    )
    skip_labels: list[str] = Field(
        default=["Spam", "Trash", "Drafts", "Draft"], description="Gmail labels whose mails are left out"
    )

    def owns(self, address: str) -> bool:
        """Whether an address is the company's; support+anything@ is support@."""
        local, _, domain = address.lower().rpartition("@")
        return any(own in (f"@{domain}", f"{local.partition('+')[0]}@{domain}") for own in self.own_addresses)


class Piece(NamedTuple):
    """One mail as it lies in the file, after the line that opens it. Beyond `MAX_MAIL` the rest is left out."""

    line: int
    envelope: bytes
    data: bytes
    overlong: bool


def read(path: Path, source: Mbox, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield a mailbox as batches of at most `rows` mails; see `pipelines.read.batch.Read`."""
    with path.open("rb") as stream:
        yield from batches((entry for piece in _pieces(stream) for entry in _entries(piece, source)), rows)


def detects(sample: Sample) -> float:
    """A mailbox begins with the line that opens a mail, and a header below it. A single saved mail is none."""
    if sample.name.lower().endswith(".eml"):
        return 0.0
    first, _, rest = sample.start.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    return 1.0 if first.startswith(b"From ") and _HEADER.match(rest) else 0.0


FORMAT = Format("mbox", "Mailbox in one file, such as Gmail Takeout's", Mbox, read, detects=detects, guide=GUIDE)


def _pieces(stream: BinaryIO) -> Iterator[Piece]:
    """Cut a mailbox at the lines that open a mail, and undo the escaping of lines that only look like one."""
    opening, lines, size, begins = (0, b""), [b""], 0, True
    number = 0
    while data := stream.readline(LINE_BYTES):
        number += begins
        if begins and _opens(data, first=not opening[0]):
            if opening[0]:
                yield Piece(*opening, b"".join(lines), size > MAX_MAIL)
            opening, lines, size = (number, data), [], 0
        elif opening[0]:
            size += len(data)
            if size <= MAX_MAIL:
                lines.append(data[1:] if begins and _ESCAPED.match(data) else data)
        elif data.strip(b"\xef\xbb\xbf \t\r\n"):
            raise DeliveryRefused(ErrorCode.FILE_FORMAT, 'not an mbox file: its first line must begin with "From "')
        begins = data.endswith(b"\n")
    if not opening[0]:
        raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file holds no mail: export the mailbox again")
    yield Piece(*opening, b"".join(lines), size > MAX_MAIL)


def _opens(line: bytes, *, first: bool) -> bool:
    return line.removeprefix(b"\xef\xbb\xbf").startswith(b"From ") if first else bool(_OPENING.match(line[:512]))


def _entries(piece: Piece, source: Mbox) -> Iterator[Entry]:
    too_long = piece.overlong or _OVERLONG.search(piece.data)
    if too_long or piece.data.count(b"\n") * (1 + piece.data.lower().count(b"boundary")) > MAX_WORK:
        yield _refused(piece, ErrorCode.LIMIT_EXCEEDED, "a mail of ordinary size and structure")
        return
    try:
        mail = message_from_bytes(piece.data, policy=compat32)
        if not mail.keys():
            yield _refused(piece, ErrorCode.MAIL_UNREADABLE, "headers such as From, Date and Message-ID")
            return
        labels = _labels(mail)
        if labels & {label.casefold() for label in source.skip_labels}:
            head = decoded(piece.data[: 4 * MAX_TEXT].replace(b"\r\n", b"\n").partition(b"\n\n")[0])
            why = "no label listed in skip_labels of this source"
            yield Refused(piece.line, ErrorCode.MAIL_LABEL_SKIPPED, why, head, Outcome.SKIPPED)
            return
        content = body(mail)
    except Unbounded:
        yield _refused(piece, ErrorCode.LIMIT_EXCEEDED, "a mail of ordinary size and structure")
    except BROKEN:
        yield _refused(piece, ErrorCode.MAIL_UNREADABLE, "a mail in the form of RFC 5322")
    else:
        if len(content.text or "") > MAX_TEXT:
            yield _refused(piece, ErrorCode.LIMIT_EXCEEDED, f"a text of at most {MAX_TEXT} characters")
        else:
            yield from _said(piece, mail, content, labels, source)


def _said(piece: Piece, mail: Mail, content: Body, labels: set[str], source: Mbox) -> Iterator[Entry]:
    own_id = message_id(mail)
    key = f"mid:{own_id}" if own_id else f"hash:{_digest(mail, content)}"
    thread = thread_key(mail, own_id or key)
    yield Thread(thread, Channel.EMAIL, subject(mail))
    author = next(iter(addresses(mail, "from")), None)
    outbound = bool(labels & _SENT) or (author is not None and source.owns(author.address))
    kind = _kind(mail, content, author)
    person = None
    if kind is not MessageKind.BOUNCE:
        other, field = (_recipient(mail, source), "To") if outbound else (author, "From")
        person = _person(other, field, piece.line) if other else None
    if person:
        yield person
    yield Said(
        piece.line,
        key,
        thread,
        person.record_id if person else None,
        Direction.OUTBOUND if outbound else Direction.INBOUND,
        (author.name or author.address) if author else None,
        kind,
        content.text,
        sent(mail, piece.envelope, source.zone()),
        content.attachments,
    )


def _person(other: Address, field: str, line: int) -> Person:
    if page := _FACEBOOK.fullmatch(other.address):  # an id that Facebook dresses up as an address
        return Person(f"psid:{page[1]}", Channel.EMAIL, other.name, None, line)
    identifier = Identifier(IdentifierType.EMAIL, other.address, field)
    return Person(f"mailto:{other.address.lower()}", Channel.EMAIL, other.name, identifier, line)


def _recipient(mail: Mail, source: Mbox) -> Address | None:
    return next((to for to in addresses(mail, "to") if not source.owns(to.address)), None)


def _kind(mail: Mail, content: Body, author: Address | None) -> MessageKind:
    local = author.address.partition("@")[0].lower() if author else ""
    nobody = raw_header(mail, "return-path") == "<>" and (not local or local == "postmaster")
    failed = mail.get_content_type() == "multipart/report" or raw_header(mail, "x-failed-recipients")
    if failed or nobody or local == "mailer-daemon":
        return MessageKind.BOUNCE
    submitted = raw_header(mail, "auto-submitted").partition(";")[0].strip().lower()
    answered = raw_header(mail, "x-autoreply") or raw_header(mail, "x-autorespond")
    bulk = raw_header(mail, "precedence").lower() in ("auto_reply", "bulk", "junk")
    if submitted not in ("", "no") or answered or bulk:
        return MessageKind.AUTO_REPLY
    return MessageKind.MEDIA if content.attachments and not content.text else MessageKind.TEXT


def _labels(mail: Mail) -> set[str]:
    value = words(raw_header(mail, "x-gmail-labels"))
    try:
        return {label.strip().casefold() for row in csv.reader([value]) for label in row}
    except csv.Error:
        return {label.strip().casefold() for label in value.split(",")}


def _digest(mail: Mail, content: Body) -> str:
    parts = [*(raw_header(mail, name) for name in ("date", "from", "subject")), content.text or ""]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _refused(piece: Piece, code: ErrorCode, expected: str) -> Refused:
    return Refused(piece.line, code, expected, decoded(piece.data[:MAX_TEXT]))
