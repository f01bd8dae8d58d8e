"""Conversations of a page or an Instagram account as Meta's Graph API gives them, saved page by page."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import Field

from pipelines.errors import DeliveryHeld, DeliveryRefused
from pipelines.read.containers.json_lines import written
from pipelines.read.containers.json_walk import Path as Steps
from pipelines.read.containers.json_walk import walk
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.frames import Entry, File, Message, Moment, Rejected, batches
from pipelines.read.meta.messenger_participant import (
    an_id,
    inside,
    introduced,
    items,
    message_key,
    party,
    shown_name,
    words,
)
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.source import Source
from schemas.vocabulary import Author, Channel, Direction, MessageKind, MessageState, Precision, ZoneSource

GUIDE = """\
There is no export of a page's inbox; the Graph API gives it. Ask for

`/{page}/conversations?fields=participants,messages.limit(500){id,created_time,message,from,to,attachments,shares},updated_time`

(with `platform=instagram` for Instagram), follow `paging.next` of the conversations **and of the messages in each**,
and save every answer as it comes: one after the other in one `.json` file, or each in its own.

**What is read**: every message with time, direction, text, and names and types of attached files; the person, by the
id that the page has for them and by name, on Instagram by username, too. `<id>@facebook.com` is that id, no address.
Messages have the ids that [webhooks](messenger_webhooks.md) tell: dumps and webhooks in one source of that format
give each message once.

**What is not**: the attached files, tags, reactions, and whether a person or a bot wrote for the page.

The page is the participant of every conversation, or of more than any other id is. Where that leaves two, in a dump of
a single one, the file is *held* until `page_id` says it.
"""
CONTAINERS = ("data", "conversations", "messages")


class MessengerGraph(Source):
    """Options of Graph dumps."""

    page_id: str | None = Field(
        default=None,
        pattern=r"^\d{1,20}$",
        description="Id of the page or Instagram account, for Graph dumps that do not tell it",
        examples=["100000000000001"],
    )


def read(path: Path, source: MessengerGraph, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield a dump as batches of at most `rows` messages; see `pipelines.read.core.batch.Read`."""
    page = source.page_id or _page(path)
    yield from batches((entry for value in _values(path) for entry in _entries(value, page)), rows)


def detects(sample: Sample) -> float:
    """A page of an answer whose items are conversations or messages."""
    return 0.9 if is_dump(sample.start) else 0.0


def is_dump(start: bytes) -> bool:
    """Whether a file that begins so holds conversations of the Graph API."""
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    begins = head.startswith((b"{", b"[")) and head.lstrip(b"{[ \t\r\n").startswith((b'"data"', b'"conversations"'))
    return begins and (b'"participants"' in head or b'"created_time"' in head)


FORMAT = Format(
    "messenger_graph",
    "Conversations of a page or Instagram account, dumped from the Graph API",
    MessengerGraph,
    read,
    detects=detects,
    guide=GUIDE,
    is_chat=True,
)


def _values(path: Path) -> Iterator[Any]:
    """The conversations and loose messages of a dump."""
    found = False
    with path.open("rb") as stream:
        for steps, value in walk(stream, _holds_pages):
            if steps and isinstance(steps[-1], int):
                found = True
                yield value
    if not found:
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "no conversations in it: dump /{page}/conversations again")


def _holds_pages(steps: Steps) -> bool:
    if steps and isinstance(steps[-1], int):
        return len(steps) == 1  # an answer in a list of answers
    return all(step in CONTAINERS or isinstance(step, int) for step in steps)


def _page(path: Path) -> str:
    """The id that takes part in every conversation, and in every message; else the one that is in most conversations.

    Raises:
        DeliveryHeld: PARTIES_UNKNOWN where that is more than one, or none.
    """
    common: set[str] | None = None
    threads: Counter[str] = Counter()
    for value in _values(path):
        heard: set[str] = set()
        for parties in _parties(value):
            common = parties if common is None else common & parties
            heard |= parties
        threads.update(heard)
    if common is not None and len(common) == 1:
        return common.pop()
    (first, most), (_, next_most) = [*threads.most_common(2), ("", 0), ("", 0)][:2]
    if not common and most > 1 and most > next_most:
        return first
    raise DeliveryHeld(
        ErrorCode.PARTIES_UNKNOWN, "cannot tell page from person: set page_id (the id of your page) in onecontact.yaml"
    )


def _parties(value: Any) -> Iterator[set[str]]:
    listed = {an_id(inside(each, "id")) for each in items(inside(value, "participants", "data"))}
    heard = [{an_id(inside(each, "id")) for each in _both(message)} for message in _messages(value)]
    for ids in [listed, *heard]:
        known = {each for each in ids if each}
        if len(known) > 1:
            yield known


def _messages(value: Any) -> list[Any]:
    """The messages of a conversation; a loose one is its own."""
    if isinstance(value, dict) and ("participants" in value or "messages" in value):
        return items(inside(value, "messages", "data"))
    return [value]


def _both(message: Any) -> list[Any]:
    return [inside(message, "from"), *items(inside(message, "to", "data"))]


def _entries(value: Any, page: str) -> Iterator[Entry]:
    listed = items(inside(value, "participants", "data"))
    for message in _messages(value):
        mid, author = an_id(inside(message, "id")), an_id(inside(message, "from", "id"))
        at = _time(inside(message, "created_time"))
        other = _other([*_both(message), *listed], page)
        if mid and author and at and other:
            yield from _said(message, mid, at, page, other)
        else:
            expected = "a message with id, from, to and created_time, exchanged with the page"
            yield Rejected(None, ErrorCode.MESSAGE_UNREADABLE, expected, written(message))


def _other(parties: list[Any], page: str) -> dict[str, Any] | None:
    """The one who is not the page."""
    return next(
        (each for each in parties if isinstance(each, dict) and an_id(each.get("id")) not in (None, page)), None
    )


def _said(message: dict[str, Any], mid: str, at: datetime, page: str, other: dict[str, Any]) -> Iterator[Entry]:
    instagram = "username" in other
    who = party(Channel.INSTAGRAM if instagram else Channel.FACEBOOK, page, an_id(other["id"]) or "")
    files = [file for each in items(inside(message, "attachments", "data")) for file in _file(each)]
    link = next(filter(None, (words(inside(each, "link")) for each in items(inside(message, "shares", "data")))), None)
    text = words(message.get("message")) or link
    if len(text or "") > MAX_TEXT:
        expected = f"a text of at most {MAX_TEXT} characters"
        yield Rejected(None, ErrorCode.LIMIT_EXCEEDED, expected, written(message))
        return
    outbound = an_id(inside(message, "from", "id")) == page
    author = inside(message, "from")
    yield from introduced(who, shown_name(other.get("name")), shown_name(other.get("username")))
    yield Message(
        None,
        message_key(mid),
        who.key,
        who.key,
        Direction.OUTBOUND if outbound else Direction.INBOUND,
        shown_name(author.get("name")) or shown_name(author.get("username")),
        MessageKind.MEDIA if files else MessageKind.TEXT if text else MessageKind.OTHER,
        text,
        Moment(at, Precision.SECOND, ZoneSource.STATED),
        files,
        author=None if outbound else Author.CONTACT,
        state=MessageState.SENT if outbound else None,
    )


def _file(attached: Any) -> list[File]:
    name, kind = words(inside(attached, "name")), words(inside(attached, "mime_type"))
    return [File(name, kind)] if isinstance(attached, dict) else []


def _time(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        return at.astimezone(UTC) if at and at.tzinfo else None
    except (ValueError, OverflowError):
        return None
