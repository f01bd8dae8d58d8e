"""Ids that sources give their records, without those that tell nothing apart."""

from typing import NamedTuple

import polars as pl

from pipelines.normalise.problems import problems
from schemas.error_codes import ErrorCode

CUT = r"^[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}$"  # how Excel shows a long number; all that begin alike are shown alike


class Identified(NamedTuple):
    """Contact rows, and what was wrong with their ids (`pipelines.normalise.problems.PROBLEMS`)."""

    contacts: pl.DataFrame
    problems: pl.DataFrame


def record_ids(contacts: pl.DataFrame) -> Identified:
    """Contact rows without the ids that a spreadsheet has cut: many records would be taken for one.

    Args:
        contacts: `row` (UInt32), `record_id` (String, nullable), and anything else.
    """
    cut = pl.col("record_id").str.strip_chars().str.contains(CUT).fill_null(value=False)
    code = pl.lit(ErrorCode.ID_SCIENTIFIC_NOTATION.value)
    found = problems(contacts.filter(cut).select("row", field=pl.lit("record_id"), code=code))
    return Identified(contacts.with_columns(record_id=pl.when(~cut).then("record_id")), found)
