import sys
from pathlib import Path

import pytest

from console.terminal.pager import paged


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, pager: str) -> None:
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setenv("PAGER", pager)


def test_without_a_terminal_everything_goes_straight_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", "false")
    with paged() as pager:
        pager.write("hello\n")
    assert capsys.readouterr().out == "hello\n"


def test_on_a_terminal_the_pager_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch, f"tee '{tmp_path / 'seen'}'")
    with paged() as pager:
        pager.write("grüße\n")
    assert (tmp_path / "seen").read_text(encoding="utf-8") == "grüße\n"


def test_a_pager_that_is_left_early_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch, "true")
    written = 0
    with paged() as pager:
        for _ in range(1_000_000):
            pager.write("more\n")
            written += 1
    assert written < 1_000_000


def test_without_a_pager_everything_is_shown_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_terminal(monkeypatch, "/no/such/pager")
    with paged() as pager:
        pager.write("hello\n")
    assert capsys.readouterr().out == "hello\n"
