"""Which rules follow from a list; Splink itself is not needed for it."""

import polars as pl

from benchmarks.peer.configurations import (
    BOTH_NAMES,
    DOCS,
    SMALL,
    TUNED,
    blocking_rules,
    certain_rules,
    training_rules,
    with_both_names,
)


def listed(*columns: str, rows: int) -> pl.DataFrame:
    return pl.DataFrame({column: [""] * rows for column in columns})


def test_records_are_blocked_on_what_the_list_has() -> None:
    names = listed("given_name", "family_name", "city", rows=SMALL + 1)
    assert blocking_rules(DOCS, names) == [("given_name", "family_name"), ("family_name", "city")]


def test_a_small_list_is_compared_more_broadly() -> None:
    assert ("given_name", "city") in blocking_rules(DOCS, listed("given_name", "city", rows=1))


def test_only_organisations_are_blocked_on_their_name_alone() -> None:
    assert blocking_rules(DOCS, listed("company", rows=1)) == [("company",)]
    assert blocking_rules(DOCS, listed("company", "family_name", rows=1)) == []


def test_the_tuned_rules_are_those_of_the_docs_and_more() -> None:
    register = listed("given_name", "family_name", "date_of_birth", "category", "postcode", rows=SMALL + 1)
    docs, tuned = (set(blocking_rules(each, register)) for each in (DOCS, TUNED))
    assert docs < tuned


def test_tuned_people_are_not_learnt_from_their_colleagues() -> None:
    people, firms = listed("full_name", "company", rows=1), listed("company", rows=1)
    assert training_rules(DOCS, people) == [("full_name",), ("company",)]
    assert training_rules(TUNED, people) == [("full_name",)]
    assert training_rules(TUNED, firms) == [("company",)]


PEOPLE = pl.DataFrame(
    {"given_name": ["ada", "ada"], "family_name": ["lind", "ek"], "date_of_birth": ["1980-03-04", "1980-03-04"]}
)


def test_what_nobody_shares_says_nothing_for_certain() -> None:
    assert certain_rules(DOCS, PEOPLE) == []
    assert certain_rules(TUNED, PEOPLE) == [("given_name", "date_of_birth")]


def test_a_year_of_birth_and_a_name_are_no_certainty() -> None:
    assert certain_rules(TUNED, PEOPLE.with_columns(date_of_birth=pl.lit("1980"))) == []


def test_both_names_are_one_value_where_dates_of_birth_are_known() -> None:
    assert with_both_names(PEOPLE)[BOTH_NAMES].to_list() == ["ada lind", "ada ek"]
    assert BOTH_NAMES not in with_both_names(PEOPLE.drop("date_of_birth")).columns
