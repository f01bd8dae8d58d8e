"""Contacts as delimited text, in a dialect for programs and in one for spreadsheets. Both can be imported again."""

import codecs
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import polars as pl

from pipelines.normalise.locale import Convention
from pipelines.normalise.number import spelt
from pipelines.normalise.text import joined
from pipelines.read.tables.spreadsheet_cells import guarded, protected, unmistakable
from schemas.segment import Dialect

PARTING = r'[\\;,|"\[{(]'  # signs of a text that stand for something in a list, or at its beginning
COMMON = (
    "CSV as in RFC 4180: UTF-8, comma, CRLF, header row. Times are UTC, lists are joined with '; ', with a backslash "
    "before a semicolon, comma or backslash of a text. "
)
READING: Mapping[Dialect, str] = MappingProxyType(
    {
        Dialect.PLAIN: COMMON
        + "Values stand as they are, so a spreadsheet may take one for a formula: import columns as "
        "text. An apostrophe stands before \\N, and before what would be read without one.",
        Dialect.EXCEL: COMMON + "It begins with a byte order mark, and an apostrophe stands before what a spreadsheet "
        "would run as a formula or show as another number, such as a phone: take it off, or import the file as it is.",
    }
)


def header(columns: Sequence[str], dialect: Dialect = Dialect.PLAIN, separator: str = ",") -> bytes:
    """What stands before the rows."""
    mark = codecs.BOM_UTF8 if dialect is Dialect.EXCEL else b""
    cells = map(guarded, columns) if dialect is Dialect.EXCEL else columns
    return mark + separator.join(_quoted(each, separator) for each in cells).encode() + b"\r\n"


def _quoted(cell: str, separator: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if any(sign in cell for sign in (separator, '"', "\r", "\n")) else cell


def as_csv(
    frame: pl.DataFrame,
    columns: Sequence[str],
    *,
    numbers: Collection[str] = (),
    dialect: Dialect = Dialect.PLAIN,
    separator: str = ",",
    convention: Convention | None = None,
) -> bytes:
    """Rows of a frame in these columns as CSV, without a header; `numbers` are columns of canonical numbers.

    They are written as the convention has it, if there is one.
    """
    cells = pl.DataFrame(
        [_cells(frame[name], dialect, convention, is_number=name in numbers).alias(name) for name in columns]
    )
    return cells.write_csv(include_header=False, line_terminator="\r\n", separator=separator).encode()


def _cells(values: pl.Series, dialect: Dialect, convention: Convention | None, *, is_number: bool) -> pl.Series:
    if isinstance(values.dtype, pl.Datetime):
        return values.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(values.dtype, pl.List):
        values = joined_lists(values)
    elif not isinstance(values.dtype, pl.String):
        return values
    cell = pl.col(values.name)
    if is_number and convention:
        return values.to_frame().select(spelt(protected(cell), convention)).to_series()
    if is_number:
        values = values.to_frame().select(spelt(cell)).to_series()
    if dialect is Dialect.EXCEL:
        return values.to_frame().select(protected(cell)).to_series()
    return unmistakable_texts(values)


def joined_lists(lists: pl.Series) -> pl.Series:
    """Lists of texts as one text each (`normalise.text.joined`), which looks closely only where it has to."""
    plain = lists.list.join("; ")
    if plain.str.count_matches(PARTING).sum() == (lists.list.len().cast(pl.Int64) - 1).clip(0).sum():
        return plain
    return lists.to_frame().select(joined(pl.col(lists.name))).to_series()


def unmistakable_texts(texts: pl.Series) -> pl.Series:
    """Texts for programs (`unmistakable`), of which only those are looked at that begin as one that is mistaken."""
    if not (texts.str.starts_with("'") | texts.str.starts_with("\\")).any():
        return texts
    return texts.to_frame().select(unmistakable(pl.col(texts.name))).to_series()
