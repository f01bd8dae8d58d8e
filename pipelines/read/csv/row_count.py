"""How many rows the text of a delimited file has, counted by its line breaks and by nothing that parses them.

It is what the rows that were read are held against: a quote that opens in one row and closes in another makes a parser
see one where there are two.
"""

import csv
from itertools import pairwise

import numpy as np

QUOTE, FEED, RETURN = b'"\n\r'
LONGEST_CELL = 1 << 20  # characters of lines that one quoted cell may join


class RowCount:
    """Counts rows as the text of a file passes by. `delimiter` is set once it is known, before anything is taken.

    A row is a line that is not empty, and those before it that end within quotes which open, close and are doubled as
    they should. Lines that a stray quote seems to join are counted each for itself.
    """

    def __init__(self) -> None:
        self.delimiter = ","
        self._waiting: list[str] = []  # text that was not yet looked at
        self._open: list[bytes] = []  # lines from one with a quote left open on

    def add(self, text: str) -> None:
        """Note text, in whole lines."""
        self._waiting.append(text)

    def take(self) -> int:
        """The number of rows that ended in the text noted since this was last asked; one left open may go on."""
        data = "".join(self._waiting).encode("utf-8", "surrogatepass")
        self._waiting.clear()
        plain = None if self._open else plain_rows(data)
        if plain is not None:
            return plain
        lines = [*self._open, *data.splitlines(keepends=True)]
        rows, self._open = self._count(lines, at_end=False)
        return rows

    def finish(self) -> int:
        """The number of rows in what is left."""
        rows = self.take()
        left, self._open = self._open, []
        return rows + self._count(left, at_end=True)[0]

    def _count(self, lines: list[bytes], *, at_end: bool) -> tuple[int, list[bytes]]:
        """How many rows lines make, and those of the last one if it may go on behind them."""
        rows, place = 0, 0
        odd = [number for number, line in enumerate(lines) if line.count(b'"') % 2]
        closing = dict(pairwise(odd))
        for begins in odd:
            if begins < place:
                continue
            rows += filled(lines[place:begins])
            place = begins + 1
            ends = closing.get(begins)
            if ends is None and not at_end and sum(map(len, lines[begins:])) <= LONGEST_CELL:
                return rows, lines[begins:]
            rows += 1
            if ends is not None and self._is_one_row(lines[begins : ends + 1]):
                place = ends + 1
        return rows + filled(lines[place:]), []

    def _is_one_row(self, lines: list[bytes]) -> bool:
        text = (line.decode("utf-8", "surrogatepass") for line in lines)
        try:
            return len(list(csv.reader(text, delimiter=self.delimiter, strict=True))) == 1
        except csv.Error:
            return False


def plain_rows(data: bytes) -> int | None:
    """How many lines of a text are not empty; None where line ends are mixed, or one stands within quotes."""
    signs = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(signs == FEED)
    width = 1
    if RETURN in data:
        width = 2
        if not np.array_equal(np.flatnonzero(signs == RETURN) + 1, ends):
            return None
    if QUOTE in data:
        quotes = np.flatnonzero(signs == QUOTE)
        if len(quotes) % 2 or (np.searchsorted(quotes, ends) % 2).any():
            return None
    lengths = np.diff(ends, prepend=-1, append=len(data) + width - 1)  # the last line has no end
    return int(np.count_nonzero(lengths > width))


def filled(lines: list[bytes]) -> int:
    """How many lines are not empty."""
    return sum(line not in (b"\n", b"\r\n", b"\r", b"") for line in lines)
