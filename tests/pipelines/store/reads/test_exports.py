from datetime import UTC, datetime

import polars as pl

from pipelines.store.reads.exports import (
    NOBODY,
    Publication,
    Suppressed,
    keep_check,
    keep_members,
    keep_publication,
    last_publication,
    made_of,
)
from tests.small_project import AS_OF, SmallProject

ID = "00000000-0000-0000-0000-00000000000{}"


def publication(number: int, segment: str = "vip") -> Publication:
    when = datetime(2026, 6, number, 12, 0, 0, 123456, tzinfo=UTC)
    return Publication(
        ID.format(number), segment, "contacts.csv", f"sha{number}", ["name"], 2, "digest", AS_OF, when, "run1"
    )


def keep(project: SmallProject, each: Publication, *numbers: int) -> None:
    members = pl.DataFrame({"contact_id": [ID.format(number) for number in numbers]}, schema={"contact_id": pl.String})
    keep_members(project.connection, each.export_id, members)
    keep_publication(project.connection, each)


def test_a_segment_that_was_never_published_has_no_publication(project: SmallProject) -> None:
    assert last_publication(project.connection, "vip") is None


def test_the_last_publication_of_a_segment_is_as_it_was_kept(project: SmallProject) -> None:
    for each in (publication(2), publication(3), publication(1), publication(4, "others")):
        keep(project, each, 1)
    assert last_publication(project.connection, "vip") == publication(3)


def test_the_members_of_a_publication_are_kept(project: SmallProject) -> None:
    keep(project, publication(1), 7, 8)
    keep(project, publication(2))
    assert project.rows("SELECT export_id, contact_id FROM export_member ORDER BY ALL") == [
        {"export_id": ID.format(1), "contact_id": ID.format(7)},
        {"export_id": ID.format(1), "contact_id": ID.format(8)},
    ]


def test_what_a_publication_is_made_of_is_what_its_last_check_says(project: SmallProject) -> None:
    keep(project, publication(1), 7)
    assert made_of(project.connection, publication(1)) == (None, NOBODY)
    for inputs, suppressed in (("some", NOBODY), ("others", Suppressed(2, 1))):
        keep_check(project.connection, ID.format(1), AS_OF, AS_OF, inputs, suppressed)
    assert made_of(project.connection, publication(1)) == ("others", Suppressed(2, 1))
