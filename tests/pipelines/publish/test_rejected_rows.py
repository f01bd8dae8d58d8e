import csv
import io
import json
from typing import Any

import polars as pl
import pytest

from pipelines.publish.rejected_rows import write_rejected
from pipelines.read.tables.spreadsheet_cells import bare


def table(*rows: dict[str, Any], **reasons: list[str] | None) -> list[list[str]]:
    frame = pl.DataFrame(
        {
            "delivery": ["d1"] * len(rows),
            "row_number": range(1, len(rows) + 1),
            "raw": [json.dumps(row) for row in rows],
            "codes": [reasons.get("codes", ["NO_IDENTIFIER"])] * len(rows),
            "expected": [reasons.get("expected", ["a phone"])] * len(rows),
            "suggestions": pl.Series([reasons.get("suggestions")] * len(rows), dtype=pl.List(pl.String)),
        }
    )
    file = io.BytesIO()
    write_rejected(file, dict.fromkeys(column for row in rows for column in row), [frame])
    return list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))


def test_a_row_keeps_its_columns_in_their_order_and_its_values() -> None:
    header, row = table({"Tel": " call me", "Name": 'Jane "J"\nDoe', "": None})
    assert header[:3] == ["Tel", "Name", ""]
    assert row[:3] == [" call me", 'Jane "J"\nDoe', ""]


def test_the_reasons_stand_behind_in_columns_of_their_own() -> None:
    header, row = table(
        {"Name": "Jane"}, codes=["A", "B"], expected=["this", "that"], suggestions=["jane@example.com", "x"]
    )
    assert header[1:] == ["_delivery", "_row_number", "_error_codes", "_errors", "_suggestion", "_extra"]
    assert row[1:] == ["d1", "1", "A B", "needs this; that", "jane@example.com; x", ""]


def test_rows_that_lack_a_column_leave_it_blank_wherever_they_stand() -> None:
    back = table({"a": "3"}, {"a": "1", "b": "2"}, {"a": "4"})
    assert [row[:2] for row in back] == [["a", "b"], ["3", ""], ["1", "2"], ["4", ""]]


def test_cells_that_were_too_many_are_told_where_there_are_any() -> None:
    header, plain, over = table({"a": "1"}, {"a": "2", "_extra": ["x", "ü"]})
    assert header[-1] == "_extra"
    assert (plain[-1], over[-1]) == ("", '["x", "ü"]')


def test_reasons_of_an_earlier_time_are_left_out_and_other_columns_are_not() -> None:
    old = {"_row_number": "9", "_error_codes": "X", "_errors": "x", "_suggestion": "", "_extra": "[]"}
    assert table({"_id": "7", "a": "1"} | old)[0] == [
        "_id",
        "a",
        "_delivery",
        "_row_number",
        "_error_codes",
        "_errors",
        "_suggestion",
        "_extra",
    ]


def test_a_spreadsheet_is_told_that_it_is_utf_8() -> None:
    frame = pl.DataFrame(
        {
            "delivery": ["d1"],
            "row_number": [1],
            "raw": ["{}"],
            "codes": [["A"]],
            "expected": [["a"]],
            "suggestions": [["a"]],
        }
    )
    file = io.BytesIO()
    write_rejected(file, [], [frame])
    assert file.getvalue().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "cell", ["=1+1", " =1+1", "@SUM(A1)", "+49 151 23456789", "'=1+1", "-x", "-12", "\tx", "plain"]
)
def test_what_a_spreadsheet_would_run_is_protected_and_reads_back_as_it_was(cell: str) -> None:
    [written] = table({"Name": cell})[1][:1]
    assert written == cell or written == f"'{cell}"
    assert (written == cell) == (cell in ("-12", "plain"))
    assert pl.select(bare(pl.lit(written))).item() == cell
