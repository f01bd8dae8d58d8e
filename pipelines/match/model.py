"""The match model: what each level of agreement is worth, as m and u probabilities, in one place.

Weights follow Fellegi and Sunter, "A Theory for Record Linkage" (JASA 64, 1969): the match weight of a comparison
level is log2(m / u), with m the share of true pairs and u the share of other pairs that show the level; a pair's weight
is the sum over its fields plus the log2 odds of a candidate pair being a true one before anything was compared.

The values are shipped priors, chosen for contact lists of ten to a million records.
"""

from math import log2
from typing import NamedTuple


class Level(NamedTuple):
    """One outcome of comparing a field."""

    m: float
    u: float

    @property
    def weight(self) -> float:
        """Match weight in bits."""
        return log2(self.m / self.u)


class Model(NamedTuple):
    """A version of the weights. `levels[field][level]`; a field that is missing on a side weighs nothing."""

    version: str
    prior: float
    levels: dict[str, dict[str, Level]]

    def weights(self, field: str) -> dict[str, float]:
        """Match weight of each level of a field, in bits."""
        return {name: level.weight for name, level in self.levels[field].items()}


PRIORS = Model(
    version="priors-2",
    prior=1 / 1024,
    levels={
        "name": {
            "exact": Level(0.50, 0.000122),
            "common": Level(0.50, 0.00195),  # equal, but a name that many records bear
            "nickname": Level(0.12, 0.000234),
            "similar": Level(0.12, 0.000469),
            "initial": Level(0.05, 0.00313),
            "subset": Level(0.10, 0.00156),
            "partial": Level(0.08, 0.0125),
            "ambiguous": Level(0.01, 0.113),  # says nothing new, and the shared value has several owners
            "conflict": Level(0.02, 0.226),  # one name in common, the other contradicts: spouses, siblings
            "different": Level(0.02, 0.226),
        },
        "phone": {
            "exact": Level(0.55, 0.0000168),
            "variant": Level(0.05, 0.0000061),
            "generic": Level(0.05, 0.0125),
            "different": Level(0.30, 0.43),
        },
        "email": {
            "exact": Level(0.60, 0.0000092),
            "generic": Level(0.05, 0.0125),
            "near": Level(0.05, 0.00078),
            "different": Level(0.25, 0.50),
        },
        "channel_id": {
            "exact": Level(0.90, 0.0000009),
            "different": Level(0.10, 0.10),  # everybody has another one on another channel
        },
    },
)
