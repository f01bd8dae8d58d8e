"""WhatsApp's "Export chat": a .txt file, or a .zip file that holds one beside its media."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from pydantic import Field

from pipelines.errors import DeliveryRefused
from pipelines.read import archive
from pipelines.read.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.frames import (
    Entry,
    Happened,
    Identifier,
    Moment,
    Occurrences,
    Person,
    Refused,
    Said,
    Thread,
    batches,
)
from pipelines.read.lines import physical_lines
from pipelines.read.whatsapp_clock import DateOrder, Evidence, Header, Shape, date_order, dated, header
from pipelines.read.whatsapp_parties import Parties, Senders, clean, parties, title_in
from pipelines.read.whatsapp_words import bare, by_the_app, content
from schemas.received import MAX_TEXT
from schemas.source import Source
from schemas.vocabulary import Channel, ErrorCode, EventKind, IdentifierType, Precision, ZoneSource

GUIDE = """\
In the chat: the menu, *More*, *Export chat*, with or without media; send the file to yourself and drop it where the
source lands. Android gives `WhatsApp Chat with <name>.txt`, or a `.zip` when media go along; an iPhone gives
`WhatsApp Chat - <name>.zip`. Leave the names as they are: they say who the chat is with. WhatsApp exports the newest
40,000 messages of a chat (10,000 with media). It offers no export in Germany, nor for chats with "Advanced chat
privacy".

**What is read**: every message with its sender and time, what kind it is (text, media, location, call, deleted), names
of attached files, and what WhatsApp itself says ("You created this group") as events. A person is known by the number
in the file name or by the name the chat was saved under.

**What is not**: the attached files themselves. The export states no time zone (the source's is taken) and no number
for people who are saved under a name.

Two things can be open, and such a file is *held* until the source says them. **Who is the company**: set `owner` to
your own display name in the chats. **Whether the day or the month comes first**: told from the dates where one of them
can be read in one way only; otherwise set `date_order`. Months in words and calendars other than the Gregorian are not
understood. Exports from two phones belong in two sources: two people saved as "Anna" would be one.
"""
QUOTES = ('"{}"', "“{}”", "„{}“", "«{}»", "« {} »", "'{}'", "‘{}’")


class WhatsappChat(Source):
    """Options of exported chats."""

    owner: str | list[str] | None = Field(
        default=None, description="The company's own display name(s) in the chat", examples=["Acme Support"]
    )
    date_order: DateOrder | None = Field(
        default=None, description="Which number of a date comes first, used where the digits of a chat leave it open"
    )

    def owners(self) -> list[str]:
        """The company's own names."""
        return [self.owner] if isinstance(self.owner, str) else list(self.owner or [])


class Chat(NamedTuple):
    """The text of an export, to be opened as often as needed, and what its file name says."""

    open: Callable[[], AbstractContextManager[BinaryIO]]
    stem: str
    title: str | None


class Reading(NamedTuple):
    """What the first pass found out, for the second."""

    shape: Shape
    order: DateOrder
    senders: Senders
    parties: Parties


class Written(NamedTuple):
    """One message or notice with all its lines. Without `sent_at` it is a line that no header precedes."""

    line: int
    sent_at: datetime | None
    body: str


def read(path: Path, source: WhatsappChat, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield an exported chat as batches of at most `rows` entries; see `pipelines.read.batch.Read`."""
    chat = _chat(path)
    reading = _survey(chat, source)
    yield from batches(_entries(chat, reading, source), rows)


def detects(sample: Sample) -> float:
    """A chat begins with a message; a zip with one holds it under a name that WhatsApp gives."""
    if sample.members:
        texts = [PurePosixPath(name) for name in sample.members if name.lower().endswith(".txt")]
        return 1.0 if any(text.name == "_chat.txt" or title_in(text.stem) for text in texts) else 0.0
    if not sample.name.lower().endswith(".txt"):
        return 0.0
    lines = sample.start.decode("utf-8-sig", errors="replace").split("\n")
    first = next((line for line in lines if line.strip()), "")
    if header(first):
        return 1.0
    return 0.6 if title_in(PurePosixPath(sample.name).stem) else 0.0


FORMAT = Format(
    "whatsapp_chat",
    'WhatsApp "Export chat": .txt, or .zip with media',
    WhatsappChat,
    read,
    detects=detects,
    guide=GUIDE,
)


def _chat(path: Path) -> Chat:
    if path.suffix.lower() != ".zip":
        return Chat(lambda: path.open("rb"), path.stem, title_in(path.stem))
    with archive.opened(path) as opened:
        texts = [PurePosixPath(name) for name in opened.members if name.lower().endswith(".txt")]
        texts = [name for name in texts if len(name.parts) == 1 or name.name == "_chat.txt"]
    exports = [name for name in texts if name.name == "_chat.txt" or title_in(name.stem)] or texts
    if len(exports) != 1:
        raise DeliveryRefused(
            ErrorCode.FILE_FORMAT, "the zip file must hold one chat: _chat.txt or WhatsApp Chat ….txt"
        )
    stem = path.stem if exports[0].name == "_chat.txt" else exports[0].stem

    @contextmanager
    def text() -> Iterator[BinaryIO]:
        with archive.opened(path) as again, archive.member(again, str(exports[0])) as stream:
            yield stream

    return Chat(text, stem, title_in(stem) or title_in(path.stem))


def _survey(chat: Chat, source: WhatsappChat) -> Reading:
    """Read the chat once to learn the shape of its headers, the order of its dates, and who talks."""
    known = [*source.owners(), *filter(None, [chat.title])]
    shapes: dict[Shape, tuple[Evidence, Senders]] = {}
    quoted = [quote.format(chat.title) for quote in QUOTES if chat.title]
    number, titled = 0, False
    with chat.open() as stream:
        for number, line in physical_lines(stream):  # noqa: B007  the last number is needed below
            if (head := header(line)) is None:
                continue
            evidence, senders = shapes.setdefault(head.shape, (Evidence(), Senders(known)))
            evidence.add(head.parts)
            senders.add(head.body)
            titled = titled or (any(q in head.body for q in quoted) and senders.split(head.body) is None)
    if not number:
        raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file has no content: export the chat again")
    if not shapes:
        raise DeliveryRefused(
            ErrorCode.FILE_FORMAT,
            "no line begins with a date and time in a form known here: export the chat from a phone that "
            "writes dates in digits of the Gregorian calendar",
        )
    shape = max(shapes, key=lambda shape: shapes[shape][0].headers)
    evidence, senders = shapes[shape]
    order = date_order(evidence, source.date_order)
    who = parties(chat.title, chat.stem, senders.names(), [clean(o) for o in source.owners()], titled_in_text=titled)
    return Reading(shape, order, senders, who)


def _entries(chat: Chat, reading: Reading, source: WhatsappChat) -> Iterator[Entry]:
    who, occurrences = reading.parties, Occurrences()
    precision = Precision.SECOND if reading.shape.seconds else Precision.MINUTE
    yield Thread(who.conversation, Channel.WHATSAPP, who.title, who.is_group)
    number = Identifier(IdentifierType.WA_ID, who.phone, "chat") if who.phone else None
    with chat.open() as stream:
        for written in _written(stream, reading, source):
            entry = _entry(written, Moment(written.sent_at, precision, ZoneSource.ASSUMED), reading, occurrences)
            if isinstance(entry, Said) and entry.person:
                yield Person(entry.person, Channel.WHATSAPP, who.name, number, entry.line)
            yield entry


def _entry(written: Written, moment: Moment, reading: Reading, occurrences: Occurrences) -> Entry:
    line, sent_at, body = written
    if sent_at is None:
        return Refused(line, ErrorCode.MESSAGE_UNREADABLE, "a date and time at the beginning of the line", body)
    if len(body) > MAX_TEXT:
        return Refused(line, ErrorCode.LIMIT_EXCEEDED, f"a message of at most {MAX_TEXT} characters", body)
    who, stamp = reading.parties, sent_at.isoformat()
    first, newline, more = body.partition("\n")
    spoken = reading.senders.split(first)
    if spoken is None or by_the_app(spoken[1]):
        text = bare(spoken[1] if spoken else first) + newline + more
        key = occurrences.numbered(who.conversation, stamp, "", text)
        return Happened(line, key, who.conversation, EventKind.SYSTEM, bare(text) or None, moment)
    sender, words = spoken
    kind, told, files = content(words + newline + more)
    direction, person = who.role(sender)
    key = occurrences.numbered(who.conversation, stamp, sender, told or "")
    return Said(line, key, who.conversation, person, direction, sender, kind, told, moment, files)


def _written(stream: BinaryIO, reading: Reading, source: WhatsappChat) -> Iterator[Written]:
    """Join lines to the message they belong to, keeping no more of it than tells that it is too long."""
    current: tuple[int, datetime, list[str]] | None = None
    length, zone = 0, source.zone()
    for number, line in physical_lines(stream):
        head = header(line)
        day = _day(head, reading)
        if head and day:
            if current:
                yield Written(*current[:2], "\n".join(current[2]))
            sent_at = datetime.combine(day, head.time, zone).astimezone(UTC)
            current, length = (number, sent_at, [head.body]), len(head.body)
        elif current is None:
            if bare(line):
                yield Written(number, None, line)
        elif length <= MAX_TEXT:
            current[2].append(line)
            length += len(line) + 1
    if current:
        yield Written(*current[:2], "\n".join(current[2]))


def _day(head: Header | None, reading: Reading) -> date | None:
    return dated(head.parts, reading.order) if head and head.shape == reading.shape else None
