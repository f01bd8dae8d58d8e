"""Chance by the column: the same seed throws the same."""

from collections.abc import Sequence

import numpy as np
import polars as pl


class Dice:
    """A stream of chance; each throw gives `size` values. Two streams of a seed share nothing if their names differ."""

    def __init__(self, seed: int, size: int, name: str = "") -> None:
        self.size = size
        self._stream = np.random.default_rng([seed, *name.encode()])

    def share(self) -> pl.Series:
        """Numbers between 0 and 1."""
        return pl.Series(self._stream.random(self.size))

    def some(self, share: float) -> pl.Series:
        """True for about this share."""
        return self.share() < share

    def number(self, low: int, high: int) -> pl.Series:
        """Whole numbers from low to below high."""
        return pl.Series(self._stream.integers(low, high, self.size))

    def word(self, words: Sequence[str], lean: float = 1.0) -> pl.Series:
        """Words; the higher `lean`, the more often the first ones."""
        place = (self.share() ** lean * len(words)).cast(pl.UInt32)
        return pl.Series(words, dtype=pl.String).gather(place)

    def word_of(self, lists: Sequence[Sequence[str]], which: pl.Series, lean: float = 1.0) -> pl.Series:
        """Words, each out of the list that `which` (one number a value) says."""
        sizes = pl.Series([len(each) for each in lists])
        begins = sizes.cum_sum() - sizes
        place = begins.gather(which) + (self.share() ** lean * sizes.gather(which)).cast(pl.Int64)
        return pl.Series([word for each in lists for word in each], dtype=pl.String).gather(place)

    def kind(self, shares: Sequence[float]) -> pl.Series:
        """Numbers from 0, each with its share; shares that come to less than 1 leave the rest to the last."""
        edges = np.cumsum(shares)[:-1]
        return pl.Series(np.searchsorted(edges, self._stream.random(self.size), side="right"), dtype=pl.UInt32)

    def order(self) -> pl.Series:
        """The numbers from 0 to below `size`, shuffled."""
        return pl.Series(self._stream.permutation(self.size))
