"""Rows of a contact list that are no contact: blank ones, examples, and those that contradict themselves."""

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.read.tables.duplicate_headers import contradiction, duplicates
from pipelines.read.tables.table import BLANK, OVER
from schemas import received
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome

NAMES = ("name", "first_name", "last_name")
ONE_VALUE = ("record_id", *NAMES, "observed_at", "channel")  # fields of which a row states one
EXAMPLE = "_example"  # column of the template that marks the row which only shows how to fill it


def set_aside(
    cells: pl.DataFrame, delivered: pl.DataFrame, header: list[str], meanings: Sequence[str] = ()
) -> pl.DataFrame:
    """Rows that are no contact of the list, as refusals.

    Those are blank ones, examples, those that came back too long, and those that state two values of what is one.
    """
    names = {name: f"c{place}" for place, name in enumerate(header)}
    nothing = pl.all_horizontal(pl.col(list(names.values())).is_null())
    example = pl.col(names[EXAMPLE]).is_not_null() if EXAMPLE in names else pl.lit(value=False)
    over = pl.col(names[OVER]).is_not_null() if OVER in names else pl.lit(value=False)
    cases = (
        (nothing, Outcome.SKIPPED, ErrorCode.ROW_BLANK, BLANK),
        (example, Outcome.SKIPPED, ErrorCode.ROW_EXAMPLE, "nothing: it shows how to fill the template"),
        (
            over,
            Outcome.REJECTED,
            ErrorCode.ROW_TOO_MANY_FIELDS,
            f"the cells in {OVER} in the columns they belong to, and {OVER} empty",
        ),
        *contradictions(header, meanings),
    )
    found = cells.select(
        "row",
        "line",
        pl.coalesce(*(pl.when(case).then(pl.lit(number, pl.UInt8)) for number, (case, *_) in enumerate(cases))).alias(
            "case"
        ),
    ).drop_nulls("case")
    raw = delivered.filter(pl.col("row").is_in(found["row"].implode())).select(
        "row", raw=pl.struct(pl.col(column).alias(name) for name, column in names.items()).struct.json_encode()
    )
    told = pl.DataFrame(
        [(number, outcome.value, code.value, expected) for number, (_, outcome, code, expected) in enumerate(cases)],
        schema={"case": pl.UInt8, "outcome": pl.String, "code": pl.String, "expected": pl.String},
        orient="row",
    )
    return (
        found.join(told, on="case")
        .join(raw, on="row")
        .select(received.column_types(received.Refusal).keys())
        .sort("row")
    )


def contradictions(header: list[str], meanings: Sequence[str]) -> Iterator[tuple[pl.Expr, Outcome, ErrorCode, str]]:
    """Which rows state two values of one field in columns of one header, and how to correct them."""
    for places in duplicates(header, meanings) if meanings else ():
        if meanings[places[0]] in ONE_VALUE:
            which = " and ".join(str(place + 1) for place in places)
            alone = f"to read one of them alone, set `{header[places[-1]]}: ignore` in `columns:`"
            yield (
                contradiction(places),
                Outcome.REJECTED,
                ErrorCode.HEADER_DUPLICATE,
                f"one value: columns {which} have the same header and differ here; {alone}",
            )
