"""A mailbox in one file: mbox, as Gmail Takeout, Thunderbird and mail servers write it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipelines.errors import DeliveryRefused
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.frames import batches
from pipelines.read.mail.entry import MAX_MAIL, Piece, entries
from pipelines.read.mail.source import Mails
from schemas.error_codes import ErrorCode

LINE_BYTES = 1 << 16

GUIDE = """\
Gmail: [Google Takeout](https://takeout.google.com), only *Mail*, in its mbox format; unpack the archive and drop the
`.mbox` file. Thunderbird keeps each folder as such a file, without an ending, in its profile; mail servers often do
too.

**What is read**: every mail as a message with its time, its text without markup, and the name, type and SHA-256 of
attached files; the person it was exchanged with, by address and name; threads, by Gmail's thread id or by what a mail
says it answers, and where it only says that it is an answer, by subject, within the same person and 30 days; which
mails are bounces or automatic answers, which are no act of the contact. A mail that lies in several mailboxes, or in a
file of its own in the same source, is taken in once.

**What is not**: the attached files themselves, and mails with a label in `skip_labels`, which are counted as
*skipped*. Mails that came over a list are kept, but make no contact of who wrote them. A time in a year before 1971 or
after 2099 is none: then the first mail server that handed the mail on says when it was.

Say in `own_addresses` which addresses are the company's: a mail from one of them went out, any other came in. Without
it, only Gmail's label *Sent* tells. A mail of a web form, which the company or a no-reply address sends to the company,
came from the one stranger that it is to be answered to.
"""

_OPENING = re.compile(rb"From (?:.* )?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .*\d:\d\d")
_HEADER = re.compile(rb">?[!-9;-~]+[ \t]?:|>From ")
_ESCAPED = re.compile(rb">+From ")


def read(path: Path, source: Mails, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield a mailbox as batches of at most `rows` mails; see `pipelines.read.core.batch.Read`."""
    with path.open("rb") as stream:
        yield from batches((entry for piece in _pieces(stream) for entry in entries(piece, source)), rows)


def detects(sample: Sample) -> float:
    """A mailbox begins with the line that opens a mail, and a header below it. A single saved mail is none."""
    if sample.name.lower().endswith(".eml"):
        return 0.0
    first, _, rest = sample.start.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    return 1.0 if first.startswith(b"From ") and _HEADER.match(rest) else 0.0


FORMAT = Format("mbox", "Mailbox in one file, such as Gmail Takeout's", Mails, read, detects=detects, guide=GUIDE)


def _pieces(stream: BinaryIO) -> Iterator[Piece]:
    """Cut a mailbox at the lines that open a mail, and undo the escaping of lines that only look like one."""
    number, opened, envelope = 0, 0, b""
    mail, size, begins = bytearray(), 0, True
    while data := stream.readline(LINE_BYTES):
        number += begins
        if begins and _opens(data, first=not opened):
            if opened:
                yield Piece(opened, bytes(mail), size > MAX_MAIL, envelope)
            opened, envelope, mail, size = number, data, bytearray(), 0
        elif opened:
            size += len(data)
            if size <= MAX_MAIL:
                mail += data[1:] if begins and data[:1] == b">" and _ESCAPED.match(data) else data
        elif data.strip(b"\xef\xbb\xbf \t\r\n"):
            raise DeliveryRefused(ErrorCode.FILE_FORMAT, 'not an mbox file: its first line must begin with "From "')
        begins = data[-1:] == b"\n"
    if not opened:
        raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file holds no mail: export the mailbox again")
    yield Piece(opened, bytes(mail), size > MAX_MAIL, envelope)


def _opens(line: bytes, *, first: bool) -> bool:
    if first:
        return line.removeprefix(b"\xef\xbb\xbf").startswith(b"From ")
    return line[:5] == b"From " and _OPENING.match(line[:512]) is not None
