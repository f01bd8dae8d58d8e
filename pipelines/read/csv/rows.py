"""Rows of a delimited text file, streamed: encoding, delimiter and header are found, every row keeps its place."""

import csv
import re
import string
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import compress
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from pipelines.errors import DeliveryRefused
from pipelines.read.core.batch import BATCH_ROWS
from pipelines.read.csv import text
from pipelines.read.csv.fast_path import plain_rows
from pipelines.read.tables.table import (
    BATCH_CHARACTERS,
    Refused,
    Rows,
    Table,
    at_once,
    gathered,
    misfit,
    named,
    refusal,
)
from schemas.error_codes import ErrorCode

DELIMITERS = (",", ";", "\t", "|")
LARGEST_CELL = 1 << 20  # characters
MOST_TORN = 100  # quotes never closed that a file may have: each costs reading a cell of the largest size again
MARGIN = string.whitespace + "\u00a0\ufeff"
FAULTS = {
    ErrorCode.QUOTE_UNCLOSED: "a closing quote for each that opens; this row has one that does not close",
    ErrorCode.LIMIT_EXCEEDED: f"cells of at most {LARGEST_CELL} characters",
    ErrorCode.ROW_ENCODING: "bytes in the encoding that the rest of the file is in; save the file anew as UTF-8",
}
QUOTED = re.compile('"[^"]*"')
SEPARATED_BY = re.compile(r"(?i)\ufeff?sep=([^\s\w\"\0]|\t)\r?\n?$")


# A row: the physical line it begins on, its cells, its length in characters, and what is wrong with it, if that is not
# the number of its cells. A plain tuple, for there are millions of them.
Parsed = tuple[int, list[str], int, ErrorCode | None]


class Encoding(NamedTuple):
    """The encoding a file was opened in."""

    path: Path
    name: str


@contextmanager
def open_csv(path: Path, encoding: str | None = None, *, rows: int = BATCH_ROWS) -> Iterator[Table]:
    """Open a delimited file: a byte order mark decides its encoding, else the one given, else UTF-8.

    A first line `sep=;` is obeyed; otherwise the delimiter is the one the header holds most of, quoted cells left out.
    Lines without a cell are no rows, also above the header; a column without a header is called by its place. A row
    that is not in the encoding, has too many or too few cells, a quote that is never closed, or a cell or line that
    never ends is refused alone. Raises DeliveryRefused for a file that is empty or in another encoding.
    """
    with text.opened(path, encoding) as (raw, found), readable(found), larger_cells():
        lines = text.Lines(text.text_lines(raw, found))
        first = next_line(lines)
        delimiter = declared_delimiter(first)
        if delimiter:
            first = next_line(lines)
        if "\0" in first:
            raise text.unreadable(found)
        if first == text.OVERLONG:
            raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"the header is longer than {text.LONGEST_LINE} characters")
        delimiter = delimiter or likely_delimiter(first)
        lines.put_back([first])
        parsed = parse(lines, delimiter)
        header = named(next(parsed)[1], MARGIN)
        most = at_once(rows, header)
        yield Table(header, batches(lines, delimiter, parsed, header, most, Encoding(path, found)))


@contextmanager
def larger_cells() -> Iterator[None]:
    """Let the csv module take cells as large as a list may hold: one setting, for all of Python."""
    before = csv.field_size_limit(LARGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


@contextmanager
def readable(encoding: str) -> Iterator[None]:
    """Turn what decoding can raise into a refusal without the bytes that caused it."""
    try:
        yield
    except UnicodeError:  # a UTF-16 file without its mark raises this, and not a UnicodeDecodeError
        problem = text.unreadable(encoding)
    else:
        return
    raise problem from None


def next_line(lines: Iterator[str]) -> str:
    """The next line that says something."""
    for line in lines:
        if line.strip():
            return line
    raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file has no header row and no data")


def declared_delimiter(line: str) -> str | None:
    """What a spreadsheet's `sep=` line says, if this is one."""
    found = SEPARATED_BY.match(line)
    return found[1] if found else None


def likely_delimiter(header: str, known: Sequence[str] = DELIMITERS) -> str:
    """The delimiter a header line holds most of; a comma where it holds none."""
    return max(known, key=QUOTED.sub("", header).count)


def parse(lines: text.Lines, delimiter: str) -> Iterator[Parsed]:
    """Rows of lines, the header among them; between two of them nobody is kept from taking lines away.

    A quote that is never closed would swallow the rows behind it, up to the next quote or to the end of the file. The
    line it stands on is given as a row with that fault, and parsing begins anew on the next.
    """
    since: list[str] = []  # lines of the row that is being parsed
    reader = csv.reader(noted(lines, since), delimiter=delimiter)
    width, torn = 0, 0
    while True:
        cells: list[str] | None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None  # one of them is larger than LARGEST_CELL
        begins = lines.number - len(since) + 1
        if cells is None or (len(since) > 1 and is_torn(since, delimiter, width)):
            torn += 1
            if torn > MOST_TORN:
                raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"more than {MOST_TORN} quotes are never closed")
            wrong = ErrorCode.QUOTE_UNCLOSED if len(since) > 1 else ErrorCode.LIMIT_EXCEEDED
            lines.put_back(since[1:])
            yield begins, since[0].rstrip("\r\n").split(delimiter), len(since[0]), wrong
            reader = csv.reader(noted(lines, since), delimiter=delimiter)
        elif cells:
            width = width or len(cells)
            yield begins, cells, len(since[0]) if len(since) == 1 else sum(map(len, since)), None
        since.clear()


def noted(lines: Iterator[str], since: list[str]) -> Iterator[str]:
    """Lines, each put down as it is handed on."""
    for line in lines:
        since.append(line)
        yield line


def is_torn(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether lines taken for one row are several, the first with a quote that is never closed.

    So it is where a quote closes in the middle of a cell, or not at all, and another of the lines is a row by itself.
    """
    try:
        next(csv.reader(iter(lines), delimiter=delimiter, strict=True))
    except csv.Error:
        alone = (next(csv.reader([line], delimiter=delimiter)) for line in lines[1:] if len(line) < LARGEST_CELL)
        return any(len(cells) == width for cells in alone)
    return False


def batches(
    lines: text.Lines, delimiter: str, parsed: Iterator[Parsed], header: list[str], most: int, encoding: Encoding
) -> Iterator[Rows]:
    """Rows as batches of at most `most`, and of fewer where they are long.

    Lines that plainly are rows become rows together, the others one by one, with an eye on what is wrong with them.
    """
    number = 0
    while taken := lines.some(most, BATCH_CHARACTERS):
        lines.put_back(half_row(taken))
        before = number, lines.number - len(taken)
        plain = plain_rows(taken, before, delimiter, len(header), LARGEST_CELL) if taken else None
        if plain is None:
            lines.put_back(taken)
        rows = one_by_one(parsed, number, header, most, encoding) if plain is None else Rows(plain)
        if len(rows.cells) or len(rows.refused):
            yield rows
        number += len(rows.cells) + len(rows.refused)


def half_row(taken: list[str]) -> list[str]:
    """Take away, from the end of lines, those of a row that may go on behind them."""
    if "".join(taken).count('"') % 2 == 0:
        return []
    begins = max(place for place, line in enumerate(taken) if line.count('"') % 2)
    rest = taken[begins:]
    del taken[begins:]
    return rest


def one_by_one(parsed: Iterator[Parsed], before: int, header: list[str], most: int, encoding: Encoding) -> Rows:
    """The next rows as a batch, `before` being the number of the row before the first."""
    characters = 0
    whole: list[list[str]] = []
    places: list[tuple[int, int]] = []
    refused: list[Refused] = []
    for number, (line, cells, length, wrong) in enumerate(parsed, before + 1):
        characters += length
        if wrong or len(cells) != len(header):
            refused.append(unfit(number, line, cells, header, wrong))
        else:
            whole.append(cells)
            places.append((number, line))
        if len(places) + len(refused) >= most or characters >= BATCH_CHARACTERS:
            break
    return in_encoding(header, places, whole, refused, encoding)


def unfit(number: int, line: int, cells: list[str], header: list[str], wrong: ErrorCode | None) -> Refused:
    """The refusal of a row that is no row of the table."""
    if cells == [text.OVERLONG.strip()]:
        wrong = ErrorCode.LIMIT_EXCEEDED
    return refusal(number, line, wrong, FAULTS[wrong], cells, header) if wrong else misfit(number, line, cells, header)


def in_encoding(
    header: list[str], places: list[tuple[int, int]], whole: list[list[str]], refused: list[Refused], encoding: Encoding
) -> Rows:
    """A batch whose rows are all in the encoding of the file; the others are refused.

    Raises DeliveryRefused where they are so many that the file must be in another one.
    """
    try:
        return gathered(header, places, whole, refused)
    except UnicodeEncodeError:
        pass
    if not text.mostly_in(*encoding):
        raise text.unreadable(encoding.name)
    sound = [not text.broken("".join(cells)) for cells in whole]
    for (number, line), cells, is_sound in zip(places, whole, sound, strict=True):
        if not is_sound:
            overlong = any(text.OVERLONG.strip() in cell for cell in cells)
            wrong = ErrorCode.LIMIT_EXCEEDED if overlong else ErrorCode.ROW_ENCODING
            refused.append(refusal(number, line, wrong, FAULTS[wrong], cells, header))
    return gathered(
        header, list(compress(places, sound)), list(compress(whole, sound)), sorted(refused, key=itemgetter(0))
    )
