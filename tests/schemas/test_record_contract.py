"""What a record may hold: what normalisation has made of a row keeps these rules, or the code that made it is wrong."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.contracts import check
from schemas.contact import Record, RecordIdentifier
from schemas.received import UNSCOPED, Frame, column_types
from schemas.vocabulary import IdentifierType

ANNA: dict[str, Any] = {
    "row": 1,
    "line": 2,
    "record_key": "0b5a2f6e-3c1d-5e4f-8a9b-1c2d3e4f5a6b",
    "version": "1b5a2f6e-3c1d-5e4f-8a9b-1c2d3e4f5a6b",
    "source": "crm",
    "record_id": "7",
    "channel": "email",
    "name": "Anna Berg",
    "first_name": "Anna",
    "last_name": "Berg",
    "name_tokens": ["anna", "berg"],
    "tags": ["fair", "vip"],
    "notes": "met at the fair",
    "attributes": [{"key": "seats", "value": "3"}, {"key": "tier", "value": "gold"}],
    "cleared": [],
    "raw": "{}",
    "observed_at": datetime(2026, 3, 1, tzinfo=UTC),
}
NOTHING = dict.fromkeys(
    ("line", "record_id", "channel", "name", "first_name", "last_name", "notes", "raw", "observed_at")
) | {"name_tokens": [], "tags": [], "attributes": []}
PHONE: dict[str, Any] = {
    "row": 1,
    "type": "phone",
    "scope": "",
    "raw": "0151 23456789",
    "normalised": "+4915123456789",
    "validity": "valid",
    "is_role": False,
    "match_keys": ["+4915123456789"],
    "field": "Phone",
    "position": 0,
}


def broken(contract: type[Frame], *rows: dict[str, Any]) -> set[tuple[str, str]]:
    """Column and rule of all that is wrong with these rows."""
    frame = pl.DataFrame(rows, schema=column_types(contract))
    return set(check(contract, frame).broken.select("column", "rule").iter_rows())


def columns_broken(contract: type[Frame], *rows: dict[str, Any]) -> set[str]:
    return {column for column, _ in broken(contract, *rows)}


def test_a_record_as_it_should_be_keeps_the_contract() -> None:
    assert broken(Record, ANNA, ANNA | NOTHING | {"row": 2}) == set()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("row", 0),
        ("record_key", "7"),
        ("version", "not-a-uuid"),
        ("source", ""),
        ("record_id", ""),
        ("channel", "pigeon post"),
        ("name", ""),
        ("name", " Anna"),
        ("first_name", ""),
        ("last_name", ""),
        ("notes", " "),
    ],
)
def test_a_value_that_cannot_be_is_refused(column: str, value: Any) -> None:
    assert columns_broken(Record, ANNA | {column: value}) == {column}


@pytest.mark.parametrize(
    ("contradiction", "rule"),
    [
        ({"tags": ["vip", "vip"]}, "no tag twice, and none that is blank"),
        ({"tags": [""]}, "no tag twice, and none that is blank"),
        ({"attributes": ANNA["attributes"] * 2}, "no attribute twice, and none without a value"),
        ({"attributes": [{"key": "tier", "value": ""}]}, "no attribute twice, and none without a value"),
        ({"name": None}, "words of a name without a name"),
    ],
)
def test_columns_that_contradict_each_other_are_refused(contradiction: dict[str, Any], rule: str) -> None:
    assert broken(Record, ANNA | contradiction) == {("Record", rule)}


def test_a_row_is_one_record() -> None:
    assert columns_broken(Record, ANNA, ANNA) == {"row"}


@pytest.mark.parametrize(
    ("type_", "value"), [("phone", "+4915123456789"), ("wa_id", "+5511987"), ("email", "a@b.example"), ("psid", "9")]
)
def test_an_identifier_has_the_form_of_its_type(type_: str, value: str) -> None:
    assert broken(RecordIdentifier, PHONE | {"type": type_, "normalised": value}) == set()


@pytest.mark.parametrize(
    ("type_", "value"),
    [("phone", "abc"), ("phone", "0151 23456789"), ("wa_id", "4915123456789"), ("email", "b.example"), ("email", "@")],
)
def test_an_identifier_of_another_form_is_refused(type_: str, value: str) -> None:
    wrong = PHONE | {"type": type_, "normalised": value}
    assert broken(RecordIdentifier, wrong) == {("RecordIdentifier", "normal form of its type")}


@pytest.mark.parametrize(
    ("column", "value"), [("row", 0), ("type", "fax"), ("validity", "invalid"), ("normalised", None)]
)
def test_an_identifier_that_is_none_is_refused(column: str, value: Any) -> None:
    assert column in columns_broken(RecordIdentifier, PHONE | {column: value})


@pytest.mark.parametrize("type_", list(IdentifierType))
def test_only_an_identifier_that_is_unique_somewhere_has_a_scope(type_: IdentifierType) -> None:
    value = "a@b.example" if type_ is IdentifierType.EMAIL else "+4915123456789"
    scoped = PHONE | {"type": type_.value, "normalised": value, "scope": "page 1"}
    wrong = {("RecordIdentifier", "scope of its type")} if type_.value in UNSCOPED else set()
    assert broken(RecordIdentifier, scoped) == wrong
    assert broken(RecordIdentifier, scoped | {"scope": ""}) == set()


@pytest.mark.parametrize("other", [{"row": 2}, {"type": "wa_id"}, {"normalised": "+4915123456780"}])
def test_a_row_states_an_identifier_once(other: dict[str, Any]) -> None:
    assert broken(RecordIdentifier, PHONE, PHONE | other) == set()
    assert broken(RecordIdentifier, PHONE, PHONE | {"raw": "+49 151 23456789", "position": 1}) != set()
