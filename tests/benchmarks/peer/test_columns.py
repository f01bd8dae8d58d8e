"""What Splink is given; Splink itself is not needed for it."""

import polars as pl
import pytest

from benchmarks.peer.columns import cleaned, role_of


def one(role: str, *values: str | None) -> dict[str, object]:
    """The columns that one record with these values in a role each gets."""
    columns = [f"column {nth}" for nth in range(len(values))]
    records = pl.DataFrame({"record_id": [1], **{name: [value] for name, value in zip(columns, values, strict=True)}})
    return cleaned(records.with_columns(pl.exclude("record_id").cast(pl.String)), dict.fromkeys(columns, role)).row(
        0, named=True
    )


def test_values_are_cleaned_as_a_careful_user_would() -> None:
    assert one("given_name", "  Zoë ") == {"unique_id": 1, "given_name": "zoe"}
    assert one("phone", "+49 (0)30 901820-11")["phone"] == "090182011"


def test_the_first_value_of_a_role_counts() -> None:
    assert one("email", None, "x@Example.com") == {"unique_id": 1, "email": "x@example.com"}


def test_ids_and_categories_have_a_column_each() -> None:
    assert one("exact_id", "829-65", "A 1") == {"unique_id": 1, "exact_id": "82965", "exact_id_2": "a1"}
    assert [role_of(name) for name in ("exact_id_2", "category", "text_3", "city")] == [
        "exact_id",
        "category",
        "text",
        "city",
    ]


@pytest.mark.parametrize("written", ["1980-03-04", "19800304", "03/04/1980", "3.4.1980"])
def test_dates_have_one_form(written: str) -> None:
    assert one("date_of_birth", written)["date_of_birth"] == "1980-03-04"


def test_a_day_that_can_be_no_month_comes_first() -> None:
    assert one("date_of_birth", "29-04-1962")["date_of_birth"] == "1962-04-29"


def test_a_year_stays_a_year() -> None:
    assert one("date_of_birth", "1962")["date_of_birth"] == "1962"


def test_a_full_name_is_left_out_where_its_parts_are_known() -> None:
    records = pl.DataFrame({"record_id": [1], "a": ["Ada"], "b": ["Lind"], "c": ["Ada Lind"]})
    frame = cleaned(records, {"a": "given_name", "b": "family_name", "c": "full_name"})
    assert frame.columns == ["unique_id", "family_name", "given_name"]
