import codecs
import csv
from itertools import chain, repeat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryRefused
from pipelines.read import csv_rows
from pipelines.read.csv_rows import CsvRow, likely_delimiter, open_csv
from schemas.vocabulary import ErrorCode


def table(folder: Path, content: bytes | str, encoding: str | None = None) -> tuple[list[str], list[CsvRow]]:
    path = folder / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with open_csv(path, encoding) as file:
        return file.header, list(file.rows)


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
    assert refused.__suppress_context__


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


def test_a_row_may_have_another_number_of_cells_than_the_header(tmp_path: Path) -> None:
    assert [len(row.cells) for row in table(tmp_path, "a,b\n1\n1,2,3\n")[1]] == [1, 3]


# Headers


def test_headers_are_trimmed_and_those_that_are_blank_get_a_name(tmp_path: Path) -> None:
    assert table(tmp_path, "\ufeff name\u00a0, ,phone,\n")[0] == ["name", "column 2", "phone", "column 4"]


@pytest.mark.parametrize("content", ["", "\n\n", " \r\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, "sep=;\n", "sep=;\n\n"])
def test_a_file_without_a_header_is_empty(tmp_path: Path, content: bytes | str) -> None:
    assert refusal(tmp_path, content).code is ErrorCode.FILE_EMPTY


def test_a_header_of_thousands_of_columns_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "x," * csv_rows.MOST_COLUMNS + "x\n").code is ErrorCode.FILE_LIMIT


# What never ends


def test_a_quote_that_is_never_closed_is_noticed_after_one_cell(tmp_path: Path) -> None:
    lines = 3 * csv_rows.LARGEST_CELL // len("Jane,1\n")
    refused = refusal(tmp_path, 'name,phone\n"' + "Jane,1\n" * lines)
    assert refused.code is ErrorCode.FILE_LIMIT
    assert "quote never closed" in refused.way_out
    assert "Jane" not in str(refused)


def test_a_line_that_never_ends_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "LONGEST_LINE", 100)
    refused = refusal(tmp_path, "name\n" + "Jane," * 100)
    assert refused.code is ErrorCode.FILE_LIMIT
    assert "Jane" not in str(refused)


def test_rows_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"name\n" + b"".join(chain(repeat(b"Jane\n", 100_000), [b"\xff\n"])))
    with open_csv(path) as file:
        assert next(file.rows) == CsvRow(1, 2, ["Jane"])


# Laws

CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=8)


@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=8))
@settings(deadline=None)
def test_what_a_csv_writer_has_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["name", "phone"], *rows])
    with open_csv(path) as read:
        assert [row.cells for row in read.rows] == rows
