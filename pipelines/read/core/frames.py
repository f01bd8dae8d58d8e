"""Entries as a conversation reader meets them, one by one → the frames of a `Batch`."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

import polars as pl

from pipelines.read.core import entry_frames
from pipelines.read.core.batch import Batch
from pipelines.read.core.entry_columns import Flat
from pipelines.read.core.ranges import Range
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.vocabulary import (
    Author,
    Channel,
    ConversationStatus,
    Direction,
    EventKind,
    IdentifierType,
    MessageKind,
    MessageState,
    Outcome,
    Precision,
    ZoneSource,
)

REMEMBERED = 100_000  # people, threads and equal messages a delivery is checked against; bounds memory
BATCH_CHARACTERS = 16_000_000  # a batch of long texts ends before it has all its rows


class Moment(NamedTuple):
    """When something happened, in UTC, and how well that is known."""

    instant: datetime | None
    precision: Precision
    zone_source: ZoneSource


class Identifier(NamedTuple):
    """What a person is known by, as written in `field` of the source; unique in `scope`, empty for everywhere."""

    type: IdentifierType
    raw: str
    field: str
    scope: str = ""


class File(NamedTuple):
    """An attached file, of which only this is kept."""

    name: str | None
    type: str | None = None
    sha256: str | None = None


class Person(NamedTuple):
    """Somebody a conversation is held with. May be met as often as the reader likes."""

    record_id: str
    channel: Channel
    name: str | None
    identifiers: tuple[Identifier, ...] = ()
    line: int | None = None  # of the entry they are met in
    observed_at: str | None = None  # when the source last changed its record of them


class Thread(NamedTuple):
    """A conversation. May be met as often as the reader likes."""

    key: str
    channel: Channel
    title: str | None
    is_group: bool = False
    status: ConversationStatus | None = None
    inbox: str | None = None
    assignee: str | None = None
    labels: tuple[str, ...] = ()
    started: datetime | None = None


class Message(NamedTuple):
    """A message."""

    line: int | None
    key: str
    conversation: str
    person: str | None
    direction: Direction
    sender: str | None
    kind: MessageKind
    text: str | None
    sent: Moment
    attachments: Sequence[File] = ()
    author: Author | None = None
    state: MessageState | None = None
    quoted: Sequence[Range] = ()


class Receipt(NamedTuple):
    """Word of how far an outgoing message has come."""

    line: int | None
    message: str
    conversation: str
    person: str | None
    state: MessageState
    at: datetime | None


class Event(NamedTuple):
    """An event."""

    line: int | None
    key: str
    conversation: str
    kind: EventKind
    text: str | None
    at: Moment
    actor: str | None = None
    before: str | None = None
    after: str | None = None
    inferred: bool = False


class Rejected(NamedTuple):
    """An entry left out. Of an overlong one, `raw` keeps the beginning."""

    line: int | None
    code: ErrorCode
    expected: str
    raw: str
    outcome: Outcome = Outcome.REJECTED


class Tied(NamedTuple):
    """Word that two threads are one."""

    conversation: str
    other: str


class Topic(NamedTuple):
    """What a mail is about, by which threads can be tied where mails do not say what they answer."""

    conversation: str
    person: str
    title: str
    sent: datetime
    alone: bool  # an answer that does not say to what


Entry = Person | Thread | Message | Receipt | Event | Tied | Topic | Rejected
Value = TypeVar("Value")


class Recent(OrderedDict[str, Value]):
    """A mapping that forgets what was set first once it holds `REMEMBERED` keys."""

    def __setitem__(self, key: str, value: Value) -> None:
        super().__setitem__(key, value)
        if len(self) > REMEMBERED:
            self.popitem(last=False)


class Occurrences:
    """Tells truly equal entries apart by numbering them from 0 in file order."""

    def __init__(self) -> None:
        self._seen: Recent[int] = Recent()

    def numbered(self, *parts: str) -> str:
        """The natural key made of `parts` and of how many equal ones came before."""
        base = "|".join(parts)
        digest = blake2b(base.encode(errors="replace"), digest_size=16).hexdigest()
        occurrence = self._seen.get(digest, 0)
        self._seen[digest] = occurrence + 1
        return f"{base}|{occurrence}"


class _Collected:
    """The entries since the last batch, each with its row, and what the delivery has had before."""

    def __init__(self) -> None:
        self.rows = 0
        self.people = 0
        self.met: Recent[Person] = Recent()
        self.opened: Recent[tuple[Any, ...]] = Recent()  # how each thread stands
        self.clear()

    def clear(self) -> None:
        self.waiting: dict[str, tuple[int, Person]] = {}
        self.threads = Flat(Thread._fields)
        self.messages = Flat(Message._fields, Moment._fields, "sent")
        self.receipts = Flat(Receipt._fields)
        self.events = Flat(Event._fields, Moment._fields, "at")
        self.refused = Flat(Rejected._fields)
        self.ties = Flat(Tied._fields)
        self.topics = Flat(Topic._fields)
        self.first = self.rows
        self.characters = 0
        self.keep: dict[type[Any], Callable[[Any], None]] = {
            Message: self.say,
            Person: self.meet,
            Thread: self.open,
            Receipt: self.receipt,
            Event: self.happen,
            Tied: self.ties.add,
            Topic: self.topics.add,
            Rejected: self.refuse,
        }

    def say(self, said: Message) -> None:
        row = self.rows = self.rows + 1
        self.messages.add_unfolded(said, row)
        if text := said.text:
            self.characters += len(text)

    def receipt(self, receipted: Receipt) -> None:
        row = self.rows = self.rows + 1
        self.receipts.add(receipted, row)

    def happen(self, happened: Event) -> None:
        row = self.rows = self.rows + 1
        self.events.add_unfolded(happened, row)
        if text := happened.text:
            self.characters += len(text)

    def refuse(self, refused: Rejected) -> None:
        row = self.rows = self.rows + 1
        cut = refused._replace(raw=refused.raw[:MAX_TEXT])
        self.refused.add(cut, row)
        self.characters += len(cut.raw)

    def meet(self, person: Person) -> None:
        """Keep a person once, and again when a later batch tells more: their name, an identifier, when they changed."""
        key, name, known_by = person.record_id, person.name, person.identifiers
        before = self.met.get(key)
        if before is not None:
            known = before.identifiers
            added = () if known_by == known else tuple(each for each in known_by if each not in known)
            dated = person.observed_at or before.observed_at
            if not added and (before.name or not name) and dated == before.observed_at:
                return
            person = before._replace(name=before.name or name, identifiers=known + added, observed_at=dated)
        if key in self.waiting:
            self.waiting[key] = (self.waiting[key][0], person)
        else:
            self.people += 1
            self.waiting[key] = (self.people, person)
        self.met[key] = person

    def open(self, thread: Thread) -> None:
        """Keep a thread once, and again when it stands otherwise; one of which nothing is told changes nothing."""
        stands = thread[4:]
        before = self.opened.get(thread.key)
        if before is None or (stands != before and any(stands)):
            self.opened[thread.key] = stands
            self.threads.add(thread)

    def batch(self) -> Batch:
        people = Flat(Person._fields)
        for row, person in self.waiting.values():
            people.add(person, row)
        kinds: dict[str, tuple[Flat, Callable[[Flat], pl.DataFrame]]] = {
            "contacts": (people, entry_frames.contacts),
            "identifiers": (people, partial(entry_frames.identifiers, fields=Identifier._fields)),
            "conversations": (self.threads, entry_frames.conversations),
            "messages": (self.messages, entry_frames.messages),
            "receipts": (self.receipts, entry_frames.receipts),
            "events": (self.events, entry_frames.events),
            "ties": (self.ties, entry_frames.ties),
            "topics": (self.topics, entry_frames.topics),
            "refused": (self.refused, entry_frames.refused),
        }
        own: dict[str, Any] = {name: framed(held) for name, (held, framed) in kinds.items() if held.size}
        batch = Batch(**own)
        self.clear()
        return batch


def batches(entries: Iterable[Entry], rows: int) -> Iterator[Batch]:
    """Gather entries into batches of at most `rows` messages, events and refusals, numbered through in their order.

    People and threads come in the batch of the first entry that follows them, and again when more is told of them.
    """
    collected = _Collected()
    for entry in entries:
        collected.keep[type(entry)](entry)
        if collected.rows - collected.first >= rows or collected.characters >= BATCH_CHARACTERS:
            yield collected.batch()
    if collected.rows > collected.first or collected.waiting or collected.threads.size:
        yield collected.batch()
