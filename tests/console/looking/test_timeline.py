import json
import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.cli import main
from pipelines.store.decisions.decisions import newly_blocked_conversations
from tests.small_project import SmallProject, closed_starting_point, reopened

NUMBER = "+49 151 23456789"


@closed_starting_point
def folder(project: SmallProject) -> None:
    """A project in which Anna has written twice and been answered once."""
    project.deliver("crm", "2026-01-05", f"id,name,phone\n1,Anna Berg,{NUMBER}\n2,Anna Stein,+49 30 90182001")
    project.chat(
        NUMBER,
        f"2026-02-02 09:04 {NUMBER}: hello",
        "2026-02-02 09:05 Small Shop: good morning",
        f"2026-02-03 09:05 {NUMBER}: bye",
    )
    project.run()


def asked(folder: Path, *words: str, code: int = 0) -> None:
    assert main(["timeline", *words, "--project", str(folder)]) == code


@pytest.mark.heavy
def test_a_person_sees_a_heading_for_each_day(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "anna berg")
    assert capsys.readouterr().out.splitlines() == [
        "Anna Berg, times in UTC",
        "→ from the contact, ← to it, ~ zone of the time assumed, without seconds: known to the minute",
        "",
        "2026-02-02 Monday",
        f"  09:04:00~ whatsapp  → {NUMBER}: hello",
        "  09:05:00~ whatsapp  ← Small Shop: good morning",
        "",
        "2026-02-03 Tuesday",
        f"  09:05:00~ whatsapp  → {NUMBER}: bye",
        "",
        "3 entries",
    ]


def test_only_what_is_asked_for_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "anna berg", "--since", "2026-02-02", "--until", "2026-02-02", "--kind", "message", "--limit", "1")
    shown = capsys.readouterr().out
    assert shown.endswith("\n\n1 entry\n")
    assert "good morning" in shown
    assert "hello" not in shown
    assert "bye" not in shown


def test_a_program_gets_an_array(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "anna berg", "--json")
    entries: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert [entry["text"] for entry in entries] == ["hello", "good morning", "bye"]
    asked(folder, "anna berg", "--json", "--channel", "email")
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (("--channel", "fax"), "--channel is one of whatsapp, email"),
        (("--kind", "mail"), "--kind is one of message, note, event, assignment, status, label, block"),
        (("--since", "yesterday"), "--since must be a date"),
    ],
)
def test_a_word_that_is_not_known_is_answered_with_those_that_are(
    folder: Path, wrong: tuple[str, str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(folder, "anna berg", *wrong, code=2)
    assert complaint in capsys.readouterr().err


def test_nobody_and_several_are_told_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "bernd", code=3)
    asked(folder, "anna", code=4)
    assert "Anna Stein" in capsys.readouterr().out


@pytest.mark.heavy
def test_what_is_set_aside_since_a_block_is_read_by_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["block", "crm:1", "--reason", "spam", "--by", "Ina", "--project", str(folder)]) == 0
    tomorrow = date.today() + timedelta(days=1)
    with reopened(folder) as project:
        project.chat(NUMBER, f"{tomorrow} 09:05 {NUMBER}: anybody there?")
        project.runs = 2
        project.run()
        assert newly_blocked_conversations(project.connection, project.run_id) == 1
        assert newly_blocked_conversations(project.connection, "another run") == 0
    capsys.readouterr()
    asked(folder, "crm:1")
    history = capsys.readouterr().out
    assert "anybody there?" not in history
    assert "1 conversation suppressed: began after the block; onecontact timeline " in history
    asked(folder, "crm:1", "--blocked-conversations")
    shown = capsys.readouterr().out
    assert "SET ASIDE since the block of 20" in shown
    assert "Blocked by Ina on 20" in shown
    assert "hello" not in shown
    assert shown.endswith(f"\n\n{tomorrow:%Y-%m-%d %A}\n  09:05:00~ whatsapp  → {NUMBER}: anybody there?\n\n1 entry\n")
    asked(folder, "crm:1", "--blocked-conversations", "--json")
    assert [entry["text"] for entry in json.loads(capsys.readouterr().out)] == ["anybody there?"]


def test_who_is_not_blocked_has_nothing_set_aside(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "crm:1", "--blocked-conversations")
    assert capsys.readouterr().out.endswith("so nothing of it is set aside.\n\n0 entries\n")
    asked(folder, "crm:1", "--blocked-conversations", "--vcon", str(folder / "anna.json"), code=2)
    assert "does not go with --vcon" in capsys.readouterr().err


def test_a_vcon_is_a_new_file_for_its_owner_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = folder / "anna.vcon.json"
    asked(folder, "anna berg", "--vcon", str(to))
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert [dialog["body"] for dialog in json.loads(to.read_text())["dialog"]] == ["hello", "good morning", "bye"]
    assert "3 messages written to" in capsys.readouterr().out
    asked(folder, "anna berg", "--vcon", str(to), code=2)
    assert "already" in capsys.readouterr().err


def test_show_has_the_end_of_a_timeline_and_says_where_the_rest_is(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.looking.show.LATEST", 2)
    main(["show", "anna berg", "--project", str(folder)])
    shown = capsys.readouterr().out
    assert "hello" not in shown
    assert "The last 2 of them; all: onecontact timeline" in shown
    main(["show", "anna berg", "--project", str(folder), "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert ([entry["text"] for entry in answer["timeline"]], answer["timeline_entries"]) == (["good morning", "bye"], 3)
