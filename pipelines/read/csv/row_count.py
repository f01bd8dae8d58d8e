"""How many rows the text of a delimited file has, counted by its line breaks and by nothing that parses them.

It is what the rows that were read are held against: a quote that opens in one row and closes in another makes a parser
see one where there are two.
"""

import csv
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

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
        self._open: list[str] = []  # lines from one with a quote left open on

    def add(self, text: str) -> None:
        """Note text, in whole lines."""
        self._waiting.append(text)

    def take(self) -> int:
        """The number of rows that ended in the text noted since this was last asked; one left open may go on."""
        data = "".join([*self._open, *self._waiting]).encode("utf-8", "surrogatepass")
        self._waiting.clear()
        rows, rest = self._count(data, at_end=False)
        self._open = [rest.decode("utf-8", "surrogatepass")] if rest else []
        return rows

    def finish(self) -> int:
        """The number of rows in what is left."""
        rows = self.take()
        left, self._open = "".join(self._open), []
        return rows + self._count(left.encode("utf-8", "surrogatepass"), at_end=True)[0]

    def _count(self, data: bytes, *, at_end: bool) -> tuple[int, bytes]:
        """How many rows the lines of a text make, and those of the last one if it may go on behind them."""
        signs = np.frombuffer(data, np.uint8)
        ends = line_ends(signs)
        begins = np.concatenate([np.zeros(1, np.int64), ends])
        filled = np.concatenate([np.zeros(1, np.int64), np.cumsum(~np.isin(signs[begins[:-1]], (FEED, RETURN)))])
        quotes = np.searchsorted(np.flatnonzero(signs == QUOTE), ends) if QUOTE in data else np.zeros(0, np.int64)
        odd: list[int] = np.flatnonzero(np.diff(quotes, prepend=0) % 2).tolist()
        rows, place = 0, 0
        for first, last in zip_longest(odd, odd[1:]):
            if first < place:
                continue
            rows += filled[first] - filled[place] + 1
            place = first + 1
            if last is None and not at_end and len(data) - begins[first] <= LONGEST_CELL:
                return int(rows) - 1, data[begins[first] :]
            if last is not None and self._is_one_row(data[begins[first] : ends[last]]):
                place = last + 1
        return int(rows + filled[-1] - filled[place]), b""

    def _is_one_row(self, data: bytes) -> bool:
        lines = (line.decode("utf-8", "surrogatepass") for line in data.splitlines(keepends=True))
        try:
            return len(list(csv.reader(lines, delimiter=self.delimiter, strict=True))) == 1
        except csv.Error:
            return False


def line_ends(signs: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    r"""Where each line of a text ends, behind its "\n", "\r\n" or "\r"; the last one may have none."""
    is_end = signs == FEED
    is_return = signs == RETURN
    if is_return.any():
        is_return[:-1] &= ~is_end[1:]
        is_end |= is_return
    ends = np.flatnonzero(is_end) + 1
    return ends if not len(signs) or is_end[-1] else np.append(ends, len(signs))
