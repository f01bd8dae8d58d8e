from pathlib import Path

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.csv.header import likely_delimiter
from pipelines.read.csv.rows import open_csv
from schemas.error_codes import ErrorCode

LIST = "Name;E-mail;Phone\nAnn Example;ann@example.com;+14155550101\n"


def read(folder: Path, content: str, header_row: int | None = None) -> tuple[list[str], int]:
    """The header, and how many rows were read."""
    path = folder / "list.csv"
    path.write_text(content, encoding="utf-8", newline="")
    with open_csv(path, header_row=header_row) as table:
        return table.header, sum(batch.cells.height for batch in table.rows)


def test_a_header_is_found_below_a_title(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"Contacts, November 2026\n\n{LIST}", encoding="utf-8")
    with open_csv(path) as table:
        batches = list(table.rows)
    assert table.header == ["Name", "E-mail", "Phone"]
    assert [row for batch in batches for row in batch.refused.select("row", "line", "code").rows()] == [
        (1, 1, "ROW_ABOVE_HEADER")
    ]
    assert [row[:3] for batch in batches for row in batch.cells.rows()] == [(2, 4, "Ann Example")]


def test_a_header_stands_on_the_line_that_the_source_names(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("what;who\nx;y\nKunde;Ort\nAnn;Kiel\n", encoding="utf-8")
    with open_csv(path, header_row=3) as table:
        assert table.header == ["Kunde", "Ort"]
        assert sum(batch.cells.height for batch in table.rows) == 1


@pytest.mark.parametrize("line", [2, 9])
def test_a_header_row_that_is_not_there_is_told(tmp_path: Path, line: int) -> None:
    with pytest.raises(DeliveryRefused, match=f"line {line}") as refused:
        read(tmp_path, "Name;Phone\n\nAnn;+14155550101\n", line)
    assert refused.value.code is ErrorCode.HEADER_MISSING


def test_a_header_of_unknown_words_is_a_header_whatever_stands_below(tmp_path: Path) -> None:
    assert read(tmp_path, "Kunde;Ort\nName;Kiel\nAnn;Bonn\n") == (["Kunde", "Ort"], 2)


def test_of_two_delimiters_rows_tell_the_right_one() -> None:
    assert likely_delimiter("name, first, last, title;phone\n", ["Ann Example;1\n", "Bob Example;2\n"]) == ";"
    assert likely_delimiter("name;phone,mobile,home\n") == ","
