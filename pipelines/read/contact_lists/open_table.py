"""A file that somebody calls a list, opened as the table it is: a sheet of a workbook, or delimited text."""

from contextlib import AbstractContextManager
from pathlib import Path

from pipelines.normalise.locale import convention
from pipelines.read.containers.zip import ZIP
from pipelines.read.core.batch import BATCH_ROWS
from pipelines.read.csv.rows import open_csv
from pipelines.read.tables.table import Table
from pipelines.read.workbook.sheet import open_sheet
from pipelines.read.workbook.workbook import OLE


def open_table(
    path: Path,
    encoding: str | None = None,
    sheet: str | None = None,
    *,
    locale: str | None = None,
    header_row: int | None = None,
    rows: int = BATCH_ROWS,
) -> AbstractContextManager[Table]:
    """Open a workbook's sheet (`open_sheet`), or else the file as CSV (`open_csv`), by its first bytes."""
    decimal = convention(locale).decimal if locale else None
    with path.open("rb") as file:
        is_workbook = file.read(len(OLE)).startswith((ZIP, OLE))
    if is_workbook:
        return open_sheet(path, sheet, decimal=decimal, header_row=header_row, rows=rows)
    return open_csv(path, encoding, header_row=header_row, rows=rows)
