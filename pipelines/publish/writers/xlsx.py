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
from pipelines.publish.table import joined_lists, unmistakable_texts
from pipelines.publish.writers.columns import COUNTS, Column, typed
from pipelines.publish.writers.writer import Write
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
EPOCH = 25_569  # the day of 1970-01-01, counted so
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
    row = pl.select(pl.int_range(first, first + frame.height, dtype=pl.UInt32).cast(pl.String).alias("row")).to_series()
    cells: list[pl.Series] = []
    for place, (each, style) in enumerate(zip(columns, styles, strict=True)):
        begins = f'<c r="{letters(place)}'
        numbers = number_of(each, values[each.name], frame[each.name])
        words = words_of(each, frame[each.name], numbers)
        if numbers is not None:
            kind = ' t="b"' if each.kind is Kind.BOOLEAN else ""
            cells.append(surrounded(begins, row, f'"{style}{kind}><v>', numbers, "</v></c>"))
        if words is not None:
            space = ' xml:space="preserve"' if words.str.contains(r"^\s|\s$|\n").any() else ""
            cells.append(surrounded(begins, row, f'" t="inlineStr"><is><t{space}>', words, "</t></is></c>"))
    parts = [pl.lit('<row r="'), pl.lit(row), pl.lit('">'), *map(pl.lit, cells), pl.lit("</row>")]
    return str(pl.select(pl.concat_str(parts, ignore_nulls=True).str.join("")).item())


def surrounded(begins: str, row: pl.Series, before: str, content: pl.Series, ends: str) -> pl.Series:
    """Cells of a column, null where there is no content."""
    parts = [pl.lit(begins), pl.lit(row), pl.lit(before), pl.lit(content), pl.lit(ends)]
    return pl.select(pl.concat_str(parts).alias(f"{content.name}{before}")).to_series()


def number_of(column: Column, value: pl.Series, text: pl.Series) -> pl.Series | None:
    """What cells of a column hold that is no text, null where it is; None for a column of texts."""
    cells = pl.lit(value)
    match column.kind:
        case Kind.BOOLEAN:
            shown = cells.cast(pl.Int8).cast(pl.String)
        case Kind.DATE:
            shown = pl.when(cells >= FIRST_DAY).then((cells - BEGINNING).dt.total_days()).cast(pl.String)
        case Kind.INSTANT:
            seconds = cells.dt.timestamp("us") // 1_000_000
            shown = pl.when(cells.dt.date() >= FIRST_DAY).then(seconds / 86_400 + EPOCH).cast(pl.String)
        case Kind.NUMBER if column.name in COUNTS:
            shown = cells.cast(pl.String)
        case Kind.NUMBER:
            written = pl.lit(text)
            shown = pl.when(written.str.count_matches("[0-9]") <= EXACT).then(written)
        case _:
            return None
    return pl.select(shown.alias(column.name)).to_series()


def words_of(column: Column, text: pl.Series, numbers: pl.Series | None) -> pl.Series | None:
    """What text cells of a column hold, escaped, null where there is none; None if there is none at all.

    Raises PublicationBlocked where one is longer than it may be.
    """
    if numbers is not None:
        text = text.to_frame().select(pl.when(pl.lit(numbers).is_null()).then(pl.col(text.name))).to_series()
        if text.null_count() == text.len():
            return None
    if isinstance(text.dtype, pl.List):
        text = joined_lists(text)
    elif isinstance(text.dtype, pl.Datetime):
        text = text.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = unmistakable_texts(text.cast(pl.String))
    if (longest := shown.str.len_bytes().max()) and int(str(longest)) > LONGEST:
        longest = shown.str.len_chars().max()
        if int(str(longest)) > LONGEST:
            raise PublicationBlocked(
                f"a text of {column.name} is longer than the {LONGEST:,} characters of a cell in Excel: use csv or "
                "parquet"
            )
    return escaped(shown.replace("", None) if (shown == "").any() else shown)


def escaped(texts: pl.Series) -> pl.Series:
    """Texts as XML has them, and what it has no sign for as workbooks write it."""
    if texts.str.contains(f"{UNPRINTABLE}|{LOOKS_ESCAPED}").any():
        texts = texts.str.replace_all(LOOKS_ESCAPED, "_x005F_$1")
        for sign, escape in CONTROLS.items():
            texts = texts.str.replace_all(sign, escape, literal=True)
    if texts.str.contains("[&<>]").any():
        for sign, escape in MARKS.items():
            texts = texts.str.replace_all(sign, escape, literal=True)
    return texts


def letters(place: int) -> str:
    """The name of a column by its place, from 0: A, B, …, AA."""
    name, rest = "", place + 1
    while rest:
        rest, nth = divmod(rest - 1, 26)
        name = chr(ord("A") + nth) + name
    return name
