"""Contact lists as CSV or TSV, from any system: columns are known by their header or by `columns:`."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from pipelines.read.batch import BATCH_ROWS, Batch, Format
from pipelines.read.contact_table import Layout, read_contacts, understand
from pipelines.read.csv_rows import open_csv
from schemas.source import Source


def known_encoding(name: str) -> str:
    """The name of an encoding of text, or a ValueError."""
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=name)
    except LookupError:
        raise ValueError("must be an encoding such as windows-1252") from None
    return name


class ContactsCsv(Source):
    """Options of a contact list."""

    format: Literal["contacts_csv"] = "contacts_csv"
    key: str | None = Field(default=None, description="Header of the source's own record id")
    columns: dict[str, str] = Field(default_factory=dict, description="What columns mean, by header")
    encoding: Annotated[str, AfterValidator(known_encoding)] | None = Field(
        default=None, description="Code page of files that are neither marked nor UTF-8"
    )


def read(path: Path, source: ContactsCsv, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Read a contact list in batches."""
    with open_csv(path, source.encoding, rows=rows) as table:
        yield from read_contacts(table, Layout(understand(table.header, source.key, source.columns)))


FORMAT = Format("contacts_csv", "Contact list as CSV or TSV, columns by header", ContactsCsv, read, holds="contacts")
