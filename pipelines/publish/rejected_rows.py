"""Refused rows of a contact list, given back as a CSV that can be corrected and dropped in again."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any, BinaryIO

import polars as pl

from pipelines.read.tables.spreadsheet_cells import guarded

DELIVERY, NUMBER = "_delivery", "_row_number"  # where a row was refused, for when it comes back
REASONS = (DELIVERY, NUMBER, "_error_codes", "_errors", "_suggestion")
OVER = "_extra"  # the cells of a row that has more of them than the header


def write_rejected(file: BinaryIO, columns: Iterable[str], batches: Iterable[pl.DataFrame]) -> None:
    """Write the file of a delivery: its own columns and values, then the reasons, in columns with a `_`.

    Cells that a spreadsheet would run are `guarded`, and read back bare.

    `columns`: those of all rows, in their order. `batches`: delivery and row_number (where the row was refused first),
    raw (the row as JSON of its columns; one it lacks is blank), codes, expected, suggestions (lists). The columns of
    the reasons are ignored when the file comes back, but for the first two, which say which rows it corrects.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    own = [column for column in columns if column not in (*REASONS, OVER)]
    writer.writerow([*own, *REASONS, OVER])
    for batch in batches:
        for delivery, number, raw, codes, expected, suggestions in batch.iter_rows():
            row: dict[str, Any] = json.loads(raw)
            over = row.get(OVER) or ""
            over = over if isinstance(over, str) else json.dumps(over, ensure_ascii=False)
            needs = f"needs {'; '.join(expected)}" if expected else ""
            notes = (delivery, number, " ".join(codes or ()), needs, "; ".join(suggestions or ()), over)
            cells = [*(row.get(column) or "" for column in own), *notes]
            writer.writerow(guarded(cell) if isinstance(cell, str) else cell for cell in cells)
    text.detach()
