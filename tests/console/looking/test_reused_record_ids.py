"""A source has given the record id of Anna, who is blocked, to Zoe: whom the id means is said."""

import json
from pathlib import Path

import pytest

from console.cli import main
from pipelines.decide.block import block
from tests.deciding import ruling
from tests.small_project import SmallProject, closed_starting_point, reopened

pytestmark = pytest.mark.heavy


@closed_starting_point
def folder(project: SmallProject) -> None:
    """Anna Berg was crm:4 until February 5, when Zoe Tal became it."""
    project.deliver("crm", "2026-01-05", "id,name,phone\n4,Anna Berg,0151 23456781\n5,Ida Brandt,0151 23456783")
    project.run()
    block(project.project, project.connection, project.contact_of("crm:4"), ruling(1))
    project.deliver("crm", "2026-02-05", "id,name,phone\n4,Zoe Tal,0151 23456792")
    project.run()


@pytest.fixture
def ids(folder: Path) -> dict[str, str]:
    """Ids of the contacts by name."""
    with reopened(folder) as project:
        return {each["name"]: each["contact_id"] for each in project.rows("SELECT name, contact_id FROM contact")}


def said(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main([*words, "--project", str(folder)]) == 0
    return capsys.readouterr().out


def test_both_are_told_which_record_id_it_was_and_since_when(
    folder: Path, ids: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    anna, zoe = ids["Anna Berg"], ids["Zoe Tal"]
    [moved, now] = said(folder, capsys, "show", anna, "--why", "id").splitlines()
    assert moved.endswith(f"{zoe} was given its record id crm:4")
    assert now == f"  crm:4 means {zoe} since 2026-02-05 00:00, by its source; before, this contact"
    [moved, now] = said(folder, capsys, "show", zoe, "--why", "id").splitlines()
    assert moved.endswith(f"was given crm:4, a record id that {anna} had had")
    assert now == f"  crm:4 means this contact since 2026-02-05 00:00, by its source; before, {anna}"
    [move] = json.loads(said(folder, capsys, "show", anna, "--why", "id", "--json"))
    assert move["records"] == [{"record": "crm:4", "since": "2026-02-05T00:00:00+00:00"}]


def test_whoever_asks_by_the_record_id_is_told_whose_it_was(
    folder: Path, ids: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    anna = ids["Anna Berg"][:8]
    before = f"crm:4 was the id of somebody else before: Anna Berg ({anna}). About them: onecontact"
    assert said(folder, capsys, "decisions", "crm:4").splitlines() == [
        "Nothing was decided about this contact yet.",
        f"{before} decisions {anna}",
    ]
    assert said(folder, capsys, "show", "crm:4").endswith(f"{before} show {anna}\n")
    assert "blocked" in said(folder, capsys, "decisions", anna)
    [former] = json.loads(said(folder, capsys, "show", "crm:4", "--json"))["former_bearers"]
    assert former["name"] == "Anna Berg"


def test_of_an_id_that_was_nobody_elses_nothing_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "somebody else" not in said(folder, capsys, "show", "crm:5")
    assert said(folder, capsys, "show", "crm:5", "--why", "id").endswith("has never changed.\n")
