"""Roles of columns, in every way a file may say them."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.roles import ROLES, RolesInvalid, assigned, read_roles, role_named

COLUMNS = ["record_id", "first", "surname", "Phone 1", "Phone 2", "email", "name", "company"]


def test_a_line_may_name_the_column_first() -> None:
    roles = assigned({"first": "given_name", "surname": "family_name"}, COLUMNS, "roles.yaml")
    assert roles.columns == {"first": "given_name", "surname": "family_name"}


def test_a_line_may_name_the_role_first_with_one_column_or_several() -> None:
    roles = assigned({"given_name": "first", "phone": ["Phone 1", "Phone 2"]}, COLUMNS, "roles.yaml")
    assert roles.columns == {"first": "given_name", "Phone 1": "phone", "Phone 2": "phone"}


def test_a_line_that_could_be_read_both_ways_is_read_as_the_others_are() -> None:
    straight = assigned({"name": "company", "surname": "family_name"}, COLUMNS, "roles.yaml")
    turned = assigned({"name": "company", "phone": ["Phone 1"]}, COLUMNS, "roles.yaml")
    assert straight.columns["name"] == "company"
    assert turned.columns["company"] == "full_name"


def test_a_line_that_could_be_read_both_ways_names_the_column_first_where_nothing_else_says_so() -> None:
    assert assigned({"name": "company"}, COLUMNS, "roles.yaml").columns == {"name": "company"}


def test_roles_may_stand_under_a_key_of_their_own_beside_what_others_need() -> None:
    document = {"record_id": "email", "comment": "of the spring", "roles": {"first": "given_name"}}
    roles = assigned(document, COLUMNS, "roles.yaml")
    assert roles.columns == {"first": "given_name"}
    assert roles.record_id == "email"


@pytest.mark.parametrize(
    "document",
    [
        {"columns": {"first": {"role": "given_name"}}},
        {"fields": [{"column": "first", "role": "given"}, {"name": "email", "role": None}]},
        [{"column": "first", "role": "first_name"}],
        {"roles": {"given_name": {"columns": ["first"]}}},
    ],
)
def test_each_line_may_be_spelt_out(document: dict[str, Any] | list[Any]) -> None:
    assert assigned(document, COLUMNS, "roles.yaml").columns == {"first": "given_name"}


@pytest.mark.parametrize(
    ("columns", "found"), [(["record_id", "id", "x"], "record_id"), (["id", "x"], "id"), (["x"], None)]
)
def test_records_are_told_apart_by_record_id_else_by_id_else_by_their_number(
    columns: list[str], found: str | None
) -> None:
    assert assigned({"x": "text"}, columns, "roles.yaml").record_id == found


def test_an_id_that_plays_a_role_does_not_tell_records_apart() -> None:
    assert assigned({"id": "ssn"}, ["id"], "roles.yaml") == ({"id": "exact_id"}, None)


@pytest.mark.parametrize(
    ("word", "role"),
    [
        *(
            ("First name", "given_name"),
            ("Forename", "given_name"),
            ("given", "given_name"),
            ("SURNAME", "family_name"),
        ),
        *(("last-name", "family_name"), ("Name", "full_name"), ("Organisation name", "company"), ("org", "company")),
        *(("DOB", "date_of_birth"), ("birth_date", "date_of_birth"), ("Zip Code", "postcode"), ("town", "city")),
        *(("Address", "street"), ("address_line1", "street"), ("county", "region"), ("mobile_2", "phone")),
        *(("E-Mail", "email"), ("emails", "email"), ("SSN", "exact_id"), ("sex", "category"), ("notes", "text")),
        *(("addresses", "street"), ("none", "ignore"), ("shoe size", None)),
    ],
)
def test_usual_words_for_a_role_are_understood(word: str, role: str | None) -> None:
    assert role_named(word) == role


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_called_by_its_own_name(role: str) -> None:
    assert role_named(role) == role


def test_what_is_ignored_is_left_out() -> None:
    assert assigned({"first": "given", "email": None, "surname": "ignore"}, COLUMNS, "f").columns == {
        "first": "given_name"
    }


def test_all_that_is_wrong_is_named_with_the_file_and_what_may_be_meant() -> None:
    with pytest.raises(RolesInvalid) as error:
        assigned({"frist": "given_name", "surname": "famly_name"}, COLUMNS, "roles.yaml")
    assert str(error.value).splitlines() == [
        "roles.yaml: no column `frist`; did you mean `first`?",
        "roles.yaml: `famly_name` is no role; did you mean `family_name`?",
    ]


def test_a_misspelt_column_after_its_role_is_named_as_a_column() -> None:
    with pytest.raises(RolesInvalid, match="no column `surnam`; did you mean `surname`"):
        assigned({"family_name": "surnam"}, COLUMNS, "roles.yaml")


@pytest.mark.parametrize("text", ["- first", "first", "", "first: ignore", "first: [given_name"])
def test_a_file_without_roles_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "roles.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RolesInvalid, match=r"roles\.yaml"):
        read_roles(path, COLUMNS)
