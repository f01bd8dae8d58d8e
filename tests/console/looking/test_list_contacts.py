import json
from pathlib import Path

import pytest

from console.cli import main
from tests.small_project import SmallProject, closed_starting_point


@closed_starting_point
def folder(made: SmallProject) -> None:
    """A closed project with one contact."""
    made.deliver("crm", "2026-06-01", "id,name,email\n1,Anna Berg,anna@example.com")
    made.run()


@pytest.mark.heavy
@pytest.mark.parametrize("source", ["crm", "import:crm"])
def test_a_source_is_found_by_its_name(folder: Path, source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--source", source, "--json", "--project", str(folder)]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == ["Anna Berg"]


def test_a_source_that_nobody_comes_from_is_answered_with_those_there_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "--source", "dl", "--project", str(folder)]) == 0
    assert "whatsapp, email, facebook, " in (said := capsys.readouterr().out)
    assert "import:crm, import:helpdesk, " in said


def test_an_attribute_that_is_not_there_is_named_with_those_that_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "--attribute", "nope=1", "--project", str(folder)]) == 2
    assert "no attribute `nope`; known are `account_id`, `seats`, `tier`" in capsys.readouterr().err


@pytest.mark.parametrize("query", ["", ",", " - ", "+"])
def test_a_query_without_anything_to_search_for_finds_nobody_and_says_so(
    folder: Path, query: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", query, "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "No matching contacts. There is nothing in that query to search for" in said
    assert "Anna" not in said


def test_conversations_of_a_query_without_anything_to_search_for_are_none(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", ",", "--blocked-conversations", "--project", str(folder)]) == 0
    assert "nothing in that query to search for" in capsys.readouterr().out
