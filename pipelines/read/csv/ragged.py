"""Rows that are shorter or longer than their header by blank cells at their end, where that shifts no other cell."""

from collections import Counter
from collections.abc import Sequence

from pipelines.read.tables.header_words import MEANINGS, fold, kind

TELLING = {"email": "email", "phone": "phone", "wa_id": "phone"}  # by what a column means: what its cells look like
Ragged = tuple[int, int, list[str]]  # number, line, cells


def fitted(rows: Sequence[Ragged], header: Sequence[str], *, alone: bool) -> dict[int, list[str]]:
    """The rows that fit their header once blank cells are added to their end or taken from it, by number.

    Cells that are not there, or that are blank and over, shift nothing where an address or a number stands in the
    column it belongs to, and none stands elsewhere; where only columns without a header go without; and, of blank ones
    that are over, where every row has as many of them. `alone`: the batch has no row of the right width.

    A row that a line break has cut in two is two short ones, one behind the other, that together have a cell more than
    the header: neither fits.
    """
    width = len(header)
    wanted = [TELLING.get(MEANINGS.get(fold(name), "")) for name in header]
    named = max((place for place, name in enumerate(header, 1) if name != f"column {place}"), default=width)
    lengths = Counter(len(cells) for _, _, cells in rows)
    uniform = alone and len(lengths) == 1
    short = {number: len(cells) for number, _, cells in rows if len(cells) < width}
    found = {}
    for number, _, cells in rows:
        over = len(cells) > width
        if over and any(map(str.strip, cells[width:])):
            continue
        neighbours = (short.get(number - 1), short.get(number + 1))
        if not over and any(each and each + len(cells) == width + 1 for each in neighbours):
            continue
        if not any(map(str.strip, cells)):
            continue
        if (len(cells) >= named and not over) or (over and uniform) or is_in_place(cells, wanted):
            found[number] = (cells + [""] * (width - len(cells)))[:width]
    return found


def is_in_place(cells: Sequence[str], wanted: Sequence[str | None]) -> bool:
    """Whether an address or a number stands in the column it belongs to, and nothing stands where it does not."""
    kinds = [(kind(cell), column) for cell, column in zip(cells, wanted, strict=False)]
    agree = sum(found == column for found, column in kinds)
    strange = any(column and found not in (column, "") for found, column in kinds)
    return agree > 0 and not strange
