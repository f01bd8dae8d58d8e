"""Records that fit two people equally: they go to neither, and a person decides."""

from collections import defaultdict
from collections.abc import Hashable, Mapping

import polars as pl

from pipelines.match.clusters.name_conflicts import NameBits

CLOSE = 4.0  # bits by which one of two must fit better than the other, if it is to have the record


def undecided(merges: pl.DataFrame, names: Mapping[Hashable, NameBits]) -> set[tuple[Hashable, Hashable]]:
    """Edges of records whose given name does not say who they are, to people of whom two fit about equally.

    `merges`: record_lo, record_hi, weight, vague. `names`: of records whose name contradicts another one of their
    component. Records of one family with one line are such, where somebody has written `A. Thornbury` or no name.
    """
    fitting: dict[Hashable, list[tuple[float, Hashable, NameBits]]] = defaultdict(list)
    vague = merges.filter(pl.col("vague")).select("record_lo", "record_hi", "weight")
    for lo, hi, weight in vague.iter_rows():
        for record, other in ((lo, hi), (hi, lo)):
            if other in names and record not in names:
                fitting[record].append((weight, other, names[other]))
    contested = {record for record, people in fitting.items() if _have_rivals(people)}
    ends = vague.select("record_lo", "record_hi").iter_rows()
    return {(lo, hi) for lo, hi in ends if (lo in contested and hi in names) or (hi in contested and lo in names)}


def _have_rivals(people: list[tuple[float, Hashable, NameBits]]) -> bool:
    """Whether the best of these people has another one close behind whose name contradicts a better one's."""
    best = max(weight for weight, _, _ in people)
    close = [name for weight, _, name in people if weight >= best - CLOSE]
    borne, against = 0, 0
    for name in close:
        borne |= name.own
        against |= name.against
    return bool(borne & against)
