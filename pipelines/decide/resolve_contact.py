"""Which contact somebody means, for commands and for files of change requests: by an id, an identifier or a record."""

from collections.abc import Iterable
from uuid import UUID

import polars as pl

from pipelines.normalise.email import emails
from pipelines.normalise.phone import phones
from pipelines.store.contacts.id_history import resolve_ids
from pipelines.store.decisions.change_requests import find_contacts
from pipelines.store.warehouse.connection import Connection

TEXTS = pl.Schema({"text": pl.String})


def contacts_meant(connection: Connection, texts: Iterable[str], region: str | None) -> dict[str, list[str]]:
    """Ids of the contacts that each of some texts stands for precisely, sorted; none or several where it is not clear.

    A text is the id of a contact of now or of former times, an e-mail address or phone number (one without a country
    code is of `region`) or any other identifier that a contact has or has had, or `source:record id`. Names are not
    asked for.
    """
    asked = pl.DataFrame({"text": list(dict.fromkeys(texts))}, schema=TEXTS)
    found: dict[str, list[str]] = {text: [] for text in asked["text"]}
    for text, contact_id in find_contacts(connection, spellings(asked, region)).iter_rows():
        found[text].append(contact_id)
    unknown = [text for text, ids in found.items() if not ids and is_id(text)]
    former = resolve_ids(connection, unknown) if unknown else {}
    return found | {text: [contact_id] for text, contact_id in former.items()}


def spellings(asked: pl.DataFrame, region: str | None) -> pl.DataFrame:
    """How what is meant by texts may be kept: text, word. Only an address has an @, and no number has one."""
    trimmed = asked.with_columns(raw=pl.col("text").str.strip_chars())
    is_address = pl.col("raw").str.contains("@", literal=True)
    addresses = emails(trimmed.filter(is_address))
    numbers = phones(trimmed.filter(~is_address).with_columns(default_region=pl.lit(region, pl.String)))
    kept = [each.select("text", word="normalised") for each in (addresses, numbers)]
    return pl.concat([trimmed.select("text", word="raw"), *kept]).drop_nulls()


def is_id(text: str) -> bool:
    """Whether a text may be the id of a contact."""
    try:
        UUID(text.strip())
    except ValueError:
        return False
    return True
