"""What is told of errors, and what is kept of those that nobody has foreseen."""

import stat
from pathlib import Path

import pytest

from pipelines.errors import DEBUG, raise_interrupt, tracebacks_in, unforeseen

SECRET = "zacharias@example.org"


def fault() -> ValueError:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        return error


@pytest.fixture
def hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hidden folder of a project that is open, with tracebacks asked for."""
    monkeypatch.setenv(DEBUG, "1")
    folder = tmp_path / ".onecontact"
    folder.mkdir()
    tracebacks_in.set(folder)
    return folder


def test_an_unforeseen_error_is_told_without_its_text_and_with_the_switch_that_keeps_more(
    hidden: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DEBUG)

    said = unforeseen(fault())

    assert said.startswith("ValueError. Please report it; ONECONTACT_DEBUG=1 keeps its traceback")
    assert list(hidden.iterdir()) == []


def test_with_the_switch_its_traceback_is_kept_for_its_owner_alone(hidden: Path) -> None:
    said = unforeseen(fault())

    [kept] = hidden.iterdir()
    assert f"is in .onecontact/{kept.name}" in said
    assert SECRET not in said
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert f"ValueError: {SECRET}" in kept.read_text()


def test_each_error_is_kept_in_a_file_of_its_own(hidden: Path) -> None:
    unforeseen(fault())
    unforeseen(fault())

    assert len(list(hidden.iterdir())) == 2


def test_without_a_project_nothing_is_kept(tmp_path: Path, hidden: Path) -> None:
    tracebacks_in.set(tmp_path / "nowhere" / ".onecontact")

    assert unforeseen(fault()) == "ValueError. Please report it"
    assert list(tmp_path.rglob("traceback*")) == []


def test_an_interrupt_that_is_told_as_another_error_is_still_one() -> None:
    error = RuntimeError("Query interrupted")
    error.__cause__ = KeyboardInterrupt()

    with pytest.raises(KeyboardInterrupt):
        raise_interrupt(error)


def test_an_error_with_a_cause_of_its_own_is_no_interrupt() -> None:
    error = RuntimeError("no")
    error.__cause__ = ValueError("because")

    raise_interrupt(error)
