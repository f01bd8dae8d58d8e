import codecs
import csv
from itertools import chain, repeat
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryRefused
from pipelines.read.csv import rows as csv_rows
from pipelines.read.csv import text
from pipelines.read.csv.header import likely_delimiter
from pipelines.read.csv.rows import open_csv
from pipelines.read.tables.table import MOST_COLUMNS, Rows
from schemas.error_codes import ErrorCode
from tests.examples import examples


class CsvRow(NamedTuple):
    row: int
    line: int
    cells: list[str]


def read(
    folder: Path, content: bytes | str, encoding: str | None = None, rows: int = 100
) -> tuple[list[str], list[Rows]]:
    path = folder / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with open_csv(path, encoding, rows=rows) as file:
        return file.header, list(file.rows)


def table(folder: Path, content: bytes | str, encoding: str | None = None) -> tuple[list[str], list[CsvRow]]:
    header, batches = read(folder, content, encoding)
    return header, [CsvRow(row, line, cells) for batch in batches for row, line, *cells in batch.cells.iter_rows()]


def refused_rows(folder: Path, content: bytes | str) -> list[tuple[int, int, str]]:
    """Row, line and code of the rows refused."""
    return [row for batch in read(folder, content)[1] for row in batch.refused.select("row", "line", "code").rows()]


def refusal(folder: Path, content: bytes | str, encoding: str | None = None) -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as refused:
        table(folder, content, encoding)
    return refused.value


# Encodings


@pytest.mark.parametrize(
    "content",
    [
        "name\nZoë\n".encode(),
        codecs.BOM_UTF8 + "name\nZoë\n".encode(),
        codecs.BOM_UTF16_LE + "name\nZoë\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "name\nZoë\n".encode("utf-16-be"),
    ],
)
def test_utf_8_and_files_with_a_byte_order_mark_need_no_word(tmp_path: Path, content: bytes) -> None:
    assert table(tmp_path, content) == (["name"], [CsvRow(1, 2, ["Zoë"])])


def test_an_old_encoding_is_read_where_it_is_declared(tmp_path: Path) -> None:
    assert table(tmp_path, "name\nZoë €\n".encode("windows-1252"), "windows-1252")[1] == [CsvRow(1, 2, ["Zoë €"])]


def test_a_byte_order_mark_knows_better_than_a_declaration(tmp_path: Path) -> None:
    assert table(tmp_path, codecs.BOM_UTF8 + "name\nZoë\n".encode(), "windows-1252")[1] == [CsvRow(1, 2, ["Zoë"])]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("name\nZoë\n".encode("latin-1"), None),
        ("name\nZoë\n".encode("latin-1"), "ascii"),
        ("name\n".encode("utf-16-le"), None),
        ("name\nZo".encode("utf-16-le"), "utf-16"),
    ],
)
def test_another_encoding_is_refused_with_the_way_out(tmp_path: Path, content: bytes, encoding: str | None) -> None:
    refused = refusal(tmp_path, content, encoding)
    assert refused.code is ErrorCode.FILE_ENCODING
    assert "set `encoding:`" in refused.way_out


def test_a_refused_encoding_says_nothing_of_the_bytes(tmp_path: Path) -> None:
    refused = refusal(tmp_path, b"name\njane@example.com \xff\n")
    assert "jane" not in str(refused)
    assert refused.__context__ is None or refused.__suppress_context__


# Delimiters


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_the_header_holds_most_of(tmp_path: Path, delimiter: str) -> None:
    content = delimiter.join(["name", "phone"]) + "\n" + delimiter.join(["Jane", "1"]) + "\n"
    assert table(tmp_path, content) == (["name", "phone"], [CsvRow(1, 2, ["Jane", "1"])])


def test_a_header_without_a_delimiter_is_one_column(tmp_path: Path) -> None:
    assert table(tmp_path, "e-mail\njane@example.com\n")[0] == ["e-mail"]


def test_commas_in_quotes_part_nothing() -> None:
    assert likely_delimiter('"name, given, family";phone\n') == ";"


@pytest.mark.parametrize(
    ("first", "delimiter"), [("sep=;", ";"), ("SEP=,\r", ","), ("sep=\t", "\t"), ("\ufeffsep=^", "^")]
)
def test_a_line_that_names_the_delimiter_is_obeyed(tmp_path: Path, first: str, delimiter: str) -> None:
    header, rows = table(tmp_path, f"{first}\nname{delimiter}phone\nJane{delimiter}1\n")
    assert header == ["name", "phone"]
    assert rows == [CsvRow(1, 3, ["Jane", "1"])]


@pytest.mark.parametrize("first", ['sep="', "sep=", "sep=ab", "sep=x"])
def test_a_line_that_names_no_possible_delimiter_is_a_header(tmp_path: Path, first: str) -> None:
    assert table(tmp_path, f"{first}\nJane\n") == ([first], [CsvRow(1, 2, ["Jane"])])


# Rows and their places


def test_a_quoted_line_break_parts_row_number_and_line_number(tmp_path: Path) -> None:
    _, rows = table(tmp_path, 'name,notes\nJane,"one\ntwo\nthree"\nJoe,\n')
    assert [(row.row, row.line) for row in rows] == [(1, 2), (2, 5)]


def test_a_quoted_line_break_is_kept_as_it_is(tmp_path: Path) -> None:
    assert table(tmp_path, b'name\n"one\r\ntwo\rthree"\n')[1][0].cells == ["one\r\ntwo\rthree"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_system_ends_them(tmp_path: Path, end: str) -> None:
    rows = table(tmp_path, end.join(["name", "Jane", "Joe"]))[1]
    assert rows == [CsvRow(1, 2, ["Jane"]), CsvRow(2, 3, ["Joe"])]


@pytest.mark.parametrize("inside", ["\u2028", "\x85", "\x0b", "\x0c"])
def test_other_separators_end_no_line(tmp_path: Path, inside: str) -> None:
    assert table(tmp_path, f"name\nJane{inside}Doe\n")[1] == [CsvRow(1, 2, [f"Jane{inside}Doe"])]


def test_empty_lines_are_no_rows(tmp_path: Path) -> None:
    header, rows = table(tmp_path, "\n \nname,phone\n\nJane,1\n\n\nJoe,2\n\n")
    assert header == ["name", "phone"]
    assert [(row.row, row.line) for row in rows] == [(1, 5), (2, 8)]


def test_a_row_with_another_number_of_cells_than_the_header_is_refused_alone(tmp_path: Path) -> None:
    content = "a,b\n1\n1,2,3\n1,2\n"
    assert refused_rows(tmp_path, content) == [(1, 2, "ROW_TOO_FEW_FIELDS"), (2, 3, "ROW_TOO_MANY_FIELDS")]
    assert table(tmp_path, content)[1] == [CsvRow(3, 4, ["1", "2"])]


def test_a_row_in_another_encoding_is_refused_alone_where_the_others_show_that_the_file_is_in_its_own(
    tmp_path: Path,
) -> None:
    content = "name\nZoë\n".encode() + b"Zo\xeb\nJane\n"
    assert refused_rows(tmp_path, content) == [(2, 3, "ROW_ENCODING")]
    assert [row.cells for row in table(tmp_path, content)[1]] == [["Zoë"], ["Jane"]]


# Headers


def test_headers_are_trimmed_and_those_that_are_blank_get_a_name(tmp_path: Path) -> None:
    assert table(tmp_path, "\ufeff name\u00a0, ,phone,\n")[0] == ["name", "column 2", "phone", "column 4"]


@pytest.mark.parametrize("content", ["", "\n\n", " \r\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, "sep=;\n", "sep=;\n\n"])
def test_a_file_without_a_header_is_empty(tmp_path: Path, content: bytes | str) -> None:
    assert refusal(tmp_path, content).code is ErrorCode.FILE_EMPTY


def test_a_header_of_thousands_of_columns_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "x," * MOST_COLUMNS + "x\n").code is ErrorCode.FILE_LIMIT


# What never ends


def test_a_quote_that_is_never_closed_costs_its_own_row(tmp_path: Path) -> None:
    content = 'name,phone\nJim,1\n"Jane,2\nJoe,3\nJack,4\n'
    assert refused_rows(tmp_path, content) == [(2, 3, "QUOTE_UNCLOSED")]
    assert [tuple(row) for row in table(tmp_path, content)[1]] == [
        (1, 2, ["Jim", "1"]),
        (3, 4, ["Joe", "3"]),
        (4, 5, ["Jack", "4"]),
    ]


def test_a_quote_that_closes_in_the_middle_of_the_very_next_row_swallows_it_not(tmp_path: Path) -> None:
    content = 'id,name,phone\n1,"Anna,1\n2,Bert "B" Otto,2\n3,Cara,3\n'
    assert refused_rows(tmp_path, content) == [(1, 2, "QUOTE_UNCLOSED")]
    assert [row.cells for row in table(tmp_path, content)[1]] == [["2", 'Bert "B" Otto', "2"], ["3", "Cara", "3"]]


@pytest.mark.parametrize("closing", ['Jack,"4"', '"Jack",4', '"Jack, 4"'])
def test_a_quote_that_the_next_one_seems_to_close_swallows_no_row(tmp_path: Path, closing: str) -> None:
    content = f'name,phone\n"Jane,2\nJoe,3\n{closing}\nJune,5\n'
    assert refused_rows(tmp_path, content)[0] == (1, 2, "QUOTE_UNCLOSED")
    assert {row.cells[0] for row in table(tmp_path, content)[1]} >= {"Joe", "June"}


def test_a_cell_of_several_lines_that_look_like_rows_is_one_cell(tmp_path: Path) -> None:
    assert table(tmp_path, 'name,notes\nJane,"a,b\nc,d"\n')[1] == [CsvRow(1, 2, ["Jane", "a,b\nc,d"])]


@pytest.mark.heavy
def test_a_quote_that_is_never_closed_is_noticed_after_one_cell(tmp_path: Path) -> None:
    lines = 2 * csv_rows.LARGEST_CELL // len("Jane,1\n")
    content = 'name,phone\n"' + "Jane,1\n" * lines
    assert refused_rows(tmp_path, content) == [(1, 2, "QUOTE_UNCLOSED")]
    assert len(table(tmp_path, content)[1]) == lines - 1


def test_a_file_of_quotes_that_are_never_closed_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "LARGEST_CELL", 20)
    torn = '"Jane,1\n' + "Joe,2\n" * 5
    refused = refusal(tmp_path, "name,phone\n" + torn * (csv_rows.MOST_TORN + 1))
    assert refused.code is ErrorCode.FILE_LIMIT
    assert "Jane" not in str(refused)


def test_a_file_may_have_as_many_torn_rows_as_the_limit_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MOST_TORN", 2)
    monkeypatch.setattr(csv_rows, "LARGEST_CELL", 20)
    torn = '"Jane,1\n' + "Joe,2\n" * 5
    assert len(refused_rows(tmp_path, "name,phone\n" + torn * 2)) == 2
    assert refusal(tmp_path, "name,phone\n" + torn * 3).code is ErrorCode.FILE_LIMIT


def test_a_cell_may_be_as_long_as_the_limit_that_is_documented(tmp_path: Path) -> None:
    longest = "x" * 1_048_576
    assert table(tmp_path, f'name,notes\nJane,"{longest}"\n')[1][0].cells == ["Jane", longest]


def test_a_cell_larger_than_any_is_refused_with_its_row_alone(tmp_path: Path) -> None:
    content = "name,phone\n" + "x" * (csv_rows.LARGEST_CELL + 1) + ",1\nJane,2\n"
    assert refused_rows(tmp_path, content) == [(1, 2, "LIMIT_EXCEEDED")]
    assert table(tmp_path, content)[1] == [CsvRow(2, 3, ["Jane", "2"])]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_that_is_longer_than_any_is_refused_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quote: str
) -> None:
    monkeypatch.setattr(text, "LONGEST_LINE", 100)
    monkeypatch.setattr(text, "BLOCK", 16)
    content = f"name,phone\n{quote}{'Jane,' * 100}{quote}\nJoe,2\n"
    assert refused_rows(tmp_path, content) == [(1, 2, "LIMIT_EXCEEDED")]
    assert table(tmp_path, content)[1] == [CsvRow(2, 3, ["Joe", "2"])]


def test_rows_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"name\n" + b"".join(chain(repeat(b"Jane\n", 100_000), [b"\xff\n"])))
    with open_csv(path, rows=10) as file:
        assert next(file.rows).cells.height == 10


def test_long_rows_make_short_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "BATCH_CHARACTERS", 10)
    batches = read(tmp_path, "name\nJane Doe\nJoe Bloggs\nJim\n")[1]
    assert [batch.cells.height for batch in batches] == [2, 1]


# Laws

CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=8)


@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=3), max_size=8))
@settings(deadline=None)
def test_what_a_csv_writer_has_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["name", "phone"], *rows])
    with open_csv(path) as file:
        batches = list(file.rows)
    assert [cells for batch in batches for _, _, *cells in batch.cells.iter_rows()] == [
        cells for cells in rows if len(cells) == 2
    ]
    assert sum(batch.cells.height + batch.refused.height for batch in batches) == len(rows)


def test_a_workbook_is_told_of_as_what_it_is(tmp_path: Path) -> None:
    refused = refusal(tmp_path, b"PK\x03\x04" + bytes(100))
    assert refused.code is ErrorCode.FILE_FORMAT
    assert "contacts_xlsx" in refused.way_out


def test_a_header_longer_than_any_is_refused_without_it(tmp_path: Path) -> None:
    refused = refusal(tmp_path, "name," + "Jane" * 1_000 + "\n")
    assert refused.code is ErrorCode.FILE_LIMIT
    assert "Jane" not in str(refused)


def test_how_large_cells_may_be_elsewhere_is_left_as_it_was(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    table(tmp_path, "name\nJane\n")
    assert csv.field_size_limit() == before


@given(
    rows=st.lists(
        st.sampled_from(
            [
                ("1,Ann,ann@example.com", True),
                ('2,"Bob, jr.",bob@example.com', True),
                ('3,"Cem\nErol",cem@example.com', True),
                ("4,Dora", False),
                ("5,Eve,eve@example.com,x", False),
                ('6,"Fay,fay@example.com', False),
            ]
        ),
        max_size=8,
    ),
    size=st.integers(1, 4),
)
@settings(max_examples=examples(80, light=20), deadline=None)
def test_good_rows_are_taken_and_bad_ones_refused_whatever_stands_beside_them(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, bool]], size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "mixed.csv"
    path.write_text("id,name,email\n" + "".join(f"{row}\n" for row, _ in rows), encoding="utf-8")
    with open_csv(path, rows=size) as file:
        batches = list(file.rows)
    outcomes = [(row[0], "c") for each in batches for row in each.cells.iter_rows()]
    outcomes += [(row, "r") for each in batches for row in each.refused["row"]]
    assert [kind == "c" for _, kind in sorted(outcomes)] == [good for _, good in rows]
    assert sum(each.text_rows or 0 for each in batches) == len(rows)
