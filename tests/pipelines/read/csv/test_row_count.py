import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.csv.row_count import RowCount, plain_rows


def counted(*texts: str) -> int:
    count = RowCount()
    rows = 0
    for text in texts:
        count.add(text)
        rows += count.take()
    return rows + count.finish()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", 0),
        ("a,b\n\nc,d", 2),
        ("a\r\n\r\nb\rc", 3),
        ('"a\nb",c\nd,e\n', 2),
        ('"a\nb","c\nd"\n', 1),
        ('1,"a,x\n2,"b,y\n3,c,z\n', 3),
        ('1,"a,x\n2,b,y\n', 2),
        ('1,"said ""so""\nand went",x\n', 1),
    ],
)
def test_lines_outside_of_well_formed_quotes_are_rows(text: str, rows: int) -> None:
    assert counted(text) == rows


def test_a_cell_may_go_on_in_the_next_text() -> None:
    assert counted('a,"b\n', 'c"\nd,e\n') == 2


@given(st.lists(st.lists(st.text('ab",;\n', max_size=6), min_size=2, max_size=3), max_size=6))
def test_it_counts_what_a_csv_writer_has_written(rows: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    assert counted(file.getvalue()) == len(rows)


@given(st.text('a",\n\r', max_size=12))
def test_what_is_counted_at_once_is_what_splitting_lines_counts(text: str) -> None:
    plain = plain_rows(text.encode())
    lines = text.encode().splitlines()
    assert plain in (None, sum(map(bool, lines)))
    if plain is not None:
        assert all(line.count(b'"') % 2 == 0 for line in lines)


@pytest.mark.parametrize(
    ("text", "rows"), [("a,b\r\n\r\nc", 2), ('"a","b"\n"c","d"', 2), ('"a\nb"\n', None), ("a\rb\n", None)]
)
def test_lines_are_counted_at_once_where_they_end_alike_and_outside_of_quotes(text: str, rows: int | None) -> None:
    assert plain_rows(text.encode()) == rows
