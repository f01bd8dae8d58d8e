"""A sheet of an Excel workbook (.xlsx) as a table."""

import re
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from itertools import chain, islice
from pathlib import Path

from pipelines.errors import DeliveryRefused
from pipelines.read.containers.zip import MAX_INFLATED
from pipelines.read.core.batch import BATCH_ROWS
from pipelines.read.tables.header_words import TITLES, header_place
from pipelines.read.tables.table import MOST_COLUMNS, Row, Table, Wrong, in_batches, named
from pipelines.read.workbook import workbook
from pipelines.read.workbook.numbers import plain
from pipelines.read.workbook.parts import parse
from pipelines.read.workbook.workbook import RichText, Sheet, Workbook, written
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome

MOST_TEXT = 1 << 29  # characters of all cells together
LAST_ROW = 1_048_576  # of a sheet
PLACE = re.compile("([A-Za-z]{1,3})[0-9]{1,7}")
TRUE = ("1", "true")
ABOVE = Wrong(ErrorCode.ROW_ABOVE_HEADER, "nothing: the line stands above the header", Outcome.SKIPPED)
FRACTION = re.compile(r"-?[0-9]+\.[0-9]+")
THOUSAND = 3  # digits behind a sign that parts thousands


@contextmanager
def open_sheet(
    path: Path,
    sheet: str | None = None,
    *,
    decimal: str | None = None,
    header_row: int | None = None,
    rows: int = BATCH_ROWS,
) -> Iterator[Table]:
    """Open a sheet, by its name or else the first one shown that has content.

    Its first row with content is the header, or one below a title (`pipelines.read.tables.header_words`), or the row
    `header_row`; what stands above is skipped.

    Rows are numbered as in the sheet; rows without content are no rows. Cells come as text: numbers with their digits
    and, before decimals, the `decimal` sign of the source's locale (without one, so that the sign cannot be taken for
    one of thousands); dates and times as ISO 8601, booleans as true and false, errors such as `#N/A` as themselves. A
    formula stands for the value it last had; one that was never calculated comes as the formula, with its `=`. Of
    merged cells, the first holds the value. The sheet is streamed; in memory are its shared texts
    (`pipelines.read.workbook.workbook`) and one batch.

    Raises:
        DeliveryRefused: FILE_EMPTY, FILE_FORMAT or FILE_LIMIT, also while rows are read.
    """
    with workbook.opened(path) as book:
        for chosen in sheets(book, sheet):
            with closing(rows_of(book, chosen, decimal)) as found:
                top = list(islice(found, max(TITLES + 1, header_row or 0)))
                if top:
                    place = (
                        header_place([row.cells for row in top]) if header_row is None else place_of(top, header_row)
                    )
                    header = named(top[place].cells)
                    above = [row._replace(wrong=ABOVE) for row in top[:place]]
                    yield Table(header, in_batches(header, chain(above, top[place + 1 :], found), rows))
                    return
    raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the sheet has no header row and no data")


def place_of(rows: list[Row], line: int) -> int:
    """The place of the row on this line of the sheet. Raises DeliveryRefused where it has no content."""
    for place, row in enumerate(rows):
        if row.line == line:
            return place
    raise DeliveryRefused(ErrorCode.HEADER_MISSING, f"row {line}, which `header_row:` names, has no content")


def sheets(book: Workbook, name: str | None) -> list[Sheet]:
    """The sheets to look for content in."""
    if name is None:
        return [sheet for sheet in book.sheets if sheet.is_visible]
    found = [sheet for sheet in book.sheets if sheet.name.casefold() == name.casefold()]
    if not found:
        raise DeliveryRefused(
            ErrorCode.FILE_FORMAT,
            f"none of the {len(book.sheets)} sheets has the name that `sheet:` of the source says",
        )
    return found


def rows_of(book: Workbook, sheet: Sheet, decimal: str | None = None) -> Generator[Row]:
    """The rows of a sheet that have content, each with its number in the sheet."""
    reader = Cells(book, decimal)
    characters = 0
    for _ in parse(book.archive, sheet.part, reader.start, reader.end, MAX_INFLATED):
        rows, reader.rows = reader.rows, []
        for row in rows:
            characters += sum(map(len, row.cells))
            if characters > MOST_TEXT:  # a few bytes name a shared text of any length, again and again
                raise DeliveryRefused(ErrorCode.FILE_LIMIT, "the sheet holds more text than a list of contacts")
            yield row


class Cells:
    """Puts the rows of a sheet together as its elements are met: `rows` are those complete and not yet taken."""

    def __init__(self, book: Workbook, decimal: str | None) -> None:
        self.rows: list[Row] = []
        self._book, self._decimal = book, decimal
        self._line = 0
        self._cells: list[str] = []
        self._place = -1  # of the cell, from 0
        self._kind = self._style = self._value = ""
        self._formula: str | None = None
        self._text = RichText()

    def start(self, element: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if element == "c":
            place = attributes.get("r")
            self._place = column(place) if place else self._place + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value, self._formula = "", None
        elif element == "row":
            self._line = int(attributes.get("r", self._line + 1))
            if not 0 < self._line <= LAST_ROW:
                raise ValueError(self._line)
            self._cells, self._place = [], -1
        else:
            self._text.start(element, attributes)

    def end(self, element: str, text: str) -> None:
        """An element ends."""
        if element == "v":
            self._value = text
        elif element == "f":
            self._formula = text
        elif element == "c":
            self._keep(self._said())
        elif element == "row":
            if self._cells:
                self.rows.append(Row(self._line, self._cells))
        else:
            self._text.end(element, text)

    def _keep(self, said: str) -> None:
        if not said.strip():
            return
        if self._place >= MOST_COLUMNS:
            raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"the sheet has more than {MOST_COLUMNS} columns")
        self._cells.extend([""] * (self._place + 1 - len(self._cells)))
        self._cells[self._place] = said

    def _said(self) -> str:
        """The cell as text."""
        rich = self._text.taken()
        if self._kind == "inlineStr":
            return rich
        if self._value == "":
            return f"={self._formula}" if self._formula is not None and self._kind != "str" else ""
        if self._kind == "s":
            return self._book.strings[index(self._value)]
        if self._kind == "b":
            return str(self._value in TRUE).lower()
        return self._number() if self._kind == "n" else written(self._value)

    def _number(self) -> str:
        try:
            number = float(self._value)
        except ValueError:
            return self._value
        if number - number != 0:  # infinite, or none
            return self._value
        said = (self._book.styles[index(self._style)] if self._style else plain)(number)
        return with_decimals(said, self._decimal) if FRACTION.fullmatch(said) else said


def with_decimals(number: str, decimal: str | None) -> str:
    """A number with its decimals behind this sign; without one, `1.125` becomes `1.1250`, which is no thousand."""
    if decimal:
        return number.replace(".", decimal)
    return f"{number}0" if len(number.partition(".")[2]) == THOUSAND else number


def index(text: str) -> int:
    """The place that a cell names; one before the first is none, and not one from the end."""
    place = int(text)
    if place < 0:
        raise IndexError(place)
    return place


def column(place: str) -> int:
    """The column of a cell such as `AB12`, from 0."""
    found = PLACE.fullmatch(place)
    if not found:
        raise ValueError(place)
    number = 0
    for letter in found[1].upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
