"""Chatwoot's contact export: `id,name,email,phone_number`, with `identifier` and custom attributes where asked for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pipelines.read.batch import BATCH_ROWS, Batch, Format
from pipelines.read.contact_table import Layout, read_contacts, understand
from pipelines.read.csv_rows import open_csv
from schemas.source import Source

COLUMNS = {
    "name": "name",
    "email": "email",
    "phone_number": "phone",
    "identifier": "external_id",
    "ip_address": "ignore",
}


class ChatwootContacts(Source):
    """Options of a Chatwoot contact export."""

    format: Literal["chatwoot_contacts"] = "chatwoot_contacts"


def read(path: Path, _: ChatwootContacts, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Read a Chatwoot contact export in batches."""
    with open_csv(path, rows=rows) as table:
        yield from read_contacts(table, Layout(understand(table.header, None, COLUMNS)))


FORMAT = Format("chatwoot_contacts", "Contact export of Chatwoot (CSV)", ChatwootContacts, read, holds="contacts")
