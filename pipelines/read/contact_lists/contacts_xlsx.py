"""Contact lists as Excel workbooks (.xlsx): columns are known by their header or by `columns:`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipelines.read.contact_lists.open_table import open_table
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.tables.contact_table import IDENTIFIERS, layout_of, read_contacts
from pipelines.read.tables.header_words import MEANINGS
from pipelines.read.tables.refusals import NAMES
from schemas.contact_list import ContactTable

WORKBOOK = "xl/workbook.xml"
GUIDE = """\
Any sheet with a header row and one contact a row, from Excel 2007 or later, or saved as .xlsx from LibreOffice, Numbers
or Google Sheets (*File*, *Download*, *Microsoft Excel*). A workbook with a password and an old .xls are refused: save
them as .xlsx without one.

Give the source a path such as `landing/crm/*` and not `*.xlsx`: refused rows come back as a CSV, which is corrected and
dropped in the same place.

**What is read**: the sheet that `sheet` names, or else the first one that is not hidden and has content. Its first row
with content is the header, or the one below a title, or the row that `header_row` names; columns mean what they mean in
[contacts_csv](contacts_csv.md). Hidden rows and columns are
read as well. Dates and times are read as such, whatever their format on the screen; of a formula, the value that Excel
has stored.

**What is not**: other sheets, comments, colours, and the cells that a merged one covers. A formula that Excel has never
calculated has no value and is read as its own text: open the workbook in Excel and save it.

**Phone numbers** are safest as text. One typed as a number keeps its digits, though not a zero or `+` in front; one
with so many digits that Excel has cut it is refused.
"""


class ContactsXlsx(ContactTable):
    """Options of a contact list in a workbook."""

    format: Literal["contacts_xlsx"] = "contacts_xlsx"
    sheet: str | None = Field(default=None, description="Name of the sheet, if not the first one with content")


def read(path: Path, source: ContactsXlsx, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Read a sheet in batches, or its refused rows, which come back as a CSV."""
    opened = open_table(
        path, source.encoding, source.sheet, locale=source.locale, header_row=source.header_row, rows=rows
    )
    with opened as table:
        yield from read_contacts(table, layout_of(table.header, source.key, source.told()))


def detects(sample: Sample) -> float:
    """A workbook; surer the more its headers say who a row is about."""
    if WORKBOOK not in sample.members:
        return 0.0
    known = [MEANINGS[name] for name in sample.header if name in MEANINGS]
    return 0.3 + 0.3 * len(known) / len(sample.header) if set(known) & {*NAMES, *IDENTIFIERS} else 0.1


FORMAT = Format(
    "contacts_xlsx",
    "Contact list as Excel workbook (.xlsx), columns by header",
    ContactsXlsx,
    read,
    holds="contacts",
    detects=detects,
    guide=GUIDE,
)
