"""Who talks in a WhatsApp chat: its title, its senders, and which of them is the customer."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from pipelines.errors import DeliveryHeld
from pipelines.read.whatsapp_chat.clock import MARKS
from pipelines.read.whatsapp_chat.media_and_notices import MARKED, by_the_app, content
from pipelines.read.whatsapp_chat.phrases import titles
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Direction, MessageKind

SENDER_LENGTH = 120
SENDERS = 4_096  # different prefixes looked at; a group has at most 1,024 members
_INVISIBLE = str.maketrans(dict.fromkeys(MARKS) | dict.fromkeys("\u00a0\u202f", " "))
_COPY_WORDS = "copy|kopie|kopia|kopija|kopya|kopi|kópia|másolat|copia|copie|cópia|còpia|copiar|копия|копія|копие|копија"
_COPY_WORDS += "|αντίγραφο|salinan|bản sao|สำเนา|עותק|نسخة|کپی|복사본|コピー|副本|拷贝|拷貝|kopio|másolata|प्रतिलिपि"
_COPY = re.compile(
    rf"(?:\s?\(\d{{1,3}}\)|\s?[-–—_]\s?(?:{_COPY_WORDS})(?:\s?\(?\d{{1,3}}\)?)?|\s(?:{_COPY_WORDS})(?:\s\d{{1,3}})?"
    r"|\s?(?:のコピー|の複製|的副本|的拷贝|的拷貝|의 사본)(?:\s?\d{1,3})?)$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s\d{1,2}$")
_TITLE = re.compile(
    r".*?\b(?:WhatsApp|Чат)\b.*?(?:\b(?:with|mit|con|avec|com|met|med|z|s|с|cu|dengan|với)| -) (.+)", re.IGNORECASE
)
_PHONE = re.compile(r"\+?[\d\s().\-\u2010\u2011/]{7,30}")
_WAY_OUT = "set owner (your own display name in the chat) for this source in onecontact.yaml"


@lru_cache(4_096)
def clean(name: str) -> str:
    """A name without invisible marks, odd spaces and the tilde of a name its bearer chose."""
    visible = unicodedata.normalize("NFC", name.translate(_INVISIBLE)).strip()
    return visible.removeprefix("~").strip() if visible.startswith(("~ ", "~")) else visible


def phone_digits(name: str) -> str | None:
    """The ASCII digits of a name that is a phone number."""
    digits = "".join(str(unicodedata.decimal(c)) for c in name if c.isdecimal())
    return digits if _PHONE.fullmatch(name) and len(digits) >= 7 else None


def same(name: str, other: str) -> bool:
    """Whether two names are one, as far as a file name can tell (it holds no slash and no colon)."""
    return _folded(name) == _folded(other)


def title_in(stem: str) -> str | None:
    """Title of the chat in the name WhatsApp gives its export, of a file name without its ending, copied or not."""
    name, shorter = clean(stem), None
    titles: list[str] = []
    while name != shorter and (title := _title(name)):
        titles.append(title)
        shorter, name = name, _COPY.sub("", name)
    return titles[-1] if titles else None


def counted_title(title: str, senders: Collection[str]) -> str:
    """The title without the number a second file of one name was given, where that is how a sender is called."""
    shorter = _COUNTED.sub("", title)
    called = any(same(name, title) for name in senders), any(same(name, shorter) for name in senders)
    return shorter if called == (False, True) else title


def _title(name: str) -> str | None:
    found = titles().fullmatch(name) or _TITLE.fullmatch(name)
    return clean(next(filter(None, found.groups()))) if found else None


class Senders:
    """Names before the colon, and how often each stood there. A name may itself hold a colon."""

    def __init__(self, known: Collection[str] = ()) -> None:
        self._known = [clean(name) for name in known]
        self._met: Counter[str] = Counter()
        self._within: dict[str, str] = {}  # longer prefix → the shortest one it begins with

    def add(self, body: str, times: int = 1) -> None:
        """Take in the first line of a message, or of as many as begin alike."""
        options = self._options(body)
        if not options or by_the_app(options[0][1]):
            return
        for name, _ in options:
            if name in self._met or len(self._met) < SENDERS:
                self._met[name] += times
                self._within[name] = options[0][0]

    def split(self, body: str) -> tuple[str, str] | None:
        """Sender and words of a first line; None for a notice."""
        options = self._options(body)
        if options:
            first = options[0][0]
            return next((o for o in reversed(options[1:]) if self._always(o[0], first)), options[0])
        name, colon, words = body[: SENDER_LENGTH + 1].partition(":")
        return (clean(name), words + body[SENDER_LENGTH + 1 :]) if colon and self._met[clean(name)] else None

    def names(self) -> list[str]:
        """Everybody who wrote, in order of appearance."""
        taken = {first for name, first in self._within.items() if name != first and self._always(name, first)}
        return [n for n, first in self._within.items() if (n == first and n not in taken) or self._always(n, first)]

    def _options(self, body: str) -> list[tuple[str, str]]:
        """Who may have sent a line, and the words then: one who is known, or whom a placeholder follows, is it."""
        options = list(_prefixes(body))
        if len(options) < 2:
            return options
        known = [option for option in options if any(same(option[0], name) for name in self._known)]
        if known or content(options[0][1]).kind is not MessageKind.TEXT:
            return [known[-1] if known else options[0]]
        return options

    def _always(self, name: str, first: str) -> bool:
        return name != first and self._met[name] > 1 and self._met[name] == self._met[first]


class Names(NamedTuple):
    """Names of a party. One that a sender has to the letter is nobody else's; any other is whoever has one like it."""

    exact: frozenset[str]
    alike: tuple[str, ...]

    def fit(self, sender: str) -> int:
        """How well they fit a sender: 2 to the letter, 1 as far as letters and digits go, 0 not at all."""
        return 2 if sender in self.exact else int(any(same(sender, name) for name in self.alike))


class OfGroup(NamedTuple):
    """What tells of a group: that a notice does, and that nothing but notices stands under the title."""

    any: bool
    only_notices: bool


class Parties(NamedTuple):
    """What a chat is called, and who is who in it. `person` is None in a group.

    `app` is the sender, if any, under whose name only WhatsApp itself speaks: that of the group.
    """

    conversation: str
    title: str | None
    person: str | None
    name: str | None
    phone: str | None
    is_group: bool
    company: Names
    customer: Names
    app: str | None = None

    def role(self, sender: str) -> tuple[Direction, str | None]:
        """Direction of a sender's message and the person it was exchanged with."""
        company, customer = self.company.fit(sender), self.customer.fit(sender)
        if company and company >= customer:
            return Direction.OUTBOUND, self.person
        known = any(self.company)
        if self.is_group or customer or (self.phone and known):
            return Direction.INBOUND, self.person
        return (Direction.INBOUND, None) if known else (Direction.OUTBOUND, self.person)


def parties(title: str | None, stem: str, senders: list[str], owners: list[str], seen: OfGroup) -> Parties:
    """Tell customer from company, and a chat between two from a group.

    A chat is between two if its title is a phone number or one of the senders, if nobody but the company wrote, or if
    one other did and nothing tells of a group. It is a group if three wrote beside its title, or two beside a title
    under which nothing but notices stands.

    Raises:
        DeliveryHeld: PARTIES_UNKNOWN where neither the file name nor `owner` tells, or `owner` is no sender.
    """
    company, titled = _names(owners, senders), _names([title] if title else [], senders)
    others = [name for name in senders if not company.fit(name) or company.fit(name) < titled.fit(name)]
    wrote = next((name for name in senders if titled.fit(name) and titled.fit(name) >= company.fit(name)), None)
    if owners and len(others) == len(senders):
        _check_silent(title, senders, wrote)
    if title is None:
        return _untitled(stem, senders, others, company, told=bool(owners))
    if phone_digits(title):
        if not (wrote or owners or len(senders) < 2):
            raise DeliveryHeld(ErrorCode.PARTIES_UNKNOWN, f"cannot tell customer from company: {_WAY_OUT}")
        return _between_two(title, wrote or (others[0] if owners and others else title), company, senders)
    if wrote:
        group = len(senders) > 3 or (seen.only_notices and len(senders) > 2)
        return (
            _group(title, company, wrote if seen.only_notices else None)
            if group
            else _between_two(title, wrote, company, senders)
        )
    if len(others) <= (0 if owners else 1) and not seen.any:
        return _between_two(title, title, company, senders)
    if owners and len(others) == 1 and len(senders) == 2 and not seen.any:  # the file was renamed
        return _between_two(others[0], others[0], company, senders)
    return _group(title, company)


def _check_silent(title: str | None, senders: list[str], wrote: str | None) -> None:
    """Refuse to read the company's answers as somebody else's where `owner` is none of the senders.

    The company may have written nothing: then there is nobody beside the customer, who is the title or, where that is
    a phone number, the only one to write.
    """
    number = title is not None and phone_digits(title) is not None
    if [name for name in senders if name != wrote] and not (number and len(senders) == 1):
        raise DeliveryHeld(
            ErrorCode.PARTIES_UNKNOWN,
            "nobody in the chat is called as owner says: set owner to the company's name as this chat shows it, one of "
            "several if it changed; a chat in which the company wrote nothing belongs in a source without owner",
        )


def _untitled(stem: str, senders: list[str], others: list[str], company: Names, *, told: bool) -> Parties:
    if not told and len(senders) < 3:
        raise DeliveryHeld(ErrorCode.PARTIES_UNKNOWN, f"cannot tell customer from company: {_WAY_OUT}")
    if not others:
        way_out = 'nobody but the company wrote: name the file "WhatsApp Chat with <name>.txt"'
        raise DeliveryHeld(ErrorCode.PARTIES_UNKNOWN, way_out)
    if told and len(others) == 1:
        return _between_two(others[0], others[0], company, senders)
    return _group(clean(stem), company)


def _between_two(title: str, name: str, company: Names, senders: list[str]) -> Parties:
    digits = phone_digits(title)
    key = f"wa:{digits}" if digits else f"chat:{title.casefold()}"
    shown = None if phone_digits(name) else name
    customer, phone = _names(filter(None, (title, shown)), senders), title if digits else None
    return Parties(key, title, key, shown, phone, is_group=False, company=company, customer=customer)


def _group(title: str, company: Names, app: str | None = None) -> Parties:
    key, nobody = f"group:{title.casefold()}", Names(frozenset(), ())
    return Parties(key, title, None, None, None, is_group=True, company=company, customer=nobody, app=app)


def _names(names: Iterable[str], senders: Collection[str]) -> Names:
    """Names as they are among the senders of a chat."""
    written = [clean(name) for name in names]
    return Names(frozenset(written) & {*senders}, tuple(name for name in written if name not in senders))


@lru_cache(4_096)
def _folded(name: str) -> str:
    if digits := phone_digits(name):
        return digits
    folded = unicodedata.normalize("NFKC", clean(name)).casefold()
    return "".join(c for c in folded if c.isalnum()) or folded


def _prefixes(body: str) -> Iterator[tuple[str, str]]:
    for place, character in enumerate(body[:SENDER_LENGTH]):
        if character == ":" and body[place + 1 : place + 2] in ("", " "):
            name = clean(body[:place])
            if any(f": {mark}" in body[:place] for mark in MARKED):
                return
            if name:
                yield name, body[place + 2 :]
