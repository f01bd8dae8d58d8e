"""How often strangers of this list agree by chance, level by level, seen in pairs of its records drawn at random.

The shipped u of an inexact level is what lists have on average. In a list of one town every two postcodes are a digit
apart, in a list of ages every two are near. Such agreement says nothing, and only the list itself can tell.
"""

import numpy as np
import polars as pl

from pipelines.match.comparison.compare import Comparison
from pipelines.match.comparison.records import NAMES
from pipelines.match.model.model import Model
from pipelines.match.model.weigh import IDENTIFYING, Bits, Frequencies, shares_of_values, shipped_u
from pipelines.match.priors import levels_of

DRAWN = 50_000  # pairs at random that are looked at, about
SEEN = 10.0  # pairs that the shipped u of a level is worth
FOLLOWING_NAMES = ("email", "email_domain")  # of one name addresses are alike; seen in people of two, that is rarer
BOUNDS = (0.25, 1e4)  # times as frequent as shipped that a level may be


def random_pairs(content: pl.DataFrame, drawn: int = DRAWN) -> pl.DataFrame:
    """About so many pairs of records drawn at random, each once: lo, hi.

    What records say decides which, and in which order, not where they stand. Records that say the same make no pair,
    and count as one. `content`: record, said (`sample.content_hashes`).
    """
    different = content.sort("record").unique("said", keep="first", maintain_order=True)
    found = [pl.DataFrame(schema={"said": pl.UInt64, "record": pl.UInt32, "after": pl.UInt64, "other": pl.UInt32})]
    wanted = min(drawn, different.height * (different.height - 1) // 2)
    for seed in range(-(-wanted // max(different.height, 1))):
        shuffled = different.sort(pl.col("said").hash(seed=seed), "said").head(drawn + 1)
        following = shuffled.with_columns(after=pl.col("said").shift(-1), other=pl.col("record").shift(-1)).drop_nulls()
        found.append(following.select(found[0].columns))
    turned = pl.col("said") > pl.col("after")
    ends = {"lo": ("record", "other"), "hi": ("other", "record"), "one": ("said", "after"), "two": ("after", "said")}
    pairs = pl.concat(found).select(**{end: pl.when(turned).then(b).otherwise(a) for end, (a, b) in ends.items()})
    return pairs.unique(["one", "two"]).sort("one", "two").select("lo", "hi")


def chance_agreement(
    comparison: Comparison, frequencies: Frequencies, model: Model, strangers: Bits
) -> dict[str, dict[str, float]]:
    """Times as frequent as shipped that each level is among strangers, by field.

    `comparison`: of pairs drawn at random. `strangers`: the probability of each to be one of strangers. How frequent
    equal values are is counted, and how many share an identifier; so equal ones become no rarer here.
    """
    found: dict[str, dict[str, float]] = {}
    for field, compared in comparison.fields.items():
        stated = compared.level > 0
        if not stated.any():
            continue
        levels = levels_of(model.kind)[field]
        common, rare, base = shipped_u(list(levels.values()))[:, 1:]
        more, less = shares_of_values(compared, frequencies.shares[field])[:, stated] @ strangers[stated]
        expected = common * more + rare * less + base * strangers[stated].sum()
        seen = np.bincount(compared.level[stated], strangers[stated], minlength=len(levels) + 1)[1:]
        factors = ((seen + SEEN) / (expected + SEEN)).clip(*BOUNDS)
        if field in FOLLOWING_NAMES:
            factors = factors.clip(1.0)
        factors[0] = 1.0 if field in (*IDENTIFYING, *NAMES) else max(1.0, factors[0])
        found[field] = dict(zip(levels, map(float, factors), strict=True))
    return found
