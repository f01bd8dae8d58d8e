"""What is exported and imported into an empty project is there as it was."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.steps.publish import publish
from schemas.segment import Segment
from tests.small_project import AS_OF, SmallProject, small_project

ATTRIBUTES: dict[str, Any] = {
    "account_id": {"type": "text", "exclusive": True},
    "remark": {"type": "text"},
    "tier": {"type": "dropdown", "values": ["gold", "silver; once gold"]},
    "seats": {"type": "number"},
    "signup_date": {"type": "date"},
    "newsletter": {"type": "boolean"},
}
HEADER = ["id", "first_name", "last_name", "phone", "email", "tags", *ATTRIBUTES]
PEOPLE = r"""
1|Jane|Doe|+442079460123; 030 901820|jane@example.com; doe@example.org|vip; press|C-1||gold|12|2025-04-03|yes
2|Ann "Annie"|O'Neil, née Other|+12025550134|ann@example.com|a\, b; c\;d; e\\f; '=x|00123|=1+1|silver; once gold|1.1250|
3|'t|Hooft|+49 30 901821||=cmd|123456789012345678|''=1+1||-1.1250|2025-12-31|
4|'=Joe|Bloggs Jr.||joe@example.com||'\N| -1+2||-5||0
5||||nobody.known@example.net||-7|'@x||1234567.891|1999-01-01|no
6|Zoë|Łukasz-Ünal|+39 06 698 12345|zoe@example.com|日本; ＝x|1E5|line~break||0.125||
"""
COLUMNS = ["contact_id", "name", "first_name", "last_name", "phone", "email", "phones", "emails", "tags"]


def people() -> list[list[str]]:
    """The cells of PEOPLE, in which `~` breaks a line."""
    lines = (line.replace("~", "\n").split("|") for line in PEOPLE.strip().splitlines())
    return [cells + [""] * (len(HEADER) - len(cells)) for cells in lines]


def exported(project: SmallProject, columns: list[str] | None = None, **said: Any) -> Path:
    segment = Segment.model_validate(
        {
            "segment": "everybody",
            "where": {"field": "contact_id", "op": "is_set"},
            "columns": columns or [*COLUMNS, *(f"attr.{name}" for name in ATTRIBUTES)],
        }
        | said
    )
    made = publish(project.project, project.connection, segment, project.run_id, AS_OF)
    return project.project.folder / "exports" / "everybody" / made.file


def told(project: SmallProject, columns: list[str] | None = None) -> list[list[str]]:
    """What a plain CSV says of all contacts, but for their ids."""
    with exported(project, columns).open(encoding="utf-8", newline="") as file:
        return sorted(row[1:] for row in csv.reader(file))


FORMATS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str] | None]] = {  # segment, source, columns
    "csv": ({}, {"format": "contacts_csv"}, None),
    "excel_csv": ({"format": "excel_csv"}, {"format": "contacts_csv"}, None),
    "excel_csv in German": (
        {"format": "excel_csv", "locale": "de_DE"},
        {"format": "contacts_csv", "locale": "de_DE"},
        None,
    ),
    "xlsx": ({"format": "xlsx"}, {"format": "contacts_xlsx"}, None),
    "vcard": (
        {"format": "vcard"},
        {"format": "vcard", "columns": {"company": "remark", "birthday": "signup_date"}},
        [
            "contact_id",
            "name",
            "first_name",
            "last_name",
            "phones",
            "emails",
            "tags",
            "attr.remark",
            "attr.signup_date",
        ],
    ),
}


@pytest.mark.heavy
@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_that_is_imported_into_an_empty_project_makes_the_same_contacts(tmp_path: Path, kind: str) -> None:
    said, source, columns = FORMATS[kind]
    attributes = ATTRIBUTES
    if kind == "vcard":
        roles = {"remark": {"role": "company"}, "signup_date": {"role": "date_of_birth"}}
        attributes = {name: each | roles.get(name, {}) for name, each in ATTRIBUTES.items()}
        # Read from a card, who has no name is called as their company, and an apostrophe before a formula is taken off.
        there = [row for row in people() if row[0] in "146"]
    else:
        source, there = source | {"key": "contact_id"}, people()
    sources = {"back": {"path": "landing/back/*"} | source}
    with small_project(tmp_path / "one", attributes=attributes) as one:
        landing = one.deliver("crm", "2026-06-01", "")
        with landing.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *there])
        one.run()
        made = exported(one, columns, **said)
        with small_project(tmp_path / "two", attributes=attributes, sources=sources) as two:
            arrived = two.project.folder / "landing" / "back" / f"back-2026-06-02{made.suffix}"
            arrived.parent.mkdir(parents=True)
            shutil.copy(made, arrived)
            two.run()
            after = told(two, columns)
            [delivery] = two.rows("FROM delivery")
            assert (delivery["created"], delivery["rows_read"]) == (len(there), len(there))
            assert two.rows("SELECT code FROM problem") == []
        before = told(one, columns)
        assert one.rows("SELECT code FROM problem") == []
    assert len(before) == len(there) + 1
    assert after == before
