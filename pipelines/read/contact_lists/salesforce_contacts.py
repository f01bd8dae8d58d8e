"""Contacts and leads exported from Salesforce: by Data Loader or Data Export, or as a report.

A row of a deleted record is no contact. If it says into which record it was merged, that is a decision of the source.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines.read.contact_lists.own_columns import (
    aliases,
    left_out,
    meanings_of,
    middle_names,
    opened,
    places,
    with_middle_names,
)
from pipelines.read.contact_lists.report_footer import without_footer
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.tables.contact_table import Layout, batch_of, of
from pipelines.read.tables.system_headers import system_of
from schemas.contact_list import ContactTable
from schemas.error_codes import ErrorCode

IDS = ("id", "contact id", "lead id", "contact id 18", "case safe id")
MIDDLE = ("middle name", "middlename")
COLUMNS = {
    **dict.fromkeys(IDS, "record_id"),
    **dict.fromkeys(MIDDLE, "ignore"),
    **aliases(
        {
            "name": "Name|Full Name",
            "first_name": "First Name|FirstName",
            "last_name": "Last Name|LastName",
            "phone": "Phone|Mobile|MobilePhone|Mobile Phone|HomePhone|Home Phone|OtherPhone|Other Phone|Business Phone",
            "email": "Email",
            "notes": "Description|Contact Description|Lead Description",
            "observed_at": "LastModifiedDate|Last Modified Date|SystemModstamp",
            "attr.salutation": "Salutation",
            "attr.company": "Account Name|Company|Company / Account|Account.Name",
            "attr.job_title": "Title",
            "attr.department": "Department",
            "attr.birthday": "Birthdate",
            "attr.lead_source": "LeadSource|Lead Source",
            "attr.street": "MailingStreet|Mailing Street|Street",
            "attr.city": "MailingCity|Mailing City|City",
            "attr.region": "MailingState|Mailing State|Mailing State/Province|State|State/Province",
            "attr.postcode": "MailingPostalCode|Mailing Zip/Postal Code|PostalCode|Zip/Postal Code",
            "attr.country": "MailingCountry|Mailing Country|Country",
            "attr.email_opt_out": "HasOptedOutOfEmail|Email Opt Out",
            "attr.do_not_call": "DoNotCall|Do Not Call",
            "ignore": "IsDeleted|Deleted|MasterRecordId|Master Record ID|Fax|AssistantPhone|Asst. Phone|AssistantName"
            "|Assistant|attributes",
        }
    ),
}
YES = ("1", "true")
DELETED = ("isdeleted", "deleted")
MASTER = ("masterrecordid", "master record id")
API = ("isdeleted", "masterrecordid", "systemmodstamp", "lastmodifieddate", "createdbyid", "accountid", "ownerid")
REPORT = ("account name", "contact owner", "lead owner", "company / account", "mailing city", "mailing street")
SHORT_ID = "^[A-Za-z0-9]{15}$"
CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
GUIDE = """\
Export the *Contact* or *Lead* object with Data Loader (*Export All* also gives the records that were deleted or
merged), with *Data Export* in the setup, or run a report and choose *Export*, *Details Only*, as CSV. A *Formatted
Report* has its title above the header and cannot be read. UTF-8 and other code pages are told apart.

**What is read.** `Id` (in a report: *Contact ID* or *Lead ID*) as the key; 15 characters, which differ by case, and the
18 of the same id are one key. Names, `Email`, all phones but fax and assistant's, `Description` as notes,
`LastModifiedDate` as the time the record was last changed. These become attributes if the project defines them:
`salutation`, `company`, `job_title`, `department`, `birthday`, `lead_source`, `street`, `city`, `region`, `postcode`,
`country`, `email_opt_out`, `do_not_call`; any other field by its own header.

**Merged records.** A row with `IsDeleted` and a `MasterRecordId` says that somebody merged this record into another in
Salesforce. It is no contact: it ties what an earlier export said of the one record to the other, whatever their names.

**What is not.** Deleted records without a master (`ROW_DELETED`), and the lines below a report: totals, copyright, who
made it and when (`ROW_FOOTER`). Dates of a report are as its user's country writes them: set `locale` of the source.
*Data Export* writes times in UTC without saying so: set `timezone: UTC`.
"""


class SalesforceContacts(ContactTable):
    """Options of an export from Salesforce."""

    format: Literal["salesforce_contacts"] = "salesforce_contacts"


def read(path: Path, source: SalesforceContacts, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Read an export from Salesforce in batches."""
    with opened(path, source, rows) as table:
        header = table.header
        meanings = meanings_of(header, source, COLUMNS)
        keys = [column for column in places(header, IDS.__contains__) if column in of(meanings, "record_id")]
        layout = Layout(
            meanings, tidy=lambda cells: cells.with_columns(long_id(pl.col(column)).alias(column) for column in keys)
        )
        gone, merged = fate_of(header, keys)
        middle = middle_names(header, source, MIDDLE)
        for each in without_footer(table, rows):
            merges = each.cells.select("row", "line", merged).unnest("merged").drop_nulls("into")
            living = each._replace(cells=each.cells.join(merges, on="row", how="anti", maintain_order="left"))
            living = left_out(
                living, header, gone, ErrorCode.ROW_DELETED, "nothing: the record is deleted at its source"
            )
            batch = batch_of(header, living, layout)
            yield batch._replace(
                contacts=with_middle_names(batch.contacts, living.cells, middle),
                merges=merges,
                original=each.cells.drop("line").rename(
                    {f"c{place}": f"c.{name}" for place, name in enumerate(header)}
                ),
            )


def fate_of(header: Sequence[str], keys: Sequence[str]) -> tuple[pl.Expr, pl.Expr]:
    """Whether a row is of a deleted record; and `merged`: its `record_id` and the one it was merged `into`, or null.

    `keys` are the columns of the record's own id.
    """
    cell = {
        name: pl.col(column).str.strip_chars().replace("", None)
        for name in (*DELETED, *MASTER)
        for column in places(header, name.__eq__)
    }
    said = [cell[name].str.to_lowercase().is_in(YES) for name in DELETED if name in cell]
    masters = [long_id(cell[name]) for name in MASTER if name in cell]
    gone = pl.any_horizontal(said).fill_null(value=False) if said else pl.lit(value=False)
    nobody = pl.lit(None, pl.String)
    own = pl.coalesce(long_id(pl.col(key).str.strip_chars().replace("", None)) for key in keys) if keys else nobody
    into = pl.coalesce(masters) if masters else nobody
    into = pl.when(gone & (own != into)).then(into)
    return gone, pl.struct(record_id=pl.when(into.is_not_null()).then(own), into=into).alias("merged")


def long_id(written: pl.Expr) -> pl.Expr:
    """Ids of 15 characters as those of 18: each five are followed by one that tells which of them are capitals.

    https://help.salesforce.com/s/articleView?id=000385585
    """

    def check(start: int) -> pl.Expr:
        capitals = (
            written.str.slice(start + place, 1).str.contains("[A-Z]").cast(pl.UInt8) * 2**place for place in range(5)
        )
        return pl.sum_horizontal(capitals).replace_strict(dict(enumerate(CHECKS)), return_dtype=pl.String)

    long = pl.concat_str(written, *(check(start) for start in (0, 5, 10)))
    return pl.when(written.str.contains(SHORT_ID)).then(long).otherwise(written)


def detects(sample: Sample) -> float:
    """A table with the names that Salesforce gives fields, or with its id and the labels of a report."""
    names = set(sample.header)
    if system_of(sample.header):
        return 0.0
    if "id" in names and len(names & set(API)) > 1:
        return 0.95
    return 0.9 if names & {"contact id", "lead id"} and names & set(REPORT) else 0.0


FORMAT = Format(
    "salesforce_contacts",
    "Contacts and leads of Salesforce (Data Loader, Data Export, report as CSV)",
    SalesforceContacts,
    read,
    holds="contacts",
    detects=detects,
    guide=GUIDE,
)
