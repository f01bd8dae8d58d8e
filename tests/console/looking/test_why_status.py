"""Why somebody is active, inactive, blocked or left out of exports."""

import json
from pathlib import Path

import pytest

from console.cli import main
from tests.small_project import SmallProject, closed_starting_point

pytestmark = pytest.mark.heavy

WRITES, SILENT, NEVER = "+49 151 23456781", "+49 151 23456782", "+49 151 23456783"


@closed_starting_point
def folder(project: SmallProject) -> None:
    """As of June 30, 2026: Anna wrote in June and Bert in January, Ida has the number of Jonas, and neither wrote."""
    project.deliver(
        "crm",
        "2026-01-05",
        f"id,name,phone\n1,Anna Berg,{WRITES}\n2,Bert Wolf,{SILENT}\n3,Ida Brandt,{NEVER}",
    )
    project.deliver("shop", "2026-01-05", f"id,name,phone\n1,Jonas Reuter,{NEVER}")
    project.chat(WRITES, f"2026-06-20 09:00 {WRITES}: hello")
    project.chat(SILENT, f"2026-01-20 09:00 {SILENT}: hello", "2026-06-20 09:00 Small Shop: still there?")
    project.run()


def why(folder: Path, capsys: pytest.CaptureFixture[str], contact: str, *more: str) -> str:
    capsys.readouterr()
    assert main(["show", contact, "--why", "status", *more, "--project", str(folder)]) == 0
    return capsys.readouterr().out


RULE = """\
  rule    active while a conversation is open, and for 90 days after a
          message from it (`status.active_days` in onecontact.yaml)
  as of   2026-06-30 00:00
"""


def test_who_wrote_lately_is_active(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert why(folder, capsys, "crm:1") == (
        "status is active since 2026-06-20 09:00 (recent inbound)\n"
        "  because it wrote to us last on 2026-06-20 09:00\n" + RULE
    )


def test_what_we_wrote_keeps_nobody_active(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert why(folder, capsys, "crm:2") == (
        "status is inactive since 2026-04-20 09:00 (no interaction since)\n"
        "  because it wrote to us last on 2026-01-20 09:00 (we wrote to it on 2026-06-20 09:00, which does not count)\n"
        + RULE
    )


def test_a_block_says_by_whom_and_others_with_the_address_say_whose_it_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["block", "crm:3", "--reason", "spam", "--by", "Ina", "--project", str(folder)]) == 0
    said = why(folder, capsys, "crm:3")
    assert said.startswith("status is blocked since 20")
    assert "  because Ina blocked it on 20" in said
    assert "  undo    onecontact revoke " in said
    told = json.loads(why(folder, capsys, "crm:3", "--json"))
    assert (told["blocks"][0]["actor"], told["decisions"][0]["reason"]) == ("Ina", "spam")
    shared = why(folder, capsys, "shop:1")
    assert "  because no conversation with it is known\n" in shared
    assert "  exports address suppressed: contact " in shared
    assert "with +4915123456783 is blocked" in shared
