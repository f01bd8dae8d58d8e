import json
from collections.abc import Sequence
from math import log2

import polars as pl
import pytest

from pipelines.match.clusters.pooled_evidence import FEW, LIKELY, POOLED, pool_evidence

PRIOR = -10.0
Evidence = dict[str, float]
NAMED: Evidence = {"given_name": 4.0, "family_name": 5.0}
CITY, COMPANY = {**NAMED, "city": 2.0, "company": -0.5}, {**NAMED, "city": -1.0, "company": 3.5}


def edges(*told: Evidence, smaller: int = 1, larger: int = 2) -> pl.DataFrame:
    """Edges between two clusters, with the bits of each of their fields."""
    weights = [PRIOR + sum(each.values()) for each in told]
    return pl.DataFrame(
        {
            "one": ["a"] * len(told),
            "other": ["b"] * len(told),
            "smaller": [smaller] * len(told),
            "larger": [larger] * len(told),
            "probability": [1 / (1 + 2**-weight) for weight in weights],
            "weight": weights,
            "evidence": [
                json.dumps({name: {"level": "exact", "weight": bits} for name, bits in each.items()}) for each in told
            ],
        }
    )


def weight(*told: Evidence) -> float | None:
    """What all evidence weighs together, if that joins the clusters."""
    found = pool_evidence(edges(*told))
    return None if found.is_empty() else float(found["weight"][0])


def test_of_each_field_the_pair_that_agrees_best_counts() -> None:
    assert weight(CITY, COMPANY) == pytest.approx(PRIOR + 4.0 + 5.0 + 2.0 + 3.5)


def test_what_one_pair_says_is_no_more_than_its_weight() -> None:
    assert weight(COMPANY) is None
    assert weight(COMPANY, COMPANY, COMPANY) is None


def test_names_count_in_the_mean_so_that_one_good_spelling_hides_no_contradiction() -> None:
    another = {**CITY, "given_name": -4.0}

    assert weight(CITY, COMPANY, another) is None


def test_in_which_order_pairs_stand_decides_nothing_not_even_the_last_digit() -> None:
    names = [(6.833568, 7.111116), (8.923383, 8.410622), (7.01823, 6.377118), (8.75019, 7.442335)]
    cities = (0.390321, 2.575425, 0.412892, 0.645905)
    told = edges(*({"given_name": a, "family_name": b, "city": c} for (a, b), c in zip(names, cities, strict=True)))
    told = told.with_columns(pl.col("weight").round(6))
    assert pool_evidence(told).rows() == pool_evidence(told.reverse()).rows()


def test_what_a_household_explains_counts_where_it_explains_most() -> None:
    assert weight(CITY, {**COMPANY, "relation": -3.0}) is None


def test_clusters_are_joined_from_the_threshold_on() -> None:
    enough = log2(POOLED / (1 - POOLED)) - (PRIOR + 4.0 + 5.0 + 2.0)

    assert weight(CITY, {**NAMED, "company": round(enough + 0.01, 3)}) is not None
    assert weight(CITY, {**NAMED, "company": round(enough - 0.01, 3)}) is None


def test_without_one_likely_pair_clusters_are_not_looked_at() -> None:
    unlikely = {**NAMED, "phone": 0.9}
    assert max(edges(unlikely)["probability"]) < LIKELY

    assert weight(unlikely, {**NAMED, "city": 0.9, "phone": -9.0}, {**NAMED, "street": 0.9, "phone": -9.0}) is None


def test_one_likely_pair_is_enough_to_look_at_two_clusters() -> None:
    unlikely = {**NAMED, "city": -4.0, "company": 4.0}
    assert edges(unlikely)["probability"][0] < LIKELY

    assert weight(CITY, unlikely) == pytest.approx(PRIOR + 4.0 + 5.0 + 2.0 + 4.0)


@pytest.mark.parametrize(("smaller", "larger", "joined"), [(1, 1, 0), (1, 2, 1), (FEW, 9, 1), (FEW + 1, 9, 0)])
def test_a_cluster_takes_in_few_records_and_two_lone_ones_have_been_weighed(
    smaller: int, larger: int, joined: int
) -> None:
    assert pool_evidence(edges(CITY, COMPANY, smaller=smaller, larger=larger)).height == joined


def test_clusters_of_two_and_likely_pairs_are_looked_at_and_nineteen_in_twenty_join() -> None:
    assert (POOLED, LIKELY, FEW) == (0.95, 0.5, 2)


def test_the_strongest_come_first_whatever_the_order_of_edges() -> None:
    told: Sequence[pl.DataFrame] = [
        edges(CITY, COMPANY),
        edges({**CITY, "street": 4.0}, COMPANY).with_columns(other=pl.lit("c")),
    ]

    found = [pool_evidence(pl.concat(order))["other"].to_list() for order in (told, told[::-1])]

    assert found == [["c", "b"], ["c", "b"]]
