import polars as pl
import pytest

from pipelines.store import deliveries
from pipelines.store.deliveries import Delivery
from tests.pipelines.store.made_deliveries import ID, delivery, finish
from tests.small_project import SmallProject


def test_a_file_nobody_has_seen_has_no_history(project: SmallProject) -> None:
    assert deliveries.earlier(project.connection, ID.format(1)) is None


def test_a_finished_delivery_is_remembered_with_its_counts(project: SmallProject) -> None:
    finish(project, delivery(1), created=2, rejected=1)
    assert deliveries.earlier(project.connection, ID.format(1)) == ("accepted", None, "digest")
    assert project.rows("SELECT rows_read, created, rejected, skipped FROM delivery") == [
        {"rows_read": 3, "created": 2, "rejected": 1, "skipped": 0}
    ]


def test_another_attempt_forgets_what_the_first_one_left(project: SmallProject) -> None:
    each = delivery(1)
    deliveries.begin_delivery(project.connection, each)
    refused = pl.DataFrame({"row": [1], "line": [2], "outcome": ["rejected"], "raw": ["{}"]})
    deliveries.keep_rejected(project.connection, each, refused)
    finish(project, each, rejected=1)
    deliveries.begin_delivery(project.connection, each)
    assert project.rows("FROM rejected_row") == project.rows("FROM delivery") == []
    finish(project, each, created=1)
    assert deliveries.earlier(project.connection, each.delivery_id) == ("accepted", None, "digest")


@pytest.mark.parametrize("asked", [("a", 1, 2), ("b", 1, 1), ("a", 2, 1)])
def test_a_hash_is_known_as_long_as_a_file_is_not_touched(project: SmallProject, asked: tuple[str, int, int]) -> None:
    deliveries.remember_hash(project.connection, "a", 1, 1, "old")
    deliveries.remember_hash(project.connection, "a", 1, 1, "new")
    assert deliveries.known_hash(project.connection, "a", 1, 1) == "new"
    assert deliveries.known_hash(project.connection, *asked) is None


def refuse(project: SmallProject, each: Delivery) -> None:
    deliveries.begin_delivery(project.connection, each)
    rows = pl.DataFrame(
        {"row": [2, 1, 3], "line": [3, 2, 4], "outcome": ["rejected", "rejected", "skipped"], "raw": ["{}"] * 3}
    )
    deliveries.keep_rejected(project.connection, each, rows)
    faults = [
        (2, "Phone", "PHONE_UNPARSEABLE", "error", "one phone number", None),
        (2, "", "NO_IDENTIFIER", "error", "a phone", None),
        (2, "Seats", "ATTR_TYPE", "warning", "a number", "3"),
        (1, "Tier", "ATTR_NOT_IN_LIST", "error", "a value of the list", "gold"),
        (3, "", "ROW_BLANK", "info", "a value", None),
    ]
    columns = ["row", "field", "code", "severity", "expected", "suggestion"]
    problems = pl.DataFrame(faults, schema=columns, orient="row").with_columns(
        line="row", action=pl.lit("row_rejected")
    )
    deliveries.keep_problems(project.connection, each, problems)
    finish(project, each, rejected=2, skipped=1)


def test_refused_rows_come_in_order_with_the_reasons_for_their_refusal(project: SmallProject) -> None:
    refuse(project, delivery(1))
    found = pl.concat(deliveries.rejected(project.connection, ID.format(1))).select(
        "row_number", "codes", "expected", "suggestions"
    )
    assert found.rows() == [
        (1, ["ATTR_NOT_IN_LIST"], ["Tier: a value of the list"], ["gold"]),
        (2, ["NO_IDENTIFIER", "PHONE_UNPARSEABLE"], ["a phone", "Phone: one phone number"], None),
    ]


def test_a_delivery_waits_to_be_given_back_until_it_was(project: SmallProject) -> None:
    for each in (delivery(2), delivery(1), delivery(3, "shop", "vcard")):
        refuse(project, each)
    finish(project, delivery(4), created=1)
    waiting = deliveries.not_given_back(project.connection, ["contacts_csv"])
    assert waiting.rows() == [(ID.format(1), "crm", "sha1"), (ID.format(2), "crm", "sha2")]
    deliveries.note_given_back(project.connection, ID.format(1), "crm-sha1.csv")
    assert deliveries.not_given_back(project.connection, ["contacts_csv"])["source"].to_list() == ["crm"]
