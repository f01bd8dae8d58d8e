"""What the exports of helpdesks have in common: fields that may be anything, states, channels, times, and agents."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import unquote, urlsplit

from pipelines.read.containers.html_text import html_text
from pipelines.read.containers.json_lines import written
from pipelines.read.core.epoch import EPOCH, SECONDS_BELOW, at_either
from pipelines.read.core.frames import Entry, File, Identifier, Message, Moment, Person, Recent, Rejected
from pipelines.read.core.lines import well_formed
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.vocabulary import (
    Channel,
    ConversationStatus,
    EventKind,
    IdentifierType,
    MessageKind,
    Outcome,
    Precision,
    ZoneSource,
)

SECOND, MILLISECOND, STATED = Precision.SECOND, Precision.MILLISECOND, ZoneSource.STATED
SKIPPED = Outcome.SKIPPED
NAMES_OF_DELETED = ("permanently deleted user", "deleted user", "deleted contact")
LONGEST_ID = 200  # characters
WHOLE = 2**53  # up to here a float that is whole is the number it was

# In the words of all of them, where one word means one thing everywhere. What is not here has no state of ours.
STATUSES = {
    "open": ConversationStatus.OPEN,
    "new": ConversationStatus.OPEN,
    "assigned": ConversationStatus.OPEN,
    "unassigned": ConversationStatus.OPEN,
    "pending": ConversationStatus.PENDING,
    "waiting": ConversationStatus.PENDING,
    "snoozed": ConversationStatus.SNOOZED,
    "hold": ConversationStatus.SNOOZED,
    "resolved": ConversationStatus.RESOLVED,
    "solved": ConversationStatus.RESOLVED,
    "closed": ConversationStatus.RESOLVED,
    "archived": ConversationStatus.RESOLVED,
}

CHANNELS = {
    word: channel
    for channel, words in {
        Channel.WHATSAPP: "whatsapp",
        Channel.EMAIL: "email mail outboundemail",
        Channel.FACEBOOK: "facebook facebookpage facebookpost facebookmessage facebookmessenger messenger",
        Channel.INSTAGRAM: "instagram instagramdm instagramdirect instagramdirectmessage",
        Channel.TELEGRAM: "telegram",
        Channel.SMS: "sms twiliosms twilio",
        Channel.SLACK: "slack",
        Channel.WEB_CHAT: "webchat webwidget chat livechat frontchat nativemessaging messaging conversation",
        Channel.PHONE: "phone voice call phonecall phoneswitch",
    }.items()
    for word in words.split()
}

_PUNCTUATION = re.compile(r"^channel::|[\s_-]")
_FAKE_MAIL = re.compile(r"\d+@facebook\.com", re.IGNORECASE)


class Known:
    """What a delivery has told so far of agents, teams and threads. The oldest is forgotten beyond `REMEMBERED`."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self.zone = zone  # of times that state none
        self.names: Recent[str] = Recent()  # of agents and teams, by id
        self.agents: Recent[None] = Recent()  # ids
        self.contacts: Recent[None] = Recent()  # ids of people who are no agents
        self.people: Recent[str] = Recent()  # with whom a thread is held, by its key
        self.channels: Recent[Channel] = Recent()  # of threads, by key
        self.changes: Recent[tuple[datetime | None, bool]] = Recent()  # when a change was last told of, if inferred
        self.left_out: Recent[None] = Recent()  # record ids of people who are no contacts, such as deleted ones
        self.told: dict[str, tuple[Any, ...]] = {}  # what was last told of a contact, by id

    def at(self, value: Any) -> Moment | None:
        """The time that a value means, as `moment` has it."""
        return moment(value, self.zone)

    def instant(self, value: Any) -> datetime | None:
        """The same without what is known of it."""
        told = self.at(value)
        return told.instant if told else None

    def changed(self, fields: Mapping[str, Any]) -> str | None:
        """When a record says it was last changed, as an ISO time."""
        instant = self.instant(fields.get("updated_at"))
        return instant.isoformat() if instant else None

    def agent(self, key: Any, *names: Any) -> None:
        """Remember somebody who writes for the company."""
        if known := ident(key):
            self.agents[known] = None
            name = next(filter(None, map(words, names)), None)
            if name and ("@" not in name or known not in self.names):
                self.names[known] = name

    def called(self, key: Any) -> str | None:
        """The name of an agent or a team, else the id."""
        known = ident(key)
        return self.names.get(known, known) if known else None


def no_contact(fields: Mapping[str, Any], line: int | None) -> Rejected | None:
    """Word that a user is left out: deleted, merged into another, suspended, or one of the helpdesk itself."""
    name = words(fields.get("name"))
    deleted = any(fields.get(key) is True for key in ("deleted", "archived", "permanently_deleted"))
    merged = any(fields.get(key) for key in ("deleted_at", "merged_into", "merged_into_id", "merged_to", "merged"))
    if deleted or merged or (name and name.casefold() in NAMES_OF_DELETED):
        return Rejected(line, ErrorCode.ROW_DELETED, "a user who was not deleted or merged", written(fields), SKIPPED)
    if fields.get("suspended") is True or fields.get("system") is True or ident(fields.get("id")) == "-1":
        expected = "a user who is a person, and not suspended"
        return Rejected(line, ErrorCode.ENTRY_SKIPPED, expected, written(fields), SKIPPED)
    return None


def contacts_only(entries: Iterable[Entry], known: Known) -> Iterator[Entry]:
    """Entries without the people whom the delivery has left out before; what was written with them stays, nobody's."""
    for entry in entries:
        if isinstance(entry, Message) and entry.person in known.left_out:
            yield entry._replace(person=None)
        elif not (isinstance(entry, Person) and entry.record_id in known.left_out):
            yield entry


def mapping(value: Any) -> Mapping[str, Any]:
    """An object, empty if it is something else."""
    return value if isinstance(value, dict) else {}


def listed(value: Any, *pages: str) -> list[Any]:
    """A list, or the one that a page holds under one of these keys; empty if it is something else."""
    if isinstance(value, dict):
        value = next((value[key] for key in pages if isinstance(value.get(key), list)), None)
    return value if isinstance(value, list) else []


def words(value: Any) -> str | None:
    """A text without the space around it; None for an empty one, one longer than may be kept, and other types."""
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        return None
    text = value.strip()
    return (text if text.isascii() else well_formed(text)) or None


def ident(value: Any) -> str | None:
    """An id, which exports write as a number, as digits or as a word."""
    if isinstance(value, str):
        text = value.strip()
        return (text if text.isascii() else well_formed(text)) if text and len(text) <= LONGEST_ID else None
    if value is None or isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 10**30:
        return None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < WHOLE else None
    return str(value)


def status_of(value: Any) -> ConversationStatus | None:
    """The state a word of a helpdesk means."""
    return STATUSES.get(value.strip().lower()) if isinstance(value, str) else None


def state_word(value: Any) -> str | None:
    """A state as events tell it: ours, or the helpdesk's own word for what has none."""
    status = status_of(value)
    return status.value if status else ident(value)


def channel_of(value: Any) -> Channel:
    """The channel a word of a helpdesk means."""
    return CHANNELS.get(_PUNCTUATION.sub("", value.lower()), Channel.OTHER) if isinstance(value, str) else Channel.OTHER


def moment(value: Any, zone: tzinfo = UTC) -> Moment | None:
    """The time that a count from 1970 or an ISO time means, the latter in `zone` if it states none; else None."""
    if type(value) is int and 0 < value < SECONDS_BELOW:
        return Moment(EPOCH + timedelta(0, value), SECOND, STATED)
    if isinstance(value, str) and not value.strip().isdigit():
        return _iso(value.strip(), zone)
    if isinstance(value, float) and math.isfinite(value) and 0 < value < 1e15:
        seconds = value if value < SECONDS_BELOW else value / 1000
        try:
            instant = EPOCH + timedelta(seconds=seconds)
        except OverflowError:
            return None
        return Moment(instant, _precision(instant), STATED)
    counted = at_either(value.strip() if isinstance(value, str) else value)
    return Moment(counted, _precision(counted), STATED) if counted and counted > EPOCH else None


def text_of(plain: Any, markup: Any = None) -> str | None:
    """The words of a message: its plain text, else its HTML without the markup."""
    if isinstance(plain, str) and (text := (plain if plain.isascii() else well_formed(plain)).strip()):
        return text
    return html_text(well_formed(markup)) or None if isinstance(markup, str) else None


def files(value: Any, names: Iterable[str], types: Iterable[str] = ("content_type",)) -> tuple[File, ...]:
    """Attached files, by the fields that hold their name (or an address that ends in it) and their type."""
    if not value or not isinstance(value, list):
        return ()
    found: list[File] = []
    for item in value:
        fields = mapping(item)
        name = next(filter(None, (words(fields.get(key)) for key in names)), None)
        kind = next(filter(None, (words(fields.get(key)) for key in types)), None)
        if fields:
            found.append(File(_last_part(name) if name else None, kind))
    return tuple(found)


def kind_of(text: str | None, attached: tuple[File, ...]) -> MessageKind:
    """What a message is made of, if nothing else is said of it."""
    if attached and not text:
        return MessageKind.MEDIA
    return MessageKind.TEXT if text else MessageKind.OTHER


def kept(said: Message) -> Message | Rejected:
    """A message, or the refusal of one that is longer than may be kept."""
    if said.text and len(said.text) > MAX_TEXT:
        return Rejected(
            said.line, ErrorCode.LIMIT_EXCEEDED, f"a message of at most {MAX_TEXT} characters", said.text[:MAX_TEXT]
        )
    return said


def label_changes(before: Iterable[str], after: Iterable[str]) -> list[tuple[EventKind, str]]:
    """The labels that were added and removed, in the order they are written in."""
    old, new = list(dict.fromkeys(before)), list(dict.fromkeys(after))
    added = [(EventKind.LABEL_ADDED, label) for label in new if label not in set(old)]
    return added + [(EventKind.LABEL_REMOVED, label) for label in old if label not in set(new)]


def known_by(*told: tuple[IdentifierType, Any, str]) -> tuple[Identifier, ...]:
    """Identifiers that are good everywhere, without empty ones, equal ones, and Facebook's made-up addresses."""
    found: dict[tuple[IdentifierType, str], Identifier] = {}
    for kind, value, field in told:
        raw = words(value) or ident(value)
        if raw and not (kind is IdentifierType.EMAIL and ("@" not in raw or _FAKE_MAIL.fullmatch(raw))):
            found.setdefault((kind, raw), Identifier(kind, raw, field))
    return tuple(found.values())


def _iso(text: str, zone: tzinfo) -> Moment | None:
    try:
        told = datetime.fromisoformat(text.removesuffix(" UTC") + "Z" if text.endswith(" UTC") else text)
        if told.tzinfo is UTC:
            return Moment(told, _precision(told), STATED)
        stated = STATED if told.tzinfo else ZoneSource.ASSUMED
        instant = (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Moment(instant, _precision(instant), stated)


def _precision(instant: datetime) -> Precision:
    return MILLISECOND if instant.microsecond else SECOND


def _last_part(name: str) -> str | None:
    if not name.startswith(("https://", "http://")):
        return name
    try:
        return unquote(urlsplit(name).path).rpartition("/")[2] or None
    except ValueError:
        return None
