"""What the review zone holds: how many of the pairs shown to a person are true, and how many true pairs are lost.

`python -m benchmarks.zones [NAME | roles.yaml]` (see `benchmarks/datasets.py`; people100k). Two records of one person
can be linked as far as they have something in common, or each has with a third. Which of these pairs were compared, and
which are held by an edge of either zone, is told line by line: of those that share what the line names, or what a line
above it names. `linked` counts those as well that are tied by way of other records of the person.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.datasets import MADE, given
from pipelines.match import kernel
from pipelines.match.blocking.rules import PAIRS, candidate_pairs
from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.clusters.components import components_of_keys
from pipelines.match.comparison.compare import INDEX, Comparison, compare
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.records import Records, encode
from pipelines.match.model.fit import fit
from pipelines.match.model.weigh import frequencies
from pipelines.match.priors import SURE
from pipelines.match.score import score
from schemas.project import Matching

DATASET = "people100k"


class Zone(NamedTuple):
    """Pairs of one zone, and how many of them are true."""

    zone: str
    pairs: int
    true: int


class Linkable(NamedTuple):
    """True pairs that have something in common, how many of them were compared, and how many an edge joins.

    The same again with ways over others: pairs that are linked by something in common, and those linked by edges.
    """

    common: str
    pairs: int
    compared: int
    held: int
    linked: int
    held_linked: int


def run(dataset: str = DATASET) -> None:
    """Match a list and print what its zones hold."""
    labelled = MADE[dataset]() if dataset in MADE else given(Path(dataset))
    names, facts = prepare_list(labelled.records, labelled.roles)
    records = encode(labelled.records.height, names, facts)
    keys, crowded = kernel.paired_keys(names, facts), count_shared_identifiers(names, facts)
    people = kernel.people(names, facts, crowded)
    model, pairs = fit(names, facts, keys, crowded, people), candidate_pairs(keys)
    known, none = frequencies(records, model, crowded), pl.DataFrame(schema=PAIRS)
    edges = score(records, known, model, pairs, Matching(), none, explain_below=SURE)
    true = true_pairs(labelled.records["cluster_id"])
    print(f"{dataset}: {records.count:,} records, {pairs.height:,} pairs compared, {true.height:,} true")
    print(f"{'zone':34}{'pairs':>12}{'true':>12}{'share':>8}")
    for zone, listed, right in zones(edges, true):
        print(f"{zone:34}{listed:12,}{right:12,}{right / max(listed, 1):8.1%}")
    columns = f"{'pairs':>12}{'compared':>12}{'':8}{'held':>12}{'':8}{'linked':>12}{'held':>12}"
    print(f"\n{'true pairs that share':34}{columns}")
    for each in linkable(records, true, pairs, edges):
        parts = [(each.compared, each.pairs), (each.held, each.pairs), (each.held_linked, each.linked)]
        compared, held, held_linked = (f"{part:12,}{part / max(whole, 1):8.1%}" for part, whole in parts)
        print(f"{each.common:34}{each.pairs:12,}{compared}{held}{each.linked:12,}{held_linked}")


def true_pairs(clusters: pl.Series) -> pl.DataFrame:
    """Pairs of records of one person: lo, hi (lo < hi); record i is of `clusters[i]`."""
    numbered = clusters.alias("cluster").to_frame().with_row_index("record")
    numbered = numbered.filter(pl.col("cluster").is_not_null())
    both = numbered.join(numbered, on="cluster", suffix="_hi").filter(pl.col("record") < pl.col("record_hi"))
    return both.select(lo="record", hi="record_hi").cast(PAIRS).sort("lo", "hi")


def zones(edges: pl.DataFrame, true: pl.DataFrame) -> list[Zone]:
    """How many pairs of each zone (edges: lo, hi, zone) are true (lo, hi)."""
    right = edges.join(true, on=["lo", "hi"], how="semi")
    return [
        Zone(zone, edges.filter(pl.col("zone") == zone).height, right.filter(pl.col("zone") == zone).height)
        for zone in ("merge", "review")
    ]


def linkable(records: Records, true: pl.DataFrame, pairs: pl.DataFrame, edges: pl.DataFrame) -> list[Linkable]:
    """Of the true pairs that share something, how many are among the pairs compared and among the edges."""
    compared, held = (_among(true, found) for found in (pairs, edges))
    reached = _linked(true, held, records.count)
    comparison = compare(records, true["lo"].to_numpy(), true["hi"].to_numpy())
    sharing, told = np.zeros(true.height, bool), []
    for common, shared in (in_common(comparison) | {"or nothing of these": ~sharing}).items():
        sharing = sharing | shared
        linked = _linked(true, sharing, records.count)
        parts = (sharing, sharing & compared, sharing & held, linked, linked & reached)
        told.append(Linkable(common, *(int(part.sum()) for part in parts)))
    return told


def _among(true: pl.DataFrame, pairs: pl.DataFrame) -> NDArray[np.bool_]:
    """Which of the true pairs are among these."""
    found = pairs.select("lo", "hi", found=pl.lit(value=True))
    joined = true.join(found, on=["lo", "hi"], how="left", maintain_order="left")
    return joined["found"].fill_null(value=False).to_numpy()


def _linked(true: pl.DataFrame, chosen: NDArray[np.bool_], records: int) -> NDArray[np.bool_]:
    """Which of the true pairs are linked by the chosen ones."""
    found = components_of_keys(true.filter(pl.Series(chosen)).rename({"lo": "record_lo", "hi": "record_hi"}))
    group = np.arange(records)
    group[found["record_key"].to_numpy()] = found["component"].to_numpy()
    return np.asarray(group[true["lo"].to_numpy()] == group[true["hi"].to_numpy()])


def in_common(comparison: Comparison) -> dict[str, NDArray[np.bool_]]:
    """What each pair has in common, from what tells most to what tells least."""

    def agree(field: str, *levels: str) -> NDArray[np.bool_]:
        if field not in comparison.fields:
            return np.zeros(len(comparison.swapped), bool)
        return np.isin(comparison.fields[field].level, [INDEX[field][level] for level in levels])

    identifier = agree("email", "exact") | agree("phone", "exact", "variant") | agree("exact_id", "exact")
    given_name, family_name = agree("given_name", "exact"), agree("family_name", "exact")
    return {
        "an address, a number or an id": identifier,
        "or the full name": given_name & family_name,
        "or it with a nickname": agree("given_name", "exact", "nickname") & family_name,
        "or a given or a family name": given_name | family_name,
    }


def main() -> None:
    """Measure one list."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.zones", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dataset", nargs="?", default=DATASET, help=f"{', '.join(MADE)}, or the roles file of a list")
    run(parser.parse_args().dataset)


if __name__ == "__main__":
    main()
