"""A past publication made again, of those who were in it, with the values that they have now."""

import json
from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import ConfigurationError
from pipelines.steps.segments.inspect.remake import Remade, remake
from pipelines.store.reads.exports import last_publication, publications_of
from tests.pipelines.steps.segments_of_people import ID, published, set_tier, write_people
from tests.small_project import SmallProject, starting_point


@starting_point
def filled(project: SmallProject) -> None:
    """A project with four contacts; a segment of three of them was published."""
    write_people(project)
    published(project, purpose="newsletter", recipients=["agency"], columns=["contact_id", "name", "attr.seats"])


def made_again(project: SmallProject, out: Path) -> Remade:
    publication = last_publication(project.connection, "gold")
    assert publication is not None
    return remake(project.project, project.connection, publication, out)


def test_what_has_not_changed_is_made_again_byte_for_byte(filled: SmallProject, tmp_path: Path) -> None:
    set_tier(filled, 1, "silver")  # who is no longer in the segment was in it then
    made = made_again(filled, tmp_path / "again.csv")
    assert made == Remade(3, 3, 0, 0, 0, [], is_identical=True)
    published_file = filled.project.folder / "exports" / "gold" / "contacts.csv"
    assert (tmp_path / "again.csv").read_bytes() == published_file.read_bytes()


def test_the_manifest_says_what_differs(filled: SmallProject, tmp_path: Path) -> None:
    filled.connection.execute("UPDATE contact SET name = 'Jane Roe' WHERE name = 'Jane Doe'")
    filled.connection.execute("DELETE FROM contact WHERE name = 'Ann Other'")
    filled.connection.execute("UPDATE contact SET status = 'blocked', status_reason = 'blocked_by_decision' "
                              "WHERE name = 'Ben Other'")  # fmt: skip
    assert made_again(filled, tmp_path / "again.csv") == Remade(1, 3, 1, 0, 1, [], is_identical=False)
    assert pl.read_csv(tmp_path / "again.csv")["name"].to_list() == ["Jane Roe"]
    told = json.loads((tmp_path / "again.csv.manifest.json").read_bytes())
    assert told["differences"] == {
        "rows": 1,
        "recorded": 3,
        "gone": 1,
        "merged": 0,
        "blocked": 1,
        "columns_gone": [],
        "is_identical": False,
    }
    assert (told["purpose"], told["recipients"]) == ("newsletter", ["agency"])


def test_columns_that_are_gone_are_told(filled: SmallProject, tmp_path: Path) -> None:
    filled.configure(attributes={})
    made = made_again(filled, tmp_path / "again.csv")
    assert (made.columns_gone, made.is_identical) == (["attr.seats"], False)
    assert pl.read_csv(tmp_path / "again.csv").columns == ["contact_id", "name"]


def test_that_it_was_made_again_is_kept_and_changes_nothing_of_the_segment(
    filled: SmallProject, tmp_path: Path
) -> None:
    made_again(filled, tmp_path / "again.csv")
    held = publications_of(filled.connection, pl.Series([ID.format(1)]))
    assert [each.segment for each in held] == ["remade:gold", "gold"]
    assert not published(filled, "run2", purpose="newsletter", recipients=["agency"],
                         columns=["contact_id", "name", "attr.seats"]).changed  # fmt: skip


def test_a_publication_of_before_definitions_were_kept_is_made_again_as_csv(
    filled: SmallProject, tmp_path: Path
) -> None:
    filled.connection.execute("UPDATE export SET definition = NULL, content_sha256 = NULL")
    assert made_again(filled, tmp_path / "again.csv").is_identical


def test_a_file_that_is_there_is_not_overwritten(filled: SmallProject, tmp_path: Path) -> None:
    (tmp_path / "again.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is there already"):
        made_again(filled, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_text(encoding="utf-8") == "mine"


def test_without_members_nothing_can_be_made_again(filled: SmallProject, tmp_path: Path) -> None:
    filled.connection.execute("UPDATE export SET members_removed_at = now()")
    with pytest.raises(ConfigurationError, match="was forgotten"):
        made_again(filled, tmp_path / "again.csv")
