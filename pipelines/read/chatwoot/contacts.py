"""Contacts of Chatwoot: its export, with whatever columns were asked for, and the template it imports."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines.errors import DeliveryRefused
from pipelines.read.chatwoot.ruby_hash import entries
from pipelines.read.contact_lists.own_columns import aliases, meanings_of, opened
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.tables.contact_table import Layout, read_contacts
from pipelines.read.tables.header_words import fold
from pipelines.read.tables.table import MOST_COLUMNS
from schemas.contact_list import ContactTable
from schemas.error_codes import ErrorCode

HASHES = ("custom_attributes", "additional_attributes")
COLUMNS = {
    **aliases(
        {
            "record_id": "id",
            "name": "name",
            "last_name": "last_name",
            "email": "email",
            "phone": "phone_number",
            "external_id": "identifier",
            "tags": "labels|label_list",
            "observed_at": "updated_at",
            "attr.company": "company|company_name",
            "ignore": "ip_address|blocked|errors|account_id|contact_type|avatar_url|pubsub_token|company_id",
        }
    ),
    **{fold(name): f"attr.{name}" for name in HASHES},
}
RENAMED = {"company_name": "company"}
EXPORT = b"id,name,email,phone_number"
GUIDE = """\
In Chatwoot open *Contacts*, the menu at the top right, *Export*. Chatwoot exports contacts that have an address, a
number or an identifier. A file made after its import template (`id`, `name`, `email`, `identifier`, `phone_number`,
`ip_address`, `custom_attribute_1`, ...) is read as well, and so is the file of rows that its import refused.

**What is read.** `id` as the key, `name`, `email`, `phone_number`, `identifier` as the id that another system gave the
contact, `labels` as tags, `updated_at` as the time the record was last changed. `custom_attributes` and
`additional_attributes`, which Chatwoot writes as `{"plan"=>"gold"}`, become attributes by the names of their entries,
if the project defines them (`company_name` is `company`); so does any other column by its header.

**What is not.** `ip_address`, `account_id`, `errors`, and `blocked`: whom to block is decided here. Entries that are
themselves lists of entries, such as `social_profiles`. A hash that cannot be read is named as a column that was not.
"""


class ChatwootContacts(ContactTable):
    """Options of a Chatwoot contact export."""

    format: Literal["chatwoot_contacts"] = "chatwoot_contacts"


def read(path: Path, source: ChatwootContacts, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Read a Chatwoot contact export in batches."""
    with opened(path, source, rows) as table:
        layout = Layout(meanings_of(table.header, source, COLUMNS))
        names: set[str] = set()
        for batch in read_contacts(table, layout):
            attributes = opened_hashes(batch.attributes)
            names.update(attributes["field"].unique())
            if len(names) > MOST_COLUMNS:
                raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"the file has more than {MOST_COLUMNS} custom attributes")
            yield batch._replace(attributes=attributes)


def opened_hashes(attributes: pl.DataFrame) -> pl.DataFrame:
    """Attributes (`schemas.received.AttributeRow`) with the entries of each hash instead of the hash.

    What a column of its own says comes before what a hash says. A hash that cannot be read stays as it is.
    """
    hashed = pl.col("attribute").is_in(HASHES)
    told = {text: entries(text) for text in attributes.filter(hashed)["raw"].unique()}
    read = {text: each for text, each in told.items() if each is not None}
    if not read:
        return attributes
    inside = pl.DataFrame(
        [(text, name, value) for text, each in read.items() for name, value in each.items()],
        schema={"raw": pl.String, "entry": pl.String, "value": pl.String},
        orient="row",
    )
    opening = hashed & pl.col("raw").is_in(list(read))
    names = {name: named(name) for name in inside["entry"].unique()}
    found = (
        attributes.filter(opening)
        .join(inside, on="raw", maintain_order="left")
        .select(
            "row",
            attribute=pl.col("entry").replace_strict(names, return_dtype=pl.String),
            raw="value",
            field=pl.format("{}.{}", "field", "entry"),
        )
    )
    together = pl.concat([attributes.filter(~opening), found])
    return together.unique(["row", "attribute"], keep="first", maintain_order=True)


def named(entry: str) -> str:
    """The attribute that an entry of a hash is."""
    name = fold(entry).replace(" ", "_")
    return RENAMED.get(name, name)


def detects(sample: Sample) -> float:
    """A table with Chatwoot's columns, in its order and spelling."""
    names = set(sample.header)
    if {"id", "email", "phone number", "identifier"} <= names and names & {"ip address", "custom attributes"}:
        return 0.95
    return 0.85 if sample.start.removeprefix(BOM_UTF8).startswith(EXPORT) else 0.0


FORMAT = Format(
    "chatwoot_contacts",
    "Contact export of Chatwoot, and its import template (CSV)",
    ChatwootContacts,
    read,
    holds="contacts",
    detects=detects,
    guide=GUIDE,
)
