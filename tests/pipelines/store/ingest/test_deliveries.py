import polars as pl
import pytest

from pipelines.store.ingest import deliveries
from tests.pipelines.store.ingest.made_deliveries import ID, delivery, finish
from tests.small_project import SmallProject


def test_a_file_nobody_has_seen_has_no_history(project: SmallProject) -> None:
    assert deliveries.earlier_delivery(project.connection, [ID.format(1)]) == {}


def test_a_finished_delivery_is_remembered_with_its_counts(project: SmallProject) -> None:
    finish(project, delivery(1), created=2, rejected=1)
    assert deliveries.earlier_delivery(project.connection, [ID.format(2), ID.format(1)]) == {
        ID.format(1): ("accepted", None, "digest", None, 0, {})
    }
    assert project.rows("SELECT rows_read, created, rejected, skipped FROM delivery") == [
        {"rows_read": 3, "created": 2, "rejected": 1, "skipped": 0}
    ]


def test_another_attempt_forgets_what_the_first_one_left(project: SmallProject) -> None:
    each = delivery(1)
    deliveries.begin_delivery(project.connection, each)
    refused = pl.DataFrame(
        {"row": [1], "line": [2], "outcome": ["rejected"], "raw": ["{}"]} | {"retry_of": [None], "place": [None]}
    )
    deliveries.keep_rejected(project.connection, deliveries.placed(each, refused))
    finish(project, each, rejected=1)
    deliveries.begin_delivery(project.connection, each)
    assert project.rows("FROM rejected_row") == project.rows("FROM delivery") == []
    finish(project, each, created=1)
    assert deliveries.earlier_delivery(project.connection, [each.delivery_id])[each.delivery_id].state == "accepted"


@pytest.mark.parametrize("asked", [("a", 1, 2), ("b", 1, 1), ("a", 2, 1)])
def test_a_hash_is_known_as_long_as_a_file_is_not_touched(project: SmallProject, asked: tuple[str, int, int]) -> None:
    seen = ("a", 1, 1)
    old, new = "0a" * 32, "0b" * 32
    deliveries.remember_hashes(project.connection, {seen: old})
    deliveries.remember_hashes(project.connection, {seen: new})
    assert deliveries.known_hashes(project.connection, [seen, asked]) == {seen: new}
