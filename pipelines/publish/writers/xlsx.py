"""Contacts as an Excel workbook of one sheet.

XlsxWriter makes the workbook with its header, formats and widths; the rows, of which there may be a million, are
written into its sheet here, whole columns at a time: cell by cell they take twenty times as long.
"""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl
import xlsxwriter

from pipelines.errors import PublicationBlocked
from pipelines.normalise.text import joined
from pipelines.publish.writers.columns import COUNTS, Column, typed
from pipelines.publish.writers.writer import Write
from pipelines.read.tables.spreadsheet_cells import unmistakable
from schemas.fields import Kind

READING = (
    "Excel workbook of one sheet. Texts are text cells: phones and ids keep their signs and zeros, and nothing is a "
    "formula. Days are dates, times are UTC without saying so, lists are joined with '; ', with a backslash before a "
    "semicolon, comma or backslash of a text. A number of more than 15 digits is text, for Excel would cut it. An "
    "apostrophe stands before \\N, and before what would be read without one."
)
MADE = datetime(2000, 1, 1)
ZIPPED = (1980, 1, 1, 0, 0, 0)
LEVEL = 1  # of compression: the next ones take twice the time for a tenth of the size
SHEET = "xl/worksheets/sheet1.xml"
LAST_ROW = 1_048_576
LONGEST = 32_767  # characters of a cell
EXACT = 15  # digits of a number
AT_ONCE = 10_000  # rows
WIDTHS = {Kind.DATE: 12, Kind.INSTANT: 20, Kind.NUMBER: 12, Kind.BOOLEAN: 10, Kind.CHOICE: 14}
WIDE = 28
FORMATS = {Kind.DATE: "yyyy-mm-dd", Kind.INSTANT: "yyyy-mm-dd hh:mm:ss"}
FIRST_DAY = pl.date(1900, 3, 1)  # before it, Excel counts a day that there was not
BEGINNING = pl.date(1899, 12, 30)
MARKS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
CONTROLS = {chr(code): f"_x{code:04X}_" for code in (*range(9), 11, 12, *range(13, 32), 0xFFFE, 0xFFFF)}
UNPRINTABLE = "[" + "".join(f"\\x{{{ord(sign):x}}}" for sign in CONTROLS) + "]"
LOOKS_ESCAPED = "_(x[0-9A-Fa-f]{4}_)"


@contextmanager
def open_xlsx(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Write]:
    """A function that writes contacts. Raises PublicationBlocked for more rows, or longer texts, than a sheet holds."""
    made = skeleton(columns)
    with ZipFile(made) as parts, ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL) as book:
        for name in parts.namelist():
            if name != SHEET:
                book.writestr(zipped(name), parts.read(name))
        before, closing, after = re.sub("<dimension[^>]*/>", "", parts.read(SHEET).decode()).partition("</sheetData>")
        styles = styles_of(before, len(columns))
        rows = 1
        with book.open(zipped(SHEET), "w") as sheet:

            def write(frame: pl.DataFrame) -> None:
                nonlocal rows
                for batch in frame.iter_slices(AT_ONCE):
                    if rows + batch.height > LAST_ROW:
                        raise PublicationBlocked(
                            f"a sheet of Excel has {LAST_ROW:,} rows: narrow the segment, or use csv or parquet"
                        )
                    sheet.write(as_rows(batch, columns, rows + 1, styles).encode())
                    rows += batch.height

            sheet.write(before.encode())
            yield write
            sheet.write((closing + after).encode())


def skeleton(columns: Sequence[Column]) -> io.BytesIO:
    """A workbook with a header and no rows."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    book.set_properties({"created": MADE})
    sheet = book.add_worksheet("contacts")
    bold = book.add_format({"bold": True})
    for place, each in enumerate(columns):
        shown = FORMATS.get(each.kind)
        sheet.set_column(
            place, place, WIDTHS.get(each.kind, WIDE), book.add_format({"num_format": shown}) if shown else None
        )
        sheet.write_string(0, place, each.heading, bold)
    sheet.freeze_panes(1, 0)
    book.close()
    return made


def zipped(name: str) -> ZipInfo:
    """A part of the workbook, without the time it was written at."""
    part = ZipInfo(name, ZIPPED)
    part.compress_type = ZIP_DEFLATED
    part._compresslevel = LEVEL  # type: ignore[attr-defined]
    return part


def styles_of(sheet: str, columns: int) -> list[str]:
    """The attribute that gives the cells of each column its format, as the columns of the sheet state it."""
    stated = [""] * columns
    for first, last, rest in re.findall(r'<col min="(\d+)" max="(\d+)"([^>]*)/>', sheet):
        style = re.search(r'style="(\d+)"', rest)
        for place in range(int(first) - 1, int(last)):
            stated[place] = f' s="{style[1]}"' if style else ""
    return stated


def as_rows(frame: pl.DataFrame, columns: Sequence[Column], first: int, styles: Sequence[str]) -> str:
    """Rows of a sheet, the first of which has this number."""
    values = typed(frame, columns)
    texts = frame.select(pl.col(each.name).alias(each.name) for each in columns)
    numbered = pl.int_range(first, first + frame.height, dtype=pl.UInt32).cast(pl.String)
    made = pl.select(numbered.alias("row")).to_series()
    cells = [
        cell(each, values[each.name], texts[each.name], made, place, style)
        for place, (each, style) in enumerate(zip(columns, styles, strict=True))
    ]
    rows = pl.select(
        pl.concat_str(pl.lit('<row r="'), pl.lit(made), pl.lit('">'), *map(pl.lit, cells), pl.lit("</row>"))
    ).to_series()
    return "".join(rows)


def cell(column: Column, value: pl.Series, text: pl.Series, row: pl.Series, place: int, style: str) -> pl.Series:
    """Cells of a column, empty where there is no value."""
    begins = pl.concat_str(pl.lit(f'<c r="{letters(place)}'), pl.lit(row))
    shown, is_number = number_of(column, value, text)
    kind = ' t="b"' if column.kind is Kind.BOOLEAN else ""
    numeric = pl.concat_str(begins, pl.lit(f'"{style}{kind}><v>'), shown, pl.lit("</v></c>"))
    worded = words_of(column, text)
    inline = pl.concat_str(
        begins, pl.lit('" t="inlineStr"><is><t xml:space="preserve">'), pl.lit(worded), pl.lit("</t></is></c>")
    )
    is_text = pl.lit(worded).is_not_null() & (pl.lit(worded) != "")
    return pl.select(
        pl.when(is_number).then(numeric).when(is_text).then(inline).otherwise(pl.lit("")).alias(column.name)
    ).to_series()


def number_of(column: Column, value: pl.Series, text: pl.Series) -> tuple[pl.Expr, pl.Expr]:
    """What a cell holds that is no text, and where it is none."""
    cells = pl.lit(value)
    never = pl.lit(value=False)
    match column.kind:
        case Kind.BOOLEAN:
            return cells.cast(pl.Int8).cast(pl.String), cells.is_not_null()
        case Kind.DATE:
            return (cells - BEGINNING).dt.total_days().cast(pl.String), (cells >= FIRST_DAY).fill_null(value=False)
        case Kind.INSTANT:
            day = cells.dt.date()
            seconds = (cells.dt.replace_time_zone(None) - day.cast(pl.Datetime("us"))).dt.total_seconds()
            serial = (day - BEGINNING).dt.total_days() + seconds / 86_400
            return serial.cast(pl.String), (day >= FIRST_DAY).fill_null(value=False)
        case Kind.NUMBER if column.name in COUNTS:
            return cells.cast(pl.String), cells.is_not_null()
        case Kind.NUMBER:
            digits = pl.lit(text).str.count_matches("[0-9]")
            return pl.lit(text), (digits <= EXACT).fill_null(value=False)
        case _:
            return pl.lit(""), never


def words_of(column: Column, text: pl.Series) -> pl.Series:
    """What a text cell holds, escaped. Raises PublicationBlocked where it is longer than one may be."""
    cells = pl.lit(text)
    if isinstance(text.dtype, pl.List):
        cells = joined(cells)
    elif isinstance(text.dtype, pl.Datetime):
        cells = cells.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = pl.select(unmistakable(cells.cast(pl.String)).alias(column.name)).to_series()
    if (longest := shown.str.len_chars().max()) and int(str(longest)) > LONGEST:
        raise PublicationBlocked(
            f"a text of {column.name} is longer than the {LONGEST:,} characters of a cell in Excel: use csv or parquet"
        )
    marked = shown.str.contains("[&<>]").any()
    odd = shown.str.contains(f"{UNPRINTABLE}|{LOOKS_ESCAPED}").any()
    if odd:
        shown = shown.str.replace_all(LOOKS_ESCAPED, "_x005F_$1")
        for sign, escape in CONTROLS.items():
            shown = shown.str.replace_all(sign, escape, literal=True)
    for sign, escape in MARKS.items() if marked else ():
        shown = shown.str.replace_all(sign, escape, literal=True)
    return shown


def letters(place: int) -> str:
    """The name of a column by its place, from 0: A, B, …, AA."""
    name, rest = "", place + 1
    while rest:
        rest, nth = divmod(rest - 1, 26)
        name = chr(ord("A") + nth) + name
    return name
