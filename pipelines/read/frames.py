"""Entries as a conversation reader meets them, one by one → the frames of a `Batch`."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

import polars as pl

from pipelines.read.batch import Batch
from schemas import received
from schemas.received import MAX_TEXT
from schemas.vocabulary import (
    Channel,
    Direction,
    ErrorCode,
    EventKind,
    IdentifierType,
    MessageKind,
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
    """What a person is known by, as written in `field` of the source."""

    type: IdentifierType
    raw: str
    field: str


class Person(NamedTuple):
    """Somebody a conversation is held with. May be met as often as the reader likes."""

    record_id: str
    channel: Channel
    name: str | None
    identifier: Identifier | None
    line: int | None = None  # of the entry they are met in


class Thread(NamedTuple):
    """A conversation. May be met as often as the reader likes."""

    key: str
    channel: Channel
    title: str | None
    is_group: bool = False


class Said(NamedTuple):
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
    attachments: list[str]


class Happened(NamedTuple):
    """An event."""

    line: int | None
    key: str
    conversation: str
    kind: EventKind
    text: str | None
    at: Moment


class Refused(NamedTuple):
    """An entry left out. Of an overlong one, `raw` keeps the beginning."""

    line: int | None
    code: ErrorCode
    expected: str
    raw: str
    outcome: Outcome = Outcome.REJECTED


Entry = Person | Thread | Said | Happened | Refused
Value = TypeVar("Value")


class Recent(OrderedDict[str, Value]):
    """A mapping that forgets its oldest keys once it holds `REMEMBERED` of them."""

    def __setitem__(self, key: str, value: Value) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
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
    """The entries since the last batch, and what the delivery has had before."""

    def __init__(self) -> None:
        self.rows = 0
        self.people = 0
        self.named: Recent[bool] = Recent()
        self.threads: Recent[None] = Recent()
        self.clear()

    def clear(self) -> None:
        self.waiting: dict[str, tuple[int, Person]] = {}
        self.conversations: list[tuple[Any, ...]] = []
        self.messages: list[tuple[Any, ...]] = []
        self.events: list[tuple[Any, ...]] = []
        self.refused: list[tuple[Any, ...]] = []
        self.entries = 0
        self.characters = 0

    def meet(self, person: Person) -> None:
        """Keep a person once, and again when a later batch is the first to tell their name."""
        row, before = self.waiting.get(person.record_id, (None, person))
        if row is not None:
            self.waiting[person.record_id] = (row, before._replace(name=before.name or person.name))
        elif person.record_id not in self.named or (person.name and not self.named[person.record_id]):
            self.people += 1
            self.waiting[person.record_id] = (self.people, person)
        self.named[person.record_id] = self.named.get(person.record_id, False) or bool(person.name)

    def open(self, thread: Thread) -> None:
        if thread.key not in self.threads:
            self.conversations.append((thread.key, thread.channel.value, thread.title, thread.is_group, None))
        self.threads[thread.key] = None

    def count(self, characters: int) -> int:
        self.rows += 1
        self.entries += 1
        self.characters += characters
        return self.rows

    def add(self, entry: Entry) -> None:
        match entry:
            case Person():
                self.meet(entry)
            case Thread():
                self.open(entry)
            case Said(line, key, thread, person, direction, sender, kind, text, sent, attachments):
                row = self.count(len(text or ""))
                said = (person, direction.value, sender, kind.value, text, *_values(sent), attachments)
                self.messages.append((row, line, key, thread, *said))
            case Happened(line, key, thread, event, text, at):
                row = self.count(len(text or ""))
                self.events.append((row, line, key, thread, event.value, text, *_values(at)))
            case Refused(line, code, expected, raw, outcome):
                row = self.count(min(len(raw), MAX_TEXT))
                self.refused.append((row, line, outcome.value, code.value, expected, raw[:MAX_TEXT]))

    def batch(self) -> Batch:
        people = self.waiting.values()
        contacts: list[tuple[Any, ...]] = [
            (row, p.line, p.record_id, p.channel.value, p.name, None, None, [], None, None, []) for row, p in people
        ]
        known = [(row, p.identifier) for row, p in people if p.identifier]
        batch = Batch(
            contacts=_frame(received.ContactRow, contacts),
            identifiers=_frame(received.IdentifierRow, [(r, i.type.value, "", i.raw, i.field) for r, i in known]),
            conversations=_frame(received.Conversation, self.conversations),
            messages=_frame(received.Message, self.messages),
            events=_frame(received.Event, self.events),
            refused=_frame(received.Refusal, self.refused),
        )
        self.clear()
        return batch


def batches(entries: Iterable[Entry], rows: int) -> Iterator[Batch]:
    """Gather entries into batches of at most `rows` messages, events and refusals, numbered through in their order.

    People and threads come in the batch of the first entry that follows them, once per delivery.
    """
    collected = _Collected()
    for entry in entries:
        collected.add(entry)
        if collected.entries >= rows or collected.characters >= BATCH_CHARACTERS:
            yield collected.batch()
    if collected.entries or collected.waiting or collected.conversations:
        yield collected.batch()


def well_formed(text: str) -> str:
    """The text with lone surrogates, which no UTF-8 can hold, replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _values(moment: Moment) -> tuple[datetime | None, str, str]:
    return moment.instant, moment.precision.value, moment.zone_source.value


def _frame(contract: type[received.Frame], rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=received.empty(contract).schema, orient="row")
