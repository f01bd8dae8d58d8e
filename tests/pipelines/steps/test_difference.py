"""Who entered and left a segment since a publication, and why."""

from typing import Any

import pytest

from pipelines.errors import ConfigurationError
from pipelines.steps.publish import publish
from pipelines.steps.segments.inspect.difference import Difference, difference
from pipelines.store.reads.exports import last_publication
from schemas.segment import Segment
from tests.pipelines.steps.segments_of_people import ID, gold, published, set_tier, write_people
from tests.small_project import AS_OF, SmallProject, starting_point


@starting_point
def filled(project: SmallProject) -> None:
    """A project with four contacts, three of them gold, as a run has derived them."""
    write_people(project)
    project.connection.execute("INSERT INTO as_of_time VALUES ($1)", [AS_OF])
    project.connection.execute("INSERT INTO run VALUES ('run1', $1, '2026-01-01T00:00:00Z')", [AS_OF])
    for number in range(1, 5):
        project.connection.execute(
            "INSERT INTO membership VALUES ($1, $2, 'run1', NULL, 'single')", [ID.format(number), ID.format(number)]
        )


def compared(project: SmallProject, segment: Segment | None = None, **said: Any) -> Difference:
    since = last_publication(project.connection, "gold")
    assert since is not None
    return difference(project.project, project.connection, segment or gold(**said), since)


def moved(found: Difference) -> list[tuple[str, str, str]]:
    return [(contact[-1], change, reason) for contact, change, reason in found.moved.rows()]


def test_where_nothing_has_changed_nobody_has_moved(filled: SmallProject) -> None:
    published(filled)
    found = compared(filled)
    assert (found.before, found.now, found.merged, moved(found)) == (3, 3, 0, [])


def test_who_left_is_told_with_the_condition_that_is_false_now(filled: SmallProject) -> None:
    where = {"all": [{"field": "attr.tier", "op": "eq", "value": "gold"}, {"field": "email", "op": "is_set"}]}
    published(filled, where=where)
    set_tier(filled, 1, "silver")
    filled.connection.execute("UPDATE contact SET email = NULL WHERE name = 'Ann Other'")
    assert moved(compared(filled, where=where)) == [
        ("1", "left", "attr.tier is gold"),
        ("3", "left", "email is set"),
    ]


def test_of_alternatives_and_negations_those_are_told_that_matter(filled: SmallProject) -> None:
    where = {
        "any": [
            {"field": "attr.tier", "op": "eq", "value": "gold"},
            {"not": {"field": "tags", "op": "has_any", "value": ["internal"]}},
        ]
    }
    published(filled, where=where)
    filled.connection.execute("UPDATE contact SET tags = ['internal']")
    assert moved(compared(filled, where=where)) == [
        ("2", "left", "attr.tier is gold; not tags include any of internal"),
    ]


def test_a_block_is_told_as_such(filled: SmallProject) -> None:
    published(filled)
    filled.connection.execute("UPDATE contact SET status = 'blocked', status_reason = 'blocked_by_decision' "
                              "WHERE name = 'Jane Doe'")  # fmt: skip
    assert moved(compared(filled)) == [("1", "left", "blocked")]
    assert moved(compared(filled, include_blocked=True)) == []


def test_who_is_no_more_has_left(filled: SmallProject) -> None:
    published(filled)
    filled.connection.execute("DELETE FROM contact WHERE name = 'Jane Doe'")
    assert moved(compared(filled)) == [("1", "left", "there is no such contact any more")]


def test_who_was_merged_into_a_contact_that_is_in_it_has_not_left(filled: SmallProject) -> None:
    published(filled)
    for number in (3, 4):
        filled.connection.execute(
            "INSERT INTO record (record_key, source, record_id, ingest_seq, anchor_id) VALUES ($1, 'crm', $2, $3, $1)",
            [ID.format(number), str(number), number],
        )
    filled.connection.execute("DELETE FROM contact WHERE contact_id = $1", [ID.format(4)])
    filled.connection.execute(
        "UPDATE membership SET contact_id = $1 WHERE contact_id = $2", [ID.format(3), ID.format(4)]
    )
    found = compared(filled)
    assert (found.before, found.now, found.merged, moved(found)) == (3, 2, 1, [])


def test_who_entered_is_told_by_what_is_new(filled: SmallProject) -> None:
    published(filled)
    set_tier(filled, 2, "gold")
    filled.connection.execute("INSERT INTO run VALUES ('later', $1, now() + INTERVAL 1 DAY)", [AS_OF])
    assert moved(compared(filled)) == [("2", "entered", "true since: attr.tier is gold")]
    filled.connection.execute("UPDATE membership SET run_from = 'later' WHERE contact_id = $1", [ID.format(2)])
    assert moved(compared(filled)) == [("2", "entered", "a new contact")]


def test_another_definition_is_told_as_the_reason(filled: SmallProject) -> None:
    published(filled)
    where = {"field": "attr.tier", "op": "in", "value": ["gold", "silver"]}
    assert moved(compared(filled, where=where)) == [("2", "entered", "the segment was defined otherwise")]


def test_the_passing_of_time_is_told_by_the_condition_that_turned(filled: SmallProject) -> None:
    where = {"field": "last_inbound_at", "op": "within_last", "value": {"days": 30}}
    segment = gold(where=where)
    publish(filled.project, filled.connection, segment, "run1", AS_OF)
    filled.connection.execute("UPDATE contact SET last_inbound_at = '2026-07-10T00:00:00Z' WHERE name = 'Joe Bloggs'")
    filled.connection.execute("UPDATE as_of_time SET as_of = '2026-07-20T00:00:00Z'")
    assert moved(compared(filled, segment)) == [
        ("2", "entered", "true since: last_inbound_at is within the last 30 days"),
    ]


def test_what_was_forgotten_cannot_be_compared_with(filled: SmallProject) -> None:
    published(filled)
    filled.connection.execute("UPDATE export SET members_removed_at = now()")
    with pytest.raises(ConfigurationError, match="was forgotten, as `keep_members` says"):
        compared(filled)


def test_one_row_per_value_is_a_reason_to_have_left(filled: SmallProject) -> None:
    published(filled)
    assert moved(compared(filled, one_per="email")) == [("4", "left", "another contact has the same email")]


@pytest.mark.heavy
def test_values_that_a_delivery_has_stated_are_the_reason(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,email,tier\n1,Jane Doe,jane@example.com,gold\n2,Joe,,silver")
    project.run()
    published(project)
    project.deliver("crm", "2026-06-02", "id,name,email,tier\n1,Jane Doe,jane@example.com,silver\n2,Joe,,gold")
    project.run()
    found = [(change, reason) for _, change, reason in compared(project).moved.rows()]
    assert found == [("entered", "stated since: attr.tier"), ("left", "attr.tier is gold")]
