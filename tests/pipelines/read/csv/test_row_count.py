import csv
import io
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.csv.row_count import RowCount, line_ends


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
def test_lines_end_where_splitting_them_says(text: str) -> None:
    data = text.encode()
    lengths = [len(line) for line in data.splitlines(keepends=True)]
    assert line_ends(np.frombuffer(data, np.uint8)).tolist() == list(accumulate(lengths))


@given(st.text("ab,;\n\r", max_size=12))
def test_without_quotes_each_line_that_is_not_empty_is_a_row(text: str) -> None:
    assert counted(text) == sum(map(bool, text.encode().splitlines()))


@given(st.lists(st.sampled_from(["a,b\n", 'a,"b\n', 'c",d\r\n', '"a ""b"""\n', "\n", '"\n', "ä\u2028\r"]), max_size=8))
def test_it_makes_no_difference_where_a_text_is_cut(lines: list[str]) -> None:
    assert counted(*lines) == counted("".join(lines))
