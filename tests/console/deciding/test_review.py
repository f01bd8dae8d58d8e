import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.cli import main
from tests.small_project import small_project

QUIET = ("--reason", "seen both", "--by", "Ina")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed project with two pairs that a person has to decide: each with two values of an exclusive attribute."""
    folder = tmp_path_factory.mktemp("review") / "small"
    with small_project(folder) as project:
        project.deliver(
            "crm",
            "2026-01-05",
            """
            id,name,email,account_id
            1,Anna Berg,anna@example.com,K-1
            2,Otto Kern,otto@example.com,K-3
            """,
        )
        project.deliver(
            "shop",
            "2026-01-05",
            """
            id,name,email,account_id
            1,Anna Berg,anna@example.com,K-2
            2,Otto Kern,otto@example.com,K-4
            """,
        )
        project.run()
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """That project, for one test to decide in."""
    return Path(shutil.copytree(built, tmp_path / "small"))


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Somebody at the terminal, who gives these answers and then leaves."""

    def sits(*answers: str) -> list[str]:
        left: Iterator[str] = iter(answers)
        asked: list[str] = []

        def answer(question: str) -> str:
            asked.append(question)
            try:
                return next(left)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("builtins.input", answer)
        monkeypatch.setattr("console.deciding.review.at_terminal", lambda: True)
        return asked

    return sits


def queue(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["review", "--json", *words, "--project", str(folder)]) == 0
    waiting: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return waiting


def decisions(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str, str]]:
    capsys.readouterr()
    assert main(["decisions", "--json", "--project", str(folder)]) == 0
    return [(each["kind"], each["actor"], each["reason"]) for each in json.loads(capsys.readouterr().out)]


@pytest.mark.heavy
def test_the_queue_is_listed_for_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(waiting := queue(folder, capsys)) == 2
    assert waiting[0]["probability"] >= waiting[1]["probability"]
    assert queue(folder, capsys, "--limit", "1") == waiting[:1]


def test_who_is_not_at_a_terminal_is_told_what_to_do_instead(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "--project", str(folder)]) == 2
    said = capsys.readouterr().err
    assert "review --json" in said
    assert "landing/decisions/" in said


def test_a_pair_is_shown_side_by_side_with_its_evidence(
    folder: Path, capsys: pytest.CaptureFixture[str], at_terminal: Any
) -> None:
    at_terminal("q")
    assert main(["review", "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    for part in ("2 pairs waiting", "crm:", "shop:", "records", "exclusive", "probability", "0 pairs answered"):
        assert part in said
    assert decisions(folder, capsys) == []


@pytest.mark.heavy
def test_answers_are_decisions_at_once_and_those_answered_are_gone(
    folder: Path, capsys: pytest.CaptureFixture[str], at_terminal: Any
) -> None:
    at_terminal("n")
    assert main(["review", *QUIET, "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "not one person, decided by Ina" in said
    assert "undo: onecontact revoke" in said
    assert "1 pair answered" in said
    assert len(queue(folder, capsys)) == 1
    at_terminal("n")
    assert main(["review", *QUIET, "--project", str(folder)]) == 0
    assert "That was the last one." in capsys.readouterr().out
    assert queue(folder, capsys) == []
    assert decisions(folder, capsys) == [("dismiss", "Ina", "seen both")] * 2


@pytest.mark.heavy
def test_what_is_put_off_comes_last_and_not_again_in_this_session(
    folder: Path, capsys: pytest.CaptureFixture[str], at_terminal: Any
) -> None:
    first, second = ({each["contact_lo"], each["contact_hi"]} for each in queue(folder, capsys))
    at_terminal("l", "", "q")
    assert main(["review", "--project", str(folder)]) == 0
    now = queue(folder, capsys)
    assert [{each["contact_lo"], each["contact_hi"]} for each in now] == [second, first]
    assert [each["is_deferred"] for each in now] == [False, True]


@pytest.mark.heavy
def test_a_reason_is_asked_for_once(folder: Path, capsys: pytest.CaptureFixture[str], at_terminal: Any) -> None:
    asked = at_terminal("what?", "n", "two Annas", "n")
    assert main(["review", "--by", "Ina", "--project", str(folder)]) == 0
    assert len([each for each in asked if each.startswith("Why?")]) == 1
    assert decisions(folder, capsys) == [("dismiss", "Ina", "two Annas")] * 2


def test_whoever_gives_no_reason_reviews(folder: Path, capsys: pytest.CaptureFixture[str], at_terminal: Any) -> None:
    at_terminal("l", "", "q")
    assert main(["review", "--by", "Ina", "--project", str(folder)]) == 0
    assert decisions(folder, capsys) == [("defer", "Ina", "review")]


@pytest.mark.heavy
def test_what_cannot_be_merged_is_said_and_the_review_goes_on(
    folder: Path, capsys: pytest.CaptureFixture[str], at_terminal: Any
) -> None:
    at_terminal("m", "a", "n")
    assert main(["review", *QUIET, "--project", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "Nothing is decided" in said
    assert "account_id" in said
    assert "1 pair answered" in said


@pytest.mark.heavy
def test_a_session_ends_after_as_many_pairs_as_one_wants(
    folder: Path, capsys: pytest.CaptureFixture[str], at_terminal: Any
) -> None:
    at_terminal("n", "n")
    assert main(["review", "--limit", "1", *QUIET, "--project", str(folder)]) == 0
    assert len(decisions(folder, capsys)) == 1


@pytest.mark.heavy
def test_the_values_of_the_one_that_is_named_win(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], at_terminal: Any
) -> None:
    with small_project(tmp_path / "p", matching={"auto": 0.999999, "review": 0.5}) as project:
        project.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com")
        project.deliver("shop", "2026-01-05", "id,name,email,tier\n1,A. Berg,anna@example.com,gold")
        project.run()
    assert len(queue(tmp_path / "p", capsys)) == 1
    at_terminal("m", "b")
    assert main(["review", *QUIET, "--project", str(tmp_path / "p")]) == 0
    assert queue(tmp_path / "p", capsys) == []
    assert decisions(tmp_path / "p", capsys) == [("merge", "Ina", "seen both")]
