import json

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.tables import table
from pipelines.read.tables.table import Row, Wrong, at_once, both, gathered, in_batches, misfit, named, refusal
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.vocabulary import Outcome

HEADER = ["a", "b"]


def test_headers_have_no_margins_and_a_name_each() -> None:
    assert named([" a ", "", "A", "column 2"]) == ["a", "column 2", "A (2)", "column 2 (2)"]
    assert named(["\ta", " b"], margin="\t") == ["a", " b"]


def test_a_header_may_have_so_many_columns_of_such_a_length() -> None:
    assert len(named(["x" * 1_000] * 2)) == 2
    with pytest.raises(DeliveryRefused, match="longer than 1000 characters") as refused:
        named(["a", "x" * 1_001])
    assert refused.value.code == ErrorCode.FILE_LIMIT
    assert len(named([f"c{place}" for place in range(2_000)])) == 2_000
    with pytest.raises(DeliveryRefused, match="more than 2000 columns"):
        named([f"c{place}" for place in range(2_001)])


def test_two_counts_are_one_as_far_as_they_are_known() -> None:
    assert [both(*each) for each in ((None, None), (None, 2), (1, None), (1, 2))] == [None, 2, 1, 3]


def test_of_a_wide_table_fewer_rows_are_read_at_once() -> None:
    assert at_once(1_000, ["a"] * 4) == 1_000
    assert at_once(20_000, ["a"] * 1_000) == 2_000
    assert at_once(5, ["a"] * 2_000_001) == 1


def test_rows_have_their_numbers_lines_and_cells() -> None:
    refused = [misfit(2, 3, ["x"], HEADER)]
    found = gathered(HEADER, [(1, 2), (3, 4)], [["1", "2"], ["3", "4"]], refused)
    assert found.cells.rows() == [(1, 2, "1", "2"), (3, 4, "3", "4")]
    assert found.cells.columns == ["row", "line", "c0", "c1"]
    assert found.refused.height == 1
    assert gathered(HEADER, [], [], []).cells.columns == ["row", "line", "c0", "c1"]


@pytest.mark.parametrize(
    ("cells", "outcome", "code", "raw"),
    [
        (["x"], "rejected", "ROW_TOO_FEW_FIELDS", {"a": "x", "b": "", "_extra": []}),
        (["x", "y", "z", ""], "rejected", "ROW_TOO_MANY_FIELDS", {"a": "x", "b": "y", "_extra": ["z", ""]}),
        ([" ", ""], "skipped", "ROW_BLANK", {"a": " ", "b": "", "_extra": []}),
        ([], "skipped", "ROW_BLANK", {"a": "", "b": "", "_extra": []}),
    ],
)
def test_a_row_that_does_not_fit_comes_back_with_all_its_cells(
    cells: list[str], outcome: str, code: str, raw: dict[str, object]
) -> None:
    number, line, *said, given_back = misfit(7, 9, cells, HEADER)
    assert (number, line, said[0], said[1]) == (7, 9, outcome, code)
    assert json.loads(given_back) == raw


def test_a_row_that_does_not_fit_says_how_many_cells_it_should_have() -> None:
    [few, many] = (misfit(1, 2, cells, HEADER)[4] for cells in (["x"], ["x", "y", "z"]))
    assert few == "2 cells, as many as the header has; the row has 1"
    assert many.startswith("2 cells, as many as the header has; the row has 3; move the cells in _extra")


def test_of_a_cell_larger_than_any_the_start_is_kept_and_what_is_no_letter_is_replaced() -> None:
    raw = json.loads(refusal(1, None, ErrorCode.ROW_BLANK, "x", ["x" * (MAX_TEXT + 1), "Zo\udceb"], HEADER)[-1])
    assert (len(raw["a"]), raw["b"]) == (MAX_TEXT, "Zo?")


def test_a_row_that_comes_back_keeps_what_was_over_before() -> None:
    header = ["a", "_extra"]
    assert json.loads(refusal(1, 2, ErrorCode.ROW_BLANK, "x", ["1", "old", "new"], header)[-1]) == {
        "a": "1",
        "_extra": ["old", "new"],
    }
    assert json.loads(refusal(1, 2, ErrorCode.ROW_BLANK, "x", ["1", " ", "new"], header)[-1])["_extra"] == ["new"]


def test_rows_come_in_batches_and_short_ones_are_filled_up() -> None:
    rows = [
        Row(2, ["1"]),
        Row(3, ["1", "2", "3"]),
        Row(4, ["x"], Wrong(ErrorCode.ROW_BLANK, "something", Outcome.SKIPPED)),
        Row(5, ["1", "2"]),
    ]
    found = list(in_batches(HEADER, rows, 2))
    assert [batch.cells.rows() for batch in found] == [[(1, 2, "1", "")], [(4, 5, "1", "2")]]
    assert [batch.refused.select("row", "line", "code", "outcome").rows() for batch in found] == [
        [(2, 3, "ROW_TOO_MANY_FIELDS", "rejected")],
        [(3, 4, "ROW_BLANK", "skipped")],
    ]
    assert list(in_batches(HEADER, [], 2)) == []


def test_a_batch_of_long_rows_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "BATCH_CHARACTERS", 4)
    rows = [Row(line, ["x", "y"]) for line in range(1, 6)]
    assert [batch.cells.height for batch in in_batches(HEADER, rows, 100)] == [2, 2, 1]
