"""Fitting the match model to a list: how frequent its values are, and m by expectation maximisation.

u is counted from the values, not estimated from random pairs. m starts from the shipped priors and moves away from them
as far as the candidate pairs allow: `WEIGHT` pairs of evidence weigh as much as the prior. A field is only learnt from
pairs that were found without it (Winkler, 2000: what a block has in common cannot be learnt inside it).
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match import blocking
from pipelines.match.compare import compare
from pipelines.match.model import SHARES, Model, unfitted
from pipelines.match.priors import COLLEAGUES, DUPLICATES, HOUSEHOLD, ONE_LINE, Level, levels_of
from pipelines.match.records import NAMES, Field, Records
from pipelines.match.weigh import IDENTIFYING, frequencies, full_names, weigh

ROUNDS = 8
WEIGHT = 50.0  # true pairs that a prior of m is worth
SAMPLE = 150_000  # candidate pairs that are looked at, about
LIST = 50.0  # records that the prior of `duplicates` is worth


def fit(records: Records, keys: pl.DataFrame, crowds: pl.DataFrame) -> Model:
    """The model of a list. `keys` as `blocking.in_blocks` gives them, `crowds` as `crowds.crowds`."""
    model = counted(records)
    pairs, every = sampled_pairs(keys, sorted(records.fields))
    if pairs.is_empty():
        return model
    lo, hi = pairs["lo"].to_numpy(), pairs["hi"].to_numpy()
    comparison = compare(records, lo, hi)
    known = frequencies(records, model, crowds)
    for _ in range(ROUNDS):
        weighed = weigh(comparison, known, model, lo, hi)
        probability = weighed.probability
        m = {
            field: _learnt(
                levels_of(model.kind)[field], compared.level, probability, pairs[f"without {field}"].to_numpy()
            )
            for field, compared in comparison.fields.items()
        }
        other = (1 - probability) * np.exp2(weighed.relation)
        met = {name: 2 * every * float((other * np.exp2(bits)).sum()) for name, bits in weighed.relations.items()}
        model = model._replace(
            m={**model.m, **m},
            duplicates=_rate(2 * every * float(probability.sum()), DUPLICATES, records.count),
            household=max(HOUSEHOLD, _rate(met["household"], HOUSEHOLD, records.count)),
            one_line=max(ONE_LINE, _rate(met["one_line"], ONE_LINE, records.count)),
            colleagues=max(COLLEAGUES, _rate(met["colleagues"], COLLEAGUES, records.count)),
        )
    return model


def _rate(found: float, prior: float, records: int) -> float:
    """Other records that a record has, held by the prior."""
    return (found + prior * LIST) / (records + LIST)


def _learnt(
    prior: Mapping[str, Level], level: NDArray[np.uint8], probability: NDArray[np.float64], usable: NDArray[np.bool_]
) -> dict[str, float]:
    """The m of each level: what true pairs show, held by the prior."""
    shown = np.bincount(level[usable], probability[usable], minlength=len(prior) + 1)[1:]
    held = WEIGHT * np.array([each.m for each in prior.values()])
    m = (shown + held) / (shown.sum() + held.sum())
    return dict(zip(prior, map(float, m), strict=True))


def sampled_pairs(keys: pl.DataFrame, fields: list[str]) -> tuple[pl.DataFrame, int]:
    """Candidate pairs of one record in so many: lo, hi, `without <field>` (found by what leaves the field open)."""
    sizes = keys.group_by("rule", "key").agg(size=pl.len().cast(pl.Int64))
    every = max(1, -(-int((sizes["size"] * (sizes["size"] - 1) // 2).sum()) // SAMPLE))
    chosen = pl.col("record").hash(seed=1) % every == 0
    pairs = []
    for (nth,), own in keys.group_by("rule"):
        on = blocking.fields_of(blocking.RULES[int(nth)])
        found = (
            own.filter(chosen)
            .join(own, on="key", suffix="_other")
            .filter(pl.col("record") < pl.col("record_other"))
            .select(lo="record", hi="record_other")
        )
        pairs.append(found.with_columns(pl.lit(field not in on).alias(f"without {field}") for field in fields))
    if not pairs:
        return pl.DataFrame(schema=blocking.PAIRS), every
    return pl.concat(pairs).group_by("lo", "hi").agg(pl.all().any()).sort("lo", "hi"), every


def counted(records: Records) -> Model:
    """The model with the frequencies of a list, and m as shipped."""
    shares = dict.fromkeys(NAMES, pl.DataFrame(schema=SHARES))
    shares |= {name: _shares(field) for name, field in records.fields.items() if name not in IDENTIFYING}
    words = pl.concat([shares["given_name"], shares["family_name"]])  # a swapped name is no rare one
    shares["given_name"] = shares["family_name"] = words.group_by("value").agg(pl.col("share").max()).sort("value")
    if "given_name" not in records.fields:
        return unfitted(records.count, "organisations")._replace(shares=shares)
    borne = full_names(records).drop_nulls("name").group_by(value="name").agg(records=pl.len())
    names = borne.filter(pl.col("records") > 2).sort("value")
    return unfitted(records.count)._replace(shares=shares, names=names)


def _shares(field: Field) -> pl.DataFrame:
    counts = np.bincount(field.code, minlength=field.values.len())
    shares = pl.DataFrame({"value": field.values, "share": counts / max(1, len(field.code))}, schema=SHARES)
    return shares.filter(pl.col("share") > 0)
