"""A Slack workspace's export: the .zip with its users, channels and direct messages, one JSON file a day."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field

from pipelines.errors import DeliveryRefused
from pipelines.read.chats.slack_people import People, people
from pipelines.read.chats.slack_text import files, said
from pipelines.read.containers import zip as archive
from pipelines.read.containers.json_lines import parsed, written
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample, Unpacked
from pipelines.read.core.epoch import EPOCH
from pipelines.read.core.frames import Entry, Event, Message, Moment, Rejected, Thread, batches
from pipelines.read.core.own_addresses import WithOwnAddresses
from pipelines.read.meta.messenger_participant import an_id, inside, items, words
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.vocabulary import Author, Channel, Direction, EventKind, MessageKind, Precision, ZoneSource

MAX_JSON = 64 << 20  # bytes of one day, or of one list
CHUNK = 1 << 18  # bytes inflated at a time
GUIDE = """\
In Slack: *Tools & settings*, *Workspace settings*, *Import/Export data*, *Export*, as **JSON**. Drop the `.zip` as it
comes.

If it was **unpacked**, pack the folder that holds `users.json` and `channels.json` again, and drop the zip:

```sh
python -m zipfile -c slack.zip "My workspace Slack export/"
```

Its days cannot be read apart from its lists, which say who is a customer: each file would be a delivery of its own, and
the lists are none. Direct messages and private channels are in an export only where Slack has granted the workspace to
export them.

**What is read**: every message with time, sender and text without markup, names and types of attached files; who came
and went, and other notices, as events. Channels and group messages are kept, and make no contacts.

**What is not**: attached files, reactions, threads within a channel, and edits.

Nearly everybody in a company's Slack is a colleague, and colleagues are no contacts. A **customer** is a guest, or
somebody of another workspace; with `own_addresses` whoever has an address that is not the company's. A direct message
with one customer makes them a contact, known by Slack's id and the address of their profile.
"""
LISTS = {"channels.json": True, "groups.json": True, "mpims.json": True, "dms.json": False}  # whether many take part
USERS = ("users.json", "org_users.json")
PARTS = (*USERS, *LISTS, "integration_logs.json", "canvases.json")  # beside the folders of channels
PACK = "`python -m zipfile -c slack.zip FOLDER/`, FOLDER being the one that holds users.json"
WORDS = (  # subtypes of messages that people or programs write; all others are notices
    "bot_message",
    "me_message",
    "file_share",
    "file_comment",
    "file_mention",
    "thread_broadcast",
    "reply_broadcast",
    "slackbot_response",
    "tombstone",
)
MILLISECOND, STATED, TEXT = Precision.MILLISECOND, ZoneSource.STATED, MessageKind.TEXT
CHANGES = {"message_changed": EventKind.MESSAGE_EDITED, "message_deleted": EventKind.MESSAGE_DELETED}

_DAY = re.compile(r"(?P<folder>(?:.*/)?(?P<channel>[^/]+))/\d{4}-\d{2}-\d{2}\.json")
_MESSAGES = re.compile(rb'\s*\[\s*(?:\{[^{}]{0,20000}"ts"|\])')
_STAMP = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?")


class SlackExport(WithOwnAddresses):
    """Options of Slack exports."""

    team: str | None = Field(
        default=None,
        pattern=r"^[ET][A-Z0-9]{1,20}$",
        description="Id of the company's workspace; otherwise the one most users are of",
        examples=["T00000001"],
    )


class Room(NamedTuple):
    """A channel or direct message. `customer` is the id of the one customer a direct message is with."""

    key: str
    title: str | None
    is_group: bool
    customer: str | None


def read(path: Path, source: SlackExport, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield an export as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    if path.name in PARTS or _DAY.fullmatch(f"{path.parent.name}/{path.name}"):
        raise DeliveryRefused(
            ErrorCode.FILE_FORMAT, f"a file of an export that was unpacked: pack its folder as a .zip, with {PACK}"
        )
    with archive.opened(path) as files_in:
        yield from batches(_entries(files_in, source), rows)


def detects(sample: Sample) -> float:
    """A zip with a list of users and messages by channel and day."""
    if not sample.members:
        is_day = _DAY.fullmatch("/".join((*sample.folders[-1:], sample.name))) is not None
        return 0.8 if is_day and _MESSAGES.match(sample.start) else 0.0
    names = {name.rpartition("/")[2] for name in sample.members}
    days = any(map(_DAY.fullmatch, sample.members))
    return 1.0 if days and names & {*USERS} and names & {*LISTS} else 0.0


FORMAT = Format(
    "slack_export",
    "A Slack workspace's export, .zip",
    SlackExport,
    read,
    detects=detects,
    guide=GUIDE,
    unpacked=Unpacked(re.compile(r"(?P<root>.+)/[^/]+/\d{4}-\d{2}-\d{2}\.json"), None),
    is_chat=True,
)


def _entries(export: archive.Archive, source: SlackExport) -> Iterator[Entry]:
    days = sorted(found[0] for name in export.members if (found := _DAY.fullmatch(name)))
    if not days:
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "no Slack export: it has to hold a file for each channel and day")
    users = [user for name in USERS for user in items(_list(export, name))]
    who = people(users, source.team, source.owns if source.own_addresses else None)
    rooms = _rooms(export, who)
    for day in days:
        found = _DAY.fullmatch(day)
        name = found["channel"] if found else day
        room = rooms.get(name) or Room(f"channel:{name}", name, is_group=True, customer=None)
        yield Thread(room.key, Channel.SLACK, room.title, room.is_group, inbox=who.team or None)
        if room.customer:
            yield who.person(who.members[room.customer])
        for message in _day(export, day):
            yield _entry(message, room, who)


def _rooms(export: archive.Archive, who: People) -> dict[str, Room]:
    """Channels and direct messages by the folder their days lie in: their name, or their id where they have none."""
    rooms = {}
    for listed, is_group in LISTS.items():
        for each in items(_list(export, listed)):
            number = an_id(inside(each, "id"))
            if number:
                name = words(each.get("name"))
                customers = [user for user in items(each.get("members")) if _is_customer(user, who)]
                only = customers[0] if len(customers) == 1 and not is_group else None
                rooms[name or number] = Room(number, name or (who.name(only) if only else None), is_group, only)
    return rooms


def _is_customer(user: Any, who: People) -> bool:
    return isinstance(user, str) and user in who.members and who.members[user].is_customer


def _entry(message: Any, room: Room, who: People) -> Entry:
    stamp = words(inside(message, "ts"))
    at = _time(stamp)
    if stamp is None or at is None:
        expected = "a message with ts, in seconds"
        return Rejected(None, ErrorCode.MESSAGE_UNREADABLE, expected, written(message))
    text = said(message, who)
    if len(text or "") > MAX_TEXT:
        expected = f"a message of at most {MAX_TEXT} characters"
        return Rejected(None, ErrorCode.LIMIT_EXCEEDED, expected, written(message))
    key, moment = f"{room.key}|{stamp}", Moment(at, MILLISECOND, STATED)
    user, subtype = an_id(message.get("user")), words(message.get("subtype"))
    sender = who.name(user) or _shown(message)
    if subtype in CHANGES:
        after = said(message["message"], who) if isinstance(message.get("message"), dict) else None
        return Event(None, key, room.key, CHANGES[subtype], None, moment, actor=sender, after=after)
    if subtype is not None and subtype not in WORDS:
        return Event(None, key, room.key, EventKind.SYSTEM, text, moment, actor=sender)
    direction, author = who.author(user)
    if subtype == "bot_message" or (user is None and message.get("bot_id")):
        direction, author = Direction.OUTBOUND, Author.BOT
    attached = files(message)
    kind = MessageKind.MEDIA if attached else TEXT if text else MessageKind.OTHER
    if subtype == "tombstone":
        kind, text = MessageKind.DELETED, None
    person = who.record(room.customer) if room.customer else None
    return Message(None, key, room.key, person, direction, sender, kind, text, moment, attached, author)


def _shown(message: dict[str, Any]) -> str | None:
    """The name a message itself gives its sender: that of a program, or of somebody who is not in the list."""
    profile = message.get("user_profile")
    shown = (inside(profile, "real_name"), inside(profile, "display_name"), message.get("username"))
    return next(filter(None, map(words, shown)), None)


def _time(stamp: str | None) -> datetime | None:
    """The time a `ts` stands for: seconds, and behind the point what tells messages of one second apart."""
    found = _STAMP.fullmatch(stamp or "")
    if found is None:
        return None
    seconds, fraction = found.groups()
    try:
        return EPOCH + timedelta(0, int(seconds), int(fraction.ljust(6, "0")) if fraction else 0)
    except OverflowError:
        return None


def _day(export: archive.Archive, name: str) -> list[Any]:
    value = _load(export, name)
    if not isinstance(value, list):
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "the file of a day holds no list of messages: export it again")
    return value


def _list(export: archive.Archive, name: str) -> Any:
    """The list of a name, wherever in the zip it lies; None if there is none."""
    path = next((member for member in export.members if member.rpartition("/")[2] == name), None)
    return _load(export, path) if path else None


def _load(export: archive.Archive, name: str) -> Any:
    with archive.member(export, name, MAX_JSON) as stream:
        data = b"".join(iter(partial(stream.read, CHUNK), b""))
    try:
        return parsed(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DeliveryRefused(ErrorCode.FILE_ENCODING, "a file in the zip is not UTF-8: export it again") from None
    except ValueError:
        raise DeliveryRefused(ErrorCode.FILE_FORMAT, "a file in the zip is broken JSON: export it again") from None
