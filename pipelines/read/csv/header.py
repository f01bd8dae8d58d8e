"""The header of a delimited file: on which line it stands, and by which delimiter it and the rows are parted."""

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from pipelines.errors import DeliveryRefused
from pipelines.read.csv import text
from pipelines.read.tables.header_words import header_place, kind
from schemas.error_codes import ErrorCode

DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 20  # lines, from the first that says something
QUOTED = re.compile('"[^"]*"')
SEPARATED_BY = re.compile(r"(?i)\ufeff?sep=([^\s\w\"\0]|\t)\r?\n?$")
BREAKS = re.compile(r"\r\n|\r|\n")


class Top(NamedTuple):
    """What stands at the top of a file.

    `above`: the lines above the header, each with its number and cells. `unread`: how many other lines there are not
    empty, and given as no row.
    """

    delimiter: str
    above: list[tuple[int, list[str]]]
    unread: int


def find_header(lines: text.Lines, encoding: text.Encoding, header_row: int | None = None) -> Top:
    """Go to the header: the next of the lines is its first.

    A first line `sep=;` is obeyed. The header is on the line `header_row`, else on the first that says something; or
    below a title, where only a later line holds words that headers have. Raises DeliveryRefused where there is none.
    """
    unread, first = next_line(lines)
    delimiter = declared_delimiter(first)
    if delimiter:
        more, first = next_line(lines)
        unread += more + 1
    if "\0" in first:
        raise text.unreadable(encoding)
    if first == text.OVERLONG:
        raise DeliveryRefused(ErrorCode.FILE_LIMIT, f"the header is longer than {text.LONGEST_LINE} characters")
    lines.put_back([first])
    begins = lines.number + 1
    sample = lines.some(max(LOOKED_AT, header_row or 0), text.BLOCK)
    lines.put_back(sample)
    if header_row is None:
        place = place_of_header(sample, delimiter)
    else:
        place = header_row - begins
        if not 0 <= place < len(sample) or not sample[place].strip():
            raise DeliveryRefused(
                ErrorCode.HEADER_MISSING, f"line {header_row}, which `header_row:` names, is no line of the file"
            )
    delimiter = delimiter or likely_delimiter(sample[place], sample[place + 1 :])
    above = [(begins + at, cells_of(line, delimiter)) for at, line in enumerate(sample[:place]) if line.strip()]
    blank = sum(not line.strip() and bool(line.strip("\r\n")) for line in sample[:place])
    if place:
        lines.some(place, text.LONGEST_LINE * LOOKED_AT)
    return Top(delimiter, above, unread + blank)


def next_line(lines: text.Lines) -> tuple[int, str]:
    """The next line that says something, and how many before it held nothing but spaces."""
    spaces = 0
    for line in lines:
        if line.strip():
            return spaces, line
        spaces += bool(line.strip("\r\n"))
    raise DeliveryRefused(ErrorCode.FILE_EMPTY, "the file has no header row and no data")


def declared_delimiter(line: str) -> str | None:
    """What a spreadsheet's `sep=` line says, if this is one."""
    found = SEPARATED_BY.match(line)
    return found[1] if found else None


def likely_delimiter(header: str, rows: Sequence[str] = (), known: Sequence[str] = DELIMITERS) -> str:
    """The delimiter of which most rows hold as many as the header; of several the one it holds most of.

    Those in quotes do not count. A comma where the header holds none.
    """
    counts = {delimiter: QUOTED.sub("", header).count(delimiter) for delimiter in known}
    held = [delimiter for delimiter in known if counts[delimiter]]
    if len(held) < 2:
        return held[0] if held else known[0]
    bare = [QUOTED.sub("", row) for row in rows if row.strip()]
    agree = {each: sum(row.count(each) == counts[each] for row in bare) for each in held}
    return max(held, key=lambda each: (agree[each], counts[each]))


def place_of_header(sample: Sequence[str], delimiter: str | None) -> int:
    """Which of the first lines is the header."""
    for each in [delimiter] if delimiter else DELIMITERS:
        place = header_place([cells_of(line, each) for line in sample])
        if place:
            return place
    return 0


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of a line by itself."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def require_closed(header: list[str], line: int, delimiter: str, *, is_torn: bool) -> None:
    """Raise DeliveryRefused for a header that a stray quote makes one with rows below it."""
    for column, cell in enumerate(header, 1):
        below = BREAKS.split(cell)[1:]
        if is_torn and column == len(header):
            below = [cell]
        rows = [piece for piece in below if is_torn or is_row(piece, delimiter, len(header))]
        if rows:
            raise DeliveryRefused(
                ErrorCode.QUOTE_UNCLOSED,
                f"a quote opens in column {column} of the header, on line {line}, and does not close there: close it, "
                "or take it away",
            )


def is_row(text: str, delimiter: str, width: int) -> bool:
    """Whether a line within a cell of a header is a row, or the beginning of one, and no word of the header."""
    cells = text.split(delimiter)
    return len(cells) >= max(width, 2) or any(kind(cell) in ("email", "phone") for cell in cells)
