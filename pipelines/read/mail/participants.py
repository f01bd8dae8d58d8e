"""Who wrote a mail, with whom it was exchanged, and whether a person or a machine wrote it."""

import re
from typing import NamedTuple

from pipelines.read.core.frames import Identifier, Person
from pipelines.read.mail.headers import Address, addresses, raw_header
from pipelines.read.mail.parts import Part
from pipelines.read.mail.source import Mails
from schemas.vocabulary import Author, Channel, Direction, IdentifierType, MessageKind

_SENT = {"sent", "sent mail", "sent items", "sent messages", "gesendet", "gesendete elemente", "gesendete objekte"}
_SENT |= {"enviados", "enviado", "elementos enviados", "itens enviados", "envoyés", "messages envoyés"}
_SENT |= {"éléments envoyés", "inviati", "posta inviata", "verzonden", "verzonden items"}
_FACEBOOK = re.compile(r"(\d+)@facebook\.com", re.IGNORECASE)
_NOBODY = re.compile(r"(?:no|do-?not|donot|nicht)[-_.]?(?:reply|antworten)|(?:mailer|notifications?|wordpress)(?:\b|$)")
_LIST = re.compile(r"<([^<>\s.]+)\.([^<>\s]+)>")


class Parties(NamedTuple):
    """Between whom a mail went. `other` is the contact, if there is one, as `field` names them."""

    author: Address | None
    other: Address | None
    field: str
    direction: Direction
    is_list: bool
    inbox: str | None  # own address it went to or came from


def parties(mail: Part, labels: set[str], source: Mails) -> Parties:
    """Who wrote a mail and with whom it was exchanged.

    What came over a list is exchanged with nobody, unless the list is the company's. What a web form sends in the name
    of the company or of nobody, to be answered to one stranger, was written by that stranger.
    """
    author = next(iter(addresses(mail.head, "from")), None)
    to = [each for name in ("to", "cc", "bcc") for each in addresses(mail.head, name)]
    own = bool(labels & _SENT)
    from_own = author is not None and source.owns(author.address)
    foreign = next((each for each in to if not source.owns(each.address)), None)
    inbox = next((each.address.lower() for each in to if source.owns(each.address)), None)
    asked = _asked(mail, author, source)
    if asked and not own and ((from_own and not foreign) or (not from_own and _is_nobody(author))):
        return Parties(asked, asked, "Reply-To", Direction.INBOUND, is_list=False, inbox=inbox)
    if own or from_own:
        inbox = author.address.lower() if author and from_own else None
        field = next((name for name in ("To", "Cc", "Bcc") if foreign in addresses(mail.head, name.lower())), "To")
        return Parties(author, foreign, field, Direction.OUTBOUND, is_list=False, inbox=inbox)
    is_list = _is_list(mail, source)
    return Parties(author, None if is_list else author, "From", Direction.INBOUND, is_list=is_list, inbox=inbox)


def person(other: Address, field: str, line: int | None) -> Person:
    """The contact. What Facebook dresses up as an address is an id on a page that nothing tells, and reaches nobody."""
    if page := _FACEBOOK.fullmatch(other.address):
        return Person(f"psid:{page[1]}", Channel.EMAIL, other.name, (), line)
    identifier = Identifier(IdentifierType.EMAIL, other.address, field)
    return Person(f"mailto:{other.address.lower()}", Channel.EMAIL, other.name, (identifier,), line)


def written_by(between: Parties, kind: MessageKind) -> Author | None:
    """What kind of party wrote; of what came over a list nobody knows."""
    if kind in (MessageKind.AUTO_REPLY, MessageKind.BOUNCE):
        return Author.SYSTEM
    if between.direction is Direction.OUTBOUND:
        return Author.AGENT
    return Author.CONTACT if between.other else None


def machine(mail: Part, author: Address | None) -> MessageKind | None:
    """Whether a mail server or an automaton wrote it: bounce, automatic reply, or None for a person."""
    local = author.address.partition("@")[0].lower() if author else ""
    nobody = raw_header(mail.head, "return-path") == "<>" and (not local or local == "postmaster")
    reports = mail.content.kind == "multipart/report"
    is_receipt = reports and mail.content.report == "disposition-notification"
    if not is_receipt and (reports or nobody or local == "mailer-daemon" or "x-failed-recipients" in mail.head):
        return MessageKind.BOUNCE
    submitted = raw_header(mail.head, "auto-submitted").partition(";")[0].strip().lower()
    answers = raw_header(mail.head, "x-autoreply") or raw_header(mail.head, "x-autorespond")
    bulk = raw_header(mail.head, "precedence").lower() in ("auto_reply", "bulk", "junk")
    return MessageKind.AUTO_REPLY if is_receipt or submitted not in ("", "no") or answers or bulk else None


def _asked(mail: Part, author: Address | None, source: Mails) -> Address | None:
    """The one stranger whom an answer shall go to, if that is not whom the mail is from."""
    asked = addresses(mail.head, "reply-to") if "reply-to" in mail.head else ()
    if len(asked) != 1 or source.owns(asked[0].address) or _is_nobody(asked[0]):
        return None
    return None if author and asked[0].address.lower() == author.address.lower() else asked[0]


def _is_nobody(address: Address | None) -> bool:
    return address is not None and _NOBODY.match(address.address.partition("@")[0].lower()) is not None


def _is_list(mail: Part, source: Mails) -> bool:
    """Whether it came over a list; a group such as support@, which marks all mails it hands on, is the company's."""
    if "list-id" in mail.head:
        found = _LIST.search(raw_header(mail.head, "list-id"))
        return not (found and source.owns(f"{found[1]}@{found[2]}"))
    return "list-unsubscribe" in mail.head or "list-post" in mail.head
