"""Clusters beside the true ones."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.score import harmonic, score


def predicted(**contacts: int) -> pl.DataFrame:
    return pl.DataFrame({"record_id": list(contacts), "contact_id": list(contacts.values())})


def truth(**clusters: int) -> pl.DataFrame:
    return pl.DataFrame({"record_id": list(clusters), "cluster_id": list(clusters.values())})


def test_what_is_right_is_one_in_every_measure() -> None:
    found = score(predicted(a=7, b=7, c=8), truth(a=1, b=1, c=2))
    assert (found.f1, found.bcubed_f1, found.pairs, found.true_pairs, found.largest) == (1, 1, 1, 1, 2)


def test_pairs_and_records_are_counted_apart() -> None:
    # Found {a b c} {d}; true {a b} {c d}: one right pair of three found and two true ones.
    found = score(predicted(a=1, b=1, c=1, d=2), truth(a=1, b=1, c=2, d=2))
    assert found.precision == pytest.approx(1 / 3)
    assert found.recall == pytest.approx(1 / 2)
    assert found.bcubed_precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert found.bcubed_recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2) / 4)
    assert (found.largest, found.largest_true, found.clusters, found.true_clusters) == (3, 2, 2, 2)


def test_a_record_that_was_not_predicted_is_alone() -> None:
    missing = score(predicted(a=1), truth(a=1, b=1, c=1))
    assert (missing.records, missing.clusters, missing.pairs, missing.recall) == (3, 3, 0, 0)


def test_a_record_the_truth_does_not_know_is_left_out() -> None:
    assert score(predicted(a=1, b=1, x=1), truth(a=1, b=1)).precision == 1


def test_ids_of_different_types_are_compared_as_text() -> None:
    numbers = pl.DataFrame({"record_id": [1, 2], "contact_id": ["x", "x"]})
    texts = pl.DataFrame({"record_id": ["1", "2"], "cluster_id": [5, 5]})
    assert score(numbers, texts).f1 == 1


def test_nothing_found_is_precise_and_finds_nothing() -> None:
    found = score(predicted(a=1, b=2), truth(a=1, b=1))
    assert (found.precision, found.recall, found.f1) == (1, 0, 0)


@pytest.mark.parametrize("ids", [["a", "a"], ["a", None]])
def test_a_record_that_is_there_twice_or_has_no_id_is_an_error(ids: list[str | None]) -> None:
    with pytest.raises(ValueError, match="predicted"):
        score(pl.DataFrame({"record_id": ids, "contact_id": [1, 2]}), truth(a=1))


LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=20)


@given(LABELS)
def test_scores_are_those_of_the_definition(labels: list[tuple[int, int]]) -> None:
    records = range(len(labels))
    found = score(
        pl.DataFrame({"record_id": records, "contact_id": [one for one, _ in labels]}),
        pl.DataFrame({"record_id": records, "cluster_id": [other for _, other in labels]}),
    )
    together = {(a, b) for a in records for b in range(a) if labels[a][0] == labels[b][0]}
    really = {(a, b) for a in records for b in range(a) if labels[a][1] == labels[b][1]}
    right = len(together & really)
    assert found.pairs == len(together)
    assert found.true_pairs == len(really)
    assert found.precision == pytest.approx(right / len(together) if together else 1)
    assert found.recall == pytest.approx(right / len(really) if really else 1)
    assert found.f1 == pytest.approx(harmonic(found.precision, found.recall))
    own = [[b for b in records if labels[a][0] == labels[b][0]] for a in records]
    shares = [sum(labels[a][1] == labels[b][1] for b in own[a]) / len(own[a]) for a in records]
    assert found.bcubed_precision == pytest.approx(sum(shares) / len(shares))
