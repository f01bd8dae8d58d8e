"""Rows that a stray quote makes one of: lines that were taken for one row, and are several."""

import csv
from collections.abc import Sequence

from pipelines.read.tables.header_words import kind


def is_torn(lines: Sequence[str], delimiter: str) -> bool:
    """Whether lines taken for one row are several, the first of them with a quote that does not close in it.

    So it is where a quote does not close at the end of a cell, and where each line is a row as the others are.
    """
    try:
        next(csv.reader(iter(lines), delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return are_rows(lines, delimiter)


def are_rows(lines: Sequence[str], delimiter: str) -> bool:
    """Whether each of some lines by itself has as many cells, of the same kinds, with an address or a number in one.

    In an address of several lines, or a note, what stands below a phone number or an e-mail is no other.
    """
    width = lines[0].count(delimiter)
    if width == 0 or any(line.count(delimiter) != width for line in lines[1:]):
        return False
    kinds = [[kind(cell) for cell in line.rstrip("\r\n").split(delimiter)] for line in lines]
    columns = [set(column) - {""} for column in zip(*kinds, strict=True)]
    telling = [column for column in columns if column & {"email", "phone"}]
    alone = sum(len(set(column)) == 1 and column[0] in ("email", "phone") for column in zip(*kinds, strict=True))
    return bool(telling and alone) and all(len(column) <= 1 for column in columns)
