"""The words that headers are made of: what each means in any list, and what is no header but a value of somebody."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from itertools import chain, count

from pipelines.read.tables import system_headers

ALIASES = {
    "name": "name|naam|full name|fullname|fn|display name|file as|contact name|customer name|nome completo"
    "|nombre completo|nom complet|vollständiger name|kundenname|volledige naam",
    "first_name": "first name|firstname|first|given name|forename|fname|vorname|prénom|nombre|nome|primeiro nome"
    "|voornaam",
    "last_name": "last name|lastname|last|family name|surname|lname|nachname|familienname|nom|nom de famille"
    "|apellido|apellidos|sobrenome|cognome|achternaam",
    "email": "email|e mail|emails|e mail address|email address|mail|mail address|primary email|work email|home email"
    "|business email|private email|personal email|secondary email|other email|email 1|email 2|email 3|e mail 1"
    "|e mail 2|e mail 3|e mail 1 value|e mail 2 value|e mail 3 value|e mail 2 address|e mail 3 address"
    "|e mail adresse|mailadresse|e mail privat|e mail geschäftlich|adresse e mail|courriel|correo|correo electrónico"
    "|correo electronico|indirizzo e mail|e mailadres",
    "phone": "phone|phone number|phone no|phones|mobile|mobile phone|mobilephone|mobile number|mobile no"
    "|mobile phone number|cell|cell phone|cellphone|home phone|homephone|work phone|business phone|other phone"
    "|otherphone|primary phone|phone 1|phone 2|phone 3|phone 1 value|phone 2 value|phone 3 value|tel|tel no"
    "|telephone|telephone number|telefon|telefonnummer|rufnummer|handy|handynummer|mobil|mobilnummer|mobiltelefon"
    "|telefon privat|telefon geschäftlich|téléphone|téléphone mobile|téléphone portable|numéro de téléphone|telefone"
    "|celular|teléfono|telefono|móvil|teléfono móvil|número de teléfono|número de telefone|cellulare|telefoonnummer",
    "wa_id": "whatsapp|whatsapp number|whatsapp phone number|whatsapp nummer|whatsapp id|wa id",
    "messenger_thread": "messenger thread|facebook chat",
    "record_id": "id|record id|contact id|contactid|hs object id|unique external id|kontakt id",
    "external_id": "identifier|external id",
    "tags": "tags|labels|categories|group membership|schlagwörter|kategorien|catégories|categorías|étiquettes"
    "|etiquetas",
    "notes": "notes|note|notizen|notiz|notas|bemerkung|bemerkungen|anmerkungen|remarks|comment|comments",
    "observed_at": "last modified|last modified date|last modified at|lastmodifieddate|modified date|modified at"
    "|modified|updated at|last updated|geändert am|zuletzt geändert",
    "channel": "channel|source channel",
}
MEANINGS = {
    **system_headers.MEANINGS,
    **{alias: field for field, aliases in ALIASES.items() for alias in aliases.split("|")},
}

ABOUT = ("name", "first_name", "last_name", "phone", "wa_id", "email", "messenger_thread", "external_id")  # somebody
TITLES = 10  # lines above a header, at most
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
NUMBERED = re.compile(r"(.+) \([0-9]+\)")  # what `told_apart` makes of a header that was there before
NUMBER = re.compile(r"[+(]?[0-9][0-9 ()/.\-]*")
DIGITS = 7  # of the shortest phone number; a postcode has fewer


def fold(header: str) -> str:
    """A header as it is compared; one that begins with `_` still does."""
    words = " ".join(re.split(r"[\s_\-]+", unicodedata.normalize("NFKC", header).casefold())).strip()
    return f"_{words}" if header.startswith("_") else words or header


def told_apart(header: Sequence[str]) -> list[str]:
    """Headers of which each is there once as they are compared: a second `Email` becomes `Email (2)`."""
    taken: set[str] = set()
    names = []
    for name in header:
        spellings = chain([name], (f"{name} ({number})" for number in count(2)))
        own = next(each for each in spellings if fold(each) not in taken)
        taken.add(fold(own))
        names.append(own)
    return names


def shared(header: Sequence[str]) -> list[str]:
    """Folded headers, where `Email (2)` is another `Email` if the file has one of that name."""
    folded = [fold(name) for name in header]
    return [found[1] if (found := NUMBERED.fullmatch(name)) and found[1] in folded else name for name in folded]


def kind(cell: str) -> str:
    """What a cell looks like: an e-mail address, a phone number, a short number, other text; empty if it is blank."""
    said = cell.strip().strip('"').strip()
    if EMAIL.fullmatch(said):
        return "email"
    if NUMBER.fullmatch(said):
        return "phone" if sum(letter.isdigit() for letter in said) >= DIGITS else "number"
    return "text" if said else ""


def header_place(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows of a table is its header: the first, or one below a title.

    Below a title it holds words that headers have, of which the first row has none, and more cells than any above it.
    """
    known = [[MEANINGS.get(fold(cell)) for cell in row] for row in rows[: TITLES + 1]]
    if not known or any(known[0]):
        return 0
    widest = 0
    for place, (row, meanings) in enumerate(zip(rows, known, strict=False)):
        filled = sum(bool(cell.strip()) for cell in row)
        said = [meaning for meaning in meanings if meaning]
        if len(said) > 1 and set(said) & {*ABOUT} and filled > widest and not holds_a_person(row):
            return place
        widest = max(widest, filled)
    return 0


def shown(header: Sequence[str]) -> list[str]:
    """The names of columns as a report may show them.

    Where most are no words that headers have, the first row may be somebody: those are called by their place.
    """
    known = [name in MEANINGS or name.startswith("_") for name in shared(header)]
    trusted = 2 * sum(known) >= len(header)
    return [
        name if trusted or is_known else f"column {place}"
        for place, (name, is_known) in enumerate(zip(header, known, strict=True), 1)
    ]


def holds_a_person(header: Sequence[str], told: Collection[str] = ()) -> bool:
    """Whether what should be a header holds an e-mail address or a phone number, which is no name of a column.

    `told`: folded headers that the source's options name.
    """
    return any(kind(name) in ("email", "phone") and fold(name) not in told for name in header)
