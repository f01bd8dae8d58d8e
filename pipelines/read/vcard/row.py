"""A card as a row of a contact list."""

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote

from pipelines.read.core.phone_labels import NO_PHONE
from pipelines.read.vcard.cards import LABEL, OLD, Card, Property
from pipelines.read.vcard.values import parted, unescaped

HEADER = (
    "id",
    "name",
    "first name",
    "last name",
    "email",
    "phone",
    "whatsapp",
    "company",
    "title",
    "birthday",
    "street",
    "city",
    "region",
    "postcode",
    "country",
    "other address",
    "tags",
    "notes",
    "updated at",
)
Decode = Callable[[Property], str]

NOT_FOR_TALKING = frozenset({"fax", "pager", "modem", "bbs", "textphone"})
FOR_TALKING = frozenset({"voice", "cell", "msg", "text"})
ON_WHATSAPP = ("TEL", "IMPP", "X-SOCIALPROFILE", "X-WHATSAPP")
PARTING = re.compile(r'[\\;,|"]|^[\[{(]')
UNRANKED = 101  # behind PREF=100
BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?")
WHATSAPP = re.compile(r"(?i)^(?:whatsapp|x-apple|https?://(?:wa\.me|api\.whatsapp\.com/send/?\?phone=)/?)[:/]*")
EVERYBODY = frozenset({"mycontacts", "my contacts"})  # the group that Google puts all contacts in


def cells(card: Card, decode: Decode) -> list[str]:
    """The cells of a card under HEADER, preferred values first. `decode` gives the value of a property as text."""
    is_old = next((each.value.strip() for each in card.properties if each.name == "VERSION"), "") == OLD

    def written(name: str) -> Iterator[tuple[Property, str]]:
        found = (each for each in card.properties if each.name == name)
        return ((each, decode(each)) for each in sorted(found, key=rank))

    def said(name: str) -> Iterator[tuple[Property, str]]:
        return ((each, unescaped(text, is_old=is_old).strip()) for each, text in written(name))

    def first(name: str) -> str:
        return next((text for _, text in said(name) if text), "")

    def listed(name: str, separator: str) -> Iterator[str]:
        values = (each for _, text in written(name) for each in parted(text, separator))
        return (unescaped(each, is_old=is_old).strip() for each in values)

    addresses = [address for _, text in written("ADR") if any(address := parts_of_address(text, is_old=is_old))]
    labels = {each.group: text for each, text in said(LABEL) if each.group}
    family, given, middle, before, after = names(next((text for _, text in written("N")), ""), is_old=is_old)
    company = next(listed("ORG", ";"), "")
    full = " ".join(filter(None, (before, given, middle, family, after)))
    return [
        first("UID").removeprefix("urn:uuid:"),
        first("FN") or full or first("NICKNAME") or company,
        given,
        family,
        joined(re.sub("(?i)^mailto:", "", text) for _, text in said("EMAIL")),
        joined(number(text) for each, text in said("TEL") if is_phone(each, labels.get(each.group, ""))),
        joined(whatsapp(each, text) for name in ON_WHATSAPP for each, text in said(name)),
        company,
        first("TITLE"),
        next((date(each, text) for each, text in said("BDAY")), ""),
        *(addresses[0] if addresses else [""] * 5),
        "; ".join(", ".join(filter(None, address)) for address in addresses[1:]),
        joined(tag for tag in listed("CATEGORIES", ",") if tag.casefold() not in EVERYBODY),
        "\n".join(text for _, text in said("NOTE") if text),
        next((date(each, text) for each, text in said("REV")), ""),
    ]


def is_group(card: Card) -> bool:
    """Whether a card is a list of others and nobody's own."""
    kinds = {each.value.strip().lower() for each in card.properties if each.name.endswith("KIND")}
    return "group" in kinds


def rank(each: Property) -> int:
    """The place of a value among others of its property: the lower, the more it is preferred."""
    stated = each.says("pref")
    if stated.isascii() and stated.isdigit() and len(stated) <= len("100"):
        return int(stated)
    return 1 if "pref" in each.parameters.get("type", ()) else UNRANKED


def joined(values: Iterable[str]) -> str:
    """Several values in one cell, each once; a sign that would part one of them has a backslash before it."""
    return "; ".join(dict.fromkeys(PARTING.sub(r"\\\g<0>", value) for value in values if value))


def names(text: str, *, is_old: bool) -> list[str]:
    """The five parts of a name: family, given and further names, what stands before and what behind."""
    parts = [
        " ".join(unescaped(each, is_old=is_old).strip() for each in parted(part, ",")).strip()
        for part in parted(text, ";")
    ]
    return [*parts, *[""] * 5][:5]


def parts_of_address(text: str, *, is_old: bool) -> list[str]:
    """Street (with what stands before it: a box, a floor), city, region, postcode and country of an address."""
    parts = [
        ", ".join(filter(None, (unescaped(each, is_old=is_old).strip() for each in parted(part, ","))))
        for part in parted(text, ";")
    ]
    box, extended, street, *rest = [*parts, *[""] * 7][:7]
    return [", ".join(filter(None, (street, extended, box))), *rest]


def is_phone(each: Property, label: str) -> bool:
    """Whether one can talk to somebody on a number, and to the one whose card it is."""
    types = set(each.parameters.get("type", ()))
    if re.search(NO_PHONE, label) or any("assistant" in kind for kind in types):
        return False
    return not types & NOT_FOR_TALKING or bool(types & FOR_TALKING)


def number(text: str) -> str:
    """A phone number, also one written as `tel:+1-202-555-0123;ext=5`."""
    if text[:4].casefold() != "tel:":
        return text
    digits, *parameters = unquote(text[4:]).split(";")
    extension = next((each[4:] for each in parameters if each.casefold().startswith("ext=")), "")
    return f"{digits} ext. {extension}" if extension else digits


def whatsapp(each: Property, text: str) -> str:
    """The WhatsApp number that a property states, if it states one."""
    if each.name == "TEL":
        return each.says("waid")
    stated = {each.says("x-service-type"), *each.parameters.get("type", ())}
    if each.name == "X-WHATSAPP" or "whatsapp" in stated or "whatsapp" in text[:40].casefold() or "wa.me/" in text:
        return unquote(WHATSAPP.sub("", text))
    return ""


def date(each: Property, text: str) -> str:
    """A date or time, with hyphens and colons where it has been written without."""
    if each.says("x-apple-omit-year") and text.startswith(each.says("x-apple-omit-year")):
        return f"-{text[4:]}"
    found = BASIC.fullmatch(text)
    if not found:
        return text
    year, month, day, hour, minute, second, zone = found.groups()
    return f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second}{zone or ''}" if hour else "")
