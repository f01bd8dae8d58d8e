"""A table as a reader of contact lists meets it: a header, and rows of cells in batches."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

import polars as pl

from pipelines.errors import DeliveryRefused
from pipelines.read.tables.header_words import told_apart
from schemas import received
from schemas.error_codes import ErrorCode
from schemas.received import MAX_TEXT
from schemas.vocabulary import Outcome

BATCH_CHARACTERS = 16_000_000  # a batch of long rows ends before it has all its rows
MOST_CELLS = 2_000_000  # of a batch; the cells of a wide table are mostly blank, and cost memory all the same
MOST_COLUMNS = 2_000
LONGEST_HEADER = 1_000  # characters
BLANK = "a row with at least one value"
OVER = "_extra"  # column of refused rows that holds the cells for which their file had no column


class Rows(NamedTuple):
    """Some consecutive rows of a table.

    `cells`: row (UInt32: number of the data row, from 1), line (UInt32: physical line or sheet row it begins on, null
    where there is none), and c0, c1, ... (String), one for each column of the header, as delivered. `refused`: rows
    that do not fit the header (`schemas.received.Refusal`). `text_rows`: how many rows were counted in the text read
    meanwhile, by its line breaks; null where there is no text to count in. `assumed_encoding` is the one the text was
    taken to be in, if nothing says so.
    """

    cells: pl.DataFrame
    refused: pl.DataFrame = received.empty(received.Refusal)
    text_rows: int | None = None
    assumed_encoding: str | None = None


class Table(NamedTuple):
    """A header and the rows below it, read once and in order. Every column has a name; it may be that of its place."""

    header: list[str]
    rows: Iterator[Rows]


class Wrong(NamedTuple):
    """Why a row as a whole is refused, and what would have been right."""

    code: ErrorCode
    expected: str
    outcome: Outcome = Outcome.REJECTED


class Row(NamedTuple):
    """A row on its way into a batch: the line it begins on, its cells up to the last that says something."""

    line: int
    cells: list[str]
    wrong: Wrong | None = None


Refused = tuple[int, int | None, str, str, str, str]


def named(header: Sequence[str], margin: str = " ") -> list[str]:
    """Headers without margins, told apart; a column without one is called by its place.

    Raises DeliveryRefused for more or longer ones than any list has: each row is kept with all of them.
    """
    if len(header) > MOST_COLUMNS:
        raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"the header has more than {MOST_COLUMNS} columns")
    if any(len(cell) > LONGEST_HEADER for cell in header):
        raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"a header is longer than {LONGEST_HEADER} characters")
    return told_apart([cell.strip(margin) or f"column {place}" for place, cell in enumerate(header, 1)])


def both(one: int | None, other: int | None) -> int | None:
    """Two counts as one, of which each may be unknown."""
    return other if one is None else one + (other or 0)


def at_once(most: int, header: Sequence[str]) -> int:
    """How many rows of a table make a batch: at most so many, and fewer of a wide one."""
    return max(1, min(most, MOST_CELLS // len(header)))


def gathered(
    header: Sequence[str], places: Sequence[tuple[int, int]], taken: Sequence[Sequence[str]], refused: list[Refused]
) -> Rows:
    """Rows that fit their header, each with its number and line, and the refusals between them.

    Raises:
        UnicodeEncodeError: a cell holds a lone surrogate.
    """
    columns = list(zip(*taken, strict=True)) or [()] * len(header)
    numbers, lines = zip(*places, strict=True) if places else ((), ())
    frame = [pl.Series("row", numbers, pl.UInt32), pl.Series("line", lines, pl.UInt32)]
    cells = [pl.Series(f"c{place}", column, pl.String) for place, column in enumerate(columns)]
    return Rows(
        pl.DataFrame([*frame, *cells]),
        pl.DataFrame(refused, schema=received.empty(received.Refusal).schema, orient="row"),
    )


def misfit(number: int, line: int | None, cells: Sequence[str], header: Sequence[str]) -> Refused:
    """The refusal of a row with too many or too few cells: given back as its columns and what was over."""
    if not any(map(str.strip, cells)):
        return refusal(number, line, ErrorCode.ROW_BLANK, BLANK, cells, header, Outcome.SKIPPED)
    over = list(cells[len(header) :])
    expected = f"{len(header)} cells, as many as the header has; the row has {len(cells)}"
    if over:
        expected += f"; move the cells in {OVER} to the columns they belong to, and empty it"
    code = ErrorCode.ROW_TOO_MANY_FIELDS if over else ErrorCode.ROW_TOO_FEW_FIELDS
    return refusal(number, line, code, expected, cells, header)


def refusal(
    number: int,
    line: int | None,
    code: ErrorCode,
    expected: str,
    cells: Sequence[str],
    header: Sequence[str],
    outcome: Outcome = Outcome.REJECTED,
) -> Refused:
    """The refusal of a row for what is wrong with it as a whole. Of cells larger than any may be it keeps the start.

    It has every column of the header, blank where the row ends before it, and OVER. A row of a corrected file keeps
    what stood in its own OVER.
    """
    short = [cell[:MAX_TEXT].encode(errors="replace").decode() for cell in cells]
    raw: dict[str, str | list[str]] = dict(zip_longest(header, short[: len(header)], fillvalue=""))
    before = [cell for cell in [raw.get(OVER)] if isinstance(cell, str) and cell.strip()]
    raw[OVER] = [*before, *short[len(header) :]]
    return number, line, outcome.value, code.value, expected, json.dumps(raw, ensure_ascii=False)


def in_batches(header: Sequence[str], rows: Iterable[Row], most: int) -> Iterator[Rows]:
    """Rows of a file that has no delimiters as batches of at most `most`, and of fewer where they are long.

    Cells that are not there are blank; a row with more of them than the header is refused.
    """
    characters, most = 0, at_once(most, header)
    places: list[tuple[int, int]] = []
    whole: list[list[str]] = []
    refused: list[Refused] = []
    for number, (line, cells, wrong) in enumerate(rows, 1):
        characters += sum(map(len, cells))
        if wrong:
            refused.append(refusal(number, line, wrong.code, wrong.expected, cells, header, wrong.outcome))
        elif len(cells) > len(header):
            refused.append(misfit(number, line, cells, header))
        else:
            places.append((number, line))
            whole.append(cells + [""] * (len(header) - len(cells)))
        if len(places) + len(refused) >= most or characters >= BATCH_CHARACTERS:
            yield gathered(header, places, whole, refused)
            characters = 0
            places, whole, refused = [], [], []
    if places or refused:
        yield gathered(header, places, whole, refused)
