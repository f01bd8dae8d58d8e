"""The threshold that would have been best: clusters at each, scored on the truth, which no user can do.

`python -m benchmarks.thresholds PAIRS.parquet TRUTH.parquet` prints the best threshold and its score as JSON.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.score import Score, score

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 0.99999, 0.999999)


def best(pairs: pl.DataFrame, truth: pl.DataFrame) -> tuple[float, Score]:
    """The threshold with the highest F1, and its score; pairs: lo, hi (record ids), probability."""
    scores = {each: score(clustered(pairs, truth["record_id"], each), truth) for each in THRESHOLDS}
    return max(scores.items(), key=lambda each: each[1].f1)


def clustered(pairs: pl.DataFrame, records: pl.Series, threshold: float) -> pl.DataFrame:
    """Connected components of the pairs from a threshold on: record_id, contact_id."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = pl.DataFrame({"record": records, "place": np.arange(records.len())})
    kept = pairs.filter(pl.col("probability") >= threshold)
    lo, hi = (
        kept.join(place, left_on=side, right_on="record", maintain_order="left")["place"] for side in ("lo", "hi")
    )
    graph = coo_array((np.ones(kept.height, dtype=bool), (lo, hi)), shape=(records.len(), records.len()))
    return pl.DataFrame({"record_id": records, "contact_id": connected_components(graph, directed=False)[1]})


def main() -> None:
    """Print the best."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.thresholds")
    parser.add_argument("pairs", type=Path)
    parser.add_argument("truth", type=Path)
    given = parser.parse_args()
    threshold, found = best(pl.read_parquet(given.pairs), pl.read_parquet(given.truth))
    print(json.dumps({"threshold": threshold} | found._asdict()))


if __name__ == "__main__":
    main()
