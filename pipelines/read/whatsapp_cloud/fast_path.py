"""The webhooks of the WhatsApp Business Cloud API that nearly all are: one text received, or how far one message came.

They are parsed straight into these few fields, which takes half the time of reading them with care. Whatever is
anything else, or has a field of another type, does not fit, and is read by `pipelines.read.whatsapp_cloud.entries`.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, TypeVar

from msgspec import Meta, Struct, field
from msgspec.json import Decoder

from pipelines.read.core.epoch import at_seconds
from pipelines.read.core.frames import Entry, Message, Moment, Receipt
from pipelines.read.whatsapp_cloud.entries import CONTACT, INBOUND, SECOND, STATED, STATES
from pipelines.read.whatsapp_cloud.participants import NOTHING_TOLD, Met, Told
from schemas.received import MAX_TEXT
from schemas.vocabulary import MessageKind

TEXT = MessageKind.TEXT

Each = TypeVar("Each")
One = Annotated[list[Each], Meta(min_length=1, max_length=1)]
AtMostOne = Annotated[list[Each], Meta(max_length=1)]
Some = Annotated[str, Meta(min_length=1)]
Words = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]


class Metadata(Struct, gc=False):
    """The number of the company."""

    phone_number_id: Some
    display_phone_number: str | None = None


class Profile(Struct, gc=False):
    """How the other party is called."""

    name: str | None = None
    username: str | None = None


class Contact(Struct, gc=False):
    """The other party."""

    profile: Profile
    wa_id: str | None = None
    user_id: str | None = None


class Body(Struct, gc=False):
    """Words."""

    body: Words


class Text(Struct, gc=False):
    """A message of words, of which the other party is the sender."""

    type: Literal["text"]
    text: Body
    id: Some
    timestamp: str
    number: str | None = field(default=None, name="from")
    user_id: str | None = field(default=None, name="from_user_id")
    group_id: None = None


class Status(Struct, gc=False):
    """How far a message has come, of which the other party is the recipient."""

    status: Literal["sent", "delivered", "read", "played", "failed"]
    id: Some
    timestamp: str
    number: str | None = field(default=None, name="recipient_id")
    user_id: str | None = field(default=None, name="recipient_user_id")
    recipient_type: Literal["individual"] | None = None
    group_id: None = None


class Value(Struct, gc=False):
    """What a change tells, without any of what only `pipelines.read.whatsapp_cloud.entries` reads."""

    metadata: Metadata
    contacts: list[Contact] = []
    messages: AtMostOne[Text] = []
    statuses: AtMostOne[Status] = []
    message_echoes: None = None
    history: None = None
    state_sync: None = None
    calls: None = None


class Change(Struct, gc=False):
    """A change of a business account."""

    value: Value


class Account(Struct, gc=False):
    """A business account."""

    changes: One[Change]
    id: str = ""


class Plain(Struct, gc=False):
    """A plain webhook."""

    entry: One[Account]
    object: Literal["whatsapp_business_account"] = "whatsapp_business_account"


_decode = Decoder(Plain).decode


def plain(data: bytes) -> Plain:
    """The plain webhook that a line holds.

    Raises:
        ValueError: it holds anything else.
    """
    if not data.isascii():
        data.decode()  # fields nobody asks for are not looked at
    return _decode(data)


def told(webhook: Plain, line: int | None, met: Met) -> Sequence[Entry] | None:
    """Everything a plain webhook tells, as `pipelines.read.whatsapp_cloud.entries` has it; None if that has to see."""
    account = webhook.entry[0]
    value = account.changes[0].value
    both: list[Text] | list[Status] = value.messages or value.statuses
    inbox = met.inbox(account.id, value.metadata.display_phone_number, value.metadata.phone_number_id)
    if not both or inbox is None or (value.messages and value.statuses):
        return None
    one = both[0]
    talk, news = met.talk(inbox, one.number, one.user_id, _told_of(one, value.contacts), line)
    if talk is None or talk.party is None:
        return None
    at = at_seconds(one.timestamp)
    if isinstance(one, Status):
        return *news, Receipt(line, one.id, talk.key, talk.person, STATES[one.status], at)
    name, moment = talk.party.name, Moment(at, SECOND, STATED)
    said = Message(line, one.id, talk.key, talk.person, INBOUND, name, TEXT, one.text.body, moment, (), CONTACT)
    return *news, said


def _told_of(one: Text | Status, contacts: list[Contact]) -> Told:
    number, user_id = one.number, one.user_id
    for each in contacts:
        if (number and each.wa_id == number) or (user_id and each.user_id == user_id):
            return each.wa_id, each.user_id, each.profile.name, each.profile.username
    return NOTHING_TOLD
