"""Workbooks of segments, read back by the reader that onecontact has for anybody's."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import PublicationBlocked
from pipelines.publish.writers import xlsx
from pipelines.publish.writers.columns import Column
from pipelines.publish.writers.xlsx import letters, open_xlsx
from pipelines.read.tables.spreadsheet_cells import clean_cells
from pipelines.read.workbook.sheet import open_sheet
from schemas.fields import Kind

COLUMNS = [
    Column("name", "Name", Kind.TEXT),
    Column("phone", "Telefon", Kind.TEXT),
    Column("attr.seats", "seats", Kind.NUMBER),
    Column("attr.since", "since", Kind.DATE),
    Column("attr.news", "news", Kind.BOOLEAN),
    Column("tags", "tags", Kind.LIST),
    Column("last_inbound_at", "last_inbound_at", Kind.INSTANT),
    Column("records", "records", Kind.NUMBER),
]
FRAME = pl.DataFrame(
    {
        "name": ["Jane & <Joe>", "=1+1", None],
        "phone": ["+4915123456789", "00491512", None],
        "attr.seats": ["1.125", "12345678901234567890", None],
        "attr.since": ["2026-01-31", "1899-12-31", None],
        "attr.news": ["true", "false", None],
        "tags": [["vip", "a; b"], [], None],
        "last_inbound_at": [datetime(2026, 3, 31, 12, 0, 1, 999_999, UTC), datetime(1890, 1, 1, tzinfo=UTC), None],
        "records": pl.Series([3, 1, 2], dtype=pl.UInt32),
    },
    schema_overrides={"last_inbound_at": pl.Datetime("us", "UTC"), "tags": pl.List(pl.String)},
)


def written(path: Path, *frames: pl.DataFrame, columns: list[Column] = COLUMNS) -> Path:
    with path.open("wb") as file, open_xlsx(file, columns) as write:
        for frame in frames:
            write(frame)
    return path


def rows(path: Path) -> list[list[str]]:
    """The header and what stands below it, as a contact list is read."""
    with open_sheet(path) as table:
        return [table.header, *(list(row) for batch in table.rows for row in batch.cells.drop("row", "line").rows())]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    assert rows(written(tmp_path / "a.xlsx", FRAME)) == [
        ["Name", "Telefon", "seats", "since", "news", "tags", "last_inbound_at", "records"],
        ["Jane & <Joe>", "+4915123456789", "1.1250", "2026-01-31", "true", r"vip; a\; b", "2026-03-31T12:00:01", "3"],
        ["=1+1", "00491512", "12345678901234567890", "1899-12-31", "false", "", "1890-01-01T00:00:00Z", "1"],
        ["", "", "", "", "", "", "", "2"],
    ]


def sheet_of(path: Path) -> str:
    with ZipFile(path) as book:
        return book.read(xlsx.SHEET).decode()


def test_texts_are_text_cells_and_nothing_is_a_formula(tmp_path: Path) -> None:
    sheet = sheet_of(written(tmp_path / "a.xlsx", FRAME))
    assert '<c r="A3" t="inlineStr"><is><t>=1+1</t></is></c>' in sheet
    assert "<t>00491512</t>" in sheet
    assert "<t>12345678901234567890</t>" in sheet
    assert "<f>" not in sheet


def test_days_are_dates_and_times_are_times_that_excel_knows(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", FRAME)
    assert '<c r="D2" s="1"><v>46053</v></c>' in sheet_of(path)
    [time] = re.findall('<c r="G2" s="2"><v>([0-9.]+)</v></c>', sheet_of(path))
    assert float(time) == pytest.approx(46112.5 + 1 / 86_400, abs=1e-9)
    with ZipFile(path) as book:
        styles = book.read("xl/styles.xml").decode()
    assert 'formatCode="yyyy-mm-dd"' in styles
    assert 'formatCode="yyyy-mm-dd hh:mm:ss"' in styles


def test_the_header_stays_in_sight(tmp_path: Path) -> None:
    assert 'state="frozen"' in sheet_of(written(tmp_path / "a.xlsx", FRAME))


def test_rows_go_on_where_the_last_batch_ended(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole.xlsx", FRAME)
    parts = written(tmp_path / "parts.xlsx", FRAME[:1], FRAME[1:1], FRAME[1:])
    assert sheet_of(whole) == sheet_of(parts)


def test_the_same_content_is_the_same_file(tmp_path: Path) -> None:
    one, two = (written(tmp_path / name, FRAME).read_bytes() for name in ("one.xlsx", "two.xlsx"))
    assert one == two


def test_a_text_that_excel_would_cut_is_refused_without_being_told(tmp_path: Path) -> None:
    long = FRAME[:1].with_columns(name=pl.lit("x" * 32_768))
    with pytest.raises(PublicationBlocked, match="a text of name is longer than the 32,767 characters"):
        written(tmp_path / "a.xlsx", long)
    assert rows(written(tmp_path / "b.xlsx", long.with_columns(pl.col("name").str.head(32_767))))[1][0] == "x" * 32_767


def test_more_rows_than_a_sheet_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "LAST_ROW", 3)
    written(tmp_path / "a.xlsx", FRAME[:2])
    with pytest.raises(PublicationBlocked, match="a sheet of Excel has 3 rows"):
        written(tmp_path / "b.xlsx", FRAME)


def test_a_value_that_is_none_of_its_type_is_refused_and_not_left_out(tmp_path: Path) -> None:
    wrong = FRAME.with_columns(pl.lit("soon").alias("attr.since"))
    with pytest.raises(PublicationBlocked, match=r"3 values of attr\.since are no date"):
        written(tmp_path / "a.xlsx", wrong)


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_letters(place: int, name: str) -> None:
    assert letters(place) == name


TEXTS = (  # of a contact: trimmed, and no error or protected cell of another spreadsheet
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    .map(lambda text: pl.Series([text]).str.strip_chars().item())
    .filter(lambda text: text and not text.startswith(("#", "=")))
)
ODD = (r"\N", "'=x", "_x000D_", "a\rb", "\x01", "'", "007", "a\tb\nc", "\ufffe", "+49", "''")


@given(text=st.one_of(st.sampled_from(ODD), TEXTS))
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    file = BytesIO()
    with open_xlsx(file, [Column("name", "name", Kind.TEXT)]) as write:
        write(pl.DataFrame({"name": [text]}))
    with TemporaryDirectory() as folder:
        (Path(folder) / "a.xlsx").write_bytes(file.getvalue())
        read = rows(Path(folder) / "a.xlsx")
    [cell] = clean_cells(pl.DataFrame({"c0": read[1] if len(read) > 1 else [""]}), ["c0"])["c0"]
    assert cell == text
