"""What normalisation has made of a row keeps these rules, or the code that made it is wrong."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.contracts import require_rules
from pipelines.errors import ContractBroken
from pipelines.ingest.record_rules import IDENTIFIER_RULES, RECORD_RULES
from schemas.received import UNSCOPED
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


RECORD_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("record_key", "name"), pl.String),
    **dict.fromkeys(("name_tokens", "tags"), pl.List(pl.String)),
}


def record_rules(*rows: dict[str, Any]) -> str:
    """The rules that these records break."""
    return broken("records", RECORD_RULES, pl.DataFrame(rows, schema_overrides=RECORD_TYPES))


def identifier_rules(*rows: dict[str, Any]) -> str:
    """The rules that these identifiers break."""
    return broken("identifiers", IDENTIFIER_RULES, pl.DataFrame(rows))


def broken(made: str, rules: Mapping[str, pl.Expr], frame: pl.DataFrame) -> str:
    try:
        require_rules(made, rules, frame)
    except ContractBroken as error:
        return str(error).removeprefix(f"{made} break a rule: ").removesuffix(". Please report it")
    return ""


def test_records_as_they_should_be_keep_every_rule() -> None:
    assert record_rules(ANNA, ANNA | NOTHING | {"row": 2}) == ""
    assert identifier_rules(PHONE) == ""


def test_without_rows_every_rule_is_kept() -> None:
    require_rules("records", RECORD_RULES, pl.DataFrame([ANNA], schema_overrides=RECORD_TYPES).clear())
    require_rules("identifiers", IDENTIFIER_RULES, pl.DataFrame([PHONE]).clear())


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"record_key": "7"}, "record_key is an id"),
        ({"record_key": None}, "record_key is an id"),
        ({"version": "not-a-uuid"}, "version is an id"),
        ({"source": ""}, "a record has a source"),
        ({"record_id": ""}, "record_id says something"),
        ({"channel": "pigeon post"}, "channel is one"),
        ({"name": " Anna"}, "name says something"),
        ({"first_name": ""}, "first_name says something"),
        ({"last_name": ""}, "last_name says something"),
        ({"notes": " "}, "notes says something"),
        ({"tags": ["vip", "vip"]}, "tags are different texts"),
        ({"tags": [""]}, "tags are different texts"),
        ({"attributes": ANNA["attributes"][:1] * 2}, "attributes are different ones"),
        ({"name": None}, "words of a name have a name"),
    ],
)
def test_a_record_that_cannot_be_is_refused(wrong: dict[str, Any], rule: str) -> None:
    assert record_rules(ANNA | wrong) == rule


def test_a_row_is_one_record() -> None:
    assert record_rules(ANNA, ANNA) == "a row is one record"


@pytest.mark.parametrize(
    ("kind", "value"), [("phone", "+4915123456789"), ("wa_id", "+5511987"), ("email", "a@b.example"), ("psid", "9")]
)
def test_an_identifier_has_the_form_of_its_type(kind: str, value: str) -> None:
    assert identifier_rules(PHONE | {"type": kind, "normalised": value}) == ""


@pytest.mark.parametrize(
    ("kind", "value"),
    [("phone", "abc"), ("phone", "0151 23456789"), ("wa_id", "4915123456789"), ("email", "b.example"), ("email", "@")],
)
def test_an_identifier_of_another_form_is_refused(kind: str, value: str) -> None:
    assert identifier_rules(PHONE | {"type": kind, "normalised": value}) == "normalised has the form of its type"


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"type": "fax"}, "type is one"),
        ({"type": "psid", "normalised": " 9"}, "normalised says something"),
        ({"validity": "invalid"}, "validity is one of a kept value"),
    ],
)
def test_an_identifier_that_cannot_be_is_refused(wrong: dict[str, Any], rule: str) -> None:
    assert identifier_rules(PHONE | wrong) == rule


@pytest.mark.parametrize("kind", list(IdentifierType))
def test_only_an_identifier_that_is_unique_somewhere_has_a_scope(kind: IdentifierType) -> None:
    value = "a@b.example" if kind is IdentifierType.EMAIL else "+4915123456789"
    scoped = PHONE | {"type": kind.value, "normalised": value, "scope": "page 1"}
    wrong = "what is unique everywhere has no scope" if kind.value in UNSCOPED else ""
    assert [identifier_rules(scoped), identifier_rules(scoped | {"scope": ""})] == [wrong, ""]


@pytest.mark.parametrize("other", [{"row": 2}, {"type": "wa_id"}, {"normalised": "+4915123456780"}])
def test_a_row_states_an_identifier_once(other: dict[str, Any]) -> None:
    again = PHONE | {"raw": "+49 151 23456789", "position": 1}
    assert [identifier_rules(PHONE, PHONE | other), identifier_rules(PHONE, again)] == [
        "",
        "a row states an identifier once",
    ]
