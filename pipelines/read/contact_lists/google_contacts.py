"""Contacts exported from Google: in its old columns, in those since 2024, and in those it makes for Outlook."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines.read.contact_lists import outlook_words
from pipelines.read.contact_lists.own_columns import (
    Tidy,
    aliases,
    meanings_of,
    middle_names,
    opened,
    places,
    with_middle_names,
)
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.phone_labels import NO_PHONE
from pipelines.read.tables.contact_table import LISTS, Layout, batch_of, of
from pipelines.read.tables.header_words import fold
from schemas.contact_list import ContactTable
from schemas.vocabulary import IdentifierType

PHONE = IdentifierType.PHONE.value
BETWEEN = " ::: "  # of several values in one cell
OURS = "* "  # begins groups that Google made, and the label of what is somebody's first address or number
BARE = ("mycontacts", "starred")  # such groups as they are written for Outlook
MIDDLE = ("middle name", "additional name")
COLUMNS = aliases(
    {
        "first_name": "First Name|Given Name",
        "last_name": "Last Name|Family Name",
        "name": "Name",
        "tags": "Labels|Group Membership|Categories",
        "notes": "Notes",
        "attr.company": "Organization Name|Organization 1 - Name|Company",
        "attr.job_title": "Organization Title|Organization 1 - Title|Job Title",
        "attr.department": "Organization Department|Organization 1 - Department|Department",
        "attr.birthday": "Birthday",
        "ignore": "Middle Name|Additional Name|File As|Photo|Internet Free Busy",
    }
)
NUMBERED = {
    r"e mail \d+ value": "email",
    r"phone \d+ value": "phone",
    r"address \d+ formatted": "attr.address",
    r"address \d+ street": "attr.street",
    r"address \d+ city": "attr.city",
    r"address \d+ region": "attr.region",
    r"address \d+ postal code": "attr.postcode",
    r"address \d+ country": "attr.country",
    r"website \d+ value": "attr.website",
    r".* \d+ (?:label|type)": "ignore",
}
ADDRESS = re.compile(r"address (\d+) ")
LABEL = re.compile(r"((?:e mail|phone) \d+) (?:label|type)")
GUIDE = """\
In Google Contacts choose *Export*, then *Google CSV* or *Outlook CSV*. Files from before 2024, with `Given Name` and
`Group Membership`, are read as well.

**What is read.** Names (a middle name becomes part of the whole name), every e-mail address and phone number (the one
marked as primary first), labels as tags, notes. Several values in one cell, which Google parts by ` ::: `, are several
values. These become attributes if the project defines them: `company`, `job_title`, `department`, `birthday`,
`address`, `street`, `city`, `region`, `postcode`, `country`, `website`; any other column by its own header. Of several
postal addresses the first is read, as a whole, and the columns of the others are reported.

**What is not.** Groups that Google makes itself (`* myContacts`, `* starred`) are no tags. Numbers that their label
calls a fax, a pager or an assistant's are no phones of the contact; other labels, photos and *File As* are left out.
Google gives no ids: a contact is known by its addresses and numbers.
"""


class GoogleContacts(ContactTable):
    """Options of an export from Google Contacts."""

    format: Literal["google_contacts"] = "google_contacts"


def read(path: Path, source: GoogleContacts, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Read an export from Google Contacts in batches."""
    with opened(path, source, rows) as table:
        own = {name: meaning for name in map(fold, table.header) if (meaning := own_meaning(name))}
        meanings = meanings_of(table.header, source, own)
        lists = {**LISTS, "phone": ":::|;", "email": ":::|[;,]", "tags": BETWEEN}
        layout = Layout(meanings, lists, tidied(table.header, meanings), addresses(table.header, meanings))
        middle, labels = middle_names(table.header, source, MIDDLE), labelled(table.header)
        for each in table.rows:
            batch = batch_of(table.header, each, layout)
            yield batch._replace(
                contacts=with_middle_names(batch.contacts, each.cells, middle),
                identifiers=primary_first(own_phones(batch.identifiers, each.cells, labels), each.cells, labels),
            )


def addresses(header: Sequence[str], meanings: Sequence[str]) -> list[list[int]]:
    """The places of the columns of each postal address, by its number, or business before home."""
    numbers = [ADDRESS.match(fold(name)) for name in header]
    if not any(numbers):
        return outlook_words.addresses(header, meanings)
    found: dict[str, list[int]] = {}
    for place, (number, meaning) in enumerate(zip(numbers, meanings, strict=True)):
        if number and meaning in outlook_words.PARTS_OF_ADDRESS:
            found.setdefault(number[1], []).append(place)
    return list(found.values())


def own_meaning(name: str) -> str | None:
    """What a folded header of Google's means."""
    numbered = (meaning for pattern, meaning in NUMBERED.items() if re.fullmatch(pattern, name))
    return COLUMNS.get(name) or next(numbered, None) or outlook_words.COLUMNS.get(name)


def tidied(header: Sequence[str], meanings: list[str]) -> Tidy:
    """Cells of tags without the groups that Google made, parted by BETWEEN also where they were made for Outlook."""
    tags = of(meanings, "tags")
    for_outlook = set(places(header, "categories".__eq__))

    def kept(column: str) -> pl.Expr:
        groups = pl.col(column).str.split(";" if column in for_outlook else BETWEEN).list
        group = pl.element().str.strip_chars()
        system = group.str.starts_with(OURS)
        if column in for_outlook:
            system |= group.str.to_lowercase().is_in(BARE)
        return groups.eval(group.filter(~system)).list.join(BETWEEN).replace("", None).alias(column)

    return lambda cells: cells.with_columns(kept(column) for column in tags)


def labelled(header: Sequence[str]) -> dict[str, str]:
    """Columns of labels (c0, c1, ...) by the header of the values they stand beside."""
    found = {match[1]: f"c{place}" for place, name in enumerate(header) if (match := LABEL.fullmatch(fold(name)))}
    return {
        name: found[value]
        for name in header
        if (value := fold(name).removesuffix(" value")) in found and value != fold(name)
    }


def own_phones(identifiers: pl.DataFrame, cells: pl.DataFrame, labels: dict[str, str]) -> pl.DataFrame:
    """Identifiers without the numbers whose label is that of a fax, a pager or an assistant."""
    other = [
        cells.filter(pl.col(label).str.contains(NO_PHONE)).select("row", field=pl.lit(field), type=pl.lit(PHONE))
        for field, label in labels.items()
    ]
    if not any(each.height for each in other):
        return identifiers
    return identifiers.join(pl.concat(other), on=["row", "field", "type"], how="anti", maintain_order="left")


def primary_first(identifiers: pl.DataFrame, cells: pl.DataFrame, labels: dict[str, str]) -> pl.DataFrame:
    """Identifiers of each row with those first whose label says that they are primary."""
    marked = [
        cells.filter(pl.col(label).str.strip_chars().str.starts_with(OURS)).select(
            "row", field=pl.lit(field), second=pl.lit(value=False)
        )
        for field, label in labels.items()
    ]
    if not marked:
        return identifiers
    return (
        identifiers.join(pl.concat(marked), on=["row", "field"], how="left", maintain_order="left")
        .sort("row", pl.col("second").fill_null(value=True), maintain_order=True)
        .drop("second")
    )


def detects(sample: Sample) -> float:
    """A table with numbered columns as Google's, with its labels, or with the columns it makes for Outlook."""
    names = set(sample.header)
    if any(LABEL.fullmatch(name) for name in names) and names & {"labels", "group membership", "given name"}:
        return 0.95
    if {"name prefix", "phonetic first name", "labels"} <= names or {"yomi name", "group membership"} <= names:
        return 0.95
    for_outlook = {"first name", "internet free busy", "e mail address"} <= names
    return 0.9 if for_outlook and not names & outlook_words.TYPES.keys() else 0.0


FORMAT = Format(
    "google_contacts",
    "Contact export of Google Contacts (Google CSV, Outlook CSV)",
    GoogleContacts,
    read,
    holds="contacts",
    detects=detects,
    guide=GUIDE,
)
