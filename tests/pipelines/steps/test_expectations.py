"""What a segment expects, and that what was published before stays where it does not hold."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import PublicationBlocked
from pipelines.steps.publish import publish
from pipelines.steps.segments.expectations import unmet
from schemas.settings.publication import Expectations
from tests.pipelines.steps.segments_of_people import gold, published, set_tier, write_people
from tests.small_project import AS_OF, SmallProject, starting_point


@starting_point
def filled(project: SmallProject) -> None:
    """A project with four contacts, three of them gold."""
    write_people(project)


def files(project: SmallProject) -> dict[str, bytes]:
    folder = project.project.folder / "exports" / "gold"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ({"min_rows": 4}, "expect: min_rows: 3 contacts are fewer than 4"),
        ({"max_rows": 2}, "expect: max_rows: 3 contacts are more than 2"),
        ({"unique": ["email"]}, "expect: unique: 1 value of email stands there already"),
        (
            {"min_rows": 4, "unique": ["email", "name"]},
            "expect: min_rows: 3 contacts are fewer than 4; unique: 1 value of email stands there already",
        ),
    ],
)
def test_what_is_not_as_expected_is_not_published(filled: SmallProject, expect: dict[str, Any], told: str) -> None:
    with pytest.raises(PublicationBlocked) as blocked:
        published(filled, expect=expect)
    assert str(blocked.value) == told
    assert (files(filled), filled.rows("FROM export")) == ({}, [])


def test_what_was_published_before_stays_and_says_nothing_new(filled: SmallProject) -> None:
    published(filled)
    before = files(filled)
    set_tier(filled, 1, "silver")
    with pytest.raises(PublicationBlocked, match="min_rows"):
        published(filled, "run2", expect={"min_rows": 3})
    assert files(filled) == before
    assert len(filled.rows("FROM export")) == 1
    assert published(filled, "run3", expect={"min_rows": 2}).rows == 2


def test_a_change_of_many_is_stopped_unless_it_is_accepted(filled: SmallProject) -> None:
    expect = {"max_change_pct": 20}
    assert published(filled, expect=expect).rows == 3
    set_tier(filled, 1, "silver")
    with pytest.raises(PublicationBlocked, match="3 contacts have become 2, a change of 33 % where 20 % are expected"):
        published(filled, "run2", expect=expect)
    segment = gold(expect=expect)
    accepted = publish(filled.project, filled.connection, segment, "run3", AS_OF, accept_change=True)
    assert (accepted.rows, accepted.changed) == (2, True)
    assert not published(filled, "run4", expect=expect).changed


@pytest.mark.parametrize(("rows", "before", "is_met"), [(80, 100, True), (79, 100, False), (121, 100, False)])
def test_a_change_is_counted_in_both_directions(rows: int, before: int, is_met: bool) -> None:
    assert (not [*unmet(Expectations(max_change_pct=20), rows, before, {})]) is is_met


@pytest.mark.parametrize("before", [None, 0])
def test_a_first_publication_is_no_change(before: int | None) -> None:
    assert [*unmet(Expectations(max_change_pct=1), 50, before, {})] == []


def test_a_value_of_a_person_is_in_no_message(filled: SmallProject) -> None:
    with pytest.raises(PublicationBlocked) as blocked:
        published(filled, expect={"unique": ["email"]})
    assert "ann" not in str(blocked.value)


def test_one_row_per_value_lets_the_first_one_pass_and_counts_the_others(filled: SmallProject) -> None:
    assert published(filled, one_per="email", order_by=["-name"], expect={"unique": ["email"]}).rows == 2
    [kept] = filled.rows("SELECT counts FROM export")
    assert kept["counts"] == '{"in_segment": 2, "left_out_by_one_per": 1}'
    told = Path(filled.project.folder / "exports" / "gold" / "contacts.csv").read_text(encoding="utf-8")
    assert [line.split(",")[1] for line in told.splitlines()[1:]] == ["Jane Doe", "Ben Other"]


def test_who_has_no_value_is_not_taken_for_the_same(filled: SmallProject) -> None:
    filled.connection.execute("UPDATE contact SET email = NULL")
    assert published(filled, one_per="email").rows == 3
