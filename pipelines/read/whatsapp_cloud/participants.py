"""Who talks with whom in webhooks of the WhatsApp Business Cloud API: the company's inbox and the other party."""

from typing import Any, NamedTuple

from pipelines.read.core.frames import REMEMBERED, Entry, Identifier, Person, Thread
from pipelines.read.whatsapp_cloud.content import Fields, fields_in, objects_in, text_of
from schemas.vocabulary import Channel, IdentifierType

LONGEST_NUMBER = 15  # digits, as of E.164


class Inbox(NamedTuple):
    """A number of the company: how it is shown, its id, and the business account it belongs to."""

    shown: str
    key: str
    digits: str | None
    account: str


class Party(NamedTuple):
    """Somebody outside the company. Either the number or the id of one business account may be unknown, never both."""

    account: str
    number: str | None
    user_id: str | None
    name: str | None = None
    username: str | None = None

    @property
    def record_id(self) -> str:
        """The natural key of the person: the number where there is one."""
        return f"wa:{self.number}" if self.number else f"wa_user:{self.account}:{self.user_id}"


class Talk(NamedTuple):
    """A conversation in an inbox, and the other party's record. In a group nobody is the other party."""

    key: str
    person: str | None
    party: Party | None


Step = tuple[Talk | None, tuple[Entry, ...]]
Told = tuple[Any, Any, Any, Any]  # what a change says of a party: number, id, name and user name, as it writes them
NOTHING_TOLD: Told = (None, None, None, None)


class Met:
    """Inboxes and conversations met so far: what is known is not told again, which saves most of the work.

    Memory is bounded; what no longer fits is forgotten, and told again.
    """

    def __init__(self) -> None:
        self._inboxes: dict[tuple[Any, ...], Inbox] = {}
        self._talks: dict[tuple[Any, ...], Step] = {}

    def inbox(self, account: str, shown: Any, key: Any) -> Inbox | None:
        """The inbox that a change of an account is about, by its number and its id as they are written."""
        try:
            return self._inboxes[account, shown, key]
        except (KeyError, TypeError):  # new, or no text at all
            as_written = (account, shown, key)
            shown, key = text_of(shown), text_of(key)
        if not (shown or key):
            return None
        number = digits(shown)
        found = Inbox(shown or key or "", key or number or shown or "", number, account)
        if all(isinstance(each, str | None) for each in as_written):
            self._inboxes = self._inboxes if len(self._inboxes) < REMEMBERED else {}
            self._inboxes[as_written] = found
        return found

    def talk(self, inbox: Inbox, number: Any, user_id: Any, told: Told, line: int | None) -> Step:
        """The conversation with the party of a number and an id, and what is to be told of the two for the first time.

        That is never told again, not even where what it was told with is refused. Without a number and an id there is
        no conversation.
        """
        as_written = (inbox, number, user_id, told)
        try:
            return self._talks[as_written]
        except (KeyError, TypeError):  # new, or no text at all
            own_number, own_id, name, username = map(text_of, told)
        number_told = digits(text_of(number)) or digits(own_number)
        party = Party(inbox.account, number_told, text_of(user_id) or own_id, name, username)
        if not (party.number or party.user_id):
            return None, ()
        talk = Talk(f"{inbox.key}|{party.record_id}", party.record_id, party)
        if all(isinstance(each, str | None) for each in (number, user_id, *told)):
            self._talks = self._talks if len(self._talks) < REMEMBERED else {}
            self._talks[as_written] = talk, ()
        return talk, (Thread(talk.key, Channel.WHATSAPP, None, inbox=inbox.shown), person(party, line))

    def group(self, inbox: Inbox, group: str, told: Told) -> Step:
        """The conversation of a group, with the name of whoever wrote."""
        key = f"{inbox.key}|group:{group}"
        talk = Talk(key, None, Party(inbox.account, None, None, text_of(told[2])))
        return talk, (Thread(key, Channel.WHATSAPP, None, is_group=True, inbox=inbox.shown),)


def told_of(value: Fields, number: Any, user_id: Any) -> Told:
    """What a change says of the party with a number or an id; of nobody else, unless nothing is known of the party."""
    contacts = objects_in(value, "contacts")
    for contact in contacts:
        if (number and contact.get("wa_id") == number) or (user_id and contact.get("user_id") == user_id):
            return _told(contact)
    return _told(contacts[0]) if len(contacts) == 1 and not (number or user_id) else NOTHING_TOLD


def digits(number: str | None) -> str | None:
    """The digits of a number; None for anything else, such as the id of a group."""
    bare = number.translate(_PUNCTUATION) if number else ""
    return bare if bare.isascii() and bare.isdigit() and len(bare) <= LONGEST_NUMBER else None


def person(party: Party, line: int | None) -> Person:
    """The party as a person, met on a line."""
    known = []
    if party.number:
        known.append(Identifier(IdentifierType.WA_ID, party.number, "wa_id"))
    if party.user_id:
        known.append(Identifier(IdentifierType.WA_USER_ID, party.user_id, "user_id", party.account))
    if party.username:
        known.append(Identifier(IdentifierType.USERNAME, party.username, "username", Channel.WHATSAPP.value))
    return Person(party.record_id, Channel.WHATSAPP, party.name, tuple(known), line)


def _told(contact: Fields) -> Told:
    profile = fields_in(contact, "profile")
    return contact.get("wa_id"), contact.get("user_id"), profile.get("name"), profile.get("username")


_PUNCTUATION = str.maketrans("", "", "+ -()")
