"""`onecontact exports`."""

import json
from pathlib import Path

import pytest
import yaml

from console.cli import main
from console.terminal import screen
from tests.pipelines.steps.segments_of_people import GOLD, ID, published, set_tier, write_people
from tests.small_project import SmallProject, closed_starting_point, reopened


@closed_starting_point
def folder(project: SmallProject) -> None:
    """A project with a segment that was published twice, and one that is gone."""
    write_people(project)
    segments = project.project.folder / "segments"
    segments.mkdir()
    (segments / "gold.yaml").write_text(yaml.safe_dump(GOLD), encoding="utf-8")
    published(project, recipients=["agency"])
    set_tier(project, 1, "silver")
    published(project, "run2", recipients=["agency"])
    published(project, "run2", segment="old")


def asked(folder: Path, *words: str, code: int = 0) -> None:
    assert main(["exports", *words, "--project", str(folder)]) == code


def test_exports_are_listed_and_those_without_a_segment_as_such(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen.out, "_width", 200)
    asked(folder, "--json")
    told = json.loads(capsys.readouterr().out)
    assert [(each["segment"], each["rows"], each["state"]) for each in told] == [
        ("gold", 2, ""),
        ("old", 2, "no segment any more"),
    ]
    asked(folder, "--all", "--json")
    assert len(json.loads(capsys.readouterr().out)) == 3
    asked(folder)
    out = capsys.readouterr().out
    assert "agency" in out
    assert "no segment any more" in out


def test_it_is_said_who_was_given_a_contact(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "--of", "Jane Doe", "--json")
    told = json.loads(capsys.readouterr().out)
    assert [(each["segment"], each["run_id"], each["recipients"]) for each in told["publications"]] == [
        ("gold", "run1", ["agency"])
    ]
    asked(folder, "--of", "Joe Bloggs")
    assert "No publication held this contact." in capsys.readouterr().out
    with reopened(folder) as project:
        project.connection.execute("UPDATE export SET members_removed_at = now() WHERE run_id = 'run1'")
        project.connection.execute("DELETE FROM export_member WHERE contact_id = $1", [ID.format(1)])
    asked(folder, "--of", "Jane Doe")
    assert "Of 1 older publication it is no longer kept who was in them." in capsys.readouterr().out


def test_a_segment_that_is_gone_is_removed_and_it_is_kept_who_was_in_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(folder, "remove", "gold", code=2)
    assert "would be published again by the next run" in capsys.readouterr().err
    asked(folder, "remove", "old")
    assert not (folder / "exports" / "old").exists()
    capsys.readouterr()
    asked(folder, "--of", "Ann Other", "--json")
    held = json.loads(capsys.readouterr().out)["publications"]
    assert [each["segment"] for each in held] == ["old", "gold", "gold"]
    asked(folder, "--json")
    states = {each["segment"]: each["state"] for each in json.loads(capsys.readouterr().out)}
    assert states["old"].startswith("removed on ")


@pytest.mark.parametrize("name", ["nothing", "..", "gold/../..", "."])
def test_what_was_never_published_is_not_removed(folder: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    asked(folder, "remove", name, code=2)
    assert "nothing was published under this name" in capsys.readouterr().err
    assert (folder / "exports" / "gold" / "contacts.csv").exists()


def test_a_publication_is_made_again(folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    asked(folder, "--all", "--json")
    first = next(each for each in json.loads(capsys.readouterr().out) if each["run_id"] == "run1")
    out = tmp_path / "again.csv"
    asked(folder, "remake", first["export_id"][:8], "--out", str(out))
    assert "3 of 3 contacts that were in it" in capsys.readouterr().out
    assert len(out.read_text(encoding="utf-8").splitlines()) == 4
    asked(folder, "remake", first["export_id"], code=2)
    assert "name a file" in capsys.readouterr().err
    asked(folder, "remake", "ffffffff", "--out", str(tmp_path / "more.csv"), code=2)
    assert "no publication begins with this id" in capsys.readouterr().err
    asked(folder, "remake", code=2)
    assert "name a publication" in capsys.readouterr().err
