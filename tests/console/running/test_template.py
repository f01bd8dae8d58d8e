from pathlib import Path

import pytest

from console.cli import main


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["init", str(tmp_path / "shop")]) == 0
    capsys.readouterr()
    return tmp_path / "shop"


def test_on_the_screen_the_template_can_be_told_from_its_explanation(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", "--project", str(folder)]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "_example,id,name,first name,last name,email,phone,tags,notes"
    assert len(said.out.splitlines()) == 2
    assert "Columns" in said.err


def test_in_a_file_the_template_has_its_explanation_beside_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "people.csv"
    assert main(["template", "--project", str(folder), "--to", str(path)]) == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbf_example,")
    assert "| phone |" in (folder / "people.dictionary.md").read_text(encoding="utf-8")
    assert " check " in capsys.readouterr().out


def test_a_file_that_is_there_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "people.csv"
    path.write_text("mine", encoding="utf-8")
    assert main(["template", "--project", str(folder), "--to", str(path)]) == 2
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_source_that_takes_no_csv_is_told_from_those_that_do(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = folder / "onecontact.yaml"
    mail = '  mailbox: {format: mbox, path: "landing/mail/*.mbox"}\nattributes'
    settings.write_text(settings.read_text(encoding="utf-8").replace("attributes", mail, 1), encoding="utf-8")
    assert main(["template", "--project", str(folder), "--source", "mailbox"]) == 2
    assert "these do: contacts" in capsys.readouterr().err
    assert main(["template", "--project", str(folder), "--source", "contact"]) == 2
    assert "did you mean `contacts`" in capsys.readouterr().err


def test_no_dictionary_is_left_where_a_run_would_read_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = folder / "onecontact.yaml"
    lists = '  lists: {format: contacts_csv, path: "landing/lists/*"}\nattributes'
    settings.write_text(settings.read_text(encoding="utf-8").replace("attributes", lists, 1), encoding="utf-8")
    landing = folder / "landing" / "lists"
    landing.mkdir(parents=True)
    assert main(["template", "--project", str(folder), "--to", str(landing / "people.csv")]) == 2
    assert "source `lists` would read people.dictionary.md" in capsys.readouterr().err
    assert list(landing.iterdir()) == []
