import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from console.cli import main
from pipelines.project import open_project
from tests.small_project import SmallProject, closed_starting_point, reopened

NUMBER = "+49 151 23456789"


@closed_starting_point
def folder(project: SmallProject) -> None:
    """A project that knows Anna Berg by her number."""
    project.deliver("crm", "2026-01-05", f"id,name,phone\n1,Anna Berg,{NUMBER}")
    project.run()


def answered(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert main([*words, "--project", str(folder), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.heavy
def test_a_block_says_who_is_blocked_and_show_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = ("--reason", "asked us to stop", "--by", "Ina", "--until", "2100-01-01")
    assert main(["block", "anna berg", *said, "--project", str(folder)]) == 0
    said_so = capsys.readouterr().out
    assert said_so.startswith("Anna Berg: blocked, 1 record, id ")
    assert "blocked until 2100-01-02 00:00, decided by Ina" in said_so
    main(["show", "anna berg", "--project", str(folder)])
    assert "by Ina, until 2100-01-02 00:00: asked us to stop" in capsys.readouterr().out


@pytest.mark.heavy
def test_a_short_block_says_that_a_longer_one_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*until: str) -> str:
        assert main(["block", "crm:1", "--reason", "asked us to stop", *until, "--project", str(folder)]) == 0
        return capsys.readouterr().out

    assert "lasts longer" not in said("--until", "2100-01-01") + said("--until", "2101-01-01")
    assert "lasts longer: the contact stays blocked until 2101-01-02 00:00" in said("--until", "2099-01-01")
    said()
    assert "lasts longer: the contact stays blocked until it is unblocked" in said("--until", "2100-01-01")


@pytest.mark.heavy
def test_show_says_that_an_address_is_suppressed_and_whose_block_that_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = open_project(folder)
    with opened.warehouse() as connection:
        project = SmallProject(opened, connection)
        project.deliver("shop", "2026-01-06", f"id,name,phone\n1,Jonas Reuter,{NUMBER}")
        project.run()
        anna = project.contact_of("crm:1")
    answered(folder, capsys, "block", "crm:1", "--reason", "spam")
    [suppressed] = answered(folder, capsys, "show", "shop:1")["suppressed_addresses"]
    assert suppressed == {"value": "+4915123456789", "consent": None, "because_of": anna}
    main(["show", "shop:1", "--project", str(folder)])
    assert f"address suppressed: contact {anna} with +4915123456789 is blocked" in capsys.readouterr().out


@pytest.mark.heavy
def test_a_block_says_which_other_contacts_it_suppresses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with reopened(folder) as project:
        project.deliver("shop", "2026-01-06", f"id,name,phone\n1,Jonas Reuter,{NUMBER}\n2,Mia Toivo,0151 23456799")
        project.run()
        jonas = project.contact_of("shop:1")
    told = (
        f"1 other contact has a number or an address of this one, so exports leave it out while the block lasts: "
        f"Jonas Reuter ({jonas[:8]})\n"
    )
    said = ("block", "crm:1", "--reason", "spam")
    assert main([*said, "--dry-run", "--project", str(folder)]) == 0
    assert told in capsys.readouterr().out
    [other] = answered(folder, capsys, *said, "--dry-run")["also_suppressed"]
    assert (other["contact_id"], other["name"]) == (jonas, "Jonas Reuter")
    assert main([*said, "--project", str(folder)]) == 0
    assert told in capsys.readouterr().out
    assert answered(folder, capsys, "block", "shop:1", "--reason", "spam")["also_suppressed"] == []  # Anna is blocked
    assert answered(folder, capsys, "block", "shop:2", "--reason", "spam")["also_suppressed"] == []


@pytest.mark.heavy
def test_a_program_is_told_the_decision_and_what_became_of_the_contact(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = answered(folder, capsys, "block", NUMBER, "--reason", "spam", "--by", "Ina")
    other = answered(folder, capsys, "unblock", NUMBER, "--reason", "no spam", "--by", "Ben")
    assert [(each["contacts"][0]["status"], each["decisions"][0]["kind"]) for each in (one, other)] == [
        ("blocked", "block"),
        ("inactive", "unblock"),
    ]


def test_whoever_is_named_in_the_environment_decides(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECONTACT_ACTOR", "Ben")
    assert answered(folder, capsys, "block", NUMBER, "--reason", "spam")["decisions"][0]["actor"] == "Ben"


def test_what_cannot_be_is_refused_with_the_code_of_a_wrong_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["unblock", NUMBER, "--reason", "x", "--project", str(folder)]) == 2
    assert "not blocked" in capsys.readouterr().err
    assert main(["block", "nobody", "--reason", "x", "--project", str(folder)]) == 3


def test_a_block_without_a_reason_is_no_command() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["block", "anna berg"])


@pytest.mark.heavy
def test_conversations_set_aside_are_listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "--blocked-conversations", "--project", str(folder)])
    assert "No suppressed conversations." in capsys.readouterr().out
    answered(folder, capsys, "block", NUMBER, "--reason", "spam")
    chat = folder / "landing" / "whatsapp" / f"WhatsApp Chat with {NUMBER}.txt"
    chat.parent.mkdir(parents=True)
    tomorrow = date.today() + timedelta(days=1)
    chat.write_text("".join(f"[{tomorrow}, 10:0{minute}:00] {NUMBER}: anybody there?\n" for minute in range(2)))
    opened = open_project(folder)
    with opened.warehouse() as connection:
        SmallProject(opened, connection).run()
    [aside] = answered(folder, capsys, "list", "--blocked-conversations")
    assert (aside["name"], aside["channel"], aside["messages"]) == ("Anna Berg", "whatsapp", 2)
    assert answered(folder, capsys, "list", "--blocked-conversations", "anna") == [aside]
    assert answered(folder, capsys, "list", "--blocked-conversations", "ben") == []
    assert answered(folder, capsys, "status")["blocked_conversations"] == 1
    assert main(["timeline", "anna berg", "--project", str(folder)]) == 0
    assert "1 conversation suppressed" in capsys.readouterr().out
    assert main(["list", "--blocked-conversations", "--status", "active", "--project", str(folder)]) == 2
