import json

import polars as pl
import pytest

from pipelines.read.tables.refusals import ONE_VALUE, set_aside


def aside(
    header: list[str], *rows: list[str | None], meanings: list[str] | None = None
) -> list[tuple[int, str, str, str]]:
    """Rows that are no contact: row, outcome, code, expected."""
    places = {
        "row": pl.Series(range(1, len(rows) + 1), dtype=pl.UInt32),
        "line": pl.Series(range(2, len(rows) + 2), dtype=pl.UInt32),
    }
    cells = {f"c{nth}": pl.Series([row[nth] for row in rows], dtype=pl.String) for nth in range(len(header))}
    frame = pl.DataFrame(places | cells)
    found = set_aside(frame, frame, header, meanings or [])
    assert found["line"].to_list() == [row + 1 for row in found["row"]]
    for row, raw in found.select("row", "raw").rows():
        assert json.loads(raw) == dict(zip(header, rows[row - 1], strict=True))
    return found.select("row", "outcome", "code", "expected").rows()


def test_rows_that_say_nothing_or_only_show_how_are_skipped() -> None:
    found = aside(["_example", "name"], [None, None], ["x", "Jane"], [None, "Anna"], ["x", None])
    assert [each[:3] for each in found] == [
        (1, "skipped", "ROW_BLANK"),
        (2, "skipped", "ROW_EXAMPLE"),
        (4, "skipped", "ROW_EXAMPLE"),
    ]


def test_a_row_that_came_back_with_cells_over_is_refused_until_they_are_moved() -> None:
    [(row, outcome, code, expected)] = aside(["name", "_extra"], ["Anna", "[x]"], ["Ben", None])
    assert (row, outcome, code) == (1, "rejected", "ROW_TOO_MANY_FIELDS")
    assert expected == "the cells in _extra in the columns they belong to, and _extra empty"


@pytest.mark.parametrize("meaning", ONE_VALUE)
def test_a_row_with_two_values_of_what_is_one_is_refused(meaning: str) -> None:
    rows: list[list[str | None]] = [["a", "x", "b"], ["a", "x", "a"], ["a", "x", None], [None, "x", "b"]]
    [(row, outcome, code, expected)] = aside(["Name", "Mood", "Name (2)"], *rows, meanings=[meaning, "ignore", meaning])
    assert (row, outcome, code) == (1, "rejected", "HEADER_DUPLICATE")
    assert expected.startswith("one value: columns 1 and 3 have the same header and differ here; ")
    assert expected.endswith("set `Name (2): ignore` in `columns:`")


def test_two_values_of_what_may_be_several_are_fine() -> None:
    assert aside(["Phone", "Phone (2)"], ["1", "2"], meanings=["phone", "phone"]) == []
    assert aside(["Name", "Name (2)"], ["a", "b"]) == []


def test_fields_of_which_a_row_states_one() -> None:
    assert ONE_VALUE == ("record_id", "name", "first_name", "last_name", "observed_at", "channel")
