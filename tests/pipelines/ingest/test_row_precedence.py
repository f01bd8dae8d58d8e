from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from pipelines.ingest.row_precedence import cap_future_dates
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


@pytest.mark.parametrize(
    ("ahead", "is_list", "is_capped"),
    [
        (timedelta(days=-1), True, False),
        (timedelta(days=1), True, False),  # the clock of a source may be before that of its file
        (timedelta(days=1, microseconds=1), True, True),
        (timedelta(days=400), True, True),
        (timedelta(days=400), False, False),  # a message was written whenever it was
    ],
)
def test_a_row_may_be_a_day_later_than_its_file(ahead: timedelta, is_list: bool, is_capped: bool) -> None:
    dated = datetime(2026, 6, 1, tzinfo=UTC)
    rows = pl.DataFrame({"row": [7, 8], "line": [9, 10], "dated": [dated] * 2, "observed_at": [dated, dated + ahead]})
    found, problems = cap_future_dates(rows, is_list=is_list)
    assert found["observed_at"].to_list() == [dated, dated if is_capped else dated + ahead]
    assert problems.select("row", "line", "field", "code").rows() == (
        [(8, 10, "observed_at", "DATE_IN_FUTURE")] if is_capped else []
    )
