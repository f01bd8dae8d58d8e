"""How likely two records of one full name are one person: by how rare the name is, and how many records bear it.

Given and family name together are rarer than either, but not as rare as chance would have it: names come in cultures,
and Giovanni Rossi is more frequent than the shares of both names among all people suggest. How much more is not known
for a single name, so it is averaged over (gamma distributed, mean `TOGETHER`), and the number of records that bear the
name tells the rest. A person's records are geometrically distributed; other bearers come as a compound Poisson process.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

TOGETHER = 13.0  # times as frequent as if given and family name were independent, on average
SHAPE = 0.5  # of the gamma distribution around it: how well that is known
RARITY = (-14, 7)  # log2 of the expected number of other bearers that the table knows
MOST = 64  # records of one name from which on more make no difference
GRID = 2.0 ** np.arange(-14, 9, 0.25)  # numbers of other bearers that are averaged over


@lru_cache(maxsize=16)
def odds_by_name(duplicates: float) -> NDArray[np.float64]:
    """Odds that a pair of records of one name is one person: [log2 rarity - RARITY[0], records - 2].

    `duplicates`: other records of the same person that a record has, on average.
    """
    count = np.arange(MOST + 1)
    ends = 1 / (1 + duplicates / 2)  # of a geometric distribution of which E[k(k-1)] / E[k] is `duplicates`
    records = np.where(count >= 1, ends * (1 - ends) ** np.maximum(count - 1, 0), 0.0)
    mean = (records * count).sum()
    pairs = (records * count * (count - 1)).sum()
    same = np.pad((records * count * (count - 1))[2:] / pairs, (0, 2))
    own = np.pad((records * count)[1:] / mean, (0, 1))
    crowd = _others(records)
    if_same = crowd @ _shifted(same) * pairs / mean
    if_other = GRID[:, np.newaxis] * (crowd @ _shifted(own) @ _shifted(own)) * mean
    rarity = 2.0 ** np.arange(RARITY[0], RARITY[1] + 1)
    belief = GRID**SHAPE * np.exp(-SHAPE * GRID / (TOGETHER * rarity[:, np.newaxis]))
    odds = (belief @ if_same / np.maximum(belief @ if_other, 1e-300))[:, : MOST - 1]
    odds.flags.writeable = False
    return np.asarray(odds)


def _others(records: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many records other bearers have, for each number of GRID that is expected of them (Panjer's recursion)."""
    total = np.zeros((len(GRID), len(records)))
    total[:, 0] = np.exp(-GRID)
    for n in range(1, len(records)):
        j = np.arange(1, n + 1)
        total[:, n] = GRID / n * (total[:, n - j] @ (j * records[j]))
    return total


def _shifted(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The matrix that adds a number distributed as `counts` to one distributed as the row it is applied to."""
    size = len(counts)
    difference = np.arange(size)[np.newaxis, :] - np.arange(size)[:, np.newaxis]
    return np.where(difference >= 0, counts[difference.clip(0)], 0.0)
