import random

import polars as pl

from benchmarks.labelled.register import register, slipped

RESIDENTS = pl.DataFrame(
    {
        "first_name": ["Ada", "Bo", "Cyril", None],
        "last_name": ["Lind", "Ek", "Quint", "Ober"],
        "sex": ["f", "m", "m", None],
        "zipcode": ["43201"] * 4,
        "cluster_id": ["1", "2", "3", "4"],
        "year": ["1980", "1971", "1999", None],
        "street": ["1 oak st", "2 oak st", "3 elm rd", None],
    }
)


def test_without_duplicates_everybody_is_there_once() -> None:
    assert register(RESIDENTS, 0).records.equals(RESIDENTS)


def test_a_share_of_the_residents_is_there_again() -> None:
    found = register(RESIDENTS, 0.5).records
    assert found.head(4).equals(RESIDENTS)
    assert found.height == 6
    assert found["cluster_id"].n_unique() == 4


def test_the_same_seed_gives_the_same_register() -> None:
    assert register(RESIDENTS, 1).records.equals(register(RESIDENTS, 1).records)


def test_a_slip_leaves_the_first_letter() -> None:
    chance = random.Random(1)
    found = {slipped("abcdef", chance) for _ in range(50)}
    assert len(found) > 5
    assert all(each is not None and each[0] == "a" and len(each) in (5, 6) for each in found)


def test_what_is_short_or_missing_has_no_slip() -> None:
    assert slipped("ab", random.Random(1)) == "ab"
    assert slipped(None, random.Random(1)) is None
