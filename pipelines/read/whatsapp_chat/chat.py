"""WhatsApp's "Export chat": a .txt file, or a .zip file that holds one beside its media."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

import polars as pl
from pydantic import Field

from pipelines.errors import DeliveryRefused
from pipelines.read.containers import zip as archive
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample, Unpacked
from pipelines.read.core.frames import Entry, Identifier, Person, Recent, Thread, batches
from pipelines.read.core.unread_files import is_attached, unread
from pipelines.read.whatsapp_chat.clock import DateOrder, header
from pipelines.read.whatsapp_chat.entries import Counted, told
from pipelines.read.whatsapp_chat.first_pass import Reading, survey
from pipelines.read.whatsapp_chat.known_words import table
from pipelines.read.whatsapp_chat.line_headers import heads
from pipelines.read.whatsapp_chat.messages import written
from pipelines.read.whatsapp_chat.participants import Parties, phone_digits, title_in
from schemas.error_codes import ErrorCode
from schemas.source import Source
from schemas.vocabulary import Channel, EventKind, IdentifierType

UNNAMED = "_chat.txt"  # what an iPhone calls the text in its zip

GUIDE = """\
In the chat: the menu, *More*, *Export chat*, with or without media; send the file to yourself and drop it where the
source lands. Android gives `WhatsApp Chat with <name>.txt`, or a `.zip` when media go along; an iPhone gives
`WhatsApp Chat - <name>.zip`; one that was unpacked is read as the folder it is, with the path
`landing/whatsapp/**/*.txt`. Leave the names as they are: they say who the chat is with. WhatsApp exports the newest
40,000 messages of a chat (10,000 with media). It offers no export in Germany, nor for chats with "Advanced chat
privacy".

**What is read**: every message with its sender and time, what kind it is (text, media, location, call, deleted), names
of attached files, and what WhatsApp itself says ("You created this group") as events. A person is known by the number
in the file name or by the name the chat was saved under; that the file was copied ("- Copy", "(1)", "- Kopie") or
renamed makes no difference where `owner` is set. Where a notice in a chat with a number says that this number was
another before, or is another now, both are known as one person.

**In which languages**: what WhatsApp writes in place of media, deleted messages, locations, contact cards, polls and
calls, behind edited messages, and in its notices is known in the languages [below](#languages). The words are in
`pipelines/read/whatsapp_chat/languages.toml`; WhatsApp publishes no list and changes them, so some will be missing. A
line with a sender is a message unless it is one of those notices: what stands in another language, or in words not
known, is kept as the text of a message. Words for the halves and parts of the day (PM, 오후, μ.μ., 晚上) are those of
Unicode's CLDR, in every language; a line with another word beside its time is refused, and its time is never guessed.

**What is not**: the attached files themselves. The export states no time zone (the source's is taken) and no number for
people who are saved under a name.

**Between two, or a group**: three who wrote beside the one the chat is called after are a group, and so is a chat under
whose name nothing but notices stands. A group has no person: its messages are kept, and nobody becomes a contact by
them.

Two things can be open, and such a file is *held* until the source says them. **Who is the company**: set `owner` to
your own display name in the chats; a chat in which somebody else than the customer wrote and nobody is called as
`owner` says is held too. Chats in which the company wrote nothing belong in a source without `owner`, if they are
groups. **Whether the day or the month comes first**: told from the dates where one of them can be read in one way only,
else by `date_order`, else by `locale`; between dots the month is never first. Years of Thailand's and Japan's calendars
are understood; months in words and other calendars are not. Exports from two phones belong in two sources: two people
saved as "Anna" would be one. A phone in another time zone is a source of its own as well, with its `timezone`.
"""


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


def read(path: Path, source: WhatsappChat, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield an exported chat as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    if is_attached(path.parent / path.name):
        yield from batches([unread("a chat")], rows)
        return
    chat = _chat(path)
    with chat.open() as stream:
        reading = survey(stream, chat.title, chat.stem, source.owners(), source.date_order, source.locale)
    if reading.held is not None:
        yield from _batches(reading.held, reading, source, rows)
        return
    with chat.open() as stream:
        yield from _batches(heads(stream), reading, source, rows)


def detects(sample: Sample) -> float:
    """A chat begins with a message; a zip with one holds it under a name that WhatsApp gives."""
    if sample.members:
        texts = [PurePosixPath(name) for name in sample.members if name.lower().endswith(".txt")]
        return 1.0 if any(text.name == UNNAMED or title_in(text.stem) for text in texts) else 0.0
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
    appendix=table,
    unpacked=Unpacked(re.compile(rf"(?P<root>.+)/[^/]+/{re.escape(UNNAMED)}"), f"**/{UNNAMED}"),
    is_chat=True,
)


def _chat(path: Path) -> Chat:
    if path.suffix.lower() != ".zip":
        stem = (
            path.parent.name if path.name == UNNAMED else path.stem
        )  # a zip that was unpacked: its folder has the name
        return Chat(lambda: path.open("rb"), stem, title_in(stem))
    with archive.opened(path) as opened:
        texts = [PurePosixPath(name) for name in opened.members if name.lower().endswith(".txt")]
        texts = [name for name in texts if len(name.parts) == 1 or name.name == UNNAMED]
    exports = [name for name in texts if name.name == UNNAMED or title_in(name.stem)] or texts
    if len(exports) != 1:
        raise DeliveryRefused(
            ErrorCode.FILE_FORMAT, "the zip file must hold one chat: _chat.txt or WhatsApp Chat ….txt"
        )
    stem = path.stem if exports[0].name == UNNAMED else exports[0].stem

    @contextmanager
    def text() -> Iterator[BinaryIO]:
        with archive.opened(path) as again, archive.member(again, str(exports[0])) as stream:
            yield stream

    return Chat(text, stem, title_in(stem) or title_in(path.stem))


def _batches(blocks: Iterable[pl.DataFrame], reading: Reading, source: WhatsappChat, rows: int) -> Iterator[Batch]:
    """The chat in batches. Its thread comes with the first, its person with the first message exchanged with them."""
    who, occurrences, first = reading.parties, Counted(), 1
    thread = Thread(who.conversation, Channel.WHATSAPP, who.title, who.is_group)
    met: Recent[None] = Recent()
    people = 0
    for block in written(blocks, reading.shape, reading.order, source.zone()):
        entries = told(block, reading, first, occurrences)
        for start in range(first, first + block.height, rows):
            part = [frame.filter(pl.col("row").is_between(start, start + rows - 1)) for frame in entries]
            news: list[Entry] = [thread] if start == 1 else []
            for person in (*_exchanged_with(who, part[0]), *_linked(who, part[1])):
                if person.record_id not in met:
                    met[person.record_id] = None
                    news.append(person)
            opening = next(batches(news, rows), Batch())
            contacts, known = (
                frame.with_columns(pl.col("row") + people) for frame in (opening.contacts, opening.identifiers)
            )
            people += contacts.height
            yield opening._replace(
                contacts=contacts, identifiers=known, messages=part[0], events=part[1], refused=part[2]
            )
        first += block.height


def _exchanged_with(who: Parties, messages: pl.DataFrame) -> Iterator[Person]:
    """The one other person, met in the first message exchanged with them."""
    lines = messages.filter(pl.col("person").is_not_null())["line"]
    if who.person and len(lines):
        number = (Identifier(IdentifierType.WA_ID, who.phone, "chat"),) if who.phone else ()
        yield Person(who.person, Channel.WHATSAPP, who.name, number, lines[0])


def _linked(who: Parties, events: pl.DataFrame) -> Iterator[Person]:
    """Of each notice of a new number that names both, in a chat between two: a record that has the two of them.

    Anybody can type a line that looks like a notice, so only a change from or to the number of this chat is believed.
    """
    changes = events.filter(pl.col("kind") == EventKind.NUMBER_CHANGED.value).drop_nulls(["before", "after"])
    for line, *numbers in changes.select("line", "before", "after").rows() if who.person and who.phone else ():
        old, new = (phone_digits(number) for number in numbers)
        if old and new and old != new and phone_digits(who.phone or "") in (old, new):
            known = tuple(Identifier(IdentifierType.WA_ID, number, "chat") for number in numbers)
            yield Person(f"changed:wa:{old}:wa:{new}", Channel.WHATSAPP, None, known, line)
