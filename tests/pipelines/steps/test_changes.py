"""Files of changes: who entered, left or has other values since the last publication."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import ConfigurationError
from tests.pipelines.steps.segments_of_people import ID, published, set_tier, write_people
from tests.small_project import SmallProject, starting_point

CHANGES: dict[str, Any] = {"content": "changes", "columns": ["contact_id", "name", "attr.seats"]}


@starting_point
def filled(project: SmallProject) -> None:
    """A project with four contacts, three of them gold."""
    write_people(project)


def folder(project: SmallProject) -> Path:
    return project.project.folder / "exports" / "gold"


def rows(project: SmallProject, number: int) -> list[list[str]]:
    """Rows of a file of changes: change, the last digit of the id, and the values."""
    with (folder(project) / f"contacts-{number:06}.csv").open(encoding="utf-8", newline="") as file:
        [header, *found] = csv.reader(file)
    assert header == ["change", "contact_id", "name", "attr.seats"]
    return [[change, contact[-1], *values] for change, contact, *values in found]


def test_the_first_file_has_everybody(filled: SmallProject) -> None:
    assert published(filled, **CHANGES).file == "contacts-000001.csv"
    assert rows(filled, 1) == [
        ["entered", "1", "Jane Doe", "10"],
        ["entered", "3", "Ann Other", "9"],
        ["entered", "4", "Ben Other", ""],
    ]


def test_a_later_file_has_what_changed_and_the_first_stays(filled: SmallProject) -> None:
    published(filled, **CHANGES)
    set_tier(filled, 1, "silver")
    set_tier(filled, 2, "gold")
    filled.connection.execute("UPDATE contact SET name = 'Ann Roe' WHERE name = 'Ann Other'")
    made = published(filled, "run2", **CHANGES)
    assert (made.rows, made.changed, made.file) == (3, True, "contacts-000002.csv")
    assert rows(filled, 2) == [
        ["entered", "2", "Joe Bloggs", "2"],
        ["changed", "3", "Ann Roe", "9"],
        ["left", "1", "", ""],
    ]
    assert len(rows(filled, 1)) == 3
    manifest = json.loads((folder(filled) / "manifest.json").read_bytes())
    first, second = filled.rows("SELECT export_id FROM export ORDER BY published_at")
    assert manifest["counts"] == {"in_segment": 3, "entered": 1, "changed": 1, "left": 1, "unchanged": 1}
    assert (manifest["export_id"], manifest["changes_since"]) == (second["export_id"], first["export_id"])
    assert json.loads((folder(filled) / "contacts-000002.csv.manifest.json").read_bytes())["file"] == made.file


def test_without_changes_there_is_no_new_file(filled: SmallProject) -> None:
    published(filled, **CHANGES)
    filled.connection.execute("UPDATE contact SET email = 'new@example.com' WHERE name = 'Jane Doe'")
    assert not published(filled, "run2", **CHANGES).changed
    assert not published(filled, "run3", **CHANGES).changed
    names = {path.name for path in folder(filled).iterdir()}
    assert names == {"contacts-000001.csv", "manifest.json"}
    assert len(filled.rows("FROM export")) == 1


def test_a_file_that_somebody_has_taken_away_is_not_made_again(filled: SmallProject) -> None:
    published(filled, **CHANGES)
    (folder(filled) / "contacts-000001.csv").unlink()
    assert not published(filled, "run2", **CHANGES).changed
    assert not (folder(filled) / "contacts-000001.csv").exists()


def test_who_came_back_has_entered_again(filled: SmallProject) -> None:
    published(filled, **CHANGES)
    for run, tier in enumerate(("silver", "gold"), 2):
        set_tier(filled, 1, tier)
        published(filled, f"run{run}", **CHANGES)
    assert rows(filled, 2) == [["left", "1", "", ""]]
    assert rows(filled, 3) == [["entered", "1", "Jane Doe", "10"]]


def test_a_run_that_dies_before_its_commit_tells_the_same_changes_again(
    filled: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(filled, **CHANGES)
    set_tier(filled, 1, "silver")

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.store.reads.exports.keep_publication", killed)
        with pytest.raises(KeyboardInterrupt):
            published(filled, "run2", **CHANGES)
    assert published(filled, "run3", **CHANGES).changed
    assert rows(filled, 2) == [["left", "1", "", ""]]


def test_after_a_full_file_everybody_who_stayed_is_told_once_more(filled: SmallProject) -> None:
    published(filled)
    set_tier(filled, 1, "silver")
    published(filled, "run2", **CHANGES)
    assert [row[:2] for row in rows(filled, 2)] == [["changed", "3"], ["changed", "4"], ["left", "1"]]
    assert not (folder(filled) / "contacts.csv").exists()


@pytest.mark.parametrize("kind", ["xlsx", "parquet", "jsonl"])
def test_changes_have_every_format(filled: SmallProject, kind: str) -> None:
    published(filled, **CHANGES, format=kind)
    set_tier(filled, 1, "silver")
    assert published(filled, "run2", **CHANGES, format=kind).rows == 1
    assert (folder(filled) / f"contacts-000002.{kind}").stat().st_size > 0


def test_changes_of_nobody_knows_whom_are_refused(filled: SmallProject) -> None:
    with pytest.raises(ConfigurationError, match="a file of changes needs contact_id"):
        published(filled, **CHANGES | {"columns": ["name"]})


def test_it_is_kept_what_became_of_whom(filled: SmallProject) -> None:
    published(filled, **CHANGES)
    set_tier(filled, 1, "silver")
    published(filled, "run2", **CHANGES)
    kept = filled.rows(
        """SELECT m.contact_id, m.change FROM export_member m JOIN export e USING (export_id)
           WHERE e.run_id = 'run2' ORDER BY ALL"""
    )
    assert [(row["contact_id"], row["change"]) for row in kept] == [
        (ID.format(1), "left"),
        (ID.format(3), "unchanged"),
        (ID.format(4), "unchanged"),
    ]
