"""Who wrote a mail, with whom it was exchanged, and whether a person or a machine wrote it."""

import re
from typing import NamedTuple

from pipelines.read.core.frames import Identifier, Person
from pipelines.read.mail.headers import Address, addresses, raw_header, subject
from pipelines.read.mail.labels import SENT
from pipelines.read.mail.parts import Part
from pipelines.read.mail.source import Mails
from schemas.vocabulary import Author, Channel, Direction, IdentifierType, MessageKind

_FACEBOOK = re.compile(r"(\d+)@facebook\.com", re.IGNORECASE)
_NOBODY = re.compile(r"(?:no|do-?not|donot|nicht)[-_.]?(?:reply|antworten)|(?:mailer|notifications?|wordpress)(?:\b|$)")
_VIA = re.compile(r"['\"]?(?P<name>.+?)['\"]? (?:via|über|through|par|por|tramite|przez) ")
_UNDELIVERED = re.compile(  # subjects of bounces, by the servers that write them
    r"undeliver|non-?delivery|not delivered|could not be delivered|delivery (?:status|failure|failed|has failed|delayed"
    r"|problem|report)|delivery incomplete|mail delivery|returned (?:mail|to sender)|failure notice|message delayed"
    r"|unzustellbar|nicht zugestellt|nicht zustellbar|zustellung|non remis|non distribu|échec de (?:la )?remise"
    r"|no (?:se puede |se ha |se pudo )?entrega|no entregado|não (?:entregue|pôde ser entregue)|falha na entrega"
    r"|non recapitabile|mancato recapito|mancata consegna|niet (?:be|af)geleverd|onbestelbaar|niedostarczon"
    r"|niemożna dostarczyć|nedoručiteln|kan inte leverera|kunne ikke leveres|toimittamatta|не доставлен|недоставлен",
    re.IGNORECASE,
)
_AUTOMATIC = re.compile(  # subjects of automatic answers
    r"(?:auto\s?:|auto-?(?:reply|response|responder|antwort)|automatic (?:reply|response)|automatische antwor[td]"
    r"|automatisk svar|(?:réponse|respuesta|resposta|risposta) autom[aá]ti(?:que|ca)|automatická odpově[dď]"
    r"|autoodpowied|odpowied[zź] automatyczn|автоответ|автоматический ответ|自动回复|自動回覆|自動応答|자동 회신"
    r"|(?:i am |i'm )?(?:out of (?:the )?office|away from)|(?:on )?vacation|abwesenheit|abwesend|nicht im (?:büro|haus)"
    r"|absen[ct]|fuera de (?:la )?oficina|fora do escritório|fuori (?:sede|ufficio)|afwezig|poza biurem|nieobecno)",
    re.IGNORECASE,
)
_LIST = re.compile(r"<([^<>\s.]+)\.([^<>\s]+)>")


ORIGINAL = ("x-original-from", "x-original-sender")  # written by Google Groups, the first with a name


class Parties(NamedTuple):
    """Between whom a mail went. `other` is the contact, if there is one, as `field` names them."""

    author: Address | None
    other: Address | None
    field: str
    direction: Direction
    is_list: bool
    inbox: str | None  # own address it went to or came from


def parties(mail: Part, labels: frozenset[str], source: Mails) -> Parties:
    """Who wrote a mail and with whom it was exchanged.

    What came over a list is exchanged with nobody, unless the list is the company's. What a web form sends in the name
    of the company or of nobody, to be answered to one stranger, was written by that stranger.
    """
    author = _author(mail, source)
    to = [each for name in ("to", "cc", "bcc") for each in addresses(mail.head, name)]
    own = SENT in labels
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
    about = subject(mail.head)
    returns = raw_header(mail.head, "return-path")
    reports = mail.content.kind == "multipart/report"
    is_receipt = reports and mail.content.report == "disposition-notification"
    if not is_receipt and (reports or local == "mailer-daemon" or "x-failed-recipients" in mail.head):
        return MessageKind.BOUNCE
    if returns == "<>" and (not local or local == "postmaster"):
        return MessageKind.BOUNCE
    if local == "postmaster" and not about.answers and (not returns or _UNDELIVERED.search(about.title or "")):
        return MessageKind.BOUNCE
    submitted = raw_header(mail.head, "auto-submitted").partition(";")[0].strip().lower()
    answers = raw_header(mail.head, "x-autoreply") or raw_header(mail.head, "x-autorespond")
    precedence = raw_header(mail.head, "precedence").lower()
    bulk = precedence == "auto_reply" or (precedence in ("bulk", "junk") and _AUTOMATIC.match(about.title or ""))
    return MessageKind.AUTO_REPLY if is_receipt or submitted not in ("", "no") or answers or bulk else None


def _author(mail: Part, source: Mails) -> Address | None:
    """Whom a mail is from; of what a group of the company hands on in its own name, whoever wrote to the group."""
    author = next(iter(addresses(mail.head, "from")), None)
    if author is None or "x-original-sender" not in mail.head:
        return author
    via = _VIA.match(author.name or "")
    if not via and not source.owns(author.address):
        return author
    wrote = next((each for name in ORIGINAL for each in addresses(mail.head, name)), None)
    if wrote is None or wrote.address.lower() == author.address.lower() or _is_nobody(wrote):
        return author
    return wrote._replace(name=wrote.name or (via["name"] if via else None))


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
