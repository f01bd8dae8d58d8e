"""The two exports of the CRM and the one of Chatwoot, as CSV."""

import csv
import io
from collections.abc import Iterable
from typing import Literal

from examples.nordlicht.people import Person, Row, cells, load

CRM_COLUMNS = {
    "id": "Record ID",
    "first": "First Name",
    "last": "Last Name",
    "email": "Email",
    "phone": "Phone Number",
    "handy": "Handy",
    "account": "Customer no",
    "tier": "Tier",
    "region": "Region",
    "signup": "Signup date",
    "seats": "Seats",
    "newsletter": "Newsletter",
    "tags": "Tags",
    "facebook": "Facebook chat",
    "notes": "Notes",
    "modified": "Last Modified",
}
CHATWOOT_COLUMNS = {"id": "id", "name": "name", "email": "email", "phone": "phone_number", "identifier": "identifier"}
EXPORTED_TWICE = "2101"


def first_crm_export(people: list[Person]) -> bytes:
    """What Excel makes of the CRM: byte order mark, `sep=` line, semicolons, one row twice, some rows beyond repair."""
    kept = {record_id: crm_cells(record_id, row) for person in people for record_id, row in person.crm.items()}
    spoilt = {row["id"]: spoilt_cells(row) for row in load("refused.toml")["row"]}
    in_order = [row for _, row in sorted((kept | spoilt).items(), key=lambda item: int(item[0]))]
    rows = [list(CRM_COLUMNS.values()), *in_order, kept[EXPORTED_TWICE]]
    return ("\ufeffsep=;\r\n" + csv_text(rows, delimiter=";", quoting=csv.QUOTE_MINIMAL, ending="\r\n")).encode()


def second_crm_export(people: list[Person]) -> bytes:
    """What the CRM itself writes: commas, every cell quoted, only rows somebody touched or looked at."""
    rows = {record_id: crm_cells(record_id, row) for person in people for record_id, row in person.crm_later.items()}
    in_order = [row for _, row in sorted(rows.items(), key=lambda item: int(item[0]))]
    return csv_text([list(CRM_COLUMNS.values()), *in_order], delimiter=",", quoting=csv.QUOTE_ALL, ending="\n").encode()


def chatwoot_export(people: list[Person]) -> bytes:
    """The contact export of Chatwoot."""
    rows = {contact_id: row | {"id": contact_id} for person in people for contact_id, row in person.chatwoot.items()}
    in_order = [row for _, row in sorted(rows.items(), key=lambda item: int(item[0]))]
    table = [list(CHATWOOT_COLUMNS.values()), *([row.get(name, "") for name in CHATWOOT_COLUMNS] for row in in_order)]
    return csv_text(table, delimiter=",", quoting=csv.QUOTE_MINIMAL, ending="\n").encode()


def crm_cells(record_id: str, row: Row) -> list[str]:
    """A row of the CRM in the order of its columns."""
    full = row | {"id": record_id}
    return [full.get(name, "") for name in CRM_COLUMNS]


def spoilt_cells(facts: dict[str, Row]) -> list[str]:
    """A row that has to be refused; an unquoted semicolon makes two cells of one."""
    groups = {name: group for name, group in facts.items() if isinstance(group, dict)}
    row = crm_cells(str(facts["id"]), cells(groups))
    return [part for cell in row for part in (cell.split(";") if facts.get("unquoted") else [cell])]


def csv_text(rows: Iterable[list[str]], *, delimiter: str, quoting: Literal[0, 1], ending: str) -> str:
    """Rows as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=ending).writerows(rows)
    return text.getvalue()
