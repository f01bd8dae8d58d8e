import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console.cli import main
from tests.small_project import small_project

ANNA = "+49 30 90182012"
WHY = ("--reason", "she called", "--by", "Ina")
Answered = Callable[..., Any]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed project: Anna and Otto, who are two people as far as is known, each of one record."""
    folder = tmp_path_factory.mktemp("deciding") / "small"
    with small_project(folder) as project:
        project.deliver(
            "crm",
            "2026-01-05",
            f"""
            id,name,phone,email,tags
            1,Anna Berg,{ANNA},anna@example.com,vip
            2,Otto Kern,,otto@example.com,
            """,
        )
        project.run()
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """That project, for one test to decide in."""
    return Path(shutil.copytree(built, tmp_path / "small"))


@pytest.fixture
def answered(folder: Path, capsys: pytest.CaptureFixture[str]) -> Answered:
    """What a command answers a program."""

    def answer(*words: str) -> Any:
        capsys.readouterr()
        assert main([*words, "--project", str(folder), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return answer


@pytest.fixture
def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command tells a person."""

    def tell(*words: str, code: int = 0) -> str:
        capsys.readouterr()
        assert main([*words, "--project", str(folder)]) == code
        said = capsys.readouterr()
        return said.err if code else said.out

    return tell


def shown(answered: Answered, contact: str) -> dict[str, Any]:
    everything: dict[str, Any] = answered("show", contact)
    return everything


@pytest.mark.heavy
def test_an_edit_is_in_force_at_once_and_says_how_to_undo_it(
    answered: Answered, told: Callable[..., str], folder: Path
) -> None:
    before = shown(answered, "anna berg")
    said = told("edit", "anna berg", "tier=gold", *WHY)
    assert "attr.tier is gold, decided by Ina" in said
    assert shown(answered, "anna berg")["contact"]["attributes"] == {"tier": "gold"}
    [undo] = [line.split("undo: ")[1] for line in said.splitlines() if "undo: " in line]
    assert main(shlex.split(undo)[1:]) == 0
    after = shown(answered, "anna berg")
    assert (after["fields"], after["identifiers"]) == (before["fields"], before["identifiers"])


@pytest.mark.parametrize("nobody", [KeyError, OSError])
def test_where_nobody_is_logged_in_somebody_has_to_be_named(
    told: Callable[..., str], monkeypatch: pytest.MonkeyPatch, nobody: type[Exception]
) -> None:
    def unknown() -> str:
        raise nobody

    monkeypatch.delenv("ONECONTACT_ACTOR", raising=False)
    monkeypatch.setattr("getpass.getuser", unknown)
    assert "--by" in told("tag", "anna berg", "vip", "--reason", "she called", code=2)


@pytest.mark.heavy
def test_one_edit_may_change_clear_and_pin(answered: Answered) -> None:
    told = answered("edit", "anna berg", "tier=gold", "--clear", "email", "--pin", "name", "--pin", "seats=3", *WHY)
    assert [(each["kind"], each["field"], each["value"]) for each in told["decisions"]] == [
        ("edit", "attr.tier", "gold"),
        ("edit", "email", None),
        ("pin", "name", "Anna Berg"),
        ("pin", "attr.seats", "3"),
    ]
    [contact] = told["contacts"]
    assert (contact["email"], contact["name"]) == (None, "Anna Berg")


@pytest.mark.heavy
def test_of_several_edits_of_which_one_cannot_be_none_is_taken(answered: Answered, told: Callable[..., str]) -> None:
    told("edit", "anna berg", "tier=gold", "email=nonsense", *WHY, code=2)
    assert answered("decisions") == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["edit", "anna berg"], "say what to change"),
        (["edit", "anna berg", "tier"], "FIELD=VALUE"),
        (["edit", "anna berg", "teir=gold"], "did you mean `tier`?"),
        (["edit", "anna berg", "tier=gold", "--clear", "tier"], "named once"),
        (["tag", "anna berg"], "say which tag"),
        (["add", "--name", "Cem", "--attribute", "gold"], "NAME=VALUE"),
        (["merge", "anna berg", "anna@example.com"], "two contacts"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_way_out(
    told: Callable[..., str], words: list[str], complaint: str
) -> None:
    assert complaint in told(*words, *WHY, code=2)


@pytest.mark.parametrize(
    "words", [["edit", "nobody", "tier=gold"], ["merge", "anna berg", "nobody"], ["revoke", "ffff"]]
)
def test_what_is_not_there_has_an_exit_code_of_its_own(told: Callable[..., str], words: list[str]) -> None:
    told(*words, *WHY, code=3)


def test_a_command_of_several_contacts_says_which_of_them_is_not_there(told: Callable[..., str]) -> None:
    assert "OTHER 2: no contact" in told("merge", "anna berg", "otto kern", "nobody", *WHY, code=3)


@pytest.mark.heavy
def test_a_contact_is_added_with_all_that_is_said_of_it(answered: Answered) -> None:
    said = (
        "--name",
        "Cem Arslan",
        "--phone",
        "030 90182044",
        "--email",
        "cem@example.com",
        "--email",
        "ca@example.com",
    )
    told = answered("add", *said, "--attribute", "tier=silver", "--tag", "fair", "--note", "met at the fair", *WHY)
    [contact] = told["contacts"]
    assert (contact["name"], contact["phone"], contact["tags"]) == ("Cem Arslan", "+493090182044", ["fair"])
    assert {each["value"] for each in shown(answered, "cem arslan")["identifiers"]} >= {
        "cem@example.com",
        "ca@example.com",
    }
    answered("revoke", told["decisions"][0]["decision_id"])
    assert answered("list", "cem") == []


@pytest.mark.heavy
def test_tags_and_notes_come_and_go(answered: Answered) -> None:
    [contact] = answered("tag", "anna berg", "fair", "--remove", "vip", *WHY)["contacts"]
    assert contact["tags"] == ["fair"]
    answered("note", "anna berg", "calls back on Monday", "--by", "Ina")
    [noted] = answered("timeline", "anna berg", "--kind", "note")
    assert (noted["actor"], noted["text"]) == ("Ina", "calls back on Monday")


@pytest.mark.heavy
def test_contacts_are_merged_and_parted_and_are_as_before(answered: Answered) -> None:
    before = {name: (shown(answered, name), answered("timeline", name)) for name in ("anna berg", "otto kern")}
    [one] = answered("merge", "otto kern", "anna berg", *WHY)["contacts"]
    assert (one["name"], one["records"]) == ("Otto Kern", 2)
    assert len(answered("unmerge", "otto kern", *WHY)["contacts"]) == 2
    after = {name: (shown(answered, name), answered("timeline", name)) for name in ("anna berg", "otto kern")}
    assert after == before


@pytest.mark.heavy
def test_a_record_is_taken_out_of_a_contact(answered: Answered) -> None:
    answered("merge", "otto kern", "anna berg", *WHY)
    parted = answered("unmerge", "otto kern", "--record", "crm:1", *WHY)["contacts"]
    assert {each["name"] for each in parted} == {"Anna Berg", "Otto Kern"}


@pytest.mark.heavy
def test_an_id_of_former_times_says_where_it_went_and_by_whose_decision(
    answered: Answered, told: Callable[..., str], folder: Path
) -> None:
    former = shown(answered, "otto kern")["contact"]["contact_id"]
    [decision] = answered("merge", "anna berg", "otto kern", *WHY)["decisions"]
    now = shown(answered, former)
    assert now["former_id"] == former
    assert [(each["kind"], each["decision_id"]) for each in now["moves"]] == [("merged", decision["decision_id"])]
    said = told("show", former)
    assert f"{former} is a former contact id" in said
    assert f"was merged into {now['contact']['contact_id']}, undo: onecontact revoke" in said


@pytest.mark.heavy
def test_what_was_decided_is_listed_with_what_of_it_stands(answered: Answered, told: Callable[..., str]) -> None:
    assert "Nothing was decided yet." in told("decisions")
    answered("tag", "anna berg", "fair", *WHY)
    answered("block", "otto kern", "--reason", "spam", "--by", "Ben")
    answered("revoke", "last", "--by", "Ben", "--reason", "no spam")
    kinds = [(each["kind"], bool(each["revoked_at"])) for each in answered("decisions")]
    assert kinds == [("revoke", False), ("block", True), ("tag", False)]
    assert [each["kind"] for each in answered("decisions", "anna berg")] == ["tag"]
    said = told("decisions", "otto kern")
    for part in ("Ben", "blocked", "taken", "no spam", "To take one back"):
        assert part in said
    assert [each["kind"] for each in answered("decisions", "--limit", "1")] == ["revoke"]


@pytest.mark.heavy
def test_the_last_decision_is_the_last_of_ones_own(answered: Answered, told: Callable[..., str]) -> None:
    [mine] = answered("tag", "anna berg", "fair", *WHY)["decisions"]
    answered("tag", "anna berg", "trade", "--reason", "x", "--by", "Ben")
    [taken_back] = answered("revoke", "last", "--by", "Ina")["decisions"]
    assert taken_back["target"] == mine["decision_id"]
    assert "you have taken no decision that stands" in told("revoke", "last", "--by", "Ina", code=3)


@pytest.mark.heavy
def test_a_decision_is_named_by_the_beginning_of_its_id(answered: Answered) -> None:
    [decision] = answered("tag", "anna berg", "fair", *WHY)["decisions"]
    assert answered("revoke", decision["decision_id"][:8])["contacts"][0]["tags"] == ["vip"]


@pytest.mark.heavy
def test_a_dry_run_shows_both_sides_and_changes_nothing(
    answered: Answered, told: Callable[..., str], folder: Path
) -> None:
    kept = [shown(answered, each) for each in ("anna berg", "otto kern")]
    ids = [each["contact"]["contact_id"] for each in kept]
    change = answered("merge", "anna berg", "otto kern", "--dry-run", *WHY)
    assert (set(change["before"]), set(change["after"]), change["went"]) == (set(ids), {ids[0]}, {ids[1]: ids[0]})
    assert {each["record_id"] for each in change["after"][ids[0]]["records"]} == {"1", "2"}
    said = told("merge", "anna berg", "otto kern", "--dry-run", *WHY)
    assert f"would go into {ids[0]}" in said
    assert "Nothing was changed" in said
    assert [shown(answered, each) for each in ("anna berg", "otto kern")] == kept
    assert answered("decisions") == []


@pytest.mark.heavy
def test_a_dry_run_of_a_contact_to_be_added_shows_it(answered: Answered) -> None:
    change = answered("add", "--name", "Cem Arslan", "--email", "cem@example.com", "--dry-run", *WHY)
    assert change["before"] == {}
    [state] = change["after"].values()
    assert state["contact"]["name"] == "Cem Arslan"


def test_what_would_be_refused_is_refused_in_a_dry_run(told: Callable[..., str]) -> None:
    assert "not blocked" in told("unblock", "anna berg", "--dry-run", *WHY, code=2)


def test_a_record_names_its_contact(answered: Answered) -> None:
    assert shown(answered, "crm:1")["contact"]["name"] == "Anna Berg"


@pytest.mark.heavy
def test_what_was_said_of_a_value_is_about_the_contact_that_has_it(answered: Answered) -> None:
    answered("merge", "anna berg", "otto kern", *WHY)
    answered("tag", "crm:1", "fair", *WHY)
    answered("unmerge", "crm:1", *WHY)
    assert "tag" in [each["kind"] for each in answered("decisions", "crm:1")]
    assert "tag" not in [each["kind"] for each in answered("decisions", "crm:2")]


@pytest.mark.heavy
def test_decisions_stand_in_the_timeline(answered: Answered, told: Callable[..., str]) -> None:
    answered("edit", "anna berg", "tier=gold", *WHY)
    assert "Ina: [edited] attr.tier ⇒ gold: she called" in told("timeline", "anna berg", "--kind", "decision")


@pytest.mark.heavy
def test_what_ties_one_contact_is_answered_with_who_decided(answered: Answered, told: Callable[..., str]) -> None:
    answered("merge", "anna berg", "otto kern", *WHY)
    assert "Ina decided on" in told("explain", "anna berg")
    said = told("explain", "anna@example.com", "otto@example.com")
    assert said.startswith("One person")
    assert "Ina" in said
