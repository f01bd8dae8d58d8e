"""Nothing of a person is in what cannot be erased: events, leaves, seals, files."""

from pathlib import Path

import pytest

from pipelines.audit.events import DETAILS
from pipelines.decide.annotate import note, tag
from pipelines.decide.edit import edit
from pipelines.decide.merge import merge
from tests.deciding import ruling
from tests.small_project import SmallProject, reopened, small_project

CANARIES = ("kanarie", "vogel", "1713929999", "geheim", "3090189999", "flieder")
ERASABLE = ("audit_salt", "audit_value")


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A person whose every value is searched for, in a list, a chat, a refused row and decisions."""
    folder = tmp_path / "small"
    with small_project(folder) as project:
        project.deliver(
            "crm",
            "2026-01-01",
            """id,name,phone,email,tier,tags,notes
            1,Kanarie Vogel,+49 171 3929999,kanarie@vogel.example,gold,geheim,geheim
            2,K. Vogel,+49 30 90189999,,,,
            3,,,kanarie@@vogel,platinum,,""",
        )
        project.chat("+49 171 3929999", "2026-06-01 10:00 Kanarie: geheim")
        project.run()
        contact = project.contact_of("crm:1")
        tag(project.project, project.connection, contact, "flieder", ruling(1, "geheim, said Kanarie"))
        note(project.project, project.connection, contact, "Kanarie calls", ruling(2, "geheim"))
        edit(project.project, project.connection, contact, "phone", "+49 30 90189999", ruling(3, "Kanarie"))
        others = [contact, project.contact_of("crm:2")]
        merge(project.project, project.connection, others, ruling(4, "Kanarie Vogel"), primary=contact)
    return folder


def test_no_value_of_a_person_is_in_events_leaves_seals_or_files(canary: Path) -> None:
    with reopened(canary) as project:
        tables = [each["t"] for each in project.rows("SELECT table_name AS t FROM duckdb_tables()")]
        trail = sorted(name for name in tables if name.startswith("audit_") and name not in ERASABLE)
        assert trail == ["audit_event", "audit_leaf", "audit_seal", "audit_verification"]
        said = "".join(str(project.rows(f"FROM {name}")) for name in trail).lower()
        assert project.rows("SELECT count(*) AS n FROM audit_event")[0]["n"] > 8
    files = [*(canary / ".onecontact" / "audit").rglob("*"), *(canary / ".onecontact" / "keys").glob("*.pub")]
    said += "".join(each.read_text() for each in files if each.is_file()).lower()
    assert [each for each in CANARIES if each in said] == []


def test_what_can_be_erased_holds_the_values_that_were_replaced(canary: Path) -> None:
    with reopened(canary) as project:
        assert "1713929999" in str(project.rows("FROM audit_value"))


def test_no_detail_of_an_event_is_called_like_something_of_a_person() -> None:
    assert DETAILS.isdisjoint(
        {"name", "phone", "email", "value", "before", "after", "text", "title", "reason", "file_name"}
    )


def test_the_names_of_fields_are_all_that_is_said_of_attributes(canary: Path) -> None:
    def fields(project: SmallProject) -> set[str]:
        rows = project.rows("SELECT DISTINCT unnest(fields) AS field FROM audit_event WHERE object_type = 'contact'")
        return {each["field"] for each in rows}

    with reopened(canary) as project:
        assert {"attr.tier", "tags", "phone", "identifier.phone"} <= fields(project)
