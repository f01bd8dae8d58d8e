"""What the weight of one pair is made of, item by item, with the values that were compared. For people who ask why."""

from typing import NamedTuple

import numpy as np
import polars as pl

from pipelines.match.comparison.compare import Compared, Comparison, compare
from pipelines.match.comparison.records import Field, Records
from pipelines.match.model.model import Model
from pipelines.match.model.weigh import IDENTIFYING, Frequencies, Weighed, frequencies, weigh
from pipelines.match.priors import LEVELS

DERIVED = "email_domain"  # looked at where the addresses differ, and nowhere else
FULL_NAME = "name_bearers"
SOMETHING = 0.005  # bits; less is written as nothing


class Item(NamedTuple):
    """One thing that was looked at: a field with the level it agrees at, or the full name as such."""

    field: str
    one: list[str]  # values as they are compared: the one that was, or all there are where the other side has none
    other: list[str]
    level: str | None  # None: a side has no value
    m: float | None  # share of true pairs at this level
    weight: float  # bits
    share: float | None  # of the records of the list, where both have the same value and values have been counted
    people: int | None  # different people at least behind an identifier that both have
    records: int | None  # that have this identifier, where they were counted


class Weights(NamedTuple):
    """Pairs of records, compared and weighed, and what that took."""

    records: Records
    comparison: Comparison
    weighed: Weighed
    known: Frequencies
    model: Model
    crowds: pl.DataFrame


def weights(records: Records, pairs: pl.DataFrame, model: Model, crowds: pl.DataFrame) -> Weights:
    """Compare and weigh pairs (lo, hi), whether or not they share a blocking key.

    `crowds`: field, value, people, givens, as `shared_identifiers.count_shared_identifiers` counts them, and perhaps
    records.
    """
    lo, hi = pairs["lo"].to_numpy(), pairs["hi"].to_numpy()
    comparison, known = compare(records, lo, hi), frequencies(records, model, crowds)
    return Weights(records, comparison, weigh(comparison, known, model, lo, hi), known, model, crowds)


def items(found: Weights, row: int, one: int, other: int) -> list[Item]:
    """All that makes up the weight of the pair at `row`, of these two records, but for prior and relation."""
    looked_at = []
    for name, compared in found.comparison.fields.items():
        field = found.records.fields.get(name)
        if field is not None and not (name == DERIVED and compared.level[row] == 0):
            looked_at.append(_item(found, name, field, compared, row, (one, other)))
    bits = found.weighed.fields.get(FULL_NAME)
    if bits is not None and abs(bits[row]) >= SOMETHING:
        looked_at.append(Item(FULL_NAME, [], [], None, None, float(bits[row]), None, None, None))
    return [each for each in looked_at if each.one or each.other or each.field == FULL_NAME]


def _item(found: Weights, name: str, field: Field, compared: Compared, row: int, pair: tuple[int, int]) -> Item:
    nth = int(compared.level[row])
    level = list(LEVELS[name])[nth - 1] if nth else None
    codes = int(compared.lo[row]), int(compared.hi[row])
    one, other = (
        [str(field.values[code])] if nth else _stated(field, record) for code, record in zip(codes, pair, strict=True)
    )
    share, people, records = None, None, None
    if nth and codes[0] == codes[1]:
        if name in found.model.shares:
            share = float(found.known.shares[name][codes[0]])
        if name in IDENTIFYING:
            people, records = _bearers(found.crowds, name, one[0])
    return Item(
        name,
        one,
        other,
        level,
        found.model.m[name][level] if level else None,
        float(found.weighed.fields[name][row]),
        share,
        people,
        records,
    )


def _stated(field: Field, record: int) -> list[str]:
    return [str(value) for value in field.values.gather(field.code[np.flatnonzero(field.record == record)])]


def _bearers(crowds: pl.DataFrame, name: str, value: str) -> tuple[int, int | None]:
    """How many people at least share an identifier, and how many records have it, where that is among `crowds`."""
    own = crowds.filter(pl.col("field") == name, pl.col("value") == value)
    records = own["records"].to_list() if "records" in own.columns else []
    return max([1, *map(int, own["people"])]), int(records[0]) if records else None


def relation_between(weighed: Weighed, row: int) -> str | None:
    """The relation that explains most of what the pair at `row` has in common; None where strangers are as likely."""
    likeliest = max(weighed.relations, key=lambda name: float(weighed.relations[name][row]))
    return likeliest if weighed.relation[row] < -1 else None
