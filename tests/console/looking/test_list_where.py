"""`onecontact list --where` and `onecontact search`: what is asked, what is shown, and what is said of mistakes."""

import csv
import json
from pathlib import Path

import pytest

from console.cli import main
from console.terminal.screen import out
from tests.small_project import SmallProject, closed_starting_point


@closed_starting_point
def folder(made: SmallProject) -> None:
    """A closed project with three contacts, one of whom wrote on WhatsApp."""
    made.deliver(
        "crm",
        "2026-06-01",
        """
        id,name,email,phone,tags,tier,notes
        1,Anna Berg,anna.berg@example.com,0151 23456789,"vip, press",gold,calls back on Monday
        2,Bea Hoffmann,bea@example.com,,internal,silver,
        3,Cem Arslan,,030 90018200,,gold,
        """,
    )
    made.chat("+49 151 23456789", "2026-06-02 09:04 +49 151 23456789: hello")
    made.run()


def asked(folder: Path, capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main([*args, "--project", str(folder)]) == 0
    return capsys.readouterr().out


def names(folder: Path, capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    return [each["name"] for each in json.loads(asked(folder, capsys, "list", *args, "--json"))]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("tier:gold", ["Anna Berg", "Cem Arslan"]),
        ("tier:gold -tags:vip", ["Cem Arslan"]),
        ("(tags:vip OR tags:internal)", ["Anna Berg", "Bea Hoffmann"]),
        ("messages(channel:whatsapp direction:inbound)", ["Anna Berg"]),
        ("!messages() name~a", ["Bea Hoffmann", "Cem Arslan"]),
        ("phone:*90018200", ["Cem Arslan"]),
        ('"monday" tier:gold', ["Anna Berg"]),
    ],
)
def test_a_filter_finds_who_fits(
    folder: Path, capsys: pytest.CaptureFixture[str], where: str, found: list[str]
) -> None:
    assert names(folder, capsys, "--where", where, "--sort", "name") == found


def test_a_list_is_sorted_and_shown_page_by_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert names(folder, capsys, "--sort", "-name", "--limit", "2") == ["Cem Arslan", "Bea Hoffmann"]
    assert names(folder, capsys, "--sort", "-name", "--limit", "2", "--page", "2") == ["Anna Berg"]
    assert "Page 3 is beyond" in asked(folder, capsys, "list", "--limit", "2", "--page", "3")


def test_a_list_as_csv_has_the_columns_that_are_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(folder, capsys, "list", "--where", "tags:vip", "--columns", "name,tags,attr.tier", "--format", "csv")
    assert [*csv.reader(said.splitlines())] == [["name", "tags", "attr.tier"], ["Anna Berg", "press; vip", "gold"]]


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("tags:vpi", "did you mean vip?"),
        ("tier:golden", "did you mean gold?"),
        ("source:crmm", "did you mean import:crm?"),
        ("channel:watsapp", "did you mean whatsapp?"),
        ("conversations(inbox:Berlin)", "no inbox of conversations is that"),
    ],
)
def test_what_nobody_has_is_an_error_with_a_caret_and_the_nearest_there_is(
    folder: Path, capsys: pytest.CaptureFixture[str], where: str, says: str
) -> None:
    assert main(["list", "--where", where, "--project", str(folder)]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert "^" in error.splitlines()[-1]


def test_a_tag_that_nobody_has_yet_may_be_left_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(names(folder, capsys, "--where", "-tags:xyz tags!=qqq")) == 3


@pytest.mark.parametrize(
    ("words", "name", "why"),
    [
        (["hoffmann"], "Bea Hoffmann", "name: Bea Hoffmann"),
        (["0151", "234"], "Anna Berg", "phone: "),
        (["crm:3"], "Cem Arslan", "record: crm:3"),
        (["monday"], "Anna Berg", "note: calls back on Monday"),
        (["internal"], "Bea Hoffmann", "tag: internal"),
        (["silver"], "Bea Hoffmann", "attr.tier: silver"),
        (["hofman"], "Bea Hoffmann", "name: Bea Hoffmann"),
        (["hofmann"], "Bea Hoffmann", "name: Bea Hoffmann"),
    ],
)
def test_a_search_says_why_somebody_is_found(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], name: str, why: str
) -> None:
    answer = json.loads(asked(folder, capsys, "search", *words, "--json"))
    best = answer["contacts"][0]
    assert best["name"] == name
    assert any(each.startswith(why) for each in best["why"])


def test_whose_name_it_is_comes_before_whose_address_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(asked(folder, capsys, "search", "be", "--json"))
    assert [each["name"] for each in answer["contacts"]] == ["Anna Berg", "Bea Hoffmann"]
    assert json.loads(asked(folder, capsys, "search", "anna", "vip", "--json"))["number"] == 1
    assert json.loads(asked(folder, capsys, "search", "anna", "silver", "--json"))["number"] == 0


def test_a_narrow_terminal_leaves_columns_out_whole(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(out, "_width", 80)
    said = asked(folder, capsys, "list")
    assert "+4915123456789" in said
    assert "anna.berg@example.com" in said
    assert "Too narrow for " in said
