"""Text messages of an Android phone, as the app SMS Backup & Restore saves them in XML."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from pipelines.read.chats.sms_xml import Element, elements
from pipelines.read.containers.json_lines import written
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.epoch import at_either
from pipelines.read.core.frames import (
    Entry,
    File,
    Identifier,
    Message,
    Moment,
    Occurrences,
    Person,
    Rejected,
    Thread,
    batches,
)
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.source import Source
from schemas.vocabulary import (
    Author,
    Channel,
    Direction,
    IdentifierType,
    MessageKind,
    MessageState,
    Outcome,
    Precision,
    ZoneSource,
)

GUIDE = """\
On the phone, in [SMS Backup & Restore](https://www.synctech.com.au/sms-backup-restore/): back up *Messages*, with or
without media, and drop the `sms-….xml`. Every later backup holds the earlier messages again; each is kept once.

**What is read**: text and multimedia messages with time, direction and text, which ones failed, and name, type and
SHA-256 of attached files; the person, by number and by the name the phone has them under. Messages to and from several
people are kept as groups and make no contacts. Senders that are a word or a short number, as those of banks and parcel
services, make none either.

**What is not**: the attached files themselves, whether a message was read, and backups of calls. Drafts are counted as
*skipped*. Numbers without a country code are of the source's `region`.
"""
IN = Direction.INBOUND, Direction.INBOUND.value, Author.CONTACT
OUT = Direction.OUTBOUND, Direction.OUTBOUND.value, Author.AGENT
SMS, TEXT = Channel.SMS, MessageKind.TEXT
MILLISECOND, STATED = Precision.MILLISECOND, ZoneSource.STATED
NOTHING = ("", "null", "(Unknown)", "insert-address-token")
DRAFT = "3"
INBOUND = "1"
STATES = {"2": MessageState.SENT, "5": MessageState.FAILED}  # queued ones and those on their way have none yet
TYPES = ("1", "2", "3", "4", "5", "6")
ROOT_WITHIN = 4_096  # bytes, behind the declaration and a comment
FROM, OWN_PARTS = "137", ("application/smil",)
SEVERAL = "~"  # between the addresses of a group
REMEMBERED = 4_096
FEWEST_DIGITS = 7  # shorter numbers are services that nobody is reached by

_ROOT = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:[^<]*<){0,9}?smses[\s>]")
_SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2015\u00a0]+")


class SmsBackup(Source):
    """Options of backups of text messages."""


class Parties(NamedTuple):
    """With whom a message was exchanged: the natural keys of the thread and of the one other person, if it is one."""

    thread: str
    is_group: bool
    person: str | None
    identifiers: tuple[Identifier, ...]


def read(path: Path, source: SmsBackup, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:  # noqa: ARG001  `Read` says so
    """Yield a backup as batches of at most `rows` messages; see `pipelines.read.core.batch.Read`."""
    occurrences = Occurrences()
    with path.open("rb") as stream:
        yield from batches(chain.from_iterable(_entries(each, occurrences) for each in elements(stream)), rows)


def detects(sample: Sample) -> float:
    """The root of a backup of messages."""
    return 1.0 if _ROOT.search(sample.start[:ROOT_WITHIN]) else 0.0


FORMAT = Format(
    "sms_backup",
    "Text messages of an Android phone: SMS Backup & Restore, XML",
    SmsBackup,
    read,
    detects=detects,
    guide=GUIDE,
    is_chat=True,
)


def _entries(element: Element, occurrences: Occurrences) -> Sequence[Entry]:
    attributes = element.attributes
    box = attributes.get("type" if element.name == "sms" else "msg_box", "")
    at = at_either(attributes.get("date")) or at_either(attributes.get("date_sent"))
    parties = _parties(element, inbound=box == INBOUND)
    if not at or not parties or box not in TYPES:
        expected = "a message with address, type from 1 to 6, and date in milliseconds"
        return [Rejected(element.line, ErrorCode.MESSAGE_UNREADABLE, expected, _shown(element))]
    if box == DRAFT:
        expected = "a message that was sent; this is a draft"
        return [Rejected(element.line, ErrorCode.ENTRY_SKIPPED, expected, _shown(element), Outcome.SKIPPED)]
    text, files = _content(element)
    if len(text or "") > MAX_TEXT:
        expected = f"a message of at most {MAX_TEXT} characters"
        return [Rejected(element.line, ErrorCode.LIMIT_EXCEEDED, expected, _shown(element))]
    stamp = str(attributes.get("date"))
    inbound = box == INBOUND
    direction, way, author = IN if inbound else OUT
    content = text or "".join(file.sha256 or "" for file in files)
    name = _said(attributes.get("contact_name"))
    sender = (name if parties.person else _sender(element)) if inbound else None
    thread, person = Thread(parties.thread, SMS, name, parties.is_group), parties.person
    key = occurrences.numbered(parties.thread, stamp, way, content)
    kind, moment = MessageKind.MEDIA if files else TEXT if text else MessageKind.OTHER, Moment(at, MILLISECOND, STATED)
    said = Message(
        element.line, key, thread.key, person, direction, sender, kind, text, moment, files, author, STATES.get(box)
    )
    if person is None:
        return thread, said
    return thread, Person(person, SMS, name, parties.identifiers, element.line), said


def _parties(element: Element, *, inbound: bool) -> Parties | None:
    """The other people. Where a message does not say so itself, they are those in its addresses."""
    address = _said(element.attributes.get("address"))
    if address is None:
        told = [each.get("address", "") for each in element.addresses if (each.get("type") == FROM) is inbound]
        address = SEVERAL.join(told)
    return _exchanged_with(address)


@lru_cache(REMEMBERED)
def _exchanged_with(address: str) -> Parties | None:
    """Who is meant by an address, or by several in one."""
    keyed = {_SEPARATORS.sub("", each).casefold(): each.strip() for each in address.split(SEVERAL) if _said(each)}
    if not keyed:
        return None
    thread = "sms:" + SEVERAL.join(sorted(keyed))
    known, written_as = next(iter(keyed.items()))
    digits = known.removeprefix("+")
    reachable = "@" in known or (digits.isdigit() and len(digits) >= FEWEST_DIGITS)
    if len(keyed) > 1 or not reachable:
        return Parties(thread, len(keyed) > 1, None, ())
    kind = IdentifierType.EMAIL if "@" in known else IdentifierType.PHONE
    return Parties(thread, is_group=False, person=thread, identifiers=(Identifier(kind, written_as, "address"),))


def _sender(element: Element) -> str | None:
    """The address a message of a group, or of a service, came from."""
    told = (_said(each.get("address")) for each in element.addresses if each.get("type") == FROM)
    return next(filter(None, told), None) or _said(element.attributes.get("address"))


def _content(element: Element) -> tuple[str | None, Sequence[File]]:
    """Words and files of a message."""
    if element.name == "sms":
        return _said(element.attributes.get("body")), ()
    texts = [_said(element.attributes.get("sub"))]
    files = []
    for part in element.parts:
        kind = _said(part.get("ct"))
        if kind == "text/plain":
            texts.append(_said(part.get("text")))
        elif kind not in OWN_PARTS:
            name = next(filter(None, (_said(part.get(field)) for field in ("name", "fn", "cl", "cd"))), None)
            files.append(File(name, kind, _digest(part.get("data"))))
    return "\n".join(filter(None, texts)) or None, files


def _digest(data: str | None) -> str | None:
    """SHA-256 of a file that is there as base64."""
    try:
        content = base64.b64decode(data) if data and data != "null" else b""
    except (binascii.Error, ValueError):
        return None
    return hashlib.sha256(content).hexdigest() if content else None


def _said(value: str | None) -> str | None:
    """What an attribute says; the app writes "null" for nothing."""
    said = value.strip() if value else ""
    return None if said in NOTHING else said


def _shown(element: Element) -> str:
    return written(element.attributes)
