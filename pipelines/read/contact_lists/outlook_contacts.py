"""Contacts exported from Outlook, the program (in English, German, French or Spanish) and the web page."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines.read.contact_lists.outlook_words import (
    ADDRESSES,
    COLUMNS,
    MIDDLE,
    NO_PHONES,
    PHONES,
    SHOWN,
    TYPES,
    addresses,
)
from pipelines.read.contact_lists.own_columns import Tidy, meanings_of, middle_names, opened, with_middle_names
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.tables.contact_table import Layout, batch_of
from pipelines.read.tables.header_words import fold
from schemas.contact_list import ContactTable

ENOUGH = 12  # headers of Outlook's that no other list has together
X500 = "(?i)^/o="
MAILBOX = r"([^\s<>()\[\]'\x22;,]+@[^\s<>()\[\]'\x22;,]+)"
NO_DATE = r"^0{1,2}([./-])0{1,2}[./-]0{2,4}$"
GUIDE = """\
In the Outlook program: *File*, *Open & Export*, *Import/Export*, *Export to a file*, *Comma Separated Values*. On
outlook.com and in the new Outlook: *People*, *Manage contacts*, *Export contacts*. The headers may be English, German,
French or Spanish; for any other language name the columns in `columns`.

The program writes the code page of its Windows. A file that is no UTF-8 is read in the one its letters fit best, which
`onecontact check` and the run report (`ENCODING_ASSUMED`); set `encoding` where that is wrong.

**What is read.** Names (a middle name becomes part of the whole name), up to three e-mail addresses, all phones (mobile
first, then those at home and at work), categories as tags, notes. These become attributes if the project defines them:
`company`, `department`, `job_title`, `salutation`, `birthday`, `street`, `city`, `region`, `postcode`, `country` (of
the business; where that has no address, of the home), `website`; any other column by its own header.

**What is not.** Fax, pager and telex numbers and those of assistants; `0/0/00`, which stands for no date. Colleagues on
an Exchange server have a path (`/o=…`) for an address: their real one is taken from the display name if it is there,
otherwise the field is dropped with `EMAIL_SYNTAX`. Outlook gives no ids: a contact is known by its addresses and
numbers.
"""


class OutlookContacts(ContactTable):
    """Options of an export from Outlook."""

    format: Literal["outlook_contacts"] = "outlook_contacts"


def read(path: Path, source: OutlookContacts, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Read an export from Outlook in batches."""
    with opened(path, source, rows) as table:
        header = table.header
        meanings = meanings_of(header, source, COLUMNS | NO_PHONES)
        layout = Layout(meanings, tidy=tidied(header, meanings), addresses=addresses(header, meanings))
        middle = middle_names(header, source, MIDDLE)
        for each in table.rows:
            batch = batch_of(header, each, layout)
            yield batch._replace(
                contacts=with_middle_names(batch.contacts, each.cells, middle),
                identifiers=best_first(batch.identifiers, header),
            )


def tidied(header: Sequence[str], meanings: Sequence[str]) -> Tidy:
    """Cells in which addresses are addresses where the file knows them, and in which no date is blank."""
    folded = {f"c{place}": fold(name) for place, name in enumerate(header)}
    shown_in = {SHOWN[name]: column for column, name in folded.items() if name in SHOWN}
    mailboxes = {
        column: shown_in[ADDRESSES[name]]
        for column, name in folded.items()
        if name in ADDRESSES and ADDRESSES[name] in shown_in
    }
    extra = [f"c{place}" for place, meaning in enumerate(meanings) if meaning.startswith("attr.")]

    def tidy(cells: pl.DataFrame) -> pl.DataFrame:
        return cells.with_columns(
            *(
                pl.when(pl.col(address).str.contains(X500))
                .then(pl.coalesce(pl.col(shown).str.extract(MAILBOX), address))
                .otherwise(address)
                .alias(address)
                for address, shown in mailboxes.items()
            ),
            *(pl.when(~pl.col(column).str.contains(NO_DATE)).then(column).alias(column) for column in extra),
        )

    return tidy


def best_first(identifiers: pl.DataFrame, header: Sequence[str]) -> pl.DataFrame:
    """Identifiers of each row with its phones in the order of PHONES."""
    order = list(dict.fromkeys(PHONES.values()))
    ranks = {name: order.index(PHONES[fold(name)]) for name in header if fold(name) in PHONES}
    rank = pl.col("field").replace_strict(ranks, default=len(order), return_dtype=pl.UInt8)
    return identifiers.with_columns(rank=rank).sort("row", "rank", maintain_order=True).drop("rank")


def detects(sample: Sample) -> float:
    """A table with many of Outlook's columns, or one that only Outlook has."""
    names = set(sample.header)
    if names & TYPES.keys() or {"given yomi", "surname yomi"} <= names:
        return 0.95
    return 0.85 if len(names & (COLUMNS.keys() | NO_PHONES.keys())) >= ENOUGH else 0.0


FORMAT = Format(
    "outlook_contacts",
    "Contact export of Outlook and Outlook.com (CSV)",
    OutlookContacts,
    read,
    holds="contacts",
    detects=detects,
    guide=GUIDE,
)
