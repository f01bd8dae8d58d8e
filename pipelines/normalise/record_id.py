"""Ids that sources give their records, without those that tell nothing apart."""

from typing import NamedTuple

import polars as pl

from pipelines.normalise.problems import problems
from schemas.error_codes import ErrorCode

CUT = r"(?i)^[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}$"  # how Excel shows a long number; all that begin alike are shown alike
DECIMAL = r"^\s*([0-9]+)\.0+\s*$"
MASKED = r"[*•●∗█]{2,}|[•●█…]"


class Identified(NamedTuple):
    """Contact rows, and what was wrong with their ids (`pipelines.normalise.problems.PROBLEMS`)."""

    contacts: pl.DataFrame
    problems: pl.DataFrame


def record_ids(contacts: pl.DataFrame) -> Identified:
    """Contact rows without ids that a spreadsheet has cut or somebody has hidden: many would be taken for one.

    Decimals that a program gave to a number are no part of it: 1001.0 is 1001.

    Args:
        contacts: `row` (UInt32), `record_id` (String, nullable), and anything else.
    """
    text = pl.col("record_id").str.strip_chars()
    code = (
        pl.when(text.str.contains(CUT))
        .then(pl.lit(ErrorCode.ID_SCIENTIFIC_NOTATION.value))
        .when(text.str.contains(MASKED))
        .then(pl.lit(ErrorCode.IDENTIFIER_MASKED.value))
    )
    judged = contacts.with_columns(code=code)
    found = problems(judged.drop_nulls("code").select("row", "code", field=pl.lit("record_id")))
    known = pl.when(pl.col("code").is_null()).then(whole(pl.col("record_id")))
    return Identified(judged.with_columns(record_id=known).drop("code"), found)


def whole(text: pl.Expr) -> pl.Expr:
    """An id without the decimals that pandas, R or Excel gave it."""
    return text.str.replace(DECIMAL, "${1}")
