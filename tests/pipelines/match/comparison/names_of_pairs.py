"""Full names, two by two, at the levels at which they agree."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.match.comparison.compare import Comparison, compare
from pipelines.match.comparison.judged import INDEX
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.records import encode

Levels = tuple[str | None, str | None]


def compared(pairs: Sequence[tuple[str, str]]) -> Comparison:
    """Pairs of full names, compared."""
    written = [name for pair in pairs for name in pair]
    names, facts = prepare_list(pl.DataFrame({"name": written}), {"name": "full_name"})
    first = np.arange(0, len(written), 2, dtype=np.uint32)
    return compare(encode(len(written), names, facts), first, first + np.uint32(1))


def levels(pairs: Sequence[tuple[str, str]]) -> list[Levels]:
    """The levels of given and family name of each pair of full names, None where they are not compared."""
    fields = compared(pairs).fields
    told = {part: [None, *INDEX[part]] for part in ("given_name", "family_name")}
    given, family = ([told[part][level] for level in fields[part].level] for part in told)
    return list(zip(given, family, strict=True))
