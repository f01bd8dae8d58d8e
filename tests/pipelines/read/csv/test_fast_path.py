from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryRefused
from pipelines.read.csv import rows as csv_rows
from pipelines.read.csv.fast_path import plain_rows
from pipelines.read.csv.rows import open_csv
from tests.examples import examples


def cells(*lines: str, width: int = 2, largest: int = 100) -> list[tuple[Any, ...]] | None:
    plain = plain_rows(lines, (7, 9), ",", width, largest)
    return None if plain is None else plain.rows()


def test_rows_are_numbered_on_from_those_before() -> None:
    assert cells("Jane,1\n", "Joe,\n") == [(8, 10, "Jane", "1"), (9, 11, "Joe", "")]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_quoted_cells_may_hold_delimiters_quotes_and_line_breaks(end: str) -> None:
    found = cells(f'"Doe, ""Jane""","a{end}', "b\r", f'c"{end}', f'Joe,""{end}')
    assert found == [(8, 10, 'Doe, "Jane"', f"a{end}b\rc"), (9, 13, "Joe", "")]


@pytest.mark.parametrize(
    "lines",
    [
        ("Jane\n",),
        ("Jane,1,2\n",),
        ("Jane,1,2\n", "Joe\n"),
        ("Jane,1\n", "\n"),
        ("\n", "Jane,1\n"),
        ('"Jane,x",1\n', "Joe\n"),
        ('Jane "J",1\n',),
        ('"Jane" J,1\n',),
        ('"Jane,1\n',),
        ("Jane\r", "Joe,1\n"),
        ("Jane\udcff,1\n",),
        ("x" * 101 + ",1\n",),
    ],
)
def test_what_is_not_plainly_a_row_is_left_alone(lines: tuple[str, ...]) -> None:
    assert cells(*lines) is None


def test_a_list_of_one_column_is_left_alone() -> None:
    assert cells("Jane\n", width=1) is None


def told(path: Path, rows: int) -> tuple[list[tuple[Any, ...]], ...] | str:
    """All that comes of a file: its cells and its refused rows, or its refusal."""
    try:
        with open_csv(path, rows=rows) as file:
            batches = list(file.rows)
    except DeliveryRefused as refused:
        return str(refused)
    assert all(len(cells) + len(refused) <= rows for cells, refused, *_ in batches)
    entries = sum(len(each.cells) + len(each.refused) for each in batches)
    assert sum(each.text_rows or 0 for each in batches) <= entries
    cells = [row for batch in batches for row in batch.cells.iter_rows()]
    return cells, [row for batch in batches for row in batch.refused.iter_rows()]


def never(*_: object) -> pl.DataFrame | None:
    return None


PIECE = st.sampled_from(
    [b"Jane", b"x", b" ", b",", b",", b'"', b'""', b"\n", b"\r\n", b"\r", b"\0", "é".encode(), b"\xff", b"\xef\xbb\xbf"]
)
ROW = st.sampled_from([b"Jane,1\n", b'"Doe, Jane",1\r\n', b'Joe,"a\nb"\n', b'"",\n', b"\n", b"Jane\n", b'Jane,"1\n'])


@given(st.lists(PIECE | ROW, max_size=12), st.integers(1, 4), st.sampled_from([csv_rows.LARGEST_CELL, 4]))
@settings(deadline=None, max_examples=examples(300, light=60))
def test_rows_parsed_together_are_those_parsed_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], rows: int, largest: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "plain.csv"
    path.write_bytes(b"name,phone\n" + b"".join(pieces))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows, "LARGEST_CELL", largest + 10)  # the header has to go in
        together = told(path, rows)
        patch.setattr(csv_rows, "plain_rows", never)
        assert together == told(path, rows)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_breaks_within_cells_are_lines_of_the_file(end: str) -> None:
    lines = [f'"a{end}', f"b{end}", f'c","d{end}', f'e"{end}', f'1,"2"{end}']
    rows = plain_rows(lines, (0, 1), ",", 2, 100)
    assert rows is not None
    assert rows["line"].to_list() == [2, 6]


def test_lines_that_a_stray_quote_joins_are_left_alone() -> None:
    lines = ['Ann,"ann@example.com\n', 'Bob,bob@example.com"\n', "Cleo,cleo@example.com\n"]
    assert plain_rows(lines, (0, 1), ",", 2, 100) is None
