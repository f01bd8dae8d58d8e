"""What Splink is given; Splink itself is not needed for it."""

import polars as pl

from benchmarks.peer import SMALL, cleaned, rules


def test_values_are_cleaned_as_a_careful_user_would() -> None:
    records = pl.DataFrame(
        {"record_id": [1], "a": ["  Zoë "], "b": ["+49 (0)30 901820-11"], "c": [None], "d": ["x@Example.com"]},
        schema_overrides={"c": pl.String},
    )
    roles = {"a": "given_name", "b": "phone", "c": "email", "d": "email"}
    assert cleaned(records, roles).to_dicts() == [
        {"unique_id": 1, "email": "x@example.com", "given_name": "zoe", "phone": "090182011"}
    ]


def test_a_full_name_is_left_out_where_its_parts_are_known() -> None:
    records = pl.DataFrame({"record_id": [1], "a": ["Ada"], "b": ["Lind"], "c": ["Ada Lind"]})
    frame = cleaned(records, {"a": "given_name", "b": "family_name", "c": "full_name"})
    assert frame.columns == ["unique_id", "family_name", "given_name"]


def listed(*columns: str, rows: int) -> pl.DataFrame:
    return pl.DataFrame({column: [""] * rows for column in columns})


def test_records_are_blocked_on_what_the_list_has() -> None:
    names = listed("given_name", "family_name", "city", rows=SMALL + 1)
    assert rules(names) == [("given_name", "family_name"), ("family_name", "city")]


def test_a_small_list_is_compared_more_broadly() -> None:
    assert ("given_name", "city") in rules(listed("given_name", "city", rows=1))


def test_only_organisations_are_blocked_on_their_name_alone() -> None:
    assert rules(listed("company", rows=1)) == [("company",)]
    assert rules(listed("company", "family_name", rows=1)) == []
