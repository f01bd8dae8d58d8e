"""Rows of a delimited text file, streamed: encoding, delimiter and header are found, every row keeps its place."""

import codecs
import csv
import io
import re
import string
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TextIO

from pipelines.errors import DeliveryRefused
from schemas.vocabulary import ErrorCode

DELIMITERS = (",", ";", "\t", "|")
LARGEST_CELL = 1_048_576  # characters; a cell that large is a quote that was never closed
LONGEST_LINE = 8 * LARGEST_CELL  # characters; a line that long is no line of a table
MOST_COLUMNS = 2_000
MARGIN = string.whitespace + "\u00a0\ufeff"
QUOTED = re.compile('"[^"]*"')
SEPARATED_BY = re.compile(r"(?i)\ufeff?sep=([^\s\w\"\0]|\t)\r?\n?$")
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class CsvRow(NamedTuple):
    """A data row: its number from 1, the physical line it begins on, its cells."""

    row: int
    line: int
    cells: list[str]


class CsvFile(NamedTuple):
    """A header and the rows below it."""

    header: list[str]
    rows: Iterator[CsvRow]


@contextmanager
def open_csv(path: Path, encoding: str | None = None) -> Iterator[CsvFile]:
    """Open a delimited file: a byte order mark decides its encoding, else the one given, else UTF-8.

    A first line `sep=;` is obeyed; otherwise the delimiter is the one the header holds most of, quoted cells left out.
    Lines without a cell are no rows, also above the header; a column without a header is called by its place. Raises
    DeliveryRefused for a file that is empty, in another encoding, or has a cell or a line that never ends.
    """
    with path.open("rb") as raw:
        start = raw.read(4)
        raw.seek(0)
        found = next((name for mark, name in BOMS.items() if start.startswith(mark)), encoding or "utf-8")
        text = io.TextIOWrapper(raw, encoding=found, newline="")
        with readable(found):
            lines = enumerate(bounded(text))
            skipped, first = next_line(lines)
            delimiter = declared_delimiter(first)
            if delimiter:
                skipped, first = next_line(lines)
            if "\0" in first:
                raise unreadable(found)
            yield rows_of((line for _, line in lines), first, delimiter or likely_delimiter(first), skipped)


@contextmanager
def readable(encoding: str) -> Iterator[None]:
    """Turn what decoding and parsing can raise into a refusal without the bytes that caused it."""
    problem: DeliveryRefused | None = None
    try:
        yield
    except UnicodeError:  # a UTF-16 file without its mark raises this, and not a UnicodeDecodeError
        problem = unreadable(encoding)
    except csv.Error:
        problem = DeliveryRefused(
            ErrorCode.FILE_LIMIT, f"a cell is longer than {LARGEST_CELL} characters: look for a quote never closed"
        )
    if problem:
        raise problem from None


def unreadable(encoding: str) -> DeliveryRefused:
    """The refusal of a file in another encoding."""
    return DeliveryRefused(
        ErrorCode.FILE_ENCODING,
        f"the file is not {encoding}; save it as UTF-8, or set `encoding:` of its source, such as windows-1252",
    )


def bounded(text: TextIO) -> Iterator[str]:
    """Lines of a file, none of them longer than memory should have to hold."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"a line is longer than {LONGEST_LINE} characters")
        yield line


def next_line(lines: Iterator[tuple[int, str]]) -> tuple[int, str]:
    """The next line that says something, and how many lie before it."""
    for before, line in lines:
        if line.strip():
            return before, line
    raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file has no header row and no data")


def rows_of(rest: Iterator[str], first: str, delimiter: str, skipped: int) -> CsvFile:
    """Header and rows of an open file whose first line was taken off it."""
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(chain([first], rest), delimiter=delimiter)
    header = [cell.strip(MARGIN) or f"column {place}" for place, cell in enumerate(next(reader), 1)]
    if len(header) > MOST_COLUMNS:
        raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"the header has more than {MOST_COLUMNS} columns")

    def rows() -> Iterator[CsvRow]:
        number, line = 0, reader.line_num
        for cells in reader:
            if cells:
                number += 1
                yield CsvRow(number, line + 1 + skipped, cells)
            line = reader.line_num

    return CsvFile(header, rows())


def declared_delimiter(line: str) -> str | None:
    """What a spreadsheet's `sep=` line says, if this is one."""
    found = SEPARATED_BY.match(line)
    return found[1] if found else None


def likely_delimiter(header: str, known: Sequence[str] = DELIMITERS) -> str:
    """The delimiter a header line holds most of; a comma where it holds none."""
    return max(known, key=QUOTED.sub("", header).count)
