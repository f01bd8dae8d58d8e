"""A CSV or TSV without a person: their rows' lines are left out, every other byte stays."""

import io
import zlib
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pipelines.errors import DeliveryRefused
from pipelines.privacy.files.decoding import encoding_of, errors_of
from pipelines.privacy.files.outcome import Done, Item, Unreachable, Wanted
from pipelines.privacy.files.tables.rows import free_columns, judged
from pipelines.read.csv.header import LOOKED_AT, find_header
from pipelines.read.csv.rows import half_row, larger_cells, parse
from pipelines.read.csv.text import Encoding, Lines

BLOCK_LINES = 50_000  # judged together
BLOCK_CHARACTERS = 16 << 20
SAMPLE = 4 * LOOKED_AT  # lines in which the header is


class Row(NamedTuple):
    """The cells of a row, none of a line that is no row, and its lines as they stand."""

    cells: Sequence[str]
    lines: list[str]


class _Recorded(Lines):
    """Lines that remember those taken since `seen` was cleared."""

    def __init__(self, lines: Iterator[str]) -> None:
        super().__init__(lines)
        self.seen: list[str] = []

    def __next__(self) -> str:
        line = super().__next__()
        self.seen.append(line)
        return line

    def put_back(self, lines: Sequence[str]) -> None:
        super().put_back(lines)
        if lines:
            del self.seen[-len(lines) :]


class _Checked(io.RawIOBase):
    """A stream that keeps a checksum of what is read of it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw, self.checksum = raw, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self._raw.read(len(buffer))
        self.checksum = zlib.crc32(data, self.checksum)
        buffer[: len(data)] = data
        return len(data)


def rewrite(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write a table without a person's rows (`rows.judged`); its header stays.

    Raises:
        Unreachable: for a text that its encoding does not give back as it was.
    """
    encoding = encoding_of(item, wanted.encoding)
    errors = errors_of(encoding)
    written = removed = kept = mentions = 0
    with item.open() as raw, larger_cells():
        checked = _Checked(raw)
        text = io.TextIOWrapper(io.BufferedReader(checked, 1 << 20), encoding, errors, newline="")
        try:
            lines, delimiter, above = _opened(text, encoding)
            free: list[bool] | None = None
            for rows in chain([above] if above else [], _blocks(lines, delimiter)):
                is_top = rows is above
                if free is None and not is_top:
                    free = free_columns(next((row.cells for row in rows if row.cells), ()))
                told = judged([row.cells for row in rows], free or (), wanted)
                mentions += len(told.mentions.arg_true())
                for row, theirs in zip(rows, told.theirs, strict=True):
                    data = "".join(row.lines).encode(encoding, errors)
                    written = zlib.crc32(data, written)
                    if theirs:
                        removed += 1
                    else:
                        out.write(data)
                        kept += bool(row.cells) and not is_top
        except (UnicodeError, DeliveryRefused):
            raise Unreachable("its text cannot be read as a table in one encoding") from None
    if written != checked.checksum:
        raise Unreachable("its encoding does not give its text back as it was")
    return Done(removed, 0, mentions, kept - (kept > 0))  # the header is no row


def _opened(text: io.TextIOWrapper, encoding: str) -> tuple[Lines, str, list[Row]]:
    """The lines from the header on, the delimiter, and what stands above the header, a row for each line."""
    first = list(islice(text, SAMPLE))
    sample = Lines(iter(first))
    try:
        delimiter = find_header(sample, Encoding(Path(), encoding)).delimiter
    except DeliveryRefused:  # empty, or no table
        return Lines(chain(first, text)), ",", []
    above = [Row([line.strip()], [line]) for line in first[: sample.number]]
    return Lines(chain(first[sample.number :], text)), delimiter, above


def _blocks(lines: Lines, delimiter: str) -> Iterator[list[Row]]:
    """The rows of lines, many at a time. A row whose quote never closes is its line alone, as readers take it."""
    while taken := lines.some(BLOCK_LINES, BLOCK_CHARACTERS):
        rest = half_row(taken)
        while not taken:  # all of it is within one cell, or behind a quote that never closes
            more = lines.some(BLOCK_LINES, BLOCK_CHARACTERS)
            taken, rest = [*rest, *more], []
            if more and sum(map(len, taken)) < BLOCK_CHARACTERS:
                rest = half_row(taken)
        lines.put_back(rest)
        if '"' in "".join(taken):
            yield list(_parsed(taken, delimiter))
        else:
            yield [Row(bare.split(delimiter) if (bare := line.rstrip("\r\n")) else (), [line]) for line in taken]


def _parsed(taken: list[str], delimiter: str) -> Iterator[Row]:
    lines = _Recorded(iter(taken))
    done = 0
    for begins, cells, _, _ in parse(lines, delimiter):
        blank = begins - 1 - done
        if blank:
            yield Row((), lines.seen[:blank])
        yield Row(cells, lines.seen[blank:])
        done = lines.number
        lines.seen.clear()
    if lines.seen:
        yield Row((), list(lines.seen))
