import json
from pathlib import Path

import pytest

from console.cli import main
from console.terminal.exit_codes import FAILED, OK, WRONG
from tests.small_project import SETTINGS, small_project

PEOPLE = "id,name\n1,Zacharias Quittenbaum\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed project with one archived delivery."""
    crm = SETTINGS["sources"]["crm"] | {"after_import": "archive"}
    with small_project(tmp_path / "p", sources={"crm": crm}) as made:
        made.deliver("crm", "2026-06-01", PEOPLE, "crm-quittenbaum.csv")
        made.receive()
    return made.project.folder


def delivery(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    main(["archive", "list", "--json", "--project", str(folder)])
    [kept] = json.loads(capsys.readouterr().out)
    return str(kept["delivery_id"])


def test_what_is_archived_is_listed_without_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["archive", "list", "--project", str(folder)]) == OK
    said = capsys.readouterr().out
    assert "crm" in said
    assert "quittenbaum" not in said


def test_a_delivery_comes_back_to_its_owner_only(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "back.csv"
    asked = ["archive", "get", delivery(folder, capsys)[:8], "--to", str(to), "--project", str(folder)]
    assert main(asked) == OK
    assert to.read_text() == PEOPLE
    assert to.stat().st_mode & 0o777 == 0o600
    capsys.readouterr()
    assert main(asked) == WRONG  # nothing is written over
    assert f"--to {to} exists already: name another file" in capsys.readouterr().err


def test_what_cannot_be_had_back_leaves_no_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "back.csv"
    assert main(["archive", "get", "ffffffff", "--to", str(to), "--project", str(folder)]) == FAILED
    assert "no delivery is archived" in capsys.readouterr().err
    assert not to.exists()


def test_where_to_has_to_be_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["archive", "get", "ffffffff", "--project", str(folder)]) == WRONG
    assert "--to FILE" in capsys.readouterr().err
