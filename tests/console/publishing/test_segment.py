"""`onecontact segment`."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from console.cli import main
from schemas.segment import Segment
from tests.pipelines.steps.segments_of_people import GOLD, ID, published, write_people
from tests.small_project import AS_OF, SmallProject, closed_starting_point, reopened


@closed_starting_point
def folder(project: SmallProject) -> None:
    """A project of four contacts, with a segment of three of them that was published."""
    write_people(project)
    project.connection.execute("INSERT INTO as_of_time VALUES ($1)", [AS_OF])
    write(project.project.folder, GOLD)
    published(project)


def write(folder: Path, said: dict[str, Any], name: str | None = None) -> None:
    path = folder / "segments" / f"{name or said['segment']}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(said), encoding="utf-8")


def asked(folder: Path, *words: str, code: int = 0) -> None:
    assert main(["segment", *words, "--project", str(folder)]) == code


def test_segments_are_listed_with_their_last_publication(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, GOLD | {"segment": "later"})
    write(folder, {"segment": "wrong", "columns": []})
    asked(folder, "list", "--json")
    told = {each["segment"]: each for each in json.loads(capsys.readouterr().out)}
    assert [(name, each["contacts"]) for name, each in told.items()] == [("gold", 3), ("later", None), ("wrong", None)]
    assert told["gold"]["filter"] == "attr.tier is gold"
    assert "wrong.yaml" in told["wrong"]["fault"]
    asked(folder, "list")
    assert "cannot be published" in capsys.readouterr().out


def test_check_names_every_fault_and_every_expectation_that_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(folder, "check")
    assert capsys.readouterr().out == "gold: in order\n"
    write(folder, GOLD | {"segment": "many", "expect": {"min_rows": 4}})
    asked(folder, "check", code=1)
    assert "segment many: expect.min_rows: 3 contacts are fewer than 4" in capsys.readouterr().err
    write(folder, GOLD | {"segment": "wrong", "columns": ["nmae"]})
    asked(folder, "check", code=2)
    assert "segment wrong: columns[0]: no field nmae; did you mean name?" in capsys.readouterr().err
    asked(folder, "check", "gold")
    assert capsys.readouterr() == ("gold: in order\n", "")
    asked(folder, "check", "glod", code=2)
    assert "no segment `glod`; did you mean `gold`?" in capsys.readouterr().err


def test_a_preview_counts_and_shows_no_value_in_full(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "preview", "gold")
    out = capsys.readouterr().out
    assert "gold: 3 contacts (the last publication had 3)" in out
    assert "J… D…" in out
    assert "j…@….com" in out
    assert "Jane" not in out
    asked(folder, "preview", "gold", "--rows", "1", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["contacts"] == 3
    assert told["sample"] == [
        {"contact_id": ID.format(1), "name": "J… D…", "email": "j…@….com", "attr.seats": "10"},
    ]


def test_a_preview_says_what_would_stop_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, GOLD | {"expect": {"max_rows": 2}})
    asked(folder, "preview", "gold")
    assert "would not be published: expect.max_rows: 3 contacts are more than 2" in capsys.readouterr().err


def test_a_diff_says_who_moved_and_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "diff", "gold")
    assert "Nobody entered, nobody left." in capsys.readouterr().out
    with reopened(folder) as project:
        project.connection.execute("UPDATE contact SET status = 'blocked' WHERE name = 'Jane Doe'")
    asked(folder, "diff", "gold")
    out = capsys.readouterr().out
    assert "3 contacts then, 2 now" in out
    assert "1 left: blocked" in out
    assert "Jane Doe" in out
    asked(folder, "diff", "gold", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["moved"] == [{"contact_id": ID.format(1), "change": "left", "reason": "blocked"}]
    asked(folder, "diff", "gold", "--since", "run1", "--json")
    assert json.loads(capsys.readouterr().out)["since"]["run_id"] == "run1"
    asked(folder, "diff", "gold", "--since", "1999-12-31", code=2)
    assert "--since: it was first published on" in capsys.readouterr().err


def test_what_was_never_published_has_nothing_to_compare_with(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, GOLD | {"segment": "later"})
    asked(folder, "diff", "later", code=2)
    assert "it was never published" in capsys.readouterr().err


def test_the_query_of_a_segment_has_marks_and_no_values(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(folder, "sql", "gold", "--json")
    told = json.loads(capsys.readouterr().out)
    assert "gold" not in told["sql"]
    assert told["parameters"] == ["tier", "gold", "blocked"]
    with reopened(folder) as project:
        assert len(project.rows(told["sql"], *told["parameters"])) == 3


@pytest.mark.parametrize("like", ["audience", "crm_upsert"])
def test_an_example_is_a_segment_that_can_be_published(
    folder: Path, capsys: pytest.CaptureFixture[str], like: str
) -> None:
    asked(folder, "new", "mine", "--like", like)
    path = folder / "segments" / "mine.yaml"
    assert "segment preview mine" in capsys.readouterr().out
    made = Segment.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    with reopened(folder) as project:
        assert published(project, **made.model_dump(by_alias=True)).rows == (3 if like == "audience" else 0)
    asked(folder, "new", "mine", "--like", like, code=2)
    assert "there is a segment mine already" in capsys.readouterr().err


def test_a_broken_segment_stops_no_other_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "segments" / "torn.yaml").write_text("segment: torn\nwhere: {all: []\n", encoding="utf-8")
    for words in (["list"], ["status"], ["show", "Jane Doe"]):
        assert main([*words, "--project", str(folder)]) == 0
    capsys.readouterr()
    asked(folder, "preview", "gold")
    asked(folder, "preview", "torn", code=2)
    assert "torn.yaml" in capsys.readouterr().err
    assert main(["check", "--project", str(folder)]) == 2
