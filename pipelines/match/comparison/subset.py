"""Some records of many, numbered anew so that arrays hold them."""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison.records import Records, encode


class PairSubset(NamedTuple):
    """Records from 0 on, the pairs asked for by these numbers, and what each record was called before."""

    records: Records
    lo: NDArray[np.uint32]
    hi: NDArray[np.uint32]
    number: NDArray[np.uint32]


def subset_for_pairs(pairs: pl.DataFrame, names: pl.DataFrame, facts: pl.DataFrame) -> PairSubset:
    """Pairs (lo, hi) and the records they are made of, perhaps with others. `names` has each record once."""
    number = names["record"].sort().to_numpy()
    place = np.zeros(int(number[-1]) + 1 if len(number) else 0, np.uint32)
    place[number] = np.arange(len(number), dtype=np.uint32)
    here = [frame.with_columns(record=pl.Series(place[frame["record"].to_numpy()])) for frame in (names, facts)]
    lo, hi = (place[pairs[end].to_numpy()] for end in ("lo", "hi"))
    return PairSubset(encode(len(number), *here), lo, hi, number)
