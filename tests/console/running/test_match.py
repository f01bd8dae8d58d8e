import json
from pathlib import Path

import pytest

from console.cli import main
from tests.small_project import SmallProject, closed_starting_point, small_project

SEGMENT = "segment: everybody\nwhere: {all: []}\ncolumns: [contact_id]\n"


@closed_starting_point
def folder(made: SmallProject) -> None:
    """A closed project with two contacts, one of them of two records."""
    (made.project.folder / "segments").mkdir()
    (made.project.folder / "segments" / "everybody.yaml").write_text(SEGMENT, encoding="utf-8")
    made.deliver("crm", "2026-06-01", "id,name,email\n1,Zacharias Berg,zq@example.com\n2,Otto Kern,ok@example.com")
    made.deliver("shop", "2026-06-01", "id,name,email\n1,Zacharias Berg,zq@example.com")
    made.run()


@pytest.mark.heavy
def test_the_report_shows_weights_and_scores(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "report", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "small: 3 records are 2 contacts" in said
    assert "model shipped" in said
    assert "█│" in said
    assert "same email" in said
    assert "Cost of the last run unknown" in said


def test_the_report_holds_no_value_of_a_person(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "report.html"
    for more in ([], ["--json"], ["--html", str(page)]):
        assert main(["match", "report", "--project", str(folder), *more]) == 0
    said = capsys.readouterr().out + page.read_text(encoding="utf-8")
    for value in ("zacharias", "zq@", "otto", "kern"):
        assert value not in said.lower()


def test_the_page_never_takes_the_place_of_another(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "report.html"
    page.write_text("mine", encoding="utf-8")
    assert main(["match", "report", "--html", str(page), "--project", str(folder)]) == 2
    assert page.read_text(encoding="utf-8") == "mine"
    assert "already exists" in capsys.readouterr().err


@pytest.mark.heavy
def test_a_fit_is_told_and_can_be_tried(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "fit", "--dry-run", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "nothing stored" in said
    assert "2 contacts would be" in said
    assert main(["match", "fit", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "Model fit-1, fitted on 3 records, is now in use" in said
    assert "Fewer than 1,000 records" in said
    assert main(["match", "fit", "--json", "--project", str(folder)]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == "fit-2"


@pytest.mark.heavy
def test_other_thresholds_are_answered_with_contacts_and_segments(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["match", "what-if", "--auto", "0.999999", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "2 contacts would be 3" in said
    assert "split off: 1" in said
    assert "Nothing was changed." in said
    assert main(["match", "what-if", "--auto", "0.999999", "--json", "--project", str(folder)]) == 0
    assert json.loads(capsys.readouterr().out)["segments"] == [
        {"segment": "everybody", "before": 2, "after": 3, "joining": 1, "leaving": 0}
    ]


def test_thresholds_below_what_was_kept_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "what-if", "--auto", "0.8", "--review", "0.01", "--project", str(folder)]) == 2
    assert "were not kept" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["report"], ["fit"], ["fit", "--dry-run"], ["what-if", "--auto", "0.9"]])
def test_before_the_first_run_the_way_out_is_told(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with small_project(tmp_path / "p") as made:
        pass
    assert main(["match", *words, "--project", str(made.project.folder)]) == 1
    assert "nothing has been matched yet: `onecontact run`" in capsys.readouterr().err
