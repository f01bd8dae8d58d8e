from datetime import UTC, datetime

import pytest

from tests.small_project import SmallProject


def test_a_row_that_claims_to_be_later_than_its_file_counts_as_of_that(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,last modified\n1,Anna Berg,2099-01-01\n2,Ben Tal,2026-06-01 23:00")
    project.receive()
    seen = project.rows("SELECT record_id, last_seen_at FROM source_record JOIN record USING (record_key) ORDER BY ALL")
    assert [(each["record_id"], each["last_seen_at"]) for each in seen] == [
        ("1", datetime(2026, 6, 1, tzinfo=UTC)),
        ("2", datetime(2026, 6, 1, 23, tzinfo=UTC)),
    ]
    assert project.rows("SELECT row_number, line_number, field, code, severity, action FROM problem") == [
        {
            "row_number": 1,
            "line_number": 2,
            "field": "observed_at",
            "code": "DATE_IN_FUTURE",
            "severity": "warning",
            "action": "kept_with_warning",
        }
    ]


@pytest.mark.heavy
def test_a_record_from_the_future_does_not_stay_the_newest_for_ever(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", "id,name,last modified\n1,Anna Berg,2099-01-01")
    project.deliver("crm", "2026-06-02", "id,name,last modified\n1,Anna Maria Berg,2026-06-02")
    project.run()
    assert project.contact("crm:1")["name"] == "Anna Maria Berg"


def test_messages_may_be_written_whenever_they_were(project: SmallProject) -> None:
    project.chat("+44 7700 900123", "2026-06-13 10:00 Jane: hello")
    project.receive()
    assert project.rows("FROM problem") == []
