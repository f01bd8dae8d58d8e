"""Settings that change: what it costs, said by `check`, and sources under another name."""

import json
from pathlib import Path

import pytest

from console.cli import main
from console.running.run import describe_requests
from pipelines.steps.setting_changes import keep_settings
from tests.small_project import SmallProject, closed_starting_point


@closed_starting_point
def folder(project: SmallProject) -> None:
    """A project after a run, with two people called Anna."""
    project.deliver(
        "shop", "2026-01-05", "id,name,email,tier\n1,Anna Berg,,gold\n2,Anna Stein,stein@example.com,silver"
    )
    project.run()
    keep_settings(project.project, project.connection)


def changed(folder: Path, old: str, new: str) -> None:
    path = folder / "onecontact.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def asked(folder: Path, *words: str, code: int = 0) -> None:
    assert main([*words, "--project", str(folder)]) == code


def test_check_without_a_file_says_what_changed_settings_cost(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "check")
    assert "no change since the last run costs anything" in capsys.readouterr().out
    changed(folder, "    - silver\n", "")
    asked(folder, "check")
    assert "attribute tier no longer offers silver: 1 contact loses that value" in capsys.readouterr().out
    asked(folder, "check", "--json")
    assert len(json.loads(capsys.readouterr().out)["settings"]) == 1


def test_check_says_all_that_is_wrong_with_all_segments_at_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be read, and what can be read but not asked, in whatever files."""
    (folder / "segments").mkdir()
    asks = "where: {all: [{field: teir, op: is_set}, {not: {field: name, op: gt, value: 3}}]}\n"
    for name, text in {
        "a": "segment: a\nwhere: {all: []}\ncolumns: [name\n",
        "b": "segment: B\nwhere: {all: []}\ncolumns: [name]\n",
        "c": f"segment: c\n{asks}columns: [nmae, emial]\n",
        "d": "segment: d\nwhere: {field: status, op: eq, value: lost}\ncolumns: [name]\norder_by: [fone]\n",
    }.items():
        (folder / "segments" / f"{name}.yaml").write_text(text, encoding="utf-8")
    asked(folder, "check", code=2)
    told = capsys.readouterr().err.replace(f"{folder}/segments/", "").splitlines()
    assert [": ".join(line.removeprefix("onecontact: ").split(": ")[:2]) for line in told] == [
        "a.yaml:4: not valid YAML",
        "b.yaml:1: segment",
        "segment c: columns[0]",
        "segment c: columns[1]",
        "segment c: where.all[0].field",
        "segment c: where.all[1].not.op",
        "segment d: order_by[0]",
        "segment d: where.value",
    ]
    for name in "ab":
        (folder / "segments" / f"{name}.yaml").unlink()
    asked(folder, "check", code=2)
    assert len(capsys.readouterr().err.splitlines()) == 6


def test_a_source_is_renamed_and_a_rename_in_the_file_alone_is_refused_with_the_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(folder, "sources", "rename", "shop", "store")
    assert "shop is store now, with its 2 records" in capsys.readouterr().out
    changed(folder, "  store:\n", "  outlet:\n")
    asked(folder, "check", code=2)
    assert "onecontact sources rename store outlet" in capsys.readouterr().err
    asked(folder, "sources", "rename", "store", "No Name", code=2)
    asked(folder, "sources", "rename", "store", "outlet", "--json")
    assert json.loads(capsys.readouterr().out) == {"old": "store", "new": "outlet", "records": 2}


def test_several_matches_are_json_for_a_program(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "show", "anna", "--json", code=4)
    matches = json.loads(capsys.readouterr().out)["matches"]
    assert sorted(each["name"] for each in matches) == ["Anna Berg", "Anna Stein"]
    asked(folder, "show", "nobody", "--json", code=3)
    assert json.loads(capsys.readouterr().out) == {"matches": []}


def test_what_change_requests_did_is_said_by_kind_and_effect() -> None:
    told = {"applied": 3, "applied_merge": 1, "applied_block": 2, "contacts": 3, "merged": 1, "split": 0}
    assert describe_requests(told) == (
        "3 decisions of landing/decisions applied (2 block, 1 merge): 3 contacts changed, 1 merged into another"
    )
