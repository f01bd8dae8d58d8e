"""A compliance officer's commands, from intake to receipt."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.cli import main
from console.terminal.exit_codes import FAILED, OK, WRONG
from console.terminal.screen import out
from pipelines.steps.privacy import intake
from tests.erasing import LISTED
from tests.small_project import SmallProject, closed_starting_point

Printed = pytest.CaptureFixture[str]
PEM = ".onecontact/keys/seal.pub"


@closed_starting_point
def listed(project: SmallProject) -> None:
    """Ina and Olaf, in one list."""
    project.configure(privacy={"second_person": False})
    project.deliver("crm", "2026-05-01", LISTED)
    project.run()


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out, "_width", 200)


def request(folder: Path, *words: str) -> int:
    return main(["request", *words, "--project", str(folder)])


def told(folder: Path, printed: Printed, *words: str) -> Any:
    printed.readouterr()
    assert request(folder, *words, "--json") == OK
    return json.loads(printed.readouterr().out)


def test_from_intake_to_receipt(listed: Path, capsys: Printed) -> None:
    assert request(listed, "erase", "--email", "ina@example.com") == OK
    assert "verify 1" in capsys.readouterr().out
    assert request(listed, "verify", "1", "--how", "called the number") == OK
    assert request(listed, "approve", "1") == OK
    assert request(listed, "run") == OK
    assert "receipts/request-1.json" in capsys.readouterr().out
    assert main(["receipt", "verify", str(listed / "receipts/request-1.json"), str(listed / PEM)]) == OK
    assert "is what was signed" in capsys.readouterr().out
    [done] = told(listed, capsys, "list")
    assert (done["state"], done["receipt"] is not None) == ("completed", True)
    assert request(listed, "run") == OK
    assert "No request is approved" in capsys.readouterr().out


def test_a_changed_receipt_does_not_verify(listed: Path, capsys: Printed) -> None:
    request(listed, "erase", "--contact", "crm:1", "--verified", "called")
    request(listed, "approve", "1")
    request(listed, "run")
    file = listed / "receipts/request-1.json"
    file.write_text(file.read_text().replace('"request":1,', '"request":2,'))
    capsys.readouterr()
    assert main(["receipt", "verify", str(file), str(listed / PEM)]) == FAILED
    assert "it was changed" in capsys.readouterr().out


def test_what_a_request_reaches_is_shown_before_it_is_approved(listed: Path, capsys: Printed) -> None:
    request(listed, "erase", "--phone", "0171 3920017", "--verified", "called")
    shown = told(listed, capsys, "show", "1")
    assert [(each["source"], each["record_id"], each["certainty"]) for each in shown["records"]] == [
        ("crm", "1", "certain")
    ]
    assert "called" in shown["verified_how"]


def test_many_come_from_a_file(listed: Path, tmp_path: Path, capsys: Printed) -> None:
    file = tmp_path / "requests.csv"
    file.write_text("email,phone,verified\nina@example.com,,called\n,0171 3920018,\n")
    made = told(listed, capsys, "erase", "--file", str(file))
    assert [(each["number"], each["state"]) for each in made] == [(1, "verified"), (2, "received")]
    file.write_text("mail\nina@example.com\n")
    assert request(listed, "erase", "--file", str(file)) == WRONG
    assert "'mail'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("erase",), "whom is it about"),
        (("erase", "--email", "no address"), "no e-mail address"),
        (("erase", "--contact", "crm:77"), "no such contact"),
        (("approve", "7"), "no request 7"),
        (("receipt", "7"), "no request 7"),
        (("release", "3"), "no hold 3"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_what_cannot_be_is_said(words: tuple[str, ...], says: str, listed: Path, capsys: Printed) -> None:
    assert request(listed, *words) == WRONG
    assert says in capsys.readouterr().err


def test_somebody_else_has_to_approve(listed: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = listed / "onecontact.yaml"
    settings.write_text(settings.read_text().replace("second_person: false", "second_person: true"))
    request(listed, "erase", "--email", "ina@example.com", "--verified", "called")
    assert request(listed, "approve", "1") == WRONG
    assert "somebody else has to approve it" in capsys.readouterr().err
    monkeypatch.setattr(intake, "login", lambda: "petra")
    assert request(listed, "approve", "1") == OK


def test_a_denied_request_forgets_whom_it_was_about(listed: Path, capsys: Printed) -> None:
    request(listed, "erase", "--email", "ina@example.com", "--verified", "called")
    assert request(listed, "deny", "1", "--ground", "GDPR 17(3)(b)") == OK
    shown = told(listed, capsys, "show", "1")
    assert (shown["state"], shown["ground"]) == ("denied", "GDPR 17(3)(b)")
    assert request(listed, "approve", "1") == WRONG


def test_a_hold_is_set_listed_and_released(listed: Path, capsys: Printed) -> None:
    request(listed, "erase", "--email", "ina@example.com", "--verified", "called")
    request(listed, "approve", "1")
    assert request(listed, "hold", "contact", "crm:1", "--ground", "a lawsuit") == OK
    assert told(listed, capsys, "run") == [{"number": 1, "state": "on_hold", "says": "a legal hold"}]
    [hold] = told(listed, capsys, "list", "--holds")
    assert (hold["scope"], hold["ground"], hold["released_at"]) == ("contact", "a lawsuit", None)
    assert request(listed, "release", "1") == OK
    [done] = told(listed, capsys, "run")
    assert done["state"] == "completed"


def test_requests_past_their_date_are_overdue(listed: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    request(listed, "erase", "--email", "ina@example.com")
    assert told(listed, capsys, "list", "--overdue") == []
    monkeypatch.setattr("console.privacy.show.is_overdue", lambda *_: True)
    assert len(told(listed, capsys, "list", "--overdue")) == 1
    assert request(listed, "list") == OK
    assert "OVERDUE" in capsys.readouterr().out
