"""What is exported and imported into an empty project is there as it was."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.steps.publish import publish
from schemas.segment import Dialect, Segment
from tests.small_project import AS_OF, SmallProject, small_project

ATTRIBUTES: dict[str, Any] = {
    "account_id": {"type": "text", "exclusive": True},
    "remark": {"type": "text"},
    "tier": {"type": "dropdown", "values": ["gold", "silver; once gold"]},
    "seats": {"type": "number"},
    "signup_date": {"type": "date"},
    "newsletter": {"type": "boolean"},
}
SOURCES = {"back": {"format": "contacts_csv", "path": "landing/back/*.csv", "key": "contact_id"}}
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


def everybody(dialect: Dialect) -> Segment:
    return Segment.model_validate(
        {
            "segment": "everybody",
            "where": {"field": "contact_id", "op": "is_set"},
            "columns": [*COLUMNS, *(f"attr.{name}" for name in ATTRIBUTES)],
            "dialect": dialect,
        }
    )


def exported(project: SmallProject, dialect: Dialect) -> Path:
    publish(project.project, project.connection, everybody(dialect), project.run_id, AS_OF)
    return project.project.folder / "exports" / "everybody" / "contacts.csv"


def told(path: Path) -> list[list[str]]:
    """What an export says, but for the ids of the contacts."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sorted(row[1:] for row in csv.reader(file))


@pytest.mark.heavy
@pytest.mark.parametrize("dialect", Dialect)
def test_an_export_that_is_imported_into_an_empty_project_makes_the_same_contacts(
    tmp_path: Path, dialect: Dialect
) -> None:
    with small_project(tmp_path / "one", attributes=ATTRIBUTES) as one:
        landing = one.deliver("crm", "2026-06-01", "")
        with landing.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *people()])
        one.run()
        before = exported(one, dialect)
        with small_project(tmp_path / "two", attributes=ATTRIBUTES, sources=SOURCES) as two:
            arrived = two.project.folder / "landing" / "back" / "back-2026-06-02.csv"
            arrived.parent.mkdir(parents=True)
            shutil.copy(before, arrived)
            two.run()
            after = exported(two, dialect)
            [delivery] = two.rows("FROM delivery")
            assert (delivery["created"], delivery["rows_read"]) == (len(people()), len(people()))
            assert two.rows("SELECT code FROM problem") == []
        assert one.rows("SELECT code FROM problem") == []
    assert len(told(before)) == len(people()) + 1
    assert told(after) == told(before)
    assert (before.read_bytes().startswith(b"\xef\xbb\xbf")) is (dialect is Dialect.EXCEL)
