import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from console.cli import main
from console.terminal.exit_codes import FAILED, OK, WRONG
from console.terminal.screen import out
from pipelines.audit.events import Action, Event
from pipelines.store.audit.record import record
from tests.deciding import ruling
from tests.pipelines.store.audit.trails import LENA, deliver_change, deliver_two
from tests.small_project import SmallProject, closed_starting_point, reopened

Printed = pytest.CaptureFixture[str]


@closed_starting_point
def told(project: SmallProject) -> None:
    """Two people, of whom one has another number since, and was tagged."""
    from pipelines.decide.annotate import tag

    deliver_two(project)
    project.run()
    deliver_change(project)
    project.run()
    tag(project.project, project.connection, project.contact_of("crm:1"), "vip", ruling(1, "good customer"))


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out, "_width", 200)


def audit(folder: Path, *words: str) -> int:
    return main(["audit", *words, "--project", str(folder)])


def logged(folder: Path, printed: Printed, *words: str) -> list[dict[str, Any]]:
    printed.readouterr()
    assert audit(folder, "log", "--format", "json", *words) == OK
    read: list[dict[str, Any]] = json.loads(printed.readouterr().out)
    return read


def test_the_history_of_a_contact_is_one_of_deliveries_and_decisions(told: Path, capsys: Printed) -> None:
    created, updated, decided, tagged = logged(told, capsys, "--contact", "lena@example.com")
    values = {each["field"]: each["after"] for each in created["changes"]}
    assert (created["action"], values["phone"], values["name"]) == ("contact.created", [LENA], ["Lena Hoffmann"])
    [phone] = [each for each in updated["changes"] if each["field"] == "phone"]
    assert (phone["before"], phone["after"], phone["source"]) == ([LENA], ["+491713920019"], "crm")
    assert (decided["action"], decided["kind"], decided["said"]) == ("decision.created", "tag", "good customer")
    assert (tagged["changes"][0]["after"], tagged["decided_by"], tagged["said"]) == (["vip"], "Ina", "good customer")
    assert all(change["is_proven"] for each in (created, updated, tagged) for change in each["changes"])


def test_a_table_says_who_did_what_and_why(told: Path, capsys: Printed) -> None:
    assert audit(told, "log", "--contact", "lena@example.com") == OK
    shown = capsys.readouterr().out
    for words in ("phone: +491713920017 → +491713920019 (crm)", "for Ina", "tag ⇒ vip", "because: good customer"):
        assert words in shown
    assert "NOT what was recorded" not in shown


def test_a_kept_value_that_is_not_what_was_recorded_is_told(told: Path, capsys: Printed) -> None:
    with reopened(told) as project:
        project.connection.execute("UPDATE audit_value SET after = ['+49110'] WHERE field = 'phone'")
    assert audit(told, "log", "--contact", "lena@example.com") == OK
    assert "phone: +491713920017 → +49110 (crm)  NOT what was recorded" in capsys.readouterr().out


def test_what_was_erased_is_not_told_and_the_trail_still_verifies(told: Path, capsys: Printed) -> None:
    with reopened(told) as project:
        for table in ("audit_value", "audit_salt"):
            project.connection.execute(f"DELETE FROM {table}")
    _, updated, *_ = logged(told, capsys, "--contact", "crm:1")
    assert (updated["changes"], updated["fields"]) == ([], ["identifier.phone", "phone"])
    assert audit(told, "verify") == OK


@pytest.mark.parametrize(
    ("words", "actions"),
    [
        (["--action", "decision"], {"decision.created"}),
        (["--actor", "Ina"], {"decision.created"}),
        (["--action", "contact.updated"], {"contact.updated"}),
        (["--since", "2999-01-01"], set()),
        (["--limit", "1"], {"contact.updated"}),
    ],
)
def test_events_are_found_by_what_they_say(told: Path, capsys: Printed, words: list[str], actions: set[str]) -> None:
    assert {each["action"] for each in logged(told, capsys, *words)} == actions


def test_where_nothing_fits_that_is_said(told: Path, capsys: Printed) -> None:
    assert audit(told, "log", "--actor", "nobody") == OK
    assert capsys.readouterr().out == "Nothing of that kind is on record.\n"


def test_reading_a_contact_leaves_an_event_with_the_next_command_that_writes(told: Path, capsys: Printed) -> None:
    for words in (["show", "crm:1"], ["list"], ["timeline", "crm:1"]):
        assert main([*words, "--project", str(told)]) == OK
    assert list((told / ".onecontact" / "audit" / "reads").glob("*.json")) != []
    for _ in range(2):
        with reopened(told):
            pass
    read = logged(told, capsys, "--action", "contact.read")
    [listed] = logged(told, capsys, "--action", "contacts.listed")
    assert len(read) == 2
    assert listed["details"]["rows"] == "2"
    assert list((told / ".onecontact" / "audit" / "reads").iterdir()) == []
    assert audit(told, "verify") == OK


def test_a_read_that_was_taken_in_before_a_crash_is_not_taken_in_twice(told: Path, capsys: Printed) -> None:
    assert main(["show", "crm:1", "--project", str(told)]) == OK
    reads = told / ".onecontact" / "audit" / "reads"
    kept = shutil.copytree(reads, told / "kept")
    with reopened(told):
        pass
    shutil.copytree(kept, reads, dirs_exist_ok=True)
    with reopened(told):
        pass
    assert len(logged(told, capsys, "--action", "contact.read")) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"action": "contact.read", "recorded_at": "x"}'])
def test_a_file_that_is_no_event_holds_nobody_up_and_is_on_record(told: Path, capsys: Printed, text: str) -> None:
    reads = told / ".onecontact" / "audit" / "reads"
    reads.mkdir(parents=True)
    (reads / "1.json").write_text(text)
    for _ in range(2):
        with reopened(told):
            pass
    [noted] = logged(told, capsys, "--action", "contact.read")
    assert (noted["object_id"], noted["outcome"]) == ("unreadable", "failed")
    assert [each.name for each in reads.iterdir()] == ["1.unreadable"]


def test_who_has_read_is_who_owns_the_file_whatever_stands_in_it(told: Path, capsys: Printed) -> None:
    assert main(["show", "crm:1", "--project", str(told)]) == OK
    [path] = (told / ".onecontact" / "audit" / "reads").iterdir()
    path.write_text(json.dumps(json.loads(path.read_text()) | {"actor": "somebody"}))
    with reopened(told):
        pass
    assert "somebody" not in {each["actor"] for each in logged(told, capsys)}


def test_a_decision_that_is_refused_is_an_event(told: Path, capsys: Printed) -> None:
    assert main(["tag", "crm:1", "vip", "--reason", " ", "--project", str(told)]) == WRONG
    [refused] = logged(told, capsys, "--action", "decision.refused")
    assert (refused["object_id"], refused["outcome"]) == ("onecontact tag", "denied")


def test_verifying_names_what_was_tampered_with_and_fails(told: Path, capsys: Printed) -> None:
    assert audit(told, "verify") == OK
    assert "nothing was changed, removed, inserted or exchanged" in capsys.readouterr().out
    with reopened(told) as project:
        project.connection.execute("UPDATE audit_event SET actor = 'somebody' WHERE seq = 2")
    assert audit(told, "verify") == FAILED
    assert "event 2 was changed" in capsys.readouterr().out
    assert audit(told, "verify", "--json") == FAILED
    assert json.loads(capsys.readouterr().out)["faults"] == ["event 2 was changed"]


def test_seals_are_verified_by_themselves_where_there_is_no_project(
    told: Path, tmp_path: Path, capsys: Printed
) -> None:
    seals = Path(shutil.copy(told / ".onecontact" / "audit" / "seals.jsonl", tmp_path / "seals.jsonl"))
    key = told / ".onecontact" / "keys" / "seal.pub"
    assert audit(tmp_path, "verify", "--seals", str(seals), "--key", str(key)) == OK
    assert "1 seal, without their events" in capsys.readouterr().out
    seals.write_text(seals.read_text().replace("small", "large"))
    assert audit(tmp_path, "verify", "--seals", str(seals)) == FAILED
    assert "does not bear a valid signature" in capsys.readouterr().out
    seals.write_text("")
    assert audit(tmp_path, "verify", "--seals", str(seals)) == FAILED


def test_seals_kept_elsewhere_are_held_against_the_project(told: Path, tmp_path: Path, capsys: Printed) -> None:
    seals = Path(shutil.copy(told / ".onecontact" / "audit" / "seals.jsonl", tmp_path / "seals.jsonl"))
    assert audit(told, "verify", "--seals", str(seals)) == OK
    with reopened(told) as project:
        for table in ("audit_seal", "audit_leaf", "audit_event"):
            project.connection.execute(f"DELETE FROM {table}")
        record(project.connection, Event(Action.RUN_STARTED, "run", "r"))
        project.project.seals_path.unlink()
    assert audit(told, "verify") == OK
    assert audit(told, "verify", "--seals", str(seals)) == FAILED
    assert "of which 2 are left: the end was cut off" in capsys.readouterr().out


def test_a_proof_is_checked_without_the_project_and_fails_with_any_change(
    told: Path, tmp_path: Path, capsys: Printed
) -> None:
    key = str(shutil.copy(told / ".onecontact" / "keys" / "seal.pub", tmp_path / "key.pub"))
    capsys.readouterr()
    assert audit(told, "prove", "3") == OK
    proof = json.loads(capsys.readouterr().out)
    path = tmp_path / "proof.json"

    def checked(**said: Any) -> int:
        path.write_text(json.dumps(proof | said))
        return main(["audit", "verify-proof", str(path), "--key", key])

    assert checked() == OK
    assert "Event 3 (contact.updated," in capsys.readouterr().out
    assert checked(event=proof["event"] | {"actor": "somebody"}) == FAILED
    assert "event 3 is not what is under seal 1" in capsys.readouterr().out
    assert checked(number=2) == FAILED
    assert checked(proof=proof["proof"][1:]) == FAILED
    assert checked(seal=proof["seal"].replace("small", "large")) == FAILED
    assert checked(seal="x") == FAILED
    assert checked(event=None) == FAILED
    assert "this is no proof" in capsys.readouterr().out


def test_a_proof_of_what_is_not_there_is_refused(told: Path, tmp_path: Path, capsys: Printed) -> None:
    assert audit(told, "prove", "999") == WRONG
    assert "there is no event 999" in capsys.readouterr().err
    (tmp_path / "key.pub").write_text("no key")
    proof = tmp_path / "proof.json"
    proof.write_text("{}")
    assert main(["audit", "verify-proof", str(proof), "--key", str(tmp_path / "key.pub")]) == WRONG
    assert "is no Ed25519 public key" in capsys.readouterr().err
    assert main(["audit", "verify-proof", str(proof), "--key", str(tmp_path / "none.pub")]) == WRONG
    assert audit(told, "verify", "--seals", str(tmp_path / "none")) == WRONG


def test_an_export_is_a_cloud_event_a_line_without_a_value(told: Path, capsys: Printed) -> None:
    capsys.readouterr()
    assert audit(told, "export") == OK
    text = capsys.readouterr().out
    lines = [json.loads(line) for line in text.splitlines()]
    assert [each["id"] for each in lines] == [str(number) for number in range(6)]
    updated = lines[3]
    assert (updated["specversion"], updated["type"]) == ("1.0", "onecontact.contact.updated")
    data = updated["data"]
    assert (data["class_uid"], data["activity_name"], data["type_uid"]) == (3004, "Update", 300403)
    assert data["unmapped"]["fields"] == ["identifier.phone", "phone"]
    assert not any(value in text for value in (LENA, "Hoffmann", "lena@example.com", "good customer", "vip"))
    assert audit(told, "export", "--since", "2999-01-01") == OK
    assert capsys.readouterr().out == ""
