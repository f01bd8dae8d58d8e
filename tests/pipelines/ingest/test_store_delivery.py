"""What is said of a file as a whole, and what becomes of its rows, row by row."""

from datetime import UTC, datetime

import polars as pl
import pytest

from pipelines.ingest.chunk import DeliveriesDepend
from pipelines.ingest.store_delivery import alike, refusals, require_independent_deliveries
from pipelines.read.core.batch import Batch
from schemas import received
from schemas.error_codes import ErrorCode
from tests.small_project import SETTINGS, SmallProject


def test_a_refused_row_is_an_error_and_a_skipped_one_is_said() -> None:
    rows = [(3, 4, "rejected", "ROW_SHAPE", "a row"), (5, None, "skipped", "ROW_DELETED", "a person")]
    said = pl.DataFrame(rows, schema=["row", "line", "outcome", "code", "expected"], orient="row")
    refused = pl.concat([received.empty(received.Refusal), said], how="diagonal_relaxed")
    assert refusals(refused).select("row", "line", "field", "code", "severity", "action", "expected").rows() == [
        (3, 4, "", "ROW_SHAPE", "error", "row_rejected", "a row"),
        (5, None, "", "ROW_DELETED", "info", "row_skipped", "a person"),
    ]


def arriving(*rows: tuple[int, str, str]) -> pl.DataFrame:
    schema = {"row": pl.UInt32, "delivery_id": pl.String, "record_key": pl.String}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def known_by(*rows: tuple[int, str]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={"row": pl.UInt32, "normalised": pl.String}, orient="row")


@pytest.mark.parametrize(
    ("rows", "points"),
    [
        ([(1, "d1", "a"), (2, "d2", "b")], []),
        ([(1, "d1", "a"), (2, "d1", "a")], []),  # one file may name somebody twice
        ([(1, "d1", "a"), (2, "d2", "b")], [(1, "x"), (2, "y")]),
        ([(1, "d1", "a"), (2, "d1", "b")], [(1, "x"), (2, "x")]),
    ],
)
def test_files_that_bring_different_people_are_stored_together(
    rows: list[tuple[int, str, str]], points: list[tuple[int, str]]
) -> None:
    assert require_independent_deliveries(arriving(*rows), known_by(*points)) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("rows", "points"),
    [
        ([(1, "d1", "a"), (2, "d2", "a")], []),
        ([(1, "d1", "a"), (2, "d2", "b")], [(1, "x"), (2, "x")]),
    ],
)
def test_files_that_bring_one_person_are_not(rows: list[tuple[int, str, str]], points: list[tuple[int, str]]) -> None:
    with pytest.raises(DeliveriesDepend):
        require_independent_deliveries(arriving(*rows), known_by(*points))


@pytest.mark.parametrize(
    ("header", "code", "meant"),
    [
        ("Telefone", ErrorCode.HEADER_NOT_FOUND, "Telephone"),
        ("Telefone", ErrorCode.HEADER_UNKNOWN, None),
        ("size", ErrorCode.HEADER_NOT_FOUND, None),
    ],
)
def test_a_header_that_is_missing_is_answered_with_the_one_like_it(
    header: str, code: ErrorCode, meant: str | None
) -> None:
    batch = Batch(meanings={"Name": "name", "Telephone": "phone"})
    assert alike(header, code, batch) == meant


def test_what_is_strange_about_a_file_is_said_once_of_each(project: SmallProject) -> None:
    sources = SETTINGS["sources"]
    options = {"columns": {"Mobil": "phone"}, "update": {"Notiz": "fill_blank"}}
    project.configure(sources=sources | {"crm": sources["crm"] | options})
    for day in ("2026-06-01", "2026-06-02"):
        project.deliver("crm", day, "id,name,Mobile,size\n1,Anna Berg,0151 23456789,XL\n2,Ben Tal,,M")
    project.receive()
    found = project.rows(
        "SELECT declared_at, p.field, p.code, suggestion FROM problem p JOIN delivery USING (delivery_id) ORDER BY ALL"
    )
    first, second = (datetime(2026, 6, day, tzinfo=UTC) for day in (1, 2))
    assert [tuple(each.values()) for each in found] == [
        (day, *said)
        for day in (first, second)
        for said in (
            ("Mobil", "HEADER_NOT_FOUND", "Mobile"),
            ("Notiz", "HEADER_NOT_FOUND", None),
            ("size", "HEADER_UNKNOWN", None),
        )
    ]
