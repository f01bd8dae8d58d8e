"""One change of a WhatsApp Business Cloud API webhook: what was said, how far it came, what happened."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from pipelines.read.containers.json_lines import written
from pipelines.read.core.epoch import at_seconds
from pipelines.read.core.frames import Entry, Event, Message, Moment, Person, Receipt, Rejected
from pipelines.read.whatsapp_cloud.content import Fields, content, fields_in, items_in, text_in
from pipelines.read.whatsapp_cloud.participants import (
    NOTHING_TOLD,
    Inbox,
    Met,
    Party,
    Step,
    Talk,
    digits,
    person,
    told_of,
)
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.vocabulary import (
    Author,
    Channel,
    Direction,
    EventKind,
    MessageKind,
    MessageState,
    Outcome,
    Precision,
    ZoneSource,
)

INBOUND, OUTBOUND = Direction.INBOUND, Direction.OUTBOUND
CONTACT, AGENT = Author.CONTACT, Author.AGENT
SECOND, STATED = Precision.SECOND, ZoneSource.STATED
STATES = {
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.READ,
    "played": MessageState.READ,
    "failed": MessageState.FAILED,
    "error": MessageState.FAILED,
}
CHANGED_NUMBER = ("user_changed_number", "customer_changed_number", "user_changed_user_id")
OF_EVENTS = ("edit", "revoke", "system")
PARTY_EXPECTED = "an id, and the number or user id of the other party"


class Place(NamedTuple):
    """Where a change stands: its line, its inbox, the change's value with its contacts, and who was met before it."""

    line: int | None
    inbox: Inbox
    value: Fields
    met: Met


def entries(change: Fields, account: str, line: int | None, met: Met) -> list[Entry]:
    """Everything a change tells; one that tells nothing of a conversation is skipped as such."""
    value = fields_in(change, "value")
    place: Place | None = None
    found: list[Entry] = []
    for key in value:
        read = READ.get(key)
        if read is None:
            continue
        if place is None:
            metadata = fields_in(value, "metadata")
            inbox = met.inbox(account, metadata.get("display_phone_number"), metadata.get("phone_number_id"))
            if inbox is None:
                return [_unreadable(line, change, "metadata with the phone number it is about")]
            place = Place(line, inbox, value, met)
        found += told_by(value, key, line, read, place)
    if place is None:
        expected = "messages, statuses, echoes, history or contacts: other changes are of no conversation"
        return [Rejected(line, ErrorCode.MESSAGE_UNREADABLE, expected, written(change), Outcome.SKIPPED)]
    return found


def _received(message: Fields, place: Place) -> Iterable[Entry]:
    user_id = message.get("from_user_id")
    if message.get("type") == "system":
        user_id = user_id or fields_in(message, "system").get("previous_user_id")
    step = _step(message, place, message.get("from"), user_id)
    return _message(message, place, step, INBOUND)


def _echoed(message: Fields, place: Place) -> Iterable[Entry]:
    step = _step(message, place, message.get("to"), message.get("to_user_id"))
    return _message(message, place, step, OUTBOUND)


def _history(chunk: Fields, place: Place) -> Iterable[Entry]:
    """A chunk of what was said before. Chunks come in any order, and what they repeat has the same ids."""
    return told_by(chunk, "threads", place.line, _dialogue, place)


def _dialogue(dialogue: Fields, place: Place) -> Iterable[Entry]:
    """What was said before with one customer."""
    context = fields_in(dialogue, "context")
    told = (dialogue.get("id") or context.get("wa_id"), context.get("user_id"))
    return told_by(dialogue, "messages", place.line, _said_before, place, told)


def _said_before(message: Fields, place: Place, told: tuple[Any, Any]) -> Iterable[Entry]:
    """A message of before, and how far it has come. `told`: the customer by number and by user id."""
    own = place.inbox.digits is not None and digits(text_in(message, "from")) == place.inbox.digits
    step = _step(message, place, *told)
    yield from _message(message, place, step, OUTBOUND if own else INBOUND)
    state = STATES.get((text_in(fields_in(message, "history_context"), "status") or "").lower())
    key, talk = text_in(message, "id"), step[0]
    if own and state and key and talk:
        yield Receipt(place.line, key, talk.key, talk.person, state, None)


def _step(fields: Fields, place: Place, number: Any, user_id: Any) -> Step:
    told = told_of(place.value, number, user_id)
    if "group_id" in fields and (group := text_in(fields, "group_id")):
        return place.met.group(place.inbox, group, told)
    return place.met.talk(place.inbox, number, user_id, told, place.line)


def _message(message: Fields, place: Place, step: Step, direction: Direction) -> list[Entry]:
    key, (talk, news) = text_in(message, "id"), step
    if key is None or talk is None:
        return [*news, _unreadable(place.line, message, PARTY_EXPECTED)]
    if message.get("type") in OF_EVENTS:
        return [*news, *EVENTS[message["type"]](message, place, talk, key)]
    kind, text, files = content(message)
    if text and len(text) > MAX_TEXT:
        expected = f"a message of at most {MAX_TEXT} characters"
        return [*news, Rejected(place.line, ErrorCode.LIMIT_EXCEEDED, expected, text)]
    inbound = direction is INBOUND
    sender, author = (_name(talk), CONTACT) if inbound else (None, AGENT)
    moment = _moment(message)
    said = Message(place.line, key, talk.key, talk.person, direction, sender, kind, text, moment, files, author)
    return [*news, said]


def _edited(message: Fields, place: Place, talk: Talk, key: str) -> list[Entry]:
    words = content(fields_in(fields_in(message, "edit"), "message"))[1]
    if words and len(words) > MAX_TEXT:
        expected = f"a message of at most {MAX_TEXT} characters"
        return [Rejected(place.line, ErrorCode.LIMIT_EXCEEDED, expected, words)]
    kind, moment = EventKind.MESSAGE_EDITED, _moment(message)
    return [Event(place.line, key, talk.key, kind, None, moment, _name(talk), after=words)]


def _revoked(message: Fields, place: Place, talk: Talk, key: str) -> list[Entry]:
    return [Event(place.line, key, talk.key, EventKind.MESSAGE_DELETED, None, _moment(message), _name(talk))]


def _system(message: Fields, place: Place, talk: Talk, key: str) -> list[Entry]:
    """What WhatsApp says of a party. With a new number come both, known as one person for good."""
    system = fields_in(message, "system")
    kind = EventKind.NUMBER_CHANGED if text_in(system, "type") in CHANGED_NUMBER else EventKind.SYSTEM
    text, moment = text_in(system, "body"), _moment(message)
    if kind is EventKind.SYSTEM or talk.party is None:
        return [Event(place.line, key, talk.key, kind, text and text[:MAX_TEXT], moment)]
    number = digits(text_in(system, "wa_id")) or digits(text_in(system, "new_wa_id"))
    old, new = talk.party, Party(talk.party.account, number, text_in(system, "user_id"))
    before, after = old.number or old.user_id, new.number or new.user_id
    happened = Event(place.line, key, talk.key, kind, text and text[:MAX_TEXT], moment, before=before, after=after)
    return [_link(old, new, place), happened] if after and after != before else [happened]


def _link(old: Party, new: Party, place: Place) -> Person:
    """A record of its own that has the identifiers of both: neither of them alone will ever say so again."""
    of_both = [each for party in (old, new) for each in person(party, None).identifiers]
    key = f"changed:{old.record_id}:{new.record_id}"
    return Person(key, Channel.WHATSAPP, None, tuple(of_both), place.line)


def _status(status: Fields, place: Place) -> list[Entry]:
    """How far a message of the company has come. Its words are never told to webhooks."""
    key, state = text_in(status, "id"), STATES.get(text_in(status, "status") or "")
    if status.get("recipient_type") == "group":
        talk, news = place.met.group(place.inbox, text_in(status, "recipient_id") or "", NOTHING_TOLD)
    else:
        talk, news = _step(status, place, status.get("recipient_id"), status.get("recipient_user_id"))
    if key is None or state is None or talk is None:
        expected = "an id, a recipient, and sent, delivered, read, played or failed"
        return [*news, _unreadable(place.line, status, expected)]
    at = at_seconds(status.get("timestamp"))
    return [*news, Receipt(place.line, key, talk.key, talk.person, state, at)]


def _synchronised(sync: Fields, place: Place) -> list[Entry]:
    """An entry of the company's address book. That it was taken out there makes nobody unknown here."""
    contact = fields_in(sync, "contact")
    number, user_id = digits(text_in(contact, "phone_number")), text_in(contact, "user_id")
    if sync.get("type") != "contact" or not (number or user_id):
        return [_unreadable(place.line, sync, "a contact with a phone number")]
    if sync.get("action") == "remove":
        return []
    name = text_in(contact, "full_name") or text_in(contact, "first_name")
    return [person(Party(place.inbox.account, number, user_id, name), place.line)]


def _call(call: Fields, place: Place) -> list[Entry]:
    """A call, once it has ended."""
    if call.get("event") != "terminate":
        return []
    inbound = call.get("direction") != "BUSINESS_INITIATED"
    other = "from" if inbound else "to"
    talk, news = _step(call, place, call.get(other), call.get(f"{other}_user_id"))
    key, text = text_in(call, "id"), (text_in(call, "status") or "").lower() or None
    if key is None or talk is None:
        return [*news, _unreadable(place.line, call, PARTY_EXPECTED)]
    direction, author = (INBOUND, CONTACT) if inbound else (OUTBOUND, AGENT)
    kind, sender = MessageKind.CALL, _name(talk) if inbound else None
    said = Message(place.line, key, talk.key, talk.person, direction, sender, kind, text, _moment(call), (), author)
    return [*news, said]


def _name(talk: Talk) -> str | None:
    return talk.party.name if talk.party else None


def _moment(fields: Fields) -> Moment:
    return Moment(at_seconds(fields.get("timestamp")), SECOND, STATED)


def told_by(
    fields: Fields, key: str, line: int | None, read: Callable[..., Iterable[Entry]], *about: Any
) -> Iterator[Entry]:
    """What `read` makes of each object in the list under a key, and `about` it; whatever else is there is refused."""
    expected = "a list of objects: messages, statuses and whatever else a webhook tells"
    for each in items_in(fields, key):
        if isinstance(each, dict):
            yield from read(each, *about)
        else:
            yield Rejected(line, ErrorCode.MESSAGE_UNREADABLE, expected, written(each))


def _unreadable(line: int | None, value: Fields, expected: str) -> Rejected:
    return Rejected(line, ErrorCode.MESSAGE_UNREADABLE, expected, written(value))


READ: dict[str, Callable[[Fields, Place], Iterable[Entry]]] = {
    "messages": _received,
    "statuses": _status,
    "message_echoes": _echoed,
    "history": _history,
    "state_sync": _synchronised,
    "calls": _call,
}
EVENTS: dict[str, Callable[[Fields, Place, Talk, str], list[Entry]]] = {
    "edit": _edited,
    "revoke": _revoked,
    "system": _system,
}
