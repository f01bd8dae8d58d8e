"""Contacts as JSON Lines: an object a line, UTF-8."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import polars as pl

from pipelines.publish.writers.columns import Column, typed
from pipelines.publish.writers.writer import Write
from schemas.fields import Kind

READING = (
    "JSON Lines in UTF-8: an object a line. Times are texts in UTC, days texts such as 2026-01-31, lists are arrays, "
    "numbers have the precision of 64 bits; a value that is missing is null."
)


@contextmanager
def open_jsonl(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Write]:
    """A function that writes contacts."""
    yield lambda frame: file.write(as_jsonl(frame, columns))


def as_jsonl(frame: pl.DataFrame, columns: Sequence[Column]) -> bytes:
    """Contacts as lines."""
    values = typed(frame, columns)
    times = [pl.col(each.name).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for each in columns if each.kind is Kind.INSTANT]
    headed = values.with_columns(times).rename({each.name: each.heading for each in columns})
    return headed.write_ndjson().encode()
