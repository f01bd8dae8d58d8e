from pathlib import Path

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.csv.rows import open_csv
from pipelines.read.csv.torn import are_rows
from schemas.error_codes import ErrorCode

HEADER = "id,name,phone\n"
CEM = "3,Cem Example,+14155550103\n"


def read(folder: Path, content: str) -> tuple[list[str], list[tuple[int, str]], int]:
    """The first cells of the rows that were read, number and code of the others, and the rows counted."""
    path = folder / "list.csv"
    path.write_text(content, encoding="utf-8", newline="")
    with open_csv(path) as table:
        batches = list(table.rows)
    kept = [cell for batch in batches for cell in batch.cells["c0"]]
    refused = [row for batch in batches for row in batch.refused.select("row", "code").rows()]
    return kept, refused, sum(batch.text_rows or 0 for batch in batches)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_two_rows_with_a_stray_quote_each_are_two_rows(tmp_path: Path, end: str) -> None:
    torn = '1,"Ann Example,+14155550101\n2,"Bob Example,+14155550102\n'
    found = read(tmp_path, (HEADER + torn + CEM).replace("\n", end))
    assert found == (["3"], [(1, "QUOTE_UNCLOSED"), (2, "QUOTE_UNCLOSED")], 3)


def test_a_stray_quote_that_the_next_row_happens_to_close_makes_two_rows_no_one(tmp_path: Path) -> None:
    torn = '1,"Ann Example,+14155550101\n2,Bob Example",+14155550102\n'
    assert read(tmp_path, HEADER + torn + CEM)[:2] == (["2", "3"], [(1, "QUOTE_UNCLOSED")])


def test_a_row_in_shorter_lines_that_a_stray_quote_joins_is_refused_line_by_line(tmp_path: Path) -> None:
    torn = '1,"Ann Example,x\n2,"Bob\n'
    kept, refused, counted = read(tmp_path, HEADER + torn + CEM)
    assert (kept, [number for number, _ in refused], counted) == (["3"], [1, 2], 3)


@pytest.mark.parametrize(
    "cell", ['"Lindenweg 4, Hof 2\nKiel, Germany"', '"one\ntwo"', '"a ""quoted"" word\nbelow"', '"\n"']
)
def test_a_cell_of_several_lines_is_one_cell(tmp_path: Path, cell: str) -> None:
    assert read(tmp_path, f"{HEADER}1,{cell},+14155550101\n{CEM}") == (["1", "3"], [], 2)


def test_lines_are_rows_where_their_cells_are_of_one_kind() -> None:
    assert are_rows(["1,ann@example.com,+14155550101\n", "2,bob@example.com,+14155550102\n"], ",")
    assert not are_rows(['"note,x\n', 'more",y\n'], ",")
    assert not are_rows(['1,"Lindenweg 4, +14155550101\n', 'Kiel, Germany",x\n'], ",")


@pytest.mark.parametrize(
    ("content", "column"),
    [
        (f'id,name,"phone\n1,Ann Example,+14155550101\n{CEM}', 3),
        (f'id,name,phone,"notes\n1,Ann Example,+14155550101,a\n2,Bob Example,+14155550102,"b"\n{CEM}', 4),
        (f'id,name,phone,"notes\n1,Ann Example,+14155550101,a\n2,Bob Example,+14155550102,b"\n{CEM}', 4),
        (f'id,"name\n1,ann@example.com",x\n{CEM}', 2),
    ],
)
def test_a_quote_left_open_in_the_header_refuses_the_file_with_its_place(
    tmp_path: Path, content: str, column: int
) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(tmp_path, content)
    assert refused.value.code is ErrorCode.QUOTE_UNCLOSED
    assert f"column {column} of the header, on line 1" in refused.value.way_out
    assert "Ann" not in str(refused.value)


def test_a_header_may_have_words_on_several_lines(tmp_path: Path) -> None:
    assert read(tmp_path, f'id,"name\n(first, last)",phone\n{CEM}') == (["3"], [], 1)


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (["Ann,+14155550101", "Bob,+14155550102"], True),
        (["+14155550101", "+14155550102"], False),  # numbers below each other are no list by themselves
        (["Ann,+14155550101", "Bob"], False),
        (["Ann,Main St", "Bob,High St"], False),
        (["Ann,+14155550101", "+14155550102,Bob"], False),
    ],
)
def test_lines_are_rows_where_each_has_a_number_or_an_address_in_the_same_column(lines: list[str], rows: bool) -> None:
    assert are_rows(lines, ",") is rows
