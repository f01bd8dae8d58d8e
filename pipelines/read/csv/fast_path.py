"""Rows of a delimited text parsed many at a time, where nothing about them is out of order."""

import re
from collections.abc import Sequence

import polars as pl

from pipelines.read.csv.torn import are_rows


def plain_rows(
    lines: Sequence[str], before: tuple[int, int], delimiter: str, width: int, largest: int
) -> pl.DataFrame | None:
    """The rows of lines that are plainly rows, exactly as the `csv` module finds them; None if anything is unclear.

    Plain are lines that can be encoded, none of them blank, whose quotes open and close at the margins of cells, and
    which make rows of `width` cells, two or more, each of at most `largest` bytes. `before` says how many rows and
    lines there were before these.

    Returns:
        As the cells of `pipelines.read.tables.table.Rows`.
    """
    text = "".join(lines) + ("" if lines[-1].endswith("\n") else "\n")
    quoted = '"' in text
    columns = [f"c{place}" for place in range(width)]
    try:
        written = f"{delimiter.join(columns)}\n{text}".encode()
        if width < 2 or not delimiter.isascii() or not is_orderly(text, delimiter, quoted=quoted):
            return None
        cells = pl.read_csv(written, separator=delimiter, quote_char='"' if quoted else None, infer_schema=False)
    except (UnicodeEncodeError, pl.exceptions.ComputeError):  # not in its encoding; a row with too many cells
        return None
    cells = cells.fill_null("")
    parting = text.count(delimiter) - (counted(cells, delimiter).sum() if quoted else 0)
    if parting != len(cells) * (width - 1):  # rows that were filled up
        return None
    high = pl.repeat(1, len(cells), eager=True) if len(cells) == len(lines) else line_breaks(cells, text) + 1
    if high.sum() != len(lines) or any_torn(lines, high, delimiter):  # rows that were left out; rows that are several
        return None
    if cells.select(pl.max_horizontal(pl.all().str.len_bytes().max())).item() > largest:
        return None
    row, line = before
    return cells.select(
        pl.int_range(row + 1, row + 1 + pl.len(), dtype=pl.UInt32).alias("row"),
        (line + 1 + high.cum_sum() - high).cast(pl.UInt32).alias("line"),
        pl.all(),
    )


def any_torn(lines: Sequence[str], high: pl.Series, delimiter: str) -> bool:
    """Whether lines that a quoted cell joins are rows each. `high` says how many lines each row has."""
    longer = (high > 1).arg_true()
    sizes, ends = high.gather(longer), high.cum_sum().gather(longer)
    return any(are_rows(lines[end - size : end], delimiter) for size, end in zip(sizes, ends, strict=True))


def is_orderly(text: str, delimiter: str, *, quoted: bool) -> bool:
    """Whether line ends are those of Unix or Windows, and every quote opens a cell, closes it, or is doubled in it."""
    if not quoted:
        return text.count("\r") == text.count("\r\n")
    bare = rf'[^"\r\n{re.escape(delimiter)}]*'
    cell = rf'(?:"(?:[^"]|"")*"|{bare})(?:{re.escape(delimiter)}|\r?\n|\z)'
    return bool(pl.Series([text]).str.contains(rf"\A(?:{cell})*\z").item())


def line_breaks(cells: pl.DataFrame, text: str) -> pl.Series:
    """How many lines end within the cells of each row, of a text that they are from."""
    breaks = counted(cells, "\n")
    if "\r" not in text:
        return breaks
    return breaks + counted(cells, "\r") - counted(cells, "\r\n")


def counted(cells: pl.DataFrame, sign: str) -> pl.Series:
    """How often a sign is found in the cells of each row."""
    return cells.select(pl.sum_horizontal(pl.all().str.count_matches(sign, literal=True))).to_series()
