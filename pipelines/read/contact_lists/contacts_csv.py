"""Contact lists as CSV or TSV, from any system: columns are known by their header or by `columns:`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.csv.rows import open_csv
from pipelines.read.tables.contact_table import IDENTIFIERS, layout_of, read_contacts
from pipelines.read.tables.header_words import MEANINGS
from pipelines.read.tables.refusals import NAMES
from schemas.contact_list import ContactTable

TABLES = (".csv", ".tsv")
GUIDE = """\
Any list with a header row and one contact a row, from whatever system: CRM, shop, newsletter, spreadsheet. UTF-8 is
best; UTF-16 is known by its mark, and any other code page is named in `encoding`: the refusal of a file says which it
may be in. The delimiter (`,` `;` tab `|`), a
`sep=` line and a header below a title are found by themselves; `header_row` names the line of any other header. Of a
workbook, see [contacts_xlsx](contacts_xlsx.md).

**What is read.** A column is known by its header, without regard to case, spaces, `-` and `_`: the usual names of
names, phone numbers, e-mail addresses, ids, tags and notes are known in several languages; any other header that is the
name of an attribute means that attribute, and `attr.` before it always does: `attr.sms` is an attribute `sms`, `SMS` a
number; for the rest, say in `columns` what it means: `name`, `first_name`, `last_name`, `phone`, `email`, `wa_id`,
`messenger_thread`, `external_id`, `tags`, `notes`, `record_id`, `observed_at` (when the source last changed the row),
`channel`, an attribute, or `ignore`. Several phones, addresses or tags in a cell are parted by `;` (addresses and tags
also by `,`). A blank cell says nothing; `\\N` says "this is now empty".

**Which name.** In a list that has given names and no other family names, a column called `Name` or `Naam` is the family
name (`Name;Vorname`), unless most of its cells hold a given name of the list as well (`Karl Weber` beside `Karl`).
`onecontact check` says how each column is read.

**Systems.** The exports of ActiveCampaign, Brevo, EspoCRM, Freshdesk, Front, Intercom, Klaviyo, Mailchimp, Odoo,
Pipedrive, Shopify, Stripe, SuiteCRM, Twenty, WooCommerce, Zendesk and Zoho are known by their headers: ids, names,
phones, e-mail addresses, tags and notes; company and postal address become attributes, and so does what somebody has
agreed to (`email_opt_in`, `email_opt_out`, `sms_opt_in`), if the project defines them. Who looks after a contact is
left out.

**What is not.** Columns that mean nothing here, which the run names; those whose header begins with `_`, unless `key`
or `columns` names them. Rows that do not fit the header are refused and given back; blank cells at
their end may be missing or too many.

Say in `key` which column is the system's own id of a record, if it is not called `id`, `record id` or the like: it
tells a changed row from a new one. Without an id, a record is known by its phone numbers and addresses.
"""


class ContactsCsv(ContactTable):
    """Options of a contact list."""

    format: Literal["contacts_csv"] = "contacts_csv"


def read(path: Path, source: ContactsCsv, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Read a contact list in batches."""
    with open_csv(path, source.encoding, header_row=source.header_row, rows=rows) as table:
        yield from read_contacts(table, layout_of(table.header, source.key, source.told()))


def detects(sample: Sample) -> float:
    """A table in which a header says who a row is about; less sure than a format that knows all of its headers.

    A file that calls itself a table may be one even if none of its headers is known: somebody can say what they mean.
    """
    known = [MEANINGS[name] for name in sample.header if name in MEANINGS]
    if not sample.members and set(known) & {*NAMES, *IDENTIFIERS}:
        return 0.3 + 0.3 * len(known) / len(sample.header)
    return 0.1 if len(sample.header) > 1 and sample.name.lower().endswith(TABLES) else 0.0


FORMAT = Format(
    "contacts_csv",
    "Contact list as CSV or TSV, columns by header",
    ContactsCsv,
    read,
    holds="contacts",
    detects=detects,
    guide=GUIDE,
)
