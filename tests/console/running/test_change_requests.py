"""Change requests on the command line: a template, a check, and a run that grants them."""

import csv
import json
from pathlib import Path

import pytest

from console.cli import main
from pipelines.landing import arrivals

LIST = "name,phone,email\nAnna Berg,+49 30 90182001,anna@example.com\nBen Tal,+49 30 90182002,ben@example.com\n"
ASKED = """\
decision,contact,value,reason,by
block,anna@example.com,,asked us to stop,Ina
tag,nobody@example.com,vip,fair,Ina
"""


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["init", str(tmp_path / "shop")]) == 0
    capsys.readouterr()
    return tmp_path / "shop"


def asked(folder: Path, text: str = ASKED) -> Path:
    path = folder / arrivals.REQUESTED / "asked-2026-06-01.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_template_shows_every_decision_and_is_skipped_as_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "requests.csv"
    assert main(["template", "--decisions", "--project", str(folder), "--to", str(path)]) == 0
    assert "put it into landing/decisions/" in capsys.readouterr().out
    with path.open(encoding="utf-8-sig", newline="") as file:
        kinds = {row["decision"] for row in csv.DictReader(file)}
    assert len(kinds) == 13
    assert "| `" not in (folder / "requests.dictionary.md").read_text(encoding="utf-8")
    assert main(["check", str(path), "--project", str(folder), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["source"], said["outcomes"]["skipped"], said["outcomes"]["rejected"]) == ("decisions", 13, 0)


def test_a_template_is_for_a_source_or_for_decisions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "--decisions", "--source", "contacts", "--project", str(folder)]) == 2
    assert "exclude each other" in capsys.readouterr().err


def test_requests_are_told_from_lists_wherever_they_lie(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "somewhere.csv"
    path.write_text("decision,contact,reason,by\nblock,anna@example.com,x,Ina\n", encoding="utf-8")
    assert main(["check", str(path), "--project", str(folder)]) == 5
    said = capsys.readouterr().out
    assert "CONTACT_UNKNOWN" in said
    assert "put it where landing/decisions/* finds it" in said


def test_a_source_may_not_be_called_as_change_requests_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = folder / "onecontact.yaml"
    text = settings.read_text(encoding="utf-8").replace("  contacts:", "  decisions:", 1)
    settings.write_text(text, encoding="utf-8")
    assert main(["status", "--project", str(folder)]) == 2
    assert "sources.decisions: is a source that every project has already" in capsys.readouterr().err


@pytest.mark.heavy
def test_a_run_grants_what_is_asked_of_contacts_that_come_with_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "landing" / "contacts" / "list.csv").write_text(LIST, encoding="utf-8")
    asked(folder)
    assert main(["run", "--project", str(folder), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["assets"]["decisions"]["new"] == said["assets"]["decisions"]["given_back"] == 1
    assert any("1 row of decisions refused: correct rejected/decisions-" in each for each in said["waiting"])
    assert any(each.endswith("and move it into landing/decisions/") for each in said["waiting"])
    assert main(["show", "anna@example.com", "--project", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["contact"]["status"] == "blocked"
    [back] = (folder / "rejected").glob("decisions-*[0-9a-f].csv")
    row = back.read_text(encoding="utf-8-sig").replace("nobody@", "ben@")
    (folder / arrivals.REQUESTED / back.name).write_text(row, encoding="utf-8")
    assert main(["run", "--project", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "1 decision of landing/decisions applied (1 tag): 1 contact changed: `onecontact decisions`" in shown
    assert "1 decision of landing/decisions applied (1 tag): 1 contact changed: `onecontact decisions`" in shown
    assert "refused:" not in shown
    assert main(["list", "--tag", "vip", "--project", str(folder), "--json"]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == ["Ben Tal"]


@pytest.mark.heavy
def test_a_file_nobody_can_read_is_told_of_until_it_is_mended(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "decision,contakt\nblock,x\n")
    assert main(["run", "--project", str(folder)]) == 0
    assert "refused: decisions, delivery" in capsys.readouterr().out
    assert main(["status", "--project", str(folder)]) == 0
    assert "did you mean `contact`?" in capsys.readouterr().out
