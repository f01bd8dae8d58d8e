"""Levels of a field by number, for pairs of values that are numbered, too."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison.addresses import Codes
from pipelines.match.comparison.foreign_words import UNKNOWN
from pipelines.match.priors import LEVELS

Levels = NDArray[np.uint8]
INDEX = {field: {level: nth for nth, level in enumerate(levels, start=1)} for field, levels in LEVELS.items()}
MANY = 2**32  # two numbers of values make one of 64 bits


class Compared(NamedTuple):
    """One field of some pairs: the level (from 1 in the order of `priors.LEVELS`, 0 where a side has no value).

    `lo` and `hi` number the values that were compared, the best two where there are several.
    """

    level: Levels
    lo: Codes
    hi: Codes


def judged_pairs(
    name: str, values: pl.Series, lo: Codes, hi: Codes, judge: Callable[[pl.DataFrame], pl.Series]
) -> Levels:
    """Levels of a field of which every two different values have to be looked at, once."""

    def looked_at(a: Codes, b: Codes) -> Levels:
        pairs = pl.DataFrame({"pair": np.minimum(a, b) * np.int64(MANY) + np.maximum(a, b)})
        distinct = pairs.unique()
        texts = distinct.select(lo=values.gather(distinct["pair"] // MANY), hi=values.gather(distinct["pair"] % MANY))
        index = {**INDEX[name], UNKNOWN: 0}
        level = judge(texts).replace_strict(index, default=index["different"], return_dtype=pl.UInt8)
        found = pairs.join(distinct.with_columns(level=level), on="pair", how="left", maintain_order="left")
        return found["level"].to_numpy()

    return level_by_number(lo, hi, looked_at)


def level_by_number(lo: Codes, hi: Codes, judge: Callable[[Codes, Codes], Levels]) -> Levels:
    """Levels by number: 0 where a side has no value, 1 (`exact`) where both are one, else as judged."""
    level = ((lo >= 0) & (hi >= 0)).astype(np.uint8)
    apart = np.flatnonzero((level == 1) & (lo != hi))
    level[apart] = judge(lo[apart], hi[apart])
    return level
