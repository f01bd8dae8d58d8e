import polars as pl

from pipelines.store.ingest import deliveries, rejected_rows
from pipelines.store.ingest.deliveries import Delivery
from tests.pipelines.store.ingest.made_deliveries import ID, delivery, finish
from tests.small_project import SmallProject


def refuse(project: SmallProject, each: Delivery) -> None:
    deliveries.begin_delivery(project.connection, each)
    rows = pl.DataFrame(
        {"row": [2, 1, 3], "line": [3, 2, 4], "outcome": ["rejected", "rejected", "skipped"], "raw": ["{}"] * 3}
        | {"retry_of": [None] * 3, "place": [None] * 3}
    )
    deliveries.keep_rejected(project.connection, deliveries.placed(each, rows))
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
    deliveries.keep_problems(project.connection, deliveries.placed(each, problems))
    finish(project, each, rejected=2, skipped=1)


def test_refused_rows_come_in_order_with_the_reasons_for_their_refusal(project: SmallProject) -> None:
    refuse(project, delivery(1))
    found = pl.concat(rejected_rows.rows(project.connection, ID.format(1))).select(
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
    waiting = rejected_rows.deliveries_to_return(project.connection, ["contacts_csv"])
    assert waiting.rows() == [(ID.format(1), "crm", True), (ID.format(2), "crm", True)]
    rejected_rows.keep_file_names(project.connection, ID.format(1), "crm-sha1.csv", "crm-sha1.errors.csv")
    assert rejected_rows.deliveries_to_return(project.connection, ["contacts_csv"])["delivery_id"].to_list() == [
        ID.format(2)
    ]
