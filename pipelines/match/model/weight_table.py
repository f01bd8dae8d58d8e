"""The weights of a model, for looking at: one number for each level of each field."""

from collections.abc import Collection, Mapping

import numpy as np
import polars as pl

from pipelines.match.model.model import Model
from pipelines.match.model.weigh import IDENTIFYING
from pipelines.match.priors import MOST, TYPICAL, levels_of
from schemas.match_fields import role_of

WEIGHTS = pl.Schema({"field": pl.String, "level": pl.String, "m": pl.Float64, "u": pl.Float64, "bits": pl.Float64})


def level_weights(model: Model, fields: Collection[str], chances: Mapping[str, float]) -> pl.DataFrame:
    """m, u and log2(m / u) of every level of these fields: field, level, m, u, bits.

    u follows the value, so it is given for the values two strangers share by chance: a frequent value weighs less than
    this, a rare one more. `chances` says how likely that is, by field, where values have been counted.
    """
    rows = []
    for field, levels in levels_of(model.kind).items():
        if field not in fields:
            continue
        by_chance = chance(model, field, chances)
        for level, prior in levels.items():
            shipped = (prior.common + prior.rare) * by_chance + prior.base
            u = min(max(shipped * model.chance.get(field, {}).get(level, 1.0), 1e-12), MOST)
            m = model.m[field][level]
            rows.append((field, level, m, u, float(np.log2(m / u))))
    return pl.DataFrame(rows, schema=WEIGHTS, orient="row")


def chance(model: Model, field: str, chances: Mapping[str, float]) -> float:
    """Probability that two strangers have the same value of a field."""
    if field in IDENTIFYING:
        return IDENTIFYING[field] / model.records
    return chances.get(field, TYPICAL[role_of(field)])
