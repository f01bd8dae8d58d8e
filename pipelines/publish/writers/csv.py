"""Contacts as CSV, in a dialect for programs and in one for spreadsheets."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import polars as pl

from pipelines.normalise.locale import convention
from pipelines.publish.table import READING, as_csv, header
from pipelines.publish.writers.columns import COUNTS, Column
from pipelines.publish.writers.writer import Write
from schemas.fields import Kind
from schemas.segment import Dialect, Segment

COMMA, SEMICOLON = ",", ";"


def separator_of(segment: Segment) -> str:
    """What parts the cells of a segment: as stated, else a semicolon where the comma is a sign of numbers."""
    if segment.separator:
        return segment.separator
    return SEMICOLON if segment.locale and convention(segment.locale).decimal == COMMA else COMMA


@contextmanager
def open_csv(file: BinaryIO, columns: Sequence[Column], segment: Segment) -> Iterator[Write]:
    """A function that writes contacts; the header is written before them."""
    numbers = [each.name for each in columns if each.kind is Kind.NUMBER and each.name not in COUNTS]
    names, separator = [each.name for each in columns], separator_of(segment)
    signs = convention(segment.locale) if segment.locale else None

    def write(frame: pl.DataFrame) -> None:
        cells = as_csv(frame, names, numbers=numbers, dialect=segment.dialect, separator=separator, convention=signs)
        file.write(cells)

    file.write(header([each.heading for each in columns], segment.dialect, separator))
    yield write


def reading(segment: Segment) -> str:
    """How to read the file of a segment."""
    separator = separator_of(segment)
    said = READING[segment.dialect]
    if separator != COMMA:
        word = {"\t": "tab", SEMICOLON: "semicolon"}.get(separator, separator)
        said = said.replace("UTF-8, comma, CRLF", f"UTF-8, {word}, CRLF")
    if segment.dialect is Dialect.EXCEL and segment.locale:
        said += f" Numbers have the decimal sign of {segment.locale}."
    return said
