"""How good clusters are beside the true ones: pairwise and B-cubed, exact.

`python -m benchmarks.score PREDICTED.parquet TRUTH.parquet` prints it.
Nothing is sampled and no pair is listed: everything follows from how many records each predicted cluster shares with
each true one.
"""

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import polars as pl


class Score(NamedTuple):
    """Shares between 0 and 1, and counts. `largest` and `largest_true` are clusters, in records.

    B-cubed is the mean over all records: which share of its predicted cluster belongs with it (precision), which share
    of its true cluster was found (recall). Source: Bagga and Baldwin, Algorithms for scoring coreference chains, 1998.
    """

    records: int
    clusters: int
    true_clusters: int
    pairs: int
    true_pairs: int
    precision: float
    recall: float
    f1: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float
    largest: int
    largest_true: int


def score(predicted: pl.DataFrame, truth: pl.DataFrame) -> Score:
    """Score `predicted` (record_id, contact_id) against `truth` (record_id, cluster_id).

    Ids may be of any type; `record_id` of either side is compared as text where the types differ. A record of the truth
    that was not predicted is alone in a cluster; one that the truth does not know is left out. ValueError if an id is
    there twice or missing.
    """
    for name, frame in (("predicted", predicted), ("truth", truth)):
        if frame["record_id"].n_unique() < frame.height or any(frame.null_count().row(0)):
            raise ValueError(f"{name}: each record needs its own record_id and one cluster")
    if predicted["record_id"].dtype != truth["record_id"].dtype:
        predicted, truth = (frame.with_columns(pl.col("record_id").cast(pl.String)) for frame in (predicted, truth))
    both = truth.select("record_id", true="cluster_id").join(
        predicted.select("record_id", found="contact_id"), on="record_id", how="left"
    )
    both = both.with_columns(alone=pl.when(pl.col("found").is_null()).then(pl.int_range(pl.len())))
    shared = both.group_by("true", "found", "alone").agg(both=pl.len().cast(pl.Int64))
    shared = shared.with_columns(
        of_true=pl.col("both").sum().over("true"), of_found=pl.col("both").sum().over("found", "alone")
    )
    true = shared.group_by("true").agg(records=pl.col("both").sum())["records"]
    found = shared.group_by("found", "alone").agg(records=pl.col("both").sum())["records"]
    right, pairs, true_pairs = _pairs(shared["both"]), _pairs(found), _pairs(true)
    precision, recall = right / pairs if pairs else 1.0, right / true_pairs if true_pairs else 1.0
    squares = pl.col("both").cast(pl.Float64) ** 2
    of_cubes = shared.select(p=(squares / pl.col("of_found")).sum(), r=(squares / pl.col("of_true")).sum()).row(0)
    bcubed_precision, bcubed_recall = (total / max(both.height, 1) for total in of_cubes)
    return Score(
        *(both.height, found.len(), true.len(), pairs, true_pairs),
        *(precision, recall, harmonic(precision, recall)),
        *(bcubed_precision, bcubed_recall, harmonic(bcubed_precision, bcubed_recall)),
        *(_largest(found), _largest(true)),
    )


def harmonic(precision: float, recall: float) -> float:
    """F1: the harmonic mean of precision and recall; 0 if both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _pairs(sizes: pl.Series) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _largest(sizes: pl.Series) -> int:
    return max(sizes, default=0)


def main() -> None:
    """Print the score of one file of clusters, as a list or as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.score", description=__doc__)
    parser.add_argument("predicted", type=Path, help="Parquet with record_id, contact_id")
    parser.add_argument("truth", type=Path, help="Parquet with record_id, cluster_id")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    given = parser.parse_args()
    found = score(
        pl.read_parquet(given.predicted, columns=["record_id", "contact_id"]),
        pl.read_parquet(given.truth, columns=["record_id", "cluster_id"]),
    )._asdict()
    if given.json:
        print(json.dumps(found))
    else:
        print(
            "\n".join(
                f"{name:18}{value:>12,}" if value > 1 else f"{name:18}{value:>12.4f}" for name, value in found.items()
            )
        )


if __name__ == "__main__":
    main()
