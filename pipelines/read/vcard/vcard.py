"""Address books as vCard (2.1, 3.0, 4.0): each card becomes a row under one header."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipelines.read.core.batch import BATCH_ROWS, SAMPLE_BYTES, Batch, Format, Sample
from pipelines.read.csv import text
from pipelines.read.csv.rows import open_csv, readable
from pipelines.read.tables.contact_table import Layout, read_contacts, understand
from pipelines.read.tables.table import Row, Table, Wrong, in_batches
from pipelines.read.vcard.cards import LARGEST_CARD, Card, cards, encoding_of
from pipelines.read.vcard.row import HEADER, cells, is_group
from pipelines.read.vcard.values import Undecodable, text_of
from schemas.contact_list import ContactList, Encoding
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome

FAULTS = {
    ErrorCode.CARD_UNREADABLE: "END:VCARD behind the card; what it might have said more is missing",
    ErrorCode.LIMIT_EXCEEDED: f"a card of at most {LARGEST_CARD} characters, photos left out",
    ErrorCode.ROW_ENCODING: "letters in the encoding of the rest of the file, or the one that their CHARSET names",
}
GROUP = Wrong(ErrorCode.CARD_GROUP_SKIPPED, "a card of a person or company", Outcome.SKIPPED)
GUIDE = """\
How to get the file:

- **iPhone, Mac**: in *Contacts*, choose a list, *Export* (on a Mac: *File*, *Export*, *Export vCard*). On
  [icloud.com/contacts](https://www.icloud.com/contacts): select all, *Export vCard*.
- **Android**: *Contacts*, *Fix & manage* or *Manage contacts*, *Export to file*.
- **Google**: [contacts.google.com](https://contacts.google.com), *Export*, *vCard (for iOS Contacts)*.
- **Outlook**: open a contact, *File*, *Save as*, *vCard*; each contact is a file of its own. For all of them at once,
  export a CSV instead.

Give the source a path such as `landing/phones/*` and not `*.vcf`: refused cards come back as a CSV, which is corrected
and dropped in the same place.

**What is read**: `UID` as the record's own id, `FN` and `N` as its name (without them, `NICKNAME` or `ORG`), all
`EMAIL` and `TEL` but fax and pager numbers and those labelled as an assistant's, preferred ones first, WhatsApp
numbers, `CATEGORIES` as tags, `NOTE`, and `REV` as the time of the last change. `ORG`, `TITLE` and `BDAY` are the
columns `company`, `title` and `birthday`; the preferred `ADR` is `street`, `city`, `region`, `postcode` and `country`,
and any other one `other address`. They are read where onecontact.yaml has an attribute of that name, or where `columns`
says which they are; a run and `onecontact check` name those that are not. Text is read in the `CHARSET` of its
property, else as UTF-8, else in the `encoding` of the source.

**What is not**: photos, web pages, other messengers, the card of somebody's assistant within their own, and
Google's group *My Contacts*. A card that lists a group (`KIND:group`) is skipped. Cards without `UID`, as phones write
them, are known by their numbers and addresses.
"""


class Vcard(ContactList):
    """Options of an address book."""

    format: Literal["vcard"] = "vcard"
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="Which attributes `company`, `title`, `birthday` and the parts of an address are, if they differ",
    )
    encoding: Encoding | None = Field(
        default=None, description="Code page of text that is not UTF-8 and whose card does not name one"
    )


def read(path: Path, source: Vcard, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Read an address book in batches, or its refused cards, which come back as a CSV."""
    with open_cards(path, source.encoding, rows=rows) as table:
        yield from read_contacts(table, Layout(understand(table.header, None, source.columns)))


def open_cards(path: Path, encoding: str | None = None, *, rows: int = BATCH_ROWS) -> AbstractContextManager[Table]:
    """Open a vCard file as a table under HEADER, or any other as CSV.

    `encoding` is that of text which is not UTF-8 and has no CHARSET. A card that cannot be decoded, has no end or is
    far too large is refused alone. Raises DeliveryRefused where most of the file is in another encoding.
    """
    with path.open("rb") as file:
        start = file.read(SAMPLE_BYTES)
    found = encoding_of(start)
    return open_csv(path, encoding, rows=rows) if found is None else _open(path, found, start, encoding, rows)


@contextmanager
def _open(path: Path, encoding: str, start: bytes, legacy: str | None, rows: int) -> Iterator[Table]:
    with path.open("rb") as file, readable(text.Encoding(path, encoding)):
        found = (row_of(card, path, encoding, legacy) for card in cards(file, encoding, start))
        yield Table(list(HEADER), in_batches(HEADER, found, rows))


def row_of(card: Card, path: Path, encoding: str, legacy: str | None) -> Row:
    """A card as a row. Of one that cannot be decoded, the letters that could not be read are given back as U+FFFD."""
    wrong = Wrong(card.wrong, FAULTS[card.wrong]) if card.wrong else GROUP if is_group(card) else None
    try:
        return Row(card.line, cells(card, partial(text_of, encoding=encoding, legacy=legacy)), wrong)
    except Undecodable as problem:
        is_declared, is_encoded = problem.is_declared, problem.is_encoded
    if not is_declared and ((is_encoded and legacy is None) or not text.mostly_in(path, legacy or "utf-8")):
        raise text.unreadable(text.Encoding(path, legacy or "UTF-8"))
    undecodable = Wrong(ErrorCode.ROW_ENCODING, FAULTS[ErrorCode.ROW_ENCODING])
    return Row(card.line, cells(card, partial(text_of, encoding=encoding, legacy=legacy, strict=False)), undecodable)


def detects(sample: Sample) -> float:
    """A file that begins with a card."""
    return 1.0 if encoding_of(sample.start) else 0.0


FORMAT = Format(
    "vcard",
    "Address book as vCard (.vcf), from phones and mail programs",
    Vcard,
    read,
    holds="contacts",
    detects=detects,
    guide=GUIDE,
)
