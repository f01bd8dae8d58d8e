"""A mailbox in one file: mbox, as Gmail Takeout, Thunderbird and mail servers write it."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import BinaryIO

from pipelines.errors import DeliveryRefused
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.frames import batches
from pipelines.read.mail.entry import MAX_MAIL, Piece, entries
from pipelines.read.mail.source import Mails
from schemas.error_codes import ErrorCode

LINE_BYTES = 1 << 16  # kept of the line that opens a mail
BOM = b"\xef\xbb\xbf"

GUIDE = """\
Gmail: [Google Takeout](https://takeout.google.com), only *Mail*, in its mbox format; unpack the archive and drop the
`.mbox` file. Thunderbird keeps each folder as such a file, without an ending, in its profile; mail servers often do
too.

**What is read**: every mail as a message with its time, all its text without markup, and the name, type and SHA-256 of
attached files; the person it was exchanged with, by address and name; threads, by Gmail's thread id or by what a mail
says it answers, and where it only says that it is an answer, by subject, within the same person and 30 days; which
mails are bounces or automatic answers, which are no act of the contact. A mail that lies in several mailboxes, or in a
file of its own in the same source, is taken in once: by its Message-ID, sender, recipients, time, subject and words.

**Where a mail begins**: at a line `From ` with a date as mail servers write it, or with another date, an address or
nothing, as Thunderbird and Apple Mail write it, where a blank line is before it and headers of a mail follow. A
Content-Length (mboxcl) counts where it leads to another mail or to the end. `>From ` becomes `From ` again.

**All text** is kept, one below the other: of nested parts, of signed mails, of mails passed on within a mail. Only
where a mail says the same in several forms (`multipart/alternative`), one of them is taken, plain words first.

**Quoted history and signatures** are kept and marked (`quoted`: where they are in the text). `onecontact timeline` and
`show` fold them, `--quoted` shows them. They are known by `>`, by what HTML cites, and by how programs introduce them,
in English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Czech, Slovak, Swedish, Danish, Norwegian,
Finnish, Hungarian, Romanian, Turkish, Greek, Russian, Ukrainian, Chinese, Japanese and Korean, and in any language
where a date with its time and an address stand before the colon. What no rule knows counts as new: greetings, names
without dashes above them, history without an introduction.

**Labels and folders** are known in the same languages, and in Catalan, Croatian, Serbian, Bulgarian, Vietnamese,
Indonesian, Malay, Thai, Hindi, Arabic, Hebrew and Persian: *Papierkorb* is *Trash*. A mailbox is a folder by the name
of its file. What Thunderbird or a mail server has marked as deleted is *skipped*, too.

**What is not**: the attached files themselves; words in an encrypted mail, or in one signed so that its text lies
within the signature (`smime.p7m`), which is a file; the mail that a bounce gives back; mails passed on of more than
200,000 characters, which are files; and mails with a label in `skip_labels`, which are counted as *skipped*. Mails that
came over a list are kept, but make no contact of who wrote them. Of several strangers a mail went to, the first of To,
else of Cc, is the person it was exchanged with; the others make no contacts. A time in a year before 1971 or after
2099 is none: then the first mail server that handed the mail on says when it was.

Say in `own_addresses` which addresses are the company's: a mail from one of them went out, any other came in. Without
it, only a label or folder *Sent* tells. What a Google group hands on in its own name is from whoever wrote to it. A
mail of a web form, which the company or a no-reply address sends to the company, came from the one stranger that it is
to be answered to.
"""

BLOCK = 1 << 20  # bytes that are read at once
AHEAD = 1 << 14  # bytes after a line that begins with From, which tell whether a mail begins there

_DATED = re.compile(  # as mail servers write it: weekday, month or day, time
    rb"From (?:.* )?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:\d{1,2} +)?"
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) .*\d:\d\d"
)
_BARE = re.compile(rb"From(?: +(?:-|\S*@\S*|\?+|MAILER-DAEMON|[A-Za-z0-9._-]+)?[^\r\n]{0,80}?)?\r?(?:\n|\Z)")
_SAYS_WHEN = re.compile(rb"@|\d{4}|\d:\d\d|^From *-? *\r?\n?$")
_HEADER = re.compile(rb">?[!-9;-~]+[ \t]?:|>From ")
_HEADERS = re.compile(rb"(?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*)+")
_TELLING = re.compile(
    rb"^(?:from|to|date|subject|message-id|received|return-path|delivered-to|mime-version|x-mozilla-status|x-gm-thrid"
    rb"|x-account-key|x-uidl|status)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
ENOUGH = 2  # telling headers, below a line that begins with From but has no date
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_BLANK = re.compile(rb"[ \t\r\n]*")


def read(path: Path, source: Mails, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield a mailbox as batches of at most `rows` mails; see `pipelines.read.core.batch.Read`."""
    labels = folders(path.parent / path.name)
    with path.open("rb") as stream:
        pieces = (piece._replace(labels=labels) for piece in _pieces(stream))
        yield from batches((entry for piece in pieces for entry in entries(piece, source)), rows)


def folders(path: PurePath) -> frozenset[str]:
    """The names of the folder that a mailbox is: its file's, and a folder's in Apple Mail and Thunderbird."""
    stems = {each.removesuffix(".mbox") for each in (path.name, path.parent.name) if each.endswith(".mbox")}
    above = {path.parent.name.removesuffix(".sbd")} if path.parent.name.endswith(".sbd") else set()
    return frozenset(stems | above | {path.name})


def detects(sample: Sample) -> float:
    """A mailbox begins with the line that opens a mail, and a header below it. A single saved mail is none."""
    if sample.name.lower().endswith(".eml"):
        return 0.0
    first, _, rest = sample.start.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")
    return 1.0 if (first.rstrip() == b"From" or first.startswith(b"From ")) and _HEADER.match(rest) else 0.0


FORMAT = Format("mbox", "Mailbox in one file, such as Gmail Takeout's", Mails, read, detects=detects, guide=GUIDE)


class _Window:
    """The part of a mailbox that is being looked at: `data`, of which the first byte is on line `line`."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.data, self.line, self.is_whole = stream, bytearray(), 1, False
        self.left_out = 0  # bytes of the mail at its beginning that were dropped

    def hold(self, size: int) -> bool:
        """Read on until there are `size` bytes; whether there are."""
        while len(self.data) < size and not self.is_whole:
            block = self.stream.read(BLOCK)
            self.data += block
            self.is_whole = not block
        return len(self.data) >= size

    def drop(self, start: int, stop: int) -> None:
        """Forget a range."""
        self.line += self.data.count(b"\n", start, stop)
        del self.data[start:stop]

    def find(self, wanted: bytes, start: int) -> int:
        """Where something is next, reading on as far as that needs; -1 if it is nowhere."""
        while (found := self.data.find(wanted, start)) < 0:
            start = max(start, len(self.data) - len(wanted) + 1)
            if not self.hold(len(self.data) + 1):
                return -1
        return found


def as_they_stand(stream: BinaryIO) -> Iterator[bytes]:
    """The mails of a mailbox byte for byte, each with the line that opens it; the first with what is before it.

    Raises:
        DeliveryRefused: FILE_LIMIT for a mail of more than MAX_MAIL bytes.
    """
    window = _Window(stream)
    window.hold(AHEAD)
    blank = _BLANK.match(window.data.removeprefix(BOM))
    before = (blank.end() if blank else 0) + len(BOM) * window.data.startswith(BOM)
    while window.hold(before + 1):
        start = window.find(b"\n", before) + 1 or len(window.data)
        stop = _stated_end(window, start) or _next_opening(window, start)
        if window.left_out:
            raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"a mail is larger than {MAX_MAIL >> 20} MB")
        yield bytes(window.data[:stop])
        window.drop(0, stop)
        before = 0


def _pieces(stream: BinaryIO) -> Iterator[Piece]:
    """Cut a mailbox at the lines that open a mail, and undo the escaping of lines that only look like one."""
    window = _Window(stream)
    while window.hold(1):  # blank lines before the first mail
        blank = _BLANK.match(window.data.removeprefix(BOM))
        size = (blank.end() if blank else 0) + len(BOM) * window.data.startswith(BOM)
        window.drop(0, size)
        if window.data or not size:
            break
    if not window.hold(1):
        raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file holds no mail: export the mailbox again")
    window.hold(AHEAD)
    if not window.data.startswith((b"From ", b"From\n", b"From\r")):
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, 'not an mbox file: its first line must begin with "From "')
    while window.hold(1):
        yield _next_mail(window)


def _next_mail(window: _Window) -> Piece:
    """Take the mail at the beginning of the window out of it."""
    opened = window.line
    start = window.find(b"\n", 0) + 1 or len(window.data)
    envelope = bytes(window.data[: min(start, LINE_BYTES)])
    stop, is_unescaped = _stated_end(window, start), True
    if not stop:
        stop, is_unescaped = _next_opening(window, start), False
    size = stop - start + window.left_out
    mail = bytes(window.data[start : min(stop, start + MAX_MAIL)])
    if b">From " in mail and not (is_unescaped and b"\nFrom " in mail):
        mail = _ESCAPED.sub(rb"\1", mail)
    window.drop(0, stop)
    window.left_out = 0
    return Piece(opened, mail, size > MAX_MAIL, envelope)


def _stated_end(window: _Window, start: int) -> int:
    """Where a mail ends by its Content-Length (mboxcl), if another mail or the end of the file is there; else 0."""
    window.hold(start + AHEAD)
    start_of_mail = window.data[start : start + AHEAD]
    if b"\ncontent-length" not in b"\n" + start_of_mail.lower():
        return 0
    head = _END_OF_HEAD.search(start_of_mail)
    stated = head and _LENGTH.search(start_of_mail, 0, head.end())
    if not head or not stated or int(stated[1]) > MAX_MAIL:
        return 0
    stop = start + head.end() + int(stated[1])
    if not window.hold(stop):
        return 0
    window.hold(stop + AHEAD)
    blank = _BLANK.match(window.data, stop)
    after = blank.end() if blank else stop
    begins_line = window.data[after - 1 : after] == b"\n"
    at_end = after == len(window.data) and window.is_whole
    return after if at_end or (begins_line and _opens(window, after)) else 0


def _next_opening(window: _Window, start: int) -> int:
    """Where the next line is that opens a mail, or the end of the file; beyond `MAX_MAIL` bytes are dropped."""
    place = start - 1
    while (found := window.find(b"\nFrom", place)) >= 0:
        place = found + 1
        if window.data[place + 4 : place + 5] != b":" and _opens(window, place):
            return place
        if place - start > MAX_MAIL + BLOCK:
            window.left_out += place - 1 - start - MAX_MAIL
            window.drop(start + MAX_MAIL, place - 1)
            place = start + MAX_MAIL + 1
    return len(window.data)


def _opens(window: _Window, place: int) -> bool:
    """Whether the line at a place opens a mail.

    One with a date as mail servers write it does where a header follows or a blank line is before it. One with another
    date, an address or nothing, as Thunderbird writes it, does where both is so, and the headers are those of a mail.
    """
    window.hold(place + AHEAD)
    data = window.data
    end = data.find(b"\n", place, place + 512)
    line = bytes(data[place : end if end >= 0 else place + 512])
    before = bytes(data[max(place - 3, 0) : place])
    is_after_blank = before.endswith((b"\n\n", b"\n\r\n")) or before in (b"\n", b"\r\n")
    if line.startswith(b"From ") and _DATED.match(line):
        return is_after_blank or (end >= 0 and _HEADER.match(data, end + 1) is not None)
    if end < 0 or not is_after_blank or not _BARE.fullmatch(line) or not _SAYS_WHEN.search(line):
        return False
    headers = _HEADERS.match(data, end + 1, place + AHEAD)
    return headers is not None and len(set(map(bytes.lower, _TELLING.findall(headers[0])))) >= ENOUGH
