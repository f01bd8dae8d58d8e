"""Telegram Desktop's export as JSON: `result.json` of one chat, or of a whole account."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from pipelines.errors import DeliveryHeld, DeliveryRefused
from pipelines.read.chats.telegram_content import files, kind_of, said
from pipelines.read.containers.json_lines import written
from pipelines.read.containers.json_walk import Path as Steps
from pipelines.read.containers.json_walk import walk
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample, Unpacked
from pipelines.read.core.clock_changes import ClockChanges
from pipelines.read.core.epoch import at_seconds
from pipelines.read.core.frames import (
    Entry,
    Event,
    Identifier,
    Message,
    Moment,
    Occurrences,
    Person,
    Recent,
    Rejected,
    Thread,
    batches,
)
from pipelines.read.core.unread_files import is_attached, unread
from pipelines.read.meta.messenger_participant import an_id, inside, items, words
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.source import Source
from schemas.vocabulary import Author, Channel, Direction, EventKind, IdentifierType, MessageKind, Precision, ZoneSource

GUIDE = """\
In Telegram **Desktop**: in a chat the menu, *Export chat history*, or *Settings*, *Advanced*, *Export Telegram data*
for all of them; as the format **Machine-readable JSON**. Drop the `result.json`, or the folder as it is with the path
`landing/telegram/**/result.json`; photos and other files in it that a wider path finds are counted as *skipped*.

**What is read**: every message with sender, time, kind and text, names and types of attached files, calls, and what
Telegram itself says ("joined the group") as events. The person of a personal chat is known by Telegram's id, and by
the phone number if the export's contacts have one for that id. Groups and channels are kept and make no contacts;
neither do chats with bots.

**What is not**: the files themselves, reactions, edits before the last, usernames (Telegram does not export them).

Who wrote is told by the ids: in a personal chat, whoever is not the other one is the company. In groups it is the
account whose export it is; an export of a single group is *held* until `owner` says it. Exports made before 2022 state
times without a zone: those are of the source's `timezone`.
"""
INBOUND, OUTBOUND = Direction.INBOUND, Direction.OUTBOUND
CONTACT, AGENT = Author.CONTACT, Author.AGENT
SECOND, STATED, TEXT = Precision.SECOND, ZoneSource.STATED, MessageKind.TEXT
GROUPS = ("private_group", "private_supergroup", "public_supergroup", "private_channel", "public_channel")
BETWEEN_TWO = ("personal_chat", "bot_chat")
OWN_NOTES = "saved_messages"
TELEGRAM_ITSELF = ("777000", "42777")  # log-in codes and other notices


class Telegram(Source):
    """Options of Telegram exports."""

    owner: str | None = Field(
        default=None,
        description="Id or shown name of the company's account, where the export is not of an account",
        examples=["700000000", "Acme Support"],
    )


class Account(NamedTuple):
    """What the export says before its chats: the id of whose it is, and phone numbers of people by their ids."""

    owner: str | None
    phones: Recent[str]
    zone: ZoneInfo


class Chat(NamedTuple):
    """A chat. `other` is the id of the one it is held with, if it is one; `person` the same if that is a contact."""

    key: str
    title: str | None
    is_group: bool
    other: str | None
    person: str | None
    is_own: bool  # notes of the owner to themselves
    record: str | None  # the natural key of the person
    changes: ClockChanges


def read(path: Path, source: Telegram, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield an export as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    yield from batches([unread("an export")] if is_attached(path.parent / path.name) else _entries(path, source), rows)


def detects(sample: Sample) -> float:
    """The beginning of an export of an account, or of a chat with its type."""
    start = sample.start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"{"):
        return 0.0
    kinds = (*GROUPS, *BETWEEN_TWO, OWN_NOTES)
    typed = any(f'"type": "{kind}"'.encode() in start or f'"type":"{kind}"'.encode() in start for kind in kinds)
    account = b'"personal_information"' in start and b'"user_id"' in start
    timed = b'"date_unixtime"' in start and b'"messages"' in start
    return 0.95 if typed or account else 0.8 if timed else 0.0


FORMAT = Format(
    "telegram",
    "Telegram Desktop's export as JSON: result.json",
    Telegram,
    read,
    detects=detects,
    guide=GUIDE,
    unpacked=Unpacked(re.compile(r"(?P<root>.+)/[^/]+/result\.json"), "**/result.json"),
    is_chat=True,
)


def _entries(path: Path, source: Telegram) -> Iterator[Entry]:
    account = Account(source.owner, Recent(), source.zone())
    occurrences = Occurrences()
    place: Steps | None = None
    head: dict[str | int, Any] = {}
    chat: Chat | None = None
    found = False
    with path.open("rb") as stream:
        for steps, value in walk(stream, _into):
            if len(steps) > 1 and steps[-2] == "messages":
                if place != steps[:-2]:
                    place, head, chat = steps[:-2], {}, None
                if chat is None:
                    found, chat = True, _chat(head, account)
                    yield Thread(chat.key, Channel.TELEGRAM, chat.title, chat.is_group)
                    yield from _person(chat, account)
                yield _entry(value, chat, account, occurrences)
            elif steps == ("personal_information",):
                own = an_id(inside(value, "user_id"))
                account = account._replace(owner=source.owner or own)
            elif steps == ("contacts",):
                _remember(value, account.phones)
            else:
                if place != steps[:-1]:
                    place, head, chat = steps[:-1], {}, None
                head[steps[-1] if steps else ""] = value
    if not found:
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "no messages in it: export it again, as machine-readable JSON")


def _into(steps: Steps) -> bool:
    """The document, the lists of chats, each chat, and its messages."""
    match steps:
        case () | ("messages",) | ("chats" | "left_chats",) | ("chats" | "left_chats", "list"):
            return True
        case ("chats" | "left_chats", "list", int()) | ("chats" | "left_chats", "list", int(), "messages"):
            return True
    return False


def _remember(contacts: Any, phones: Recent[str]) -> None:
    """Phone numbers of those contacts whose id is told; for most it is 0."""
    for each in items(inside(contacts, "list")):
        person, phone = an_id(inside(each, "user_id")), words(inside(each, "phone_number"))
        if person and phone:
            phones[person] = phone


def _chat(head: dict[str | int, Any], account: Account) -> Chat:
    """A chat, from what is said of it before its messages.

    Raises:
        DeliveryHeld: PARTIES_UNKNOWN of one in which nothing tells who the company is.
    """
    number, title, kind = an_id(head.get("id")), words(head.get("name")), head.get("type")
    key = f"chat:{number}" if number else f"chat:{(title or '').casefold()}"
    other = number if kind in BETWEEN_TWO else None
    person = other if kind == "personal_chat" and other not in TELEGRAM_ITSELF else None
    if not other and not account.owner and kind != OWN_NOTES:
        raise DeliveryHeld(
            ErrorCode.PARTIES_UNKNOWN,
            "cannot tell the company from the others: set owner (id or name of your account) in onecontact.yaml",
        )
    record = f"telegram:{person}" if person else None
    return Chat(key, title, kind in GROUPS, other, person, kind == OWN_NOTES, record, ClockChanges(account.zone))


def _person(chat: Chat, account: Account) -> Iterator[Person]:
    if chat.person and chat.record:
        known = [Identifier(IdentifierType.TELEGRAM_ID, chat.person, "id")]
        if phone := account.phones.get(chat.person):
            known.append(Identifier(IdentifierType.PHONE, phone, "phone_number"))
        yield Person(chat.record, Channel.TELEGRAM, chat.title, tuple(known))


def _entry(message: Any, chat: Chat, account: Account, occurrences: Occurrences) -> Entry:
    moment = _moment(message, chat.changes) if isinstance(message, dict) else None
    if moment is None:
        expected = "a message with date_unixtime in seconds, or date"
        return Rejected(None, ErrorCode.MESSAGE_UNREADABLE, expected, written(message))
    sender = words(message.get("from")) or words(message.get("actor"))
    author = _bare(message.get("from_id", message.get("actor_id")))
    text = said(message)
    if len(text or "") > MAX_TEXT or len(sender or "") > MAX_TEXT:
        expected = f"a message of at most {MAX_TEXT} characters"
        return Rejected(None, ErrorCode.LIMIT_EXCEEDED, expected, written(message))
    number = an_id(message.get("id"))
    if number:
        key = f"{chat.key}|{number}"
    else:
        key = occurrences.numbered(chat.key, str(moment.instant), sender or "", text or "")
    kind = kind_of(message)
    if kind is None:
        return Event(None, key, chat.key, EventKind.SYSTEM, text, moment, actor=sender)
    if kind is TEXT and not text:
        kind = MessageKind.OTHER
    if _is_ours(author, sender, chat, account):
        direction, by = OUTBOUND, AGENT
    else:
        direction, by = INBOUND, CONTACT if chat.other == chat.person else Author.BOT
    return Message(None, key, chat.key, chat.record, direction, sender, kind, text, moment, files(message), by)


def _is_ours(author: str | None, sender: str | None, chat: Chat, account: Account) -> bool:
    """Whether the company wrote: of two, the one who is not the other; of many, the owner."""
    if chat.is_own or (chat.other and author):
        return author != chat.other
    owner = account.owner
    return owner is not None and (author == _bare(owner) or (sender or "").casefold() == owner.casefold())


def _bare(person: Any) -> str | None:
    """An id without the word before it that says that it is a user's: "user1" and, in old exports, 1."""
    known = an_id(person)
    return known.removeprefix("user") if known else None


def _moment(message: dict[str, Any], changes: ClockChanges) -> Moment | None:
    """When a message was sent. Seconds since 1970 are missing in old exports, whose dates are of the phone's zone."""
    instant = at_seconds(message.get("date_unixtime"))
    if instant:
        return Moment(instant, SECOND, STATED)
    date = message.get("date")
    try:
        local = datetime.fromisoformat(date) if isinstance(date, str) else None
        if local is None or local.tzinfo:
            return None
        wall = changes.read(local)
        zone_source = ZoneSource.SKIPPED if wall.is_skipped else ZoneSource.ASSUMED
        return Moment(wall.first + wall.later, SECOND, zone_source)
    except (ValueError, OverflowError):
        return None
