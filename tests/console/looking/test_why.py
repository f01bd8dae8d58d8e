import json
from pathlib import Path
from typing import Any

import pytest

from console.cli import main
from console.terminal import screen
from tests.small_project import small_project

WIDE = 120  # columns: no file name is broken into lines
WHY = ("--reason", "she called", "--by", "Ina")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed project: Anna in two sources that do not agree on her number, with a tier that somebody decided."""
    folder = tmp_path_factory.mktemp("why") / "small"
    with small_project(folder) as project:
        said = "1,Anna Berg,anna@example.com,+49 30 90182012,silver,called twice"
        project.deliver("crm", "2026-06-01", f"id,name,email,phone,tier,notes\n{said}")
        project.deliver("shop", "2026-06-02", "id,name,email,phone\n1,Anna Berg,anna@example.com,+49 30 90182044")
        project.run()
    assert main(["edit", "anna berg", "tier=gold", "--clear", "name", *WHY, "--project", str(folder)]) == 0
    return folder


def why(folder: Path, capsys: pytest.CaptureFixture[str], field: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["show", "crm:1", "--why", field, "--json", "--project", str(folder)]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


@pytest.mark.heavy
def test_a_number_says_its_record_file_line_and_rule_and_what_lost(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "crm:1", "--why", "phone", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(
        "phone is +493090182012\n  from    crm:1, crm-2026-06-01.csv, line 2\n  because source priority"
    )
    assert "+493090182044   shop:1   shop-2026-06-02.csv, line 2" in said
    assert "All values of phone" in said


def test_programs_get_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = why(folder, capsys, "phone")
    assert [(each["value"], each["record_id"], each["line_number"]) for each in told["values"]] == [
        ("+493090182012", "1", 2)
    ]
    assert [(each["value"], each["source"]) for each in told["lost"]] == [("+493090182044", "shop")]
    assert len(told["known_by"]) == 2


def test_a_value_that_was_decided_says_by_whom_and_how_to_undo_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [value] = why(folder, capsys, "tier")["values"]
    assert (value["actor"], value["reason"], value["rule"]) == ("Ina", "she called", "edited")
    main(["show", "crm:1", "--why", "attr.tier", "--project", str(folder)])
    said = capsys.readouterr().out
    assert "decided by Ina on" in said
    assert f"undo    onecontact revoke {value['decision_id']}" in said


def test_a_value_that_was_taken_away_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "crm:1", "--why", "name", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "name has no value." in said
    assert "Decisions about it" in said


def test_show_names_who_decided_a_value(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "crm:1", "--project", str(folder)]) == 0
    assert "Ina, 20" in capsys.readouterr().out


def test_an_id_that_never_was_another_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "crm:1", "--why", "id", "--project", str(folder)]) == 0
    assert "has never changed" in capsys.readouterr().out


def test_a_field_nobody_knows_is_answered_with_those_there_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "crm:1", "--why", "phnoe", "--project", str(folder)]) == 2
    assert "did you mean `phone`?" in capsys.readouterr().err


def test_two_addresses_of_one_contact_are_explained_by_the_records_that_bear_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "030 90182012", "+49 30 90182044", "--project", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("One person\n  A  crm:1\n  B  shop:1\n")


def test_one_contact_alone_is_explained_by_what_ties_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "anna@example.com", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "What ties them" in said
    assert "same email" in said
    assert main(["explain", "anna@example.com", "--json", "--project", str(folder)]) == 0
    assert [each["rule"] for each in json.loads(capsys.readouterr().out)] == ["same_email"]


def test_notes_say_where_they_were_read_and_whether_they_hold(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [note] = why(folder, capsys, "notes")["notes"]
    assert (note["text"], note["is_current"], note["source"], note["line_number"]) == ("called twice", True, "crm", 2)
    assert main(["show", "crm:1", "--why", "notes", "--project", str(folder)]) == 0
    drawn = capsys.readouterr().out
    assert all(word in drawn for word in ("1 note", "called twice", "yes", "crm:1"))


def test_a_consent_lists_every_answer_and_says_which_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen.out, "width", WIDE)
    newsletter = {"type": "boolean", "merge": "most_restrictive"}
    with small_project(tmp_path / "small", attributes={"newsletter": newsletter}) as project:
        for day, name, answer in (("01", "Anna Berg", "no"), ("02", "Anna Lena Berg", "yes")):
            row = f"1,{name},anna@example.com,{answer}"
            project.deliver("crm", f"2026-06-{day}", f"id,name,email,newsletter\n{row}")
        project.run()
    assert main(["show", "crm:1", "--why", "newsletter", "--project", str(tmp_path / "small")]) == 0
    drawn = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "2 answers ever stated, the oldest first; one no that counts is enough" in drawn
    assert "2026-06-01 00:00 2026-06-01 00:00 no replaced crm:1 crm-2026-06-01.csv, line 2" in drawn
    assert "2026-06-02 00:00 2026-06-02 00:00 yes yes crm:1 crm-2026-06-02.csv, line 2" in drawn
    [no, yes] = why(tmp_path / "small", capsys, "newsletter")["answers"]
    assert (no["value"], no["is_current"], yes["value"], yes["is_current"]) == ("false", False, "true", True)
