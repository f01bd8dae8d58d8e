"""The threshold that would have been best."""

import polars as pl
import pytest

from benchmarks.thresholds import best, clustered

PAIRS = pl.DataFrame({"lo": ["a", "b", "c"], "hi": ["b", "c", "d"], "probability": [0.97, 0.75, 0.92]})


def test_pairs_from_a_threshold_on_hold_records_together() -> None:
    pytest.importorskip("scipy")
    found = clustered(PAIRS, pl.Series(["a", "b", "c", "d", "e"]), 0.9)
    groups = found.group_by("contact_id", maintain_order=True).agg("record_id")["record_id"].to_list()
    assert groups == [["a", "b"], ["c", "d"], ["e"]]


def test_the_best_threshold_is_the_one_the_truth_prefers() -> None:
    pytest.importorskip("scipy")
    truth = pl.DataFrame({"record_id": ["a", "b", "c", "d"], "cluster_id": [1, 1, 2, 2]})
    threshold, found = best(PAIRS, truth)
    assert (threshold, found.f1) == (0.8, 1)
