"""One mail → the entries of the unified schema, whatever it was delivered in.

Its key is its Message-ID together with a digest of who says what to whom and when, so that a mail is the same message
in a mailbox and in a file of its own, and two mails are two even where a program gives all its mails one Message-ID.
"""

import csv
import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from pipelines.read.core.frames import Entry, Message, Rejected, Thread, Tied, Topic
from pipelines.read.mail.body import Body, body
from pipelines.read.mail.headers import addresses, answered, message_id, raw_header, sent, sent_at, subject, words
from pipelines.read.mail.labels import is_deleted, named
from pipelines.read.mail.participants import ORIGINAL, machine, parties, person, written_by
from pipelines.read.mail.parts import BROKEN, Part, Unbounded, decoded, mail_of
from pipelines.read.mail.source import Mails
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.vocabulary import Channel, MessageKind, Outcome

MAX_MAIL = 80 << 20  # bytes; Gmail accepts 50 MB, which is some 70 as base64
MAX_WORDS = 1_000_000  # characters; long threads quote themselves in every mail

LABELS = "no label or folder listed in skip_labels of this source, and no mark of a draft or of a deleted mail"


class Piece(NamedTuple):
    """One mail as delivered. Beyond `MAX_MAIL` the rest is left out."""

    line: int | None
    data: bytes
    overlong: bool = False
    envelope: bytes = b""  # the line that opens it in an mbox
    labels: frozenset[str] = frozenset()  # names of the folder it lies in
    dropped: bool = False  # marked as a draft or as deleted where it lies


def entries(piece: Piece, source: Mails) -> Iterator[Entry]:
    """A mail with its thread and its person, or why it is left out."""
    if piece.overlong:
        yield _refused(piece, ErrorCode.LIMIT_EXCEEDED, f"a mail of at most {MAX_MAIL >> 20} MB")
        return
    try:
        mail = mail_of(piece.data)
        labels = named(_labels(mail) | piece.labels)
        if not mail.head:
            yield _refused(piece, ErrorCode.MAIL_UNREADABLE, "headers such as From, Date and Message-ID")
            return
        if piece.dropped or is_deleted(mail.head) or source.skips(labels):
            head = decoded(piece.data[: min(mail.start, MAX_TEXT)])
            yield Rejected(piece.line, ErrorCode.MAIL_LABEL_SKIPPED, LABELS, head, Outcome.SKIPPED)
            return
        content = body(mail)
    except Unbounded:
        yield _refused(piece, ErrorCode.LIMIT_EXCEEDED, "a mail of ordinary structure")
    except BROKEN:
        yield _refused(piece, ErrorCode.MAIL_UNREADABLE, "a mail in the form of RFC 5322")
    else:
        if len(content.text or "") > MAX_WORDS:
            yield _refused(piece, ErrorCode.LIMIT_EXCEEDED, f"a text of at most {MAX_WORDS} characters")
        else:
            yield from _said(piece, mail, content, labels, source)


def _said(piece: Piece, mail: Part, content: Body, labels: frozenset[str], source: Mails) -> Iterator[Entry]:
    own_id = message_id(mail.head)
    key = f"mid:{own_id}|{_fingerprint(mail, content)}" if own_id else f"hash:{_digest(mail, content)}"
    between = parties(mail, labels, source)
    kind = machine(mail, between.author) or (
        MessageKind.MEDIA if content.attachments and not content.text else MessageKind.TEXT
    )
    about, moment = subject(mail.head), sent(mail.head, piece.envelope, source.zone())
    thread, *ties = threads(mail, own_id or key)
    yield Thread(thread, Channel.EMAIL, about.title, between.is_list, inbox=between.inbox)
    for other in ties:
        yield Tied(thread, other)
    who = None
    if between.other and kind is not MessageKind.BOUNCE:
        who = person(between.other, between.field, piece.line)
        yield who
        if about.title and moment.instant:
            alone = about.answers and not ties and "x-gm-thrid" not in mail.head
            yield Topic(thread, who.record_id, about.title, moment.instant, alone)
    author = between.author
    yield Message(
        piece.line,
        key,
        thread,
        who.record_id if who else None,
        between.direction,
        (author.name or author.address) if author else None,
        kind,
        content.text,
        moment,
        content.attachments,
        written_by(between, kind),
        quoted=content.quoted,
    )


def threads(mail: Part, own: str) -> list[str]:
    """Natural keys of the thread of a mail: that of Gmail, or of the first mail it answers, then all that are the same.

    What Gmail says goes before what the mail says it answers: there it has parted threads on purpose.
    """
    if gmail := raw_header(mail.head, "x-gm-thrid"):
        return [f"thrid:{gmail}", f"thread:{own}"]
    return list(dict.fromkeys(f"thread:{each}" for each in [*answered(mail.head), own]))


def _labels(mail: Part) -> set[str]:
    if "x-gmail-labels" not in mail.head:
        return set()
    value = words(raw_header(mail.head, "x-gmail-labels"))
    try:
        return {label.strip() for row in csv.reader([value]) for label in row}
    except csv.Error:
        return {label.strip() for label in value.split(",")}


def _digest(mail: Part, content: Body) -> str:
    parts = [*(raw_header(mail.head, name) for name in ("date", "from", "subject")), content.text or ""]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _fingerprint(mail: Part, content: Body) -> str:
    """A digest of what is the same in all copies of a mail, whatever servers have added and however they encode it."""
    dated = sent_at(mail.head) or raw_header(mail.head, "date")
    parties = sorted({each.address.lower() for name in ("to", "cc") for each in addresses(mail.head, name)})
    author = next((each for name in (*ORIGINAL, "from") for each in addresses(mail.head, name)), None)
    wording = "".join((content.text or "").split())
    parts = [str(dated), author.address.lower() if author else "", *parties, subject(mail.head).title or "", wording]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def _refused(piece: Piece, code: ErrorCode, expected: str) -> Rejected:
    return Rejected(piece.line, code, expected, decoded(piece.data[:MAX_TEXT]))
