"""A CSV or TSV without a person: their rows' lines are left out, every other byte stays."""

import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pipelines.errors import DeliveryRefused
from pipelines.privacy.files.decoding import encoding_of, errors_of, series
from pipelines.privacy.files.outcome import Done, Item, Unreachable, Wanted
from pipelines.privacy.files.tables.rows import free_columns, judged
from pipelines.privacy.needles import find, find_names, mentions_handle, mentions_id
from pipelines.read.csv.header import LOOKED_AT, cells_of, find_header
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
    written = 0
    with item.open() as raw, larger_cells():
        checked = _Checked(raw)
        text = io.TextIOWrapper(io.BufferedReader(checked, 1 << 20), encoding, errors, newline="")
        try:
            lines, delimiter, above = _opened(text, encoding)
            done = Done()
            free: list[bool] | None = None
            for block in chain([above] if above else [], _blocks(lines)):
                if free is None and block is not above:
                    free = free_columns(next((cells_of(line, delimiter) for line in block if line.strip()), ()))
                told, kept = _without(block, delimiter, free, wanted)
                written = zlib.crc32("".join(block).encode(encoding, errors), written)
                out.write("".join(kept).encode(encoding, errors))
                done = done._replace(
                    removed=done.removed + told.removed,
                    mentions=done.mentions + told.mentions,
                    kept=done.kept + (told.kept if block is not above else 0),
                )
        except (UnicodeError, DeliveryRefused):
            raise Unreachable("its text cannot be read as a table in one encoding") from None
    if written != checked.checksum:
        raise Unreachable("its encoding does not give its text back as it was")
    return done._replace(kept=max(done.kept - 1, 0))  # the header is no row


def _without(block: list[str], delimiter: str, free: list[bool] | None, wanted: Wanted) -> tuple[Done, Iterable[str]]:
    """What is left of some lines. Only rows of lines that may hold the person are parted into cells."""
    lines = series(block).str.strip_chars_end("\r\n")
    needles = wanted.needles
    may_hold = find(needles, lines) | find_names(needles, lines) | mentions_id(needles, lines)
    if needles.handles:
        may_hold |= mentions_handle(needles, lines)
    if not may_hold.any():
        return Done(kept=len(block)), block
    rows = list(_rows(block, delimiter)) if '"' in "".join(block) else None
    if rows is None:
        places = may_hold.arg_true().to_list()
        told = judged([block[place].rstrip("\r\n").split(delimiter) for place in places], free or (), wanted)
        gone = {place for place, theirs in zip(places, told.theirs, strict=True) if theirs}
        kept = [line for place, line in enumerate(block) if place not in gone]
        return Done(len(gone), 0, len(told.mentions.arg_true()), sum(map(bool, map(str.strip, kept)))), kept
    told = judged([row.cells for row in rows], free or (), wanted)
    stay = [row for row, theirs in zip(rows, told.theirs, strict=True) if not theirs]
    entries = sum(bool(row.cells) for row in stay)
    return Done(len(rows) - len(stay), 0, len(told.mentions.arg_true()), entries), chain.from_iterable(
        row.lines for row in stay
    )


def _opened(text: io.TextIOWrapper, encoding: str) -> tuple[Lines, str, list[str]]:
    """The lines from the header on, the delimiter, and what stands above the header, a row for each line."""
    first = list(islice(text, SAMPLE))
    sample = Lines(iter(first))
    try:
        delimiter = find_header(sample, Encoding(Path(), encoding)).delimiter
    except DeliveryRefused:  # empty, or no table
        return Lines(chain(first, text)), ",", []
    return Lines(chain(first[sample.number :], text)), delimiter, first[: sample.number]


def _blocks(lines: Lines) -> Iterator[list[str]]:
    """Lines, many at a time, of whole rows."""
    while taken := lines.some(BLOCK_LINES, BLOCK_CHARACTERS):
        rest = half_row(taken)
        while not taken:  # all of it is within one cell, or behind a quote that never closes
            more = lines.some(BLOCK_LINES, BLOCK_CHARACTERS)
            taken, rest = [*rest, *more], []
            if more and sum(map(len, taken)) < BLOCK_CHARACTERS:
                rest = half_row(taken)
        lines.put_back(rest)
        yield taken


def _rows(taken: list[str], delimiter: str) -> Iterator[Row]:
    """The rows of lines. One whose quote never closes is its line alone, as readers take it."""
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
