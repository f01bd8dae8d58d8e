import json
from pathlib import Path

import pytest

from console.cli import main

LIST = "name,phone,tier\nAnna Berg,+49 30 901820,gold\nBen Tal,call me,\n"


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["init", str(tmp_path / "shop")]) == 0
    capsys.readouterr()
    return tmp_path / "shop"


def put(folder: Path, text: str, name: str = "list-2026-06-01.csv") -> Path:
    path = folder / "landing" / "contacts" / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_a_run_would_make_of_a_file_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(folder, LIST)
    assert main(["check", str(path), "--project", str(folder)]) == 5
    said = capsys.readouterr().out
    assert "rows read" in said
    assert "PHONE_UNPARSEABLE" in said
    assert "By code: " in said
    assert "A run would take it in, and give back 1 row in rejected/ to be corrected; 1 column would be left" in said
    assert "Nothing was written." in said


def test_a_file_without_a_bad_row_ends_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "elsewhere.csv"
    path.write_text("name,phone\nAnna Berg,+49 30 901820\n", encoding="utf-8")
    assert main(["check", str(path), "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "refuse no row" in said
    assert "put it where landing/contacts/*.csv finds it" in said


def test_a_file_of_which_nothing_would_be_taken_in_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(folder, "what,ever\n1,2\n")
    assert main(["check", str(path), "--project", str(folder)]) == 5
    assert "nothing of it: refused, HEADER_MISSING: no column is a name" in capsys.readouterr().out


def test_how_each_column_is_read_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(folder, "Name;Vorname;Phone;Mood\nBerg;Anna;+49 30 901820;good\n")
    main(["check", str(path), "--project", str(folder)])
    assert "Columns read: Name as last_name, Vorname as first_name, Phone." in capsys.readouterr().out
    main(["check", str(path), "--project", str(folder), "--json"])
    assert json.loads(capsys.readouterr().out)["columns"] == {
        "Name": "last_name",
        "Vorname": "first_name",
        "Phone": "phone",
        "Mood": "attr.mood",
    }


def test_programs_get_the_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(folder, LIST)
    assert main(["check", str(path), "--project", str(folder), "--json"]) == 5
    said = json.loads(capsys.readouterr().out)
    assert (said["source"], said["state"], said["rows_read"]) == ("contacts", "accepted", 2)
    assert (said["outcomes"]["created"], said["outcomes"]["rejected"], said["known"]) == (1, 1, False)
    assert {each["code"] for each in said["codes"]} == {"NO_IDENTIFIER", "PHONE_UNPARSEABLE", "HEADER_UNKNOWN"}


def test_a_file_that_is_not_there_and_a_source_nobody_knows_are_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(folder / "nothing.csv"), "--project", str(folder)]) == 2
    assert "no such file" in capsys.readouterr().err
    assert main(["check", str(put(folder, LIST)), "--source", "contact", "--project", str(folder)]) == 2
    assert "did you mean `contacts`" in capsys.readouterr().err


def test_a_folder_is_told_from_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder / "landing"), "--project", str(folder)]) == 2
    assert "landing: is a folder: name a file of it" in capsys.readouterr().err


def test_cells_and_columns_that_would_be_left_out_are_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(folder, "id,name,email,phone,tier\n1,Anna Berg,anna@example.com,call me,gold\n")
    assert main(["check", str(path), "--project", str(folder)]) == 0
    assert "refuse no row; 1 cell and 1 column would be left out, see above." in capsys.readouterr().out


def test_doubtful_values_are_counted_in_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["1,Anna Berg,+49 171 ***17,", "2,Ben Tal,,1.0", "3,Dora J\ufffdn,+49 30 901820,"]
    path = put(folder, "\n".join(["id,name,phone,age", *rows, ""]))
    main(["check", str(path), "--project", str(folder), "--source", "contacts"])
    said = " ".join(capsys.readouterr().out.split())
    assert "1 value has hidden signs, such as ***." in said
    assert "1 text has lost letters" in said


def test_an_encoding_that_was_assumed_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = folder / "onecontact.yaml"
    settings.write_text(settings.read_text("utf-8").replace("format: contacts_csv", "format: google_contacts"), "utf-8")
    path = folder / "landing" / "contacts" / "book.csv"
    path.write_bytes("First Name,E-mail 1 - Value\nJürgen,j@example.com\n".encode("windows-1252"))
    assert main(["check", str(path), "--project", str(folder), "--json"]) == 0
    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert problem["code"] == "ENCODING_ASSUMED"
    assert "windows-1252 was assumed" in problem["expected"]


def test_damage_by_a_spreadsheet_is_counted_before_anything_is_taken_in(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"Ann,+491713920{number:03}.0,call me\n" for number in range(1, 4)]
    path = put(folder, "".join(["name,phone,email\n", *rows]))
    main(["check", str(path), "--project", str(folder), "--source", "contacts"])
    said = " ".join(capsys.readouterr().out.split())
    assert "3 phones look as if damaged by a spreadsheet." in said
    assert "3 e-mails are no e-mail address." in said
