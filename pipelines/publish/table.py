"""Contacts as delimited text: plain CSV for programs, every value as it is."""

from collections.abc import Sequence

import polars as pl

DIALECT = (
    "CSV as in RFC 4180: UTF-8, comma, CRLF, header row. Values stand as they are, so a spreadsheet may take a phone "
    "number for a formula: import columns as text. Times are UTC, lists are joined with '; '."
)


def as_csv(frame: pl.DataFrame, columns: Sequence[str]) -> bytes:
    """Rows of a frame in these columns as CSV, without a header."""
    plain = frame.select(_plain(name, frame.schema[name]) for name in columns)
    return plain.write_csv(include_header=False, line_terminator="\r\n").encode()


def _plain(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List):
        return pl.col(name).list.join("; ")
    if isinstance(dtype, pl.Datetime):
        return pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return pl.col(name)
