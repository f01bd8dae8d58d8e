from datetime import UTC, datetime
from typing import Any

import pytest

from tests.small_project import SmallProject

ID = "00000000-0000-0000-0000-00000000000{}"


def standing(project: SmallProject) -> dict[str, dict[str, Any]]:
    """What speaks for each field of the one record."""
    found = project.rows(
        """SELECT f.field, f.observed_at, s.row_number, s.name, s.tags, s.attributes
           FROM record_field f JOIN source_record s USING (record_key, version)"""
    )
    return {each["field"]: each for each in found}


def pending(project: SmallProject) -> set[tuple[str, str]]:
    """Steps that have to look at something, and the record ids of that."""
    found = project.rows("SELECT p.step, r.record_id FROM work_queue p JOIN record r USING (record_key)")
    return {(each["step"], each["record_id"]) for each in found}


def test_the_newest_content_that_says_something_speaks_for_a_field(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,tier\n1,Jane,gold")
    project.deliver("crm", "2026-06-02", "id,name,tier\n1,June,")
    project.receive()
    fields = standing(project)
    assert fields["name"]["name"] == "June"
    assert dict(fields["attr.tier"]["attributes"])["tier"] == "gold"
    assert fields["attr.tier"]["observed_at"] == datetime(2026, 6, 1, tzinfo=UTC)


def test_a_cleared_field_is_spoken_for_by_what_has_cleared_it(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,tags\n1,Jane,vip")
    project.deliver("crm", "2026-06-02", "id,name,tags\n1,Jane,\\N")
    project.receive()
    assert standing(project)["tags"]["tags"] == []


def test_of_two_contents_of_one_time_the_later_row_speaks(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name\n1,Jane\n1,June\n1,Jo")
    project.receive()
    assert standing(project)["name"]["name"] == "Jo"


@pytest.mark.heavy
def test_a_content_that_is_seen_again_speaks_again(project: SmallProject) -> None:
    for day, name in (("2026-06-01", "Jane"), ("2026-06-02", "June"), ("2026-06-03", "Jane")):
        project.deliver("crm", day, f"id,name\n1,{name}\nx{day},Joe")
    project.receive()
    names = project.rows(
        """SELECT s.name, f.observed_at FROM record_field f JOIN source_record s USING (record_key, version)
           JOIN record r USING (record_key) WHERE f.field = 'name' AND r.record_id = '1'"""
    )
    assert names == [{"name": "Jane", "observed_at": datetime(2026, 6, 3, tzinfo=UTC)}]


def test_only_records_that_say_something_new_are_left_pending(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-02", "id,name\n1,Jane\n2,Joe")
    project.receive()
    assert pending(project) == {("match", "1"), ("match", "2"), ("contacts", "1"), ("contacts", "2")}
    project.connection.execute("DELETE FROM work_queue")
    project.deliver("crm", "2026-06-03", "id,name,last modified\n1,Jane,2026-06-02\n2,Joseph,2026-06-03")
    project.receive()
    assert pending(project) == {("match", "2"), ("contacts", "2")}


def test_a_content_that_was_seen_earlier_or_later_than_was_known_is_something_new(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-02", "id,name\n1,Jane\n2,Joe")
    project.receive()
    project.connection.execute("DELETE FROM work_queue")
    project.deliver("crm", "2026-06-03", "id,name,last modified\n1,Jane,2026-06-01\n2,Joe,2026-06-04")
    project.receive()
    assert pending(project) == {("match", "1"), ("match", "2"), ("contacts", "1"), ("contacts", "2")}
    seen = project.rows("SELECT first_seen_at, last_seen_at FROM source_record ORDER BY first_seen_at")
    assert [(each["first_seen_at"].day, each["last_seen_at"].day) for each in seen] == [(1, 2), (2, 4)]


def test_a_record_that_says_what_another_does_is_seen_when_it_is_seen_itself(project: SmallProject) -> None:
    both, first = "id,name,email\n1,Jane,j@example.com\n2,Jane,j@example.com", "id,name,email\n1,Jane,j@example.com"
    for day, text in ((3, both), (5, first), (1, first)):
        project.deliver("crm", f"2026-06-0{day}", text)
        project.receive()
    seen = project.rows(
        """SELECT record_id, first_seen_at, last_seen_at FROM source_record JOIN record USING (record_key)
           ORDER BY record_id"""
    )
    assert [(each["first_seen_at"].day, each["last_seen_at"].day) for each in seen] == [(1, 5), (3, 3)]
