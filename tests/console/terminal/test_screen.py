from datetime import UTC, datetime

import pytest

from console.terminal.screen import cell, plural, printable, show_progress


def test_cells_read_as_people_write() -> None:
    assert cell(datetime(2026, 11, 20, 9, 30, tzinfo=UTC)) == "2026-11-20 09:30"
    assert cell(12345) == "12,345"
    assert cell(["b", "a"]) == "b, a"
    assert cell(None) == ""
    assert cell(value=True) == "yes"


def test_a_message_cannot_take_over_the_terminal() -> None:
    assert printable("\x1b[2Jhello\x07\nworld") == "·[2Jhello·\nworld"


def test_one_is_one() -> None:
    assert (plural(1, "contact"), plural(0, "contact"), plural(2000, "contact")) == (
        "1 contact",
        "0 contacts",
        "2,000 contacts",
    )


def test_progress_without_a_terminal_is_a_line_a_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as tell:
        tell("matching", 1, 3)
        tell("matching", 2, 3)
        tell("merging", 1, None)
    assert capsys.readouterr().err.splitlines() == ["matching …", "merging …"]
