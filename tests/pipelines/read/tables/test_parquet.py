from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.tables.parquet import open_parquet


def read(path: Path, frame: pl.DataFrame, rows: int = 10) -> tuple[list[str], list[pl.DataFrame]]:
    frame.write_parquet(path)
    with open_parquet(path, rows=rows) as table:
        return table.header, [each.cells for each in table.rows]


def test_cells_are_the_text_they_would_be_in_a_csv(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"zip": [60601.0, None], "born": [date(2001, 2, 3), None], "mails": [["a@example.com", "b@example.com"], []]}
    )
    header, [cells] = read(tmp_path / "list.parquet", frame)
    assert header == ["zip", "born", "mails"]
    assert cells.rows() == [
        (1, None, "60601", "2001-02-03", "a@example.com; b@example.com"),
        (2, None, None, None, ""),
    ]


def test_rows_come_in_batches_and_in_their_order(tmp_path: Path) -> None:
    _, batches = read(tmp_path / "list.parquet", pl.DataFrame({"n": range(7)}), rows=3)
    assert max(each.height for each in batches) <= 3
    assert pl.concat(batches).select("row", "c0").rows() == [(n + 1, str(n)) for n in range(7)]


@pytest.mark.parametrize("content", [b"PAR1 and nothing more", b""])
def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "list.parquet").write_bytes(content)
    with pytest.raises(DeliveryRefused, match="FILE_FORMAT"), open_parquet(tmp_path / "list.parquet"):
        pass


def test_a_column_that_is_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="`who`"):
        read(tmp_path / "list.parquet", pl.DataFrame({"who": [{"name": "Ada"}]}))
