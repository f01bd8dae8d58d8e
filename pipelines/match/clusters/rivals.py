"""Records that fit two people about equally: they go to neither, and a person decides."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

import polars as pl

from pipelines.match.clusters.name_conflicts import NameBits

CLOSE = 4.0  # bits by which one of two must fit better than the other, if it is to have the record


def rivals(
    merges: pl.DataFrame, names: Mapping[Hashable, NameBits], contradicted: pl.DataFrame
) -> dict[Hashable, list[Hashable]]:
    """The records that a record fits best and about equally, where given names of these contradict each other.

    `merges`: record_lo, record_hi, weight, vague. `names`: of records whose name contradicts another one of their
    component. `contradicted`: record_lo, record_hi of pairs whose given names are two people's. In a family with one
    line `A. Thornbury` has such rivals, and a record without a name.
    """
    others: dict[Hashable, set[Hashable]] = defaultdict(set)
    for lo, hi in contradicted.select("record_lo", "record_hi").iter_rows():
        others[lo].add(hi)
        others[hi].add(lo)
    fitting: dict[Hashable, list[tuple[float, Hashable]]] = defaultdict(list)
    for lo, hi, weight in merges.filter("vague").select("record_lo", "record_hi", "weight").iter_rows():
        for record, other in ((lo, hi), (hi, lo)):
            if other in names or other in others:
                fitting[record].append((weight, other))
    close = {record: _close(people) for record, people in fitting.items()}
    return {
        record: people
        for record, people in close.items()
        if _contradict([names[each] for each in people if each in names])
        or any(not others[each].isdisjoint(people) for each in people if each in others)
    }


def _close(people: list[tuple[float, Hashable]]) -> list[Hashable]:
    best = max(weight for weight, _ in people)
    return [record for weight, record in people if weight >= best - CLOSE]


def _contradict(names: list[NameBits]) -> bool:
    borne = against = 0
    for name in names:
        borne |= name.own
        against |= name.against
    return bool(borne & against)


def contested_last(merges: pl.DataFrame, contested: Mapping[Hashable, object]) -> pl.DataFrame:
    """Merging edges in their order, those of contested records after all others: who is who shows first."""
    ends = pl.Series(list(contested)).implode()
    late = pl.col("vague") & (pl.col("record_lo").is_in(ends) | pl.col("record_hi").is_in(ends))
    return merges.sort(late, maintain_order=True)


def are_several(records: Iterable[Hashable], held: Mapping[Hashable, object]) -> bool:
    """Whether records are in more than one cluster; `held`: the cluster of each that is in one with others."""
    return len({id(held.get(record, record)) for record in records}) > 1
