from collections.abc import Sequence

import polars as pl
import pytest

from pipelines.match.comparison.listed import by_role, list_facts, list_names, prepare_list
from pipelines.match.comparison.prepare import FACTS, NAMED

Facts = set[tuple[int, str, str]]


def told(
    roles: dict[str, str], *rows: Sequence[str | None], region: str | None = None
) -> tuple[list[tuple[object, ...]], Facts]:
    """Names and facts of rows, whose columns have these roles."""
    columns = pl.DataFrame(list(rows), schema=dict.fromkeys(roles, pl.String), orient="row")
    names, facts = prepare_list(columns, roles, region)
    assert names.schema == NAMED
    assert facts.schema == FACTS
    return names.sort("record").rows(), set(facts.rows())


def test_rows_are_records_with_what_all_columns_of_a_role_say() -> None:
    rows = pl.LazyFrame({"record": [5], "tel": ["1"], "mobile": ["2"], "fax": [None], "mail": [None]})
    roles = {"mobile": "phone", "tel": "phone", "fax": "phone", "mail": "email"}
    assert by_role(rows, roles).collect().rows(named=True) == [{"record": 5, "phone": ["2", "1"], "email": []}]


def test_names_are_read_from_one_column_or_from_several() -> None:
    names, _ = told({"a": "full_name"}, ["Anna Berg"], [None])
    assert names == [(0, "anna", None, "berg"), (1, None, None, None)]
    names, _ = told({"a": "given_name", "b": "family_name", "c": "middle_name"}, ["Anna", "Berg", "Maria"])
    assert names == [(0, "anna", "maria", "berg")]


def test_the_first_column_of_a_name_counts() -> None:
    names, _ = told(
        {"a": "given_name", "b": "given_name", "c": "family_name"}, ["Anna", "Otto", "Berg"], [None, "Ben", "Lund"]
    )
    assert names == [(0, "anna", None, "berg"), (1, "ben", None, "lund")]


def test_a_street_may_stand_in_two_columns_and_two_numbers_are_two() -> None:
    _, facts = told(
        {"a": "street", "b": "street", "c": "phone", "d": "phone"}, ["12", "Oak Street", "030 1234567", "030 7654321"]
    )
    streets = {value for _, field, value in facts if field == "street"}
    assert len(streets) == 1
    assert "oak" in streets.pop()
    assert len([value for _, field, value in facts if field == "phone"]) == 2


def test_without_a_region_numbers_are_compared_by_their_digits() -> None:
    _, facts = told({"tel": "phone", "mail": "email"}, ["(030) 123-4567", "Anna@Example.com"], ["x", None])
    assert {value for record, field, value in facts if field == "phone" and record == 0} == {"301234567"}
    assert (0, "email", "anna@example.com") in facts


def test_with_a_region_numbers_are_read_as_a_project_of_it_reads_them() -> None:
    _, facts = told(
        {"tel": "phone", "mail": "email"}, ["0151 23456789", "anna@example.com"], ["1", "no address"], region="DE"
    )
    assert (0, "phone", "4915123456789") in facts
    assert (0, "email", "anna@example.com") in facts
    assert not [each for each in facts if each[0] == 1]


@pytest.mark.parametrize("region", [None, "DE"])
def test_a_whatsapp_number_is_a_number_and_an_account(region: str | None) -> None:
    _, facts = told({"wa": "wa_id"}, ["+4915123456789"], region=region)
    assert (0, "phone", "4915123456789") in facts
    accounts = [value for _, field, value in facts if field == "channel_id"]
    assert accounts
    assert all(value.startswith("wa_id:") for value in accounts)


def test_who_is_the_younger_of_a_name_is_a_fact() -> None:
    _, facts = told({"a": "full_name"}, ["Anna Berg jr."], ["Anna Berg"])
    assert {record for record, field, _ in facts if field == "generation"} == {0}


def test_a_list_without_names_has_facts_alone() -> None:
    listed = by_role(pl.LazyFrame({"record": [0], "town": ["Bath"]}), {"town": "city"}).collect()
    facts = list_facts(listed, region=None)
    assert facts.rows() == [(0, "city", "bath")]
    assert list_names(listed, facts).rows() == [(0, None, None, None)]
