"""What is given back of deliveries and told of them, asked of tables filled by hand."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.store.ingest import rejected_rows
from pipelines.store.ingest.deliveries import Delivery
from tests.store_tables import Tables, uid

DECLARED = datetime(2026, 6, 1, tzinfo=UTC)


def refused(tables: Tables, delivery: int, *rows: int, outcome: str = "rejected", **said: Any) -> None:
    for row in rows:
        tables.put("rejected_row", {"delivery_id": uid(delivery), "row_number": row, "outcome": outcome, **said})


def problem(tables: Tables, delivery: int, row: int | None, code: str, severity: str = "error", **said: Any) -> None:
    tables.put("problem", {"delivery_id": uid(delivery), "row_number": row, "code": code, "severity": severity, **said})


def corrected(tables: Tables, delivery: int, *rows: int, by: int = 99) -> None:
    for row in rows:
        tables.put("corrected_row", {"delivery_id": uid(delivery), "row_number": row, "corrected_by": uid(by)})


def returned(tables: Tables, delivery: int = 1) -> list[dict[str, Any]]:
    return [row for batch in rejected_rows.rows(tables.connection, uid(delivery)) for row in batch.to_dicts()]


def test_rows_come_back_in_their_order_unless_they_have_arrived_since(tables: Tables) -> None:
    refused(tables, 1, 5, 2, 9)
    refused(tables, 1, 7, outcome="quarantined")
    refused(tables, 1, 3, outcome="skipped")
    refused(tables, 2, 4)
    corrected(tables, 1, 9)
    corrected(tables, 2, 2)
    assert [(row["delivery"], row["row_number"]) for row in returned(tables)] == [(uid(1), 2), (uid(1), 5), (uid(1), 7)]


def test_a_row_that_was_refused_once_more_says_where_it_was_first(tables: Tables) -> None:
    refused(tables, 1, 2, first_delivery=uid(8), first_row=70, raw="{}")
    [row] = returned(tables)
    assert (row["delivery"], row["row_number"], row["raw"]) == (uid(8), 70, "{}")


def test_a_row_comes_back_with_its_errors_by_field_and_no_warnings(tables: Tables) -> None:
    refused(tables, 1, 2, 3)
    problem(tables, 1, 2, "B", field="phone", expected="digits", suggestion="+49")
    problem(tables, 1, 2, "A", field="phone", expected="more")
    problem(tables, 1, 2, "C", field="", expected="a name")
    problem(tables, 1, 2, "D", "warning", field="", expected="x", suggestion="y")
    problem(tables, 1, 3, "E", "info")
    problem(tables, 2, 3, "F")
    first, second = returned(tables)
    assert first["codes"] == ["C", "A", "B"]
    assert first["expected"] == ["a name", "phone: more", "phone: digits"]
    assert first["suggestions"] == ["+49"]
    assert (second["codes"], second["expected"], second["suggestions"]) == (None, None, None)


def test_errors_of_one_field_and_code_stand_by_what_they_expect_and_suggest(tables: Tables) -> None:
    refused(tables, 1, 2)
    for expected, suggestion in (("b", "1"), ("a", "4"), ("a", "3")):
        problem(tables, 1, 2, "A", field="phone", expected=expected, suggestion=suggestion)
    [row] = returned(tables)
    assert row["expected"] == ["phone: a", "phone: a", "phone: b"]
    assert row["suggestions"] == ["3", "4", "1"]


def test_columns_of_refused_rows_stand_where_they_stood_in_the_list(tables: Tables) -> None:
    for row, raw in ((1, '{"id":1,"name":2}'), (2, '{"id":1,"name":2,"z":3,"a":4}'), (3, '{"b":1,"name":2}')):
        refused(tables, 1, row, raw=raw)
    refused(tables, 1, 4, raw='{"c":1}', outcome="quarantined")
    refused(tables, 1, 5, raw='{"skipped":1}', outcome="skipped")
    refused(tables, 2, 6, raw='{"other":1}')
    assert rejected_rows.columns(tables.connection, uid(1)) == ["id", "b", "c", "name", "z", "a"]


def test_a_report_names_the_delivery_and_stands_by_row_and_field(tables: Tables) -> None:
    tables.put("delivery", {"delivery_id": uid(1), "source": "crm", "run_id": "run1", "file_digest": "f"})
    for row, code, field in ((2, "B", "phone"), (2, "A", "phone"), (2, "C", "email"), (None, "D", ""), (1, "E", "")):
        problem(tables, 1, row, code, "info", field=field, action="told")
    problem(tables, 2, 1, "other")
    found = pl.concat(rejected_rows.problems(tables.connection, uid(1)))
    assert found["error_code"].to_list() == ["D", "E", "C", "A", "B"]
    assert found.select("run_id", "import_id", "source_system", "file_digest").unique().rows() == [
        ("run1", uid(1), "crm", "f")
    ]
    assert rejected_rows.summary(tables.connection, uid(1)).height == 1


def test_problems_are_counted_and_the_most_frequent_stand_first(tables: Tables) -> None:
    for row, code, action in ((1, "A", "x"), (2, "B", "x"), (3, "B", "x"), (4, "B", "w"), (5, "A", "x")):
        problem(tables, 1, row, code, "error", action=action)
    problem(tables, 2, 1, "A", action="x")
    assert rejected_rows.codes(tables.connection, uid(1)).rows() == [
        ("A", "error", "x", 2),
        ("B", "error", "x", 2),
        ("B", "error", "w", 1),
    ]


def test_the_problems_that_matter_most_are_errors_and_then_stand_by_row(tables: Tables) -> None:
    for row, code, severity, field in (
        *((1, "A", "info", ""), (1, "B", "warning", ""), (3, "C", "error", ""), (2, "E", "error", "b")),
        *((2, "D", "error", "b"), (2, "F", "error", "a"), (None, "G", "error", "")),
    ):
        problem(tables, 1, row, code, severity, field=field)
    problem(tables, 2, None, "other")
    found = rejected_rows.first_problems(tables.connection, uid(1), 9)["code"].to_list()
    assert found == ["G", "F", "D", "E", "C", "B", "A"]
    assert rejected_rows.first_problems(tables.connection, uid(1), 2)["code"].to_list() == ["G", "F"]


def test_a_delivery_is_to_be_told_of_once_if_anything_was_wrong_with_it(tables: Tables) -> None:
    def delivery(number: int, rejected: int = 0, **said: Any) -> None:
        told = {"delivery_id": uid(number), "source": f"s{9 - number}", "format": "csv", "rejected": rejected}
        tables.put("delivery", told | said)

    delivery(1, rejected=2)
    refused(tables, 1, 1, 2)
    corrected(tables, 1, 1)
    delivery(2, rejected=1)
    refused(tables, 2, 1)
    corrected(tables, 2, 1)
    delivery(3, rejected=1, report_file="report.csv")
    delivery(4, rejected=1, format="chat")
    delivery(5)
    problem(tables, 5, 1, "W", "warning")
    delivery(6)
    problem(tables, 6, 1, "I", "info")
    delivery(7)
    found = rejected_rows.deliveries_to_return(tables.connection, ["csv"])
    assert found.rows() == [(uid(5), "s4", False), (uid(2), "s7", False), (uid(1), "s8", True)]

    rejected_rows.keep_file_names(tables.connection, uid(1), "rows.csv", "report.csv")
    assert rejected_rows.deliveries_to_return(tables.connection, ["csv"])["delivery_id"].to_list() == [uid(5), uid(2)]
    assert tables.rows("SELECT count(*) FROM delivery WHERE rejected_file = 'rows.csv'") == [(1,)]


def test_a_row_claims_to_correct_one_that_was_refused_in_a_delivery_of_its_source(tables: Tables) -> None:
    tables.put("delivery", {"delivery_id": uid(1), "source": "crm", "declared_at": DECLARED})
    tables.put("delivery", {"delivery_id": uid(2), "source": "shop", "declared_at": DECLARED})
    refused(tables, 1, 7)
    refused(tables, 1, 8, outcome="quarantined")
    refused(tables, 1, 9, outcome="skipped")
    claims = pl.DataFrame(
        [
            *((6, uid(2), "7"), (5, "nothing", "7"), (4, uid(1), "x")),
            *((3, uid(1), "9"), (2, f" {uid(1)} ", " 8 "), (1, uid(1), "7")),
        ],
        schema={"row": pl.UInt32, "delivery": pl.String, "number": pl.String},
        orient="row",
    )
    assert rejected_rows.claimed_rows(tables.connection, "crm", claims).rows() == [
        *((1, uid(1), DECLARED, 7), (2, uid(1), DECLARED, 8), (3, uid(1), DECLARED, None)),
        *((4, uid(1), DECLARED, None), (5, None, None, None), (6, None, None, None)),
    ]


@pytest.mark.parametrize(
    ("code", "outcome", "arrived", "is_cut"),
    [
        ("LIMIT_EXCEEDED", "rejected", False, True),
        ("LIMIT_EXCEEDED", "quarantined", False, True),
        ("LIMIT_EXCEEDED", "rejected", True, False),
        ("LIMIT_EXCEEDED", "skipped", False, False),
        ("NO_IDENTIFIER", "rejected", False, False),
    ],
)
def test_a_delivery_has_cut_rows_until_they_have_arrived(
    tables: Tables, code: str, outcome: str, arrived: bool, is_cut: bool
) -> None:
    refused(tables, 1, 3, outcome=outcome)
    problem(tables, 1, 3, code)
    refused(tables, 1, 4)
    problem(tables, 1, 5, "LIMIT_EXCEEDED")  # of a row that was taken in
    corrected(tables, 1, 4, *([3] if arrived else []))
    assert rejected_rows.has_cut_rows(tables.connection, uid(1)) is is_cut
    assert not rejected_rows.has_cut_rows(tables.connection, uid(2))


def test_a_file_of_refused_rows_is_the_last_that_was_written(tables: Tables) -> None:
    assert rejected_rows.last_rejected_file(tables.connection, uid(1)) is None
    for name in ("one", "two"):
        written = rejected_rows.RejectedFile(f"{name}.csv", f"digest of {name}", "rows")
        rejected_rows.keep_rejected_file(tables.connection, uid(1), written)
        assert rejected_rows.last_rejected_file(tables.connection, uid(1)) == written
    assert rejected_rows.last_rejected_file(tables.connection, uid(2)) is None


def test_a_corrected_row_is_noted_wherever_it_was_refused(tables: Tables) -> None:
    for number, source, digest in ((1, "crm", "f"), (2, "crm", "f"), (3, "shop", "f"), (4, "crm", "g")):
        tables.put("delivery", {"delivery_id": uid(number), "source": source, "file_digest": digest})
    for number in (1, 2, 3):
        refused(tables, number, 6, 7)
    refused(tables, 1, 8, outcome="skipped")
    refused(tables, 4, 1, first_delivery=uid(1), first_row=7)  # came back in another file, and was refused once more
    refused(tables, 4, 2, first_delivery=uid(1), first_row=6)
    refused(tables, 4, 7)
    corrected(tables, 2, 7, by=50)
    delivery = Delivery(uid(90), "crm", "csv", "", "", 0, DECLARED, "name", "")
    named = pl.DataFrame({"retry_of": [uid(1)] * 3, "place": [7, 7, 8]}, schema_overrides={"place": pl.UInt32})
    rejected_rows.keep_corrected(tables.connection, delivery, named)
    assert tables.rows("SELECT delivery_id, row_number, corrected_by FROM corrected_row ORDER BY ALL") == [
        (uid(1), 7, uid(90)),
        (uid(2), 7, uid(50)),
        (uid(4), 1, uid(90)),
    ]
    assert rejected_rows.corrected_row_numbers(tables.connection, uid(4)).to_list() == [1]

    rejected_rows.keep_corrected(tables.connection, delivery, named.clear())
    assert tables.rows("SELECT count(*) FROM corrected_row") == [(3,)]


def test_rows_that_have_arrived_are_told_in_order(tables: Tables) -> None:
    corrected(tables, 1, 5, 2, 9)
    corrected(tables, 2, 3)
    assert rejected_rows.corrected_row_numbers(tables.connection, uid(1)).to_list() == [2, 5, 9]
