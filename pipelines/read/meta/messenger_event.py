"""One event of a Messenger Platform webhook: from its JSON to messages, receipts and events."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pipelines.read.containers.json_lines import written
from pipelines.read.core.epoch import at_either
from pipelines.read.core.frames import Entry, Event, File, Message, Moment, Receipt, Rejected
from pipelines.read.meta.messenger_participant import Party, an_id, inside, introduced, items, message_key, party, words
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.vocabulary import Author, Channel, Direction, EventKind, MessageKind, MessageState, Precision, ZoneSource

INBOUND, OUTBOUND, SENT = Direction.INBOUND, Direction.OUTBOUND, MessageState.SENT
CONTACT, TEXT = Author.CONTACT, MessageKind.TEXT
MILLISECOND, STATED = Precision.MILLISECOND, ZoneSource.STATED
PAGE_INBOX = "263902037430900"  # the app in which people answer by hand
THREAD_CONTROL = ("pass_thread_control", "take_thread_control", "request_thread_control")
NOTICES = ("optin", "account_linking", "policy_enforcement", "app_roles", "game_play", "messaging_feedback")


class Told(NamedTuple):
    """An event with what every kind of event has."""

    event: dict[str, Any]
    party: Party
    outbound: bool
    at: datetime
    line: int

    @property
    def moment(self) -> Moment:
        """When it happened."""
        return Moment(self.at, MILLISECOND, STATED)

    @property
    def stamp(self) -> str:
        """The time, as part of a natural key."""
        return str(round(self.at.timestamp() * 1000))


def entries_of(event: Any, page: str | None, received: Any, channel: Channel, line: int) -> list[Entry]:
    """What an item of `messaging` or `standby` says. `page` is the id of its entry, `received` the entry's time."""
    told = _told(event, page, received, channel, line)
    if told is None:
        expected = "an event with sender, recipient and timestamp"
        return [Rejected(line, ErrorCode.MESSAGE_UNREADABLE, expected, written(event))]
    kind = "message" if "message" in told.event else next((name for name in KINDS if name in told.event), None)
    entries = KINDS[kind](told) if kind and isinstance(told.event[kind], dict) else []
    if _characters(entries) > MAX_TEXT:
        expected = f"a text of at most {MAX_TEXT} characters"
        return [Rejected(line, ErrorCode.LIMIT_EXCEEDED, expected, written(event))]
    if not entries:
        expected = f"an event with what its kind needs, of a kind known here, such as {', '.join(list(KINDS)[:3])}"
        return [Rejected(line, ErrorCode.MESSAGE_UNREADABLE, expected, written(event))]
    thread, person = introduced(told.party)
    return [thread, *entries] if isinstance(entries[0], Event) else [thread, person, *entries]


def _characters(entries: list[Entry]) -> int:
    """How long the longest text in entries is."""
    longest = 0
    for entry in entries:
        if isinstance(entry, Message | Event):
            text = entry.after if isinstance(entry, Event) and entry.after else entry.text
            longest = max(longest, len(text)) if text else longest
    return longest


def _told(event: Any, page: str | None, received: Any, channel: Channel, line: int) -> Told | None:
    if not isinstance(event, dict):
        return None
    sender, recipient = event.get("sender"), event.get("recipient")
    sender = an_id(sender.get("id")) if isinstance(sender, dict) else None
    recipient = an_id(recipient.get("id")) if isinstance(recipient, dict) else None
    at = at_either(event.get("timestamp")) or at_either(received)
    if not sender or not recipient or at is None:
        return None
    outbound = sender == page or inside(event, "message", "is_echo") is True
    who = party(channel, sender, recipient) if outbound else party(channel, recipient, sender)
    return Told(event, who, outbound, at, line)


def _message(told: Told) -> list[Entry]:
    message = told.event["message"]
    mid = an_id(message.get("mid"))
    if mid is None:
        return []
    if message.get("is_deleted") is True:
        return [_happened(told, f"deleted:{mid}", None, EventKind.MESSAGE_DELETED)]
    attached = [each for each in items(message.get("attachments")) if isinstance(each, dict)]
    kind, said = _content(message, attached)
    author = _author(told, message.get("app_id"))
    files = [file for each in attached for file in _file(each)]
    return [_said(told, message_key(mid), kind, said, author, files), *_referred(told, message)]


def _content(message: dict[str, Any], attached: list[dict[str, Any]]) -> tuple[MessageKind, str | None]:
    """What a message is made of, and its words: those of what it shares where it has none of its own."""
    if not attached and "quick_reply" not in message:
        plain = words(message.get("text"))
        return (TEXT if plain else MessageKind.OTHER), plain
    types = {each.get("type") for each in attached if isinstance(each.get("type"), str)}
    shared = [words(each.get("title")) or words(inside(each, "payload", "title")) for each in attached]
    links = [words(each.get("url")) or words(inside(each, "payload", "url")) for each in attached]
    said = words(message.get("text")) or next(filter(None, shared), None)
    if isinstance(message.get("quick_reply"), dict):
        return MessageKind.INTERACTIVE, said or words(inside(message, "quick_reply", "payload"))
    if "location" in types:
        point = inside(next(each for each in attached if each.get("type") == "location"), "payload", "coordinates")
        place = [inside(point, name) for name in ("lat", "long")]
        exact = all(type(degrees) in (int, float) for degrees in place)
        return MessageKind.LOCATION, said or (", ".join(map(str, place)) if exact else None)
    if "template" in types:
        return MessageKind.TEMPLATE, said or words(inside(attached[0], "payload", "text"))
    if attached and types <= {"fallback"}:
        return MessageKind.TEXT, said or next(filter(None, links), None)
    return MessageKind.MEDIA if attached else MessageKind.OTHER, said


def _file(attached: dict[str, Any]) -> list[File]:
    """The file of an attachment that is one, called as its address ends."""
    kind = words(attached.get("type"))
    if kind in ("location", "template", "fallback", None):
        return []
    try:
        path = urlsplit(words(inside(attached, "payload", "url")) or "").path
    except ValueError:
        path = ""
    return [File(PurePosixPath(path).name or None, kind)]


def _author(told: Told, app: Any) -> Author | None:
    if not told.outbound:
        return CONTACT
    sent_by = an_id(app)
    return (Author.AGENT if sent_by == PAGE_INBOX else Author.BOT) if sent_by else None


def _postback(told: Told) -> list[Entry]:
    postback = told.event["postback"]
    mid, pressed = an_id(postback.get("mid")), words(postback.get("title")) or words(postback.get("payload"))
    key = message_key(mid) if mid else f"postback:{told.party.key}:{told.stamp}"
    return [_said(told, key, MessageKind.INTERACTIVE, pressed, Author.CONTACT), *_referred(told, postback)]


def _reaction(told: Told) -> list[Entry]:
    reaction = told.event["reaction"]
    mid = an_id(reaction.get("mid"))
    if mid is None:
        return []
    key = f"reaction:{mid}:{told.stamp}"
    if reaction.get("action") == "unreact":
        return [_happened(told, key, "Reaction taken back")]
    shown = words(reaction.get("emoji")) or words(reaction.get("reaction"))
    return [_said(told, key, MessageKind.REACTION, shown, None if told.outbound else Author.CONTACT)]


def _delivery(told: Told) -> list[Entry]:
    delivery = told.event["delivery"]
    mids = [mid for each in items(delivery.get("mids")) if (mid := an_id(each))]
    return _receipts(told, mids, MessageState.DELIVERED, delivery.get("watermark"))


def _seen(told: Told) -> list[Entry]:
    read = told.event["read"]
    mid = an_id(read.get("mid"))
    return _receipts(told, [mid] if mid else [], MessageState.READ, read.get("watermark"))


def _receipts(told: Told, mids: list[str], state: MessageState, watermark: Any) -> list[Entry]:
    """Receipts of messages that are named; otherwise an event, for which ones are meant depends on what has come."""
    until = at_either(watermark)
    if mids:
        key = told.party.key
        return [Receipt(told.line, message_key(mid), key, key, state, told.at) for mid in mids]
    if until is None:
        return []
    text = f"All messages until {until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC {state.value}"
    return [_happened(told, f"{state.value}:{told.party.key}:{round(until.timestamp() * 1000)}", text)]


def _edit(told: Told) -> list[Entry]:
    edit = told.event["message_edit"]
    mid = an_id(edit.get("mid"))
    number = edit.get("num_edit")
    key = f"edit:{mid}:{number if type(number) is int else told.stamp}"
    text = words(edit.get("text"))
    return [_happened(told, key, None, EventKind.MESSAGE_EDITED, after=text)] if mid and text else []


def _referred(told: Told, within: dict[str, Any]) -> list[Entry]:
    """Where a person came from, told inside the message or the button they began with."""
    return _referral(told, within["referral"]) if isinstance(within.get("referral"), dict) else []


def _referral(told: Told, referral: dict[str, Any] | None = None) -> list[Entry]:
    referral = told.event["referral"] if referral is None else referral
    shown = [text for name in ("source", "type", "ref") if (text := words(referral.get(name)))]
    return [_happened(told, f"referral:{told.party.key}:{told.stamp}", " ".join(["Referral:", *shown]))]


def _handover(told: Told) -> list[Entry]:
    name = next(name for name in THREAD_CONTROL if isinstance(told.event.get(name), dict))
    control = told.event[name]
    if name == "request_thread_control":
        return [_happened(told, f"{name}:{told.party.key}:{told.stamp}", "Thread control requested")]
    before, after = (_owner(control.get(f"{which}_owner_app_id")) for which in ("previous", "new"))
    key = f"{name}:{told.party.key}:{told.stamp}"
    return [_happened(told, key, words(control.get("metadata")), EventKind.HANDOVER, before, after)]


def _owner(app: Any) -> str | None:
    held_by = an_id(app)
    return "Page Inbox" if held_by == PAGE_INBOX else f"app {held_by}" if held_by else None


def _notice(told: Told) -> list[Entry]:
    name = next(name for name in NOTICES if isinstance(told.event.get(name), dict))
    return [_happened(told, f"{name}:{told.party.key}:{told.stamp}", name.replace("_", " ").capitalize())]


def _said(
    told: Told, key: str, kind: MessageKind, text: str | None, author: Author | None, files: list[File] | None = None
) -> Message:
    direction, state = (OUTBOUND, SENT) if told.outbound else (INBOUND, None)
    place = told.party.key
    return Message(told.line, key, place, place, direction, None, kind, text, told.moment, files or (), author, state)


def _happened(
    told: Told,
    key: str,
    text: str | None,
    kind: EventKind = EventKind.SYSTEM,
    before: str | None = None,
    after: str | None = None,
) -> Event:
    return Event(told.line, key, told.party.key, kind, text, told.moment, before=before, after=after)


KINDS: dict[str, Callable[[Told], list[Entry]]] = {
    "message": _message,
    "postback": _postback,
    "reaction": _reaction,
    "delivery": _delivery,
    "read": _seen,
    "message_edit": _edit,
    **dict.fromkeys(THREAD_CONTROL, _handover),
    "referral": _referral,
    **dict.fromkeys(NOTICES, _notice),
}
