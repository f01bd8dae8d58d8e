"""Contacts exported from HubSpot, by the labels of its properties or by their internal names."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines.read.contact_lists.own_columns import Tidy, aliases, meanings_of, opened, places
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.tables.contact_table import Layout, read_contacts
from pipelines.read.tables.system_headers import system_of
from schemas.contact_list import ContactTable

COLUMNS = aliases(
    {
        "record_id": "Record ID|hs_object_id|Record ID - Contact",
        "first_name": "First Name|firstname",
        "last_name": "Last Name|lastname",
        "email": "Email|Additional email addresses|hs_additional_emails|Work email|work_email",
        "phone": "Phone Number|phone|Mobile Phone Number|mobilephone",
        "wa_id": "WhatsApp Phone Number|hs_whatsapp_phone_number",
        "observed_at": "Last Modified Date|lastmodifieddate",
        "attr.company": "Associated Company|Company Name|company|Primary Associated Company",
        "attr.job_title": "Job Title|jobtitle",
        "attr.lead_status": "Lead Status|hs_lead_status",
        "attr.lifecycle_stage": "Lifecycle Stage|lifecyclestage",
        "attr.owner": "Contact owner|hubspot_owner_id",
        "attr.birthday": "Date of birth|date_of_birth",
        "attr.street": "Street Address|address",
        "attr.city": "City",
        "attr.region": "State/Region|state",
        "attr.postcode": "Postal Code|zip",
        "attr.country": "Country/Region|country",
        "attr.website": "Website URL|website",
        "attr.create_date": "Create Date|createdate",
        "attr.last_activity_date": "Last Activity Date|notes_last_updated",
        "ignore": "Associated Company IDs|Calculated Phone Number with country code|hs_calculated_phone_number"
        "|Calculated Mobile Number with country code|hs_calculated_mobile_number",
    }
)
# Headers that stand beside a record id in HubSpot and nowhere else.
OWN = aliases(
    {
        "": "Lifecycle Stage|lifecyclestage|Lead Status|hs_lead_status|Marketing contact status|hs_marketable_status"
        "|Contact owner|hubspot_owner_id|Associated Company|Last Activity Date|Create Date"
    }
)
MILLISECONDS = r"^[0-9]{12,13}$"
GUIDE = """\
In HubSpot open *Contacts*, choose *Export*, then CSV or XLSX, with the labels or the internal names of the properties.
*Include all properties* is not needed: the columns of a view are enough if *Record ID* is among them.

**What is read.** *Record ID* as the key, names, *Email* and the additional addresses, *Phone Number*, *Mobile Phone
Number* and *WhatsApp Phone Number*, *Last Modified Date* as the time the record was last changed. These become
attributes if the project defines them: `company`, `job_title`, `lead_status`, `lifecycle_stage`, `owner`, `birthday`,
`street`, `city`, `region`, `postcode`, `country`, `website`, `create_date`, `last_activity_date`; any other property by
its own header. To make tags of a property with several choices, which HubSpot parts by `;`, say
`columns: {Interests: tags}`.

**What is not.** Ids of companies, and numbers that HubSpot has worked out by itself. HubSpot writes times without a
zone, as the person who exported them saw them: set `timezone` if that is not the project's. Times in milliseconds, as
exports with internal names have them, are read as such.
"""


class HubspotContacts(ContactTable):
    """Options of an export from HubSpot."""

    format: Literal["hubspot_contacts"] = "hubspot_contacts"


def read(path: Path, source: HubspotContacts, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Read an export from HubSpot in batches."""
    with opened(path, source, rows) as table:
        layout = Layout(meanings_of(table.header, source, COLUMNS), tidy=tidied(table.header))
        yield from read_contacts(table, layout)


def tidied(header: Sequence[str]) -> Tidy:
    """Cells in which no date is a number of milliseconds."""
    dates = places(header, lambda name: "date" in name or "birth" in name)

    def tidy(cells: pl.DataFrame) -> pl.DataFrame:
        return cells.with_columns(
            pl.when(pl.col(column).str.contains(MILLISECONDS))
            .then(
                pl.from_epoch(pl.col(column).cast(pl.Int64, strict=False), "ms").dt.to_string("%Y-%m-%dT%H:%M:%S%.3fZ")
            )
            .otherwise(column)
            .alias(column)
            for column in dates
        )

    return tidy


def detects(sample: Sample) -> float:
    """A table with HubSpot's record id and what its contacts have beside it."""
    names = set(sample.header)
    if system_of(sample.header):
        return 0.0
    if "hs object id" in names or any(name.startswith("hs ") for name in names & COLUMNS.keys()):
        return 0.95
    return 0.9 if "record id" in names and names & OWN.keys() else 0.0


FORMAT = Format(
    "hubspot_contacts",
    "Contact export of HubSpot (CSV, XLSX)",
    HubspotContacts,
    read,
    holds="contacts",
    detects=detects,
    guide=GUIDE,
)
