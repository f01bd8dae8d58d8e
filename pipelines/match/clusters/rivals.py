"""Records that fit two people about equally: they go to neither, and a person decides."""

from collections import defaultdict
from collections.abc import Hashable, Mapping

import polars as pl

from pipelines.match.clusters.name_conflicts import NameBits

CLOSE = 4.0  # bits by which one of two must fit better than the other, if it is to have the record


def rivals(merges: pl.DataFrame, names: Mapping[Hashable, NameBits]) -> dict[Hashable, list[Hashable]]:
    """The records that a record fits best and about equally, where given names of these contradict each other.

    `merges`: record_lo, record_hi, weight, vague. `names`: of records whose name contradicts another one of their
    component. In a family with one line `A. Thornbury` has such rivals, and a record without a name.
    """
    fitting: dict[Hashable, list[tuple[float, Hashable]]] = defaultdict(list)
    for lo, hi, weight in merges.filter("vague").select("record_lo", "record_hi", "weight").iter_rows():
        for record, other in ((lo, hi), (hi, lo)):
            if other in names and record not in names:
                fitting[record].append((weight, other))
    close = {record: _close(people) for record, people in fitting.items()}
    return {record: people for record, people in close.items() if _contradict([names[each] for each in people])}


def _close(people: list[tuple[float, Hashable]]) -> list[Hashable]:
    best = max(weight for weight, _ in people)
    return [record for weight, record in people if weight >= best - CLOSE]


def _contradict(names: list[NameBits]) -> bool:
    borne = against = 0
    for name in names:
        borne |= name.own
        against |= name.against
    return bool(borne & against)
