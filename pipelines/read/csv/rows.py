"""Rows of a delimited text file, streamed: encoding, delimiter and header are found, every row keeps its place."""

import csv
import string
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import compress
from operator import itemgetter
from pathlib import Path

from pipelines.errors import DeliveryRefused
from pipelines.read.core.batch import BATCH_ROWS
from pipelines.read.csv import text
from pipelines.read.csv.fast_path import plain_rows
from pipelines.read.csv.header import Top, find_header, require_closed
from pipelines.read.csv.ragged import Ragged, fitted
from pipelines.read.csv.row_count import RowCount
from pipelines.read.csv.text import Encoding
from pipelines.read.csv.torn import is_torn
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
from schemas.vocabulary import Outcome

LARGEST_CELL = 1 << 20  # characters
MOST_TORN = 100  # quotes never closed that a file may have: each costs reading a cell of the largest size again
OVERLONG = [text.OVERLONG.strip()]  # a row that is a line longer than any
ABOVE = "nothing: the line stands above the header"
MARGIN = string.whitespace + "\u00a0\ufeff"
FAULTS = {
    ErrorCode.QUOTE_UNCLOSED: "a closing quote for each that opens; this row has one that does not close",
    ErrorCode.LIMIT_EXCEEDED: f"cells of at most {LARGEST_CELL} characters",
    ErrorCode.ROW_ENCODING: "bytes in the encoding that the rest of the file is in; save the file anew as UTF-8",
}


# A row: the physical line it begins on, its cells, its length in characters, and what is wrong with it, if that is not
# the number of its cells. A plain tuple, for there are millions of them.
Parsed = tuple[int, list[str], int, ErrorCode | None]


@contextmanager
def open_csv(
    path: Path, encoding: str | None = None, *, header_row: int | None = None, rows: int = BATCH_ROWS
) -> Iterator[Table]:
    """Open a delimited file: a byte order mark decides its encoding, else the one given, else UTF-8.

    Header and delimiter are found (`pipelines.read.csv.header`), or the header stands on the line `header_row`. Lines
    without a cell are no rows, also above the header; a title there is one, which is skipped. A column without a header
    is called by its place. A row that is not in the encoding, has too many or too few cells, a quote that is never
    closed, or a cell or line that never ends is refused alone. Raises DeliveryRefused for a file that is empty, in
    another encoding, or whose header has a quote that is never closed.
    """
    with text.opened(path, encoding) as (raw, found), readable(found), larger_cells():
        count = RowCount()
        lines = text.Lines(text.text_lines(raw, found.name, count))
        top = find_header(lines, found, header_row)
        count.delimiter = top.delimiter
        parsed = parse(lines, top.delimiter)
        line, cells, _, wrong = next(parsed)
        require_closed(cells, line, top.delimiter, is_torn=wrong is not None)
        header = named(cells, MARGIN)
        most = at_once(rows, header)
        read = batches(lines, top.delimiter, parsed, header, most, found, len(top.above))
        yield Table(header, with_count(read, header, top, count))


def with_count(read: Iterator[Rows], header: list[str], top: Top, count: RowCount) -> Iterator[Rows]:
    """Batches of rows, the lines above the header before them, each with how many rows its text has."""
    counted = -1 - top.unread  # the header is none
    above = [
        refusal(number, line, ErrorCode.ROW_ABOVE_HEADER, ABOVE, cells, header, Outcome.SKIPPED)
        for number, (line, cells) in enumerate(top.above, 1)
    ]
    if above:
        yield gathered(header, [], [], above)
    for rows in read:
        yield rows._replace(text_rows=counted + count.take())
        counted = 0
    counted += count.finish()
    if counted:
        yield gathered(header, [], [], [])._replace(text_rows=counted)


@contextmanager
def larger_cells() -> Iterator[None]:
    """Let the csv module take cells as large as a list may hold: one setting, for all of Python."""
    before = csv.field_size_limit(LARGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


@contextmanager
def readable(encoding: Encoding) -> Iterator[None]:
    """Turn what decoding can raise into a refusal without the bytes that caused it."""
    try:
        yield
    except UnicodeError:  # a UTF-16 file without its mark raises this, and not a UnicodeDecodeError
        problem = text.unreadable(encoding)
    else:
        return
    raise problem from None


def parse(lines: text.Lines, delimiter: str) -> Iterator[Parsed]:
    """Rows of lines, the header among them; between two of them nobody is kept from taking lines away.

    A quote that is never closed would swallow the rows behind it, up to the next quote or to the end of the file. The
    line it stands on is given as a row with that fault, and parsing begins anew on the next.
    """
    since: list[str] = []  # lines of the row that is being parsed
    reader = csv.reader(noted(lines, since), delimiter=delimiter)
    torn = 0
    while True:
        cells: list[str] | None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None  # one of them is larger than LARGEST_CELL
        begins = lines.number - len(since) + 1
        if cells is None or (len(since) > 1 and is_torn(since, delimiter)):
            torn += 1
            if torn > MOST_TORN:
                raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"more than {MOST_TORN} quotes are never closed")
            wrong = ErrorCode.QUOTE_UNCLOSED if len(since) > 1 else ErrorCode.LIMIT_EXCEEDED
            lines.put_back(since[1:])
            yield begins, since[0].rstrip("\r\n").split(delimiter), len(since[0]), wrong
            reader = csv.reader(noted(lines, since), delimiter=delimiter)
        elif cells:
            yield begins, cells, len(since[0]) if len(since) == 1 else sum(map(len, since)), None
        since.clear()


def noted(lines: Iterator[str], since: list[str]) -> Iterator[str]:
    """Lines, each put down as it is handed on."""
    for line in lines:
        since.append(line)
        yield line


def batches(
    lines: text.Lines,
    delimiter: str,
    parsed: Iterator[Parsed],
    header: list[str],
    most: int,
    encoding: Encoding,
    number: int = 0,
) -> Iterator[Rows]:
    """Rows as batches of at most `most`, and of fewer where they are long.

    Lines that plainly are rows become rows together, the others one by one, with an eye on what is wrong with them.
    `number` is that of the row before the first.
    """
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
    ragged: list[Ragged] = []
    for number, (line, cells, length, wrong) in enumerate(parsed, before + 1):
        characters += length
        if wrong or cells == OVERLONG:
            refused.append(unfit(number, line, cells, header, wrong))
        elif len(cells) == len(header):
            whole.append(cells)
            places.append((number, line))
        else:
            ragged.append((number, line, cells))
        if number - before >= most or characters >= BATCH_CHARACTERS:
            break
    if ragged:
        fit = fitted(ragged, header, alone=not whole)
        refused += [unfit(*row, header, None) for row in ragged if row[0] not in fit]
        refused.sort(key=itemgetter(0))
        taken = zip(places, whole, strict=True)
        mended = (((number, line), fit[number]) for number, line, _ in ragged if number in fit)
        together = sorted([*taken, *mended], key=itemgetter(0))
        places, whole = [place for place, _ in together], [cells for _, cells in together]
    return in_encoding(header, places, whole, refused, encoding)


def unfit(number: int, line: int, cells: list[str], header: list[str], wrong: ErrorCode | None) -> Refused:
    """The refusal of a row that is no row of the table."""
    if cells == OVERLONG:
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
        raise text.unreadable(encoding)
    sound = [not text.broken("".join(cells)) for cells in whole]
    for (number, line), cells, is_sound in zip(places, whole, sound, strict=True):
        if not is_sound:
            overlong = any(text.OVERLONG.strip() in cell for cell in cells)
            wrong = ErrorCode.LIMIT_EXCEEDED if overlong else ErrorCode.ROW_ENCODING
            refused.append(refusal(number, line, wrong, FAULTS[wrong], cells, header))
    return gathered(
        header, list(compress(places, sound)), list(compress(whole, sound)), sorted(refused, key=itemgetter(0))
    )
