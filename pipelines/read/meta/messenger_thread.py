"""One thread of a Messenger download: from the JSON of either kind to participants, messages and events."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pipelines.read.core.epoch import at_milliseconds
from pipelines.read.core.frames import Entry, Event, File, Message, Moment, Occurrences, Rejected
from pipelines.read.core.lines import well_formed
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.vocabulary import Author, Direction, EventKind, MessageKind, Precision, ZoneSource

MEDIA = ("photos", "videos", "audio_files", "files", "gifs", "media", "sticker")
HOLD_TEXT = (str, list, dict)
INBOUND, OUTBOUND = Direction.INBOUND, Direction.OUTBOUND
CONTACT, AGENT = Author.CONTACT, Author.AGENT
MILLISECOND, STATED = Precision.MILLISECOND, ZoneSource.STATED
NOTICES = ("Subscribe", "Unsubscribe")  # somebody came or left
SHARED = " sent an attachment."  # said of whatever is shared
SENDERS = {"sender_name", "senderName"}
SHOWN = 2_000  # characters of a message that could not be read

_REACTED = re.compile(r"Liked a message|Reacted \S{1,30} to your message")  # Instagram says so as if it were words


class Talk(NamedTuple):
    """Who talks in a thread. `counterpart` is None in a group."""

    key: str
    title: str | None
    counterpart: str | None
    owners: frozenset[str]
    is_group: bool


def mended(value: Any) -> Any:
    """A JSON value in whose strings UTF-8 that Meta wrote as Latin-1 is text again, all of them well-formed.

    Raises:
        RecursionError: of values nested deeper than any download.
    """
    if isinstance(value, str):
        return value if value.isascii() else _mended(value)
    if isinstance(value, dict):
        return {
            key if key.isascii() else _mended(key): mended(item) if isinstance(item, HOLD_TEXT) else item
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [mended(item) for item in value]
    return value


def _mended(text: str) -> str:
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return well_formed(text)


def is_thread(value: Any) -> bool:
    """Whether a JSON value has the form of a thread."""
    if not isinstance(value, dict) or not isinstance(value.get("messages"), list):
        return False
    return isinstance(value.get("participants"), list) or any(
        isinstance(message, dict) and SENDERS & message.keys() for message in value["messages"]
    )


def participants(thread: dict[str, Any]) -> list[str]:
    """Names of those who take part, in either kind of download; where it does not tell, of those who write."""
    told = thread.get("participants")
    if isinstance(told, list):
        named = (p.get("name") if isinstance(p, dict) else p for p in told)
    else:
        written = (message for message in thread["messages"] if isinstance(message, dict))
        named = (message.get("sender_name", message.get("senderName")) for message in written)
    return list(dict.fromkeys(name for name in named if isinstance(name, str) and name.strip()))


def title_of(thread: dict[str, Any]) -> str | None:
    """The title shown for a thread: of two people, the name of the other one."""
    return _text(thread.get("title")) or _text(thread.get("threadName"))


def talk(thread: dict[str, Any], key: str, owner: str | None) -> Talk:
    """Tell who is who. Where the owner takes part under another name, the title names the other of two people."""
    names, title = participants(thread), title_of(thread)
    others = [name for name in names if name != owner]
    is_group = len(names) > 2 or thread.get("thread_type") == "RegularGroup"
    counterpart = None
    if not is_group and others:
        counterpart = others[0] if len(others) == 1 else next((name for name in others if name == title), None)
    owners = {name for name in names if counterpart and name != counterpart} | ({owner} if owner else set())
    return Talk(key, title or counterpart, counterpart, frozenset(owners), is_group)


def entries(thread: dict[str, Any], who: Talk, occurrences: Occurrences) -> Iterator[Entry]:
    """Messages, events and refusals of one JSON file of a thread, in its order."""
    for message in thread["messages"]:
        sent = _sent(message)
        if sent is None:
            expected = "a message with a sender and a timestamp in milliseconds"
            yield Rejected(None, ErrorCode.MESSAGE_UNREADABLE, expected, repr(message)[:SHOWN])
        elif len(_text(message.get("content", message.get("text"))) or "") > MAX_TEXT:
            expected = f"a message of at most {MAX_TEXT} characters"
            yield Rejected(None, ErrorCode.LIMIT_EXCEEDED, expected, str(message.get("content", message.get("text"))))
        else:
            yield _entry(message, sent, who, occurrences)


def _entry(message: dict[str, Any], sent: tuple[str, int, datetime], who: Talk, occurrences: Occurrences) -> Entry:
    sender, timestamp, instant = sent
    moment = Moment(instant, MILLISECOND, STATED)
    files, text = _files(message), _words(message)
    key = occurrences.numbered(who.key, str(timestamp), text or next(iter(files), ""))  # names are those of today
    if message.get("type") in NOTICES:
        return Event(None, key, who.key, EventKind.SYSTEM, text, moment)
    outbound = sender in who.owners
    known = outbound or sender in (who.counterpart, "")
    person = who.key if who.counterpart and known else None  # words of one who has left belong to nobody here
    direction = OUTBOUND if outbound else INBOUND
    kind = _kind(message, text, files)
    told = None if kind is MessageKind.DELETED else text  # taken back by its sender
    author = AGENT if outbound else CONTACT
    return Message(
        None, key, who.key, person, direction, sender or None, kind, told, moment, [*map(File, files)], author
    )


def _sent(message: Any) -> tuple[str, int, datetime] | None:
    """Sender (empty for one who deleted the account), milliseconds, and the time they mean."""
    if not isinstance(message, dict):
        return None
    sender = message.get("sender_name", message.get("senderName", ""))
    timestamp = message.get("timestamp_ms", message.get("timestamp"))
    if not isinstance(sender, str) or type(timestamp) is not int:
        return None
    instant = at_milliseconds(timestamp)
    return (sender, timestamp, instant) if instant else None


def _words(message: dict[str, Any]) -> str | None:
    share = message.get("share")
    link = _text(share.get("link")) if isinstance(share, dict) else None
    text = _text(message.get("content")) or _text(message.get("text"))
    if link and (text is None or text.endswith(SHARED)):
        text = link
    return text if text is None or len(text) <= MAX_TEXT else None


def _files(message: dict[str, Any]) -> list[str]:
    found: list[str] = []
    if message.keys().isdisjoint(MEDIA):
        return found
    for field in MEDIA:
        items = message.get(field)
        for item in items if isinstance(items, list) else [items]:
            uri = _text(item.get("uri")) if isinstance(item, dict) else None
            found.extend([uri.rpartition("/")[2] or uri] if uri else [])
    return found


def _kind(message: dict[str, Any], text: str | None, files: list[str]) -> MessageKind:
    if message.get("is_unsent") is True or message.get("isUnsent") is True:
        return MessageKind.DELETED
    if text and _REACTED.fullmatch(text):
        return MessageKind.REACTION
    if message.get("type") == "Call" or "call_duration" in message or message.get("missed") is True:
        return MessageKind.CALL
    if files:
        return MessageKind.MEDIA
    return MessageKind.TEXT if text else MessageKind.OTHER


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
