from random import Random

import polars as pl

from pipelines.match.blocking.rules import paired_keys
from pipelines.match.blocking.shared_identifiers import count_shared_identifiers
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.model.chance import random_pairs
from pipelines.match.model.fit import fit
from pipelines.match.model.model import Model

ROLES = {"given": "given_name", "family": "family_name", "zip": "postcode", "age": "category", "born": "date_of_birth"}


def fitted(rows: list[dict[str, str]]) -> Model:
    names, facts = prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    people = names.select("record", person="record")
    return fit(names, facts, paired_keys(names, facts), count_shared_identifiers(names, facts), people)


def townspeople(count: int) -> list[dict[str, str]]:
    """People of whom no two are called alike, of a town with nine postcodes, born in sixty years."""
    return [
        {
            "given": f"given{nth % 40}",
            "family": f"family{nth}",
            "zip": f"4320{nth * 7 % 9}",
            "age": str(20 + nth % 60),
            "born": str(1940 + nth * 11 % 60),
        }
        for nth in range(count)
    ]


def test_postcodes_of_one_town_are_a_digit_apart_for_everybody() -> None:
    factors = fitted(townspeople(300)).chance["postcode"]

    assert factors["typo"] > 5
    assert factors["different"] < 1


def test_years_of_birth_that_are_near_are_so_as_often_as_the_list_has_them() -> None:
    near = fitted(townspeople(300)).chance["date_of_birth"]["near"]

    assert 0.3 < near * 0.05 / (2 / 60) < 3  # of sixty years two are next to each


def test_the_order_of_rows_decides_nothing() -> None:
    rows = townspeople(120)

    assert fitted(rows).chance == fitted(Random(1).sample(rows, len(rows))).chance


def test_records_that_say_the_same_count_once_and_make_no_pair() -> None:
    said = pl.DataFrame({"record": [0, 1, 2, 3], "said": [7, 7, 7, 9]}, schema={"record": pl.UInt32, "said": pl.UInt64})

    assert random_pairs(said).rows() == [(0, 3)]


def test_of_records_that_say_the_same_the_first_stands_for_all_wherever_it_is() -> None:
    said = pl.DataFrame({"record": [5, 1, 3, 9], "said": [7, 7, 7, 9]}, schema={"record": pl.UInt32, "said": pl.UInt64})

    assert random_pairs(said).rows() == random_pairs(said.reverse()).rows() == [(1, 9)]


def test_pairs_are_as_many_as_asked_for_each_once() -> None:
    said = pl.DataFrame({"record": range(100), "said": range(100)}, schema={"record": pl.UInt32, "said": pl.UInt64})
    pairs = random_pairs(said, drawn=500)

    assert 400 < pairs.height <= 500
    assert pairs.n_unique() == pairs.height
    assert pairs.filter(pl.col("lo") == pl.col("hi")).is_empty()


def test_a_single_record_has_nobody_to_agree_with() -> None:
    said = pl.DataFrame({"record": [0], "said": [1]}, schema={"record": pl.UInt32, "said": pl.UInt64})

    assert random_pairs(said).is_empty()
