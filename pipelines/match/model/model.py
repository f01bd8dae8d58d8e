"""The match model: what a list has taught about it, as a value with a version."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from pipelines.match.priors import COLLEAGUES, DUPLICATES, HOUSEHOLD, LIST_SIZE, ONE_LINE, levels_of

FEWEST_PEOPLE = 3  # that have a value, from which on a model keeps it: a rarer one would tell who is in the list
ONCE = 0.5  # occurrences that a value counts as which the tables have not seen


class Model(NamedTuple):
    """m of every level, the size of the list, and how frequent its values are.

    `m[field][level]`; `shares[field]` has value, share (of the values that were stated); `names` has value (both names,
    sorted), records, of full names. Values that fewer than three people have are in neither (FEWEST_PEOPLE).
    """

    kind: str  # people | organisations
    records: int
    duplicates: float  # other records of the same person that a record has ...
    household: float  # ... of others of its household ...
    one_line: float  # ... of such as share phone and mailbox ...
    colleagues: float  # ... and of others of its firm, each on average
    m: Mapping[str, Mapping[str, float]]
    shares: Mapping[str, pl.DataFrame]
    names: pl.DataFrame
    chance: Mapping[str, Mapping[str, float]]  # times as often as shipped strangers show a level
    method: int  # of fitting; a model that was fitted in another way is fitted anew


SHARES = pl.Schema({"value": pl.String, "share": pl.Float64})
BEARERS = pl.Schema({"value": pl.String, "records": pl.UInt32})


def shipped_m(kind: str) -> dict[str, dict[str, float]]:
    """The m of every level as `priors` has it."""
    return {field: {level: prior.m for level, prior in levels.items()} for field, levels in levels_of(kind).items()}


def unfitted(records: int = LIST_SIZE, kind: str = "people") -> Model:
    """The model of a list of which nothing is known but its size."""
    return Model(
        kind,
        max(records, 1),
        DUPLICATES,
        HOUSEHOLD,
        ONE_LINE,
        COLLEAGUES,
        shipped_m(kind),
        {},
        pl.DataFrame(schema=BEARERS),
        {},
        0,
    )
