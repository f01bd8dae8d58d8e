"""`onecontact roles`, and the commands that read what it hands over."""

import json
import shutil
from pathlib import Path
from typing import Any

import pyrage
import pytest

from console.cli import main
from pipelines.store.audit.spool import reads_path
from tests.small_project import SmallProject, closed_starting_point

ME = pyrage.x25519.Identity.generate()


@closed_starting_point
def shop(project: SmallProject) -> None:
    """Three contacts of a list, one of whom has a chat."""
    project.configure(attributes={"tier": {"type": "text"}, "interests": {"type": "text", "merge": "union"}})
    project.deliver(
        "crm",
        "2026-02-01",
        """
        id,name,phone,email,tags,tier,interests
        1,Jürgen Straße,0151 23456789,j.strasse@example.com,vip,gold,"bikes; tea"
        2,Ina Berg,030 90182077,ina@example.com,,silver,
        3,Ann Lee,,ann@example.com,,,
        """,
    )
    number = "+49 151 23456789"
    project.chat(number, f"2026-02-02 09:04 {number}: Hello there", "2026-02-02 09:05 Small Shop: Good morning")
    project.run()


@pytest.fixture
def handed_over(shop: Path, tmp_path: Path) -> Path:
    """A folder with what an analyst was given: the snapshot and its key. There is no project near it."""
    assert run("roles", "grant", "analyst", "--to", str(ME.to_public()), "--out", tmp_path / "a.age", project=shop) == 0
    folder = tmp_path / "given"
    folder.mkdir()
    shutil.copy(shop / "snapshots" / "analyst.duckdb", folder)
    key = folder / "analyst.key"
    key.write_bytes(pyrage.decrypt((tmp_path / "a.age").read_bytes(), [ME]))
    key.chmod(0o600)
    return folder


def run(*arguments: object, project: Path | None = None) -> int:
    return main([*map(str, arguments), *(["--project", str(project)] if project else [])])


def answer(capsys: pytest.CaptureFixture[str], *arguments: object, project: Path | None = None) -> Any:
    capsys.readouterr()
    assert run(*arguments, "--json", project=project) == 0
    return json.loads(capsys.readouterr().out)


def test_every_role_is_listed_and_whether_somebody_was_granted_it(
    shop: Path, handed_over: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {each["role"]: each for each in answer(capsys, "roles", project=shop)}
    assert rows.keys() == {"admin", "data_engineer", "analyst", "compliance", "agent"}
    assert (rows["analyst"]["granted"], rows["analyst"]["snapshot"]) == (True, "snapshots/analyst.duckdb")
    assert (rows["agent"]["granted"], rows["agent"]["snapshot"]) == (False, None)


def test_a_role_is_shown_column_by_column(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = answer(capsys, "roles", "show", "analyst", project=shop)
    assert (told["columns"]["contacts.phone"], told["columns"]["contacts.phone_digits"]) == ("masked", "absent")
    assert told["attributes"] == {"tier": "clear", "interests": "clear"}


def test_a_misspelt_role_is_told_which_is_near(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("roles", "show", "analist", project=shop) == 2
    assert "no role `analist`" in (error := capsys.readouterr().err)
    assert "analyst" in error


@pytest.mark.parametrize("recipient", ["age1nonsense", "AGE-SECRET-KEY-1", "somebody"])
def test_a_key_is_handed_over_to_a_public_key_only(
    recipient: str, shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("roles", "grant", "analyst", "--to", recipient, "--out", tmp_path / "k", project=shop) == 2
    assert "public key of age" in capsys.readouterr().err
    assert not (shop / "snapshots").exists()
    assert not (tmp_path / "k").exists()


def test_only_whom_it_is_for_can_open_what_is_handed_over(shop: Path, handed_over: Path, tmp_path: Path) -> None:
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt((tmp_path / "a.age").read_bytes(), [pyrage.x25519.Identity.generate()])
    assert run("roles", "grant", "analyst", "--to", str(ME.to_public()), "--out", tmp_path / "a.age", project=shop) == 2


def test_list_finds_contacts_by_what_the_role_sees(handed_over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def names(*options: object) -> list[str]:
        return [each["name"] for each in answer(capsys, "--snapshot", handed_over, "list", *options)]

    assert sorted(names()) == ["A*** L***", "I*** B***", "J*** S***"]
    assert names("--limit", 1) == ["J*** S***"]
    for option in (("--channel", "whatsapp"), ("--tag", "VIP"), ("--attribute", "tier=Gold"), ("vip",), ("gold",)):
        assert names(*option) == ["J*** S***"]
    assert names("--attribute", "interests=tea") == ["J*** S***"]
    assert sorted(names("--source", "crm")) == ["A*** L***", "I*** B***"]
    assert names("strasse") == []
    assert names("23456789") == []


def test_show_and_timeline_show_what_the_role_sees(handed_over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [row] = answer(capsys, "--snapshot", handed_over, "list", "vip")
    told = answer(capsys, "--snapshot", handed_over, "show", row["contact_id"][:8])
    assert (told["contact"]["phone"], told["contact"]["phone_digits"]) == ("+49 *** **89", None)
    assert told["contact"]["attributes"] == {"tier": "gold", "interests": "bikes; tea"}
    assert [each["text"] for each in told["timeline"]] == [None, None]
    history = answer(capsys, "--snapshot", handed_over, "timeline", row["contact_id"], "--channel", "whatsapp")
    assert [each["direction"] for each in history] == ["inbound", "outbound"]
    assert answer(capsys, "--snapshot", handed_over, "timeline", row["contact_id"], "--kind", "note") == []


def test_for_people_it_says_as_whom_they_see(handed_over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("list",), ("show", "vip")):
        capsys.readouterr()
        assert run("--snapshot", handed_over, *words) == 0
        assert "As the role analyst sees it" in (said := capsys.readouterr().out)
        assert "J*** S***" in said
        assert "Straße" not in said


def test_the_environment_names_the_snapshot_and_the_key(
    handed_over: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECONTACT_SNAPSHOT", str(handed_over / "analyst.duckdb"))
    assert run("list") == 2
    assert "--key" in capsys.readouterr().err
    monkeypatch.setenv("ONECONTACT_ROLE_KEY", str(handed_over / "analyst.key"))
    assert len(answer(capsys, "list")) == 3
    assert run("formats", "contacts_csv") == 0


@pytest.mark.parametrize(
    "words",
    [
        ("merge", "a", "b", "--reason", "x"),
        ("run",),
        ("explain", "a"),
        ("show", "vip", "--why", "phone"),
        ("list", "--blocked-conversations"),
    ],
    ids=" ".join,
)
def test_what_needs_the_warehouse_is_denied(
    words: tuple[str, ...], handed_over: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--snapshot", handed_over, *words) == 6
    assert "needs the warehouse" in capsys.readouterr().err


def test_a_denial_says_which_roles_may(handed_over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--snapshot", handed_over, "run") == 6
    assert "admin, data_engineer may" in capsys.readouterr().err


def test_nobody_filters_by_what_the_role_does_not_see(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = shop / "onecontact.yaml"
    settings.write_text(settings.read_text() + "roles: {tiny: {columns: {attr.tier: masked}}}\n")
    assert run("roles", "grant", "tiny", "--to", str(ME.to_public()), "--out", tmp_path / "t.age", project=shop) == 0
    key = shop / ".onecontact" / "keys" / "roles" / "tiny.key"
    given = ("--snapshot", shop / "snapshots" / "tiny.duckdb", "--key", key)
    assert run(*given, "list", "--tag", "vip") == 6
    assert "does not see `tags` in clear" in capsys.readouterr().err
    assert run(*given, "list", "--attribute", "tier=gold") == 2
    [denial] = [json.loads(file.read_text()) for file in reads_path(shop).iterdir()]
    assert (denial["action"], denial["object_id"], denial["role"]) == ("access.denied", "list", "tiny")


def test_after_a_rotation_the_old_key_opens_no_new_snapshot(
    shop: Path, handed_over: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("roles", "rotate", "analyst", project=shop) == 0
    shutil.copy(shop / "snapshots" / "analyst.duckdb", handed_over)
    capsys.readouterr()
    assert run("--snapshot", handed_over, "list") == 1
    assert "its key is another one" in capsys.readouterr().err
    new = shop / ".onecontact" / "keys" / "roles" / "analyst.key"
    assert len(answer(capsys, "--snapshot", handed_over / "analyst.duckdb", "--key", new, "list")) == 3
    assert sorted(each.name for each in new.parent.iterdir()) == ["analyst.key"]


def test_a_role_that_was_never_granted_has_no_key_to_rotate(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("roles", "rotate", "agent", project=shop) == 2
    assert "onecontact roles grant agent" in capsys.readouterr().err


def test_snapshots_are_written_when_asked_for_and_not_twice(
    shop: Path, handed_over: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = answer(capsys, "roles", "snapshot", project=shop)
    assert written == [{"role": "analyst", "contacts": 3, "changed": False}]
    assert run("note", "ina@example.com", "rang twice", project=shop) == 0
    [written] = answer(capsys, "roles", "snapshot", project=shop)
    assert written["changed"]


def test_what_is_recorded_of_roles_names_nobody(
    shop: Path, handed_over: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = [each for each in answer(capsys, "audit", "log", project=shop) if each["role"] == "analyst"]
    assert [each["action"] for each in noted] == ["role.granted", "snapshot.written"]
    said = json.dumps(noted, default=str)
    assert [each for each in (str(ME.to_public()), "Jürgen", "example.com", "@") if each in said] == []


def test_a_key_that_others_can_read_is_not_used(handed_over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (handed_over / "analyst.key").chmod(0o644)
    assert run("--snapshot", handed_over, "list") == 2
    assert "chmod 600" in capsys.readouterr().err


def test_a_run_writes_the_snapshots(shop: Path, handed_over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "landing" / "crm" / "crm-2026-03-01.csv").write_text("id,name\n9,Cem Arslan\n")
    assert run("run", "--as-of", "2026-07-01", project=shop) == 0
    key = handed_over / "analyst.key"
    assert len(answer(capsys, "--snapshot", shop / "snapshots" / "analyst.duckdb", "--key", key, "list")) == 4
