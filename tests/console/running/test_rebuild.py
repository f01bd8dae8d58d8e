import json
from pathlib import Path

import pytest

from console.cli import main
from pipelines.project import open_project
from tests.small_project import SmallProject, closed_starting_point


@closed_starting_point
def folder(made: SmallProject) -> None:
    """A closed project of two contacts after a run."""
    made.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com\n2,Ben Tal,ben@example.com")
    made.deliver("shop", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com")
    made.run()


def spoil(folder: Path) -> str:
    """Change a name behind our back; the id of the contact."""
    with open_project(folder).warehouse() as connection:
        [(contact_id,)] = connection.execute(
            "UPDATE contact SET name = 'Zacharias' WHERE name = 'Anna Berg' RETURNING contact_id"
        ).fetchall()
    return str(contact_id)


@pytest.mark.heavy
def test_an_equal_rebuild_is_told_and_ends_with_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rebuild", "--compare", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "3 records and 2 contacts: everything stored is what a rebuild gives" in said
    assert "nothing was changed" in said


def test_a_difference_is_told_by_table_and_id_and_ends_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contact_id = spoil(folder)
    assert main(["rebuild", "--compare", "--project", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "2 stored rows are not what a rebuild gives" in said
    assert contact_id in said
    assert "Zacharias" not in said
    assert "Anna" not in said


@pytest.mark.heavy
def test_a_program_is_told_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contact_id = spoil(folder)
    assert main(["rebuild", "--compare", "--json", "--project", str(folder)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["is_equal"], told["rows"], told["contacts_that_differ"]) == (False, 2, [contact_id])
    assert {"table": "contact", "stored": 2, "rebuilt": 2, "missing": 1, "surplus": 1} in told["tables"]


@pytest.mark.heavy
def test_what_waits_for_the_next_run_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = folder / "onecontact.yaml"
    settings.write_text(settings.read_text() + "\nmatching: {auto: 0.999999, review: 0.3}\n")
    assert main(["rebuild", "--compare", "--project", str(folder)]) == 0
    assert "3 records wait for the next run" in capsys.readouterr().out


@pytest.mark.heavy
def test_a_rebuild_puts_right_what_is_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(folder)
    assert main(["rebuild", "--project", str(folder)]) == 0
    assert "Rebuilt: 3 records are 2 contacts" in capsys.readouterr().out
    assert main(["rebuild", "--compare", "--project", str(folder)]) == 0
    assert main(["rebuild", "--json", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert json.loads(said[said.index("{") :])["changes"]["changed"] == 0
