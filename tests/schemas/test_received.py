from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from pipelines import contracts
from schemas import received
from schemas.received import MAX_TEXT, Frame
from schemas.vocabulary import Pii

CONTRACTS = [
    received.ContactRow,
    received.IdentifierRow,
    received.AttributeRow,
    received.Merge,
    received.Conversation,
    received.Message,
    received.Receipt,
    received.Event,
    received.Tie,
    received.Topic,
    received.Refusal,
]
CONTACT = {
    "row": 1,
    "line": 2,
    "record_id": "7",
    "channel": None,
    "name": "Jane Doe",
    "first_name": None,
    "last_name": None,
    "tags": ["vip"],
    "notes": None,
    "observed_at": None,
    "cleared": [],
}
POINT = {"row": 1, "type": "email", "scope": "", "raw": "jane@example.com", "field": "E-Mail"}
VALUE = {"row": 1, "attribute": "tier", "raw": "gold", "field": "Tier"}

MESSAGE = {
    "row": 1,
    "key": "m1",
    "conversation": "c1",
    "direction": "inbound",
    "kind": "text",
    "precision": "second",
    "zone_source": "stated",
    "attachments": [],
    "quoted": [],
}


RECEIPT = {"row": 1, "message": "m1", "conversation": "c1", "state": "read"}
EVENT = {
    "row": 1,
    "key": "e1",
    "conversation": "c1",
    "kind": "assigned",
    "inferred": False,
    "precision": "second",
    "zone_source": "stated",
}
REFUSAL = {"row": 1, "outcome": "rejected", "code": "TIME_UNKNOWN", "expected": "a time", "raw": "?"}


def rules_broken(contract: type[Frame], **row: Any) -> list[str]:
    return rules_of_rows(contract, row)


def rules_of_rows(contract: type[Frame], *rows: Mapping[str, Any]) -> list[str]:
    frame = pl.DataFrame(rows, schema=received.empty(contract).schema)
    return contracts.check(contract, frame).broken["rule"].to_list()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_frame_without_rows_keeps_its_contract(contract: type[Frame]) -> None:
    empty = received.empty(contract)
    contracts.require(contract, empty)
    assert (empty.height, empty.columns) == (0, list(contract.to_schema().columns))


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_column_says_what_it_holds_and_how_closely_it_points_at_a_person(contract: type[Frame]) -> None:
    columns = contract.to_schema().columns.values()
    assert columns
    for column in columns:
        assert column.description
        assert Pii(column.metadata["pii"])


@pytest.mark.parametrize(
    ("contract", "row"),
    [(received.ContactRow, CONTACT), (received.IdentifierRow, POINT), (received.AttributeRow, VALUE)],
)
def test_an_ordinary_row_breaks_no_rule(contract: type[Frame], row: dict[str, Any]) -> None:
    assert rules_broken(contract, **row) == []


@pytest.mark.parametrize("field", ["record_id", "name", "first_name", "last_name", "notes", "observed_at"])
def test_no_cell_of_a_contact_is_longer_than_people_write(field: str) -> None:
    assert rules_broken(received.ContactRow, **CONTACT | {field: "x" * MAX_TEXT}) == []
    assert rules_broken(received.ContactRow, **CONTACT | {field: "x" * (MAX_TEXT + 1)}) == ["LIMIT_EXCEEDED"]


def test_no_tag_is_longer_than_people_write() -> None:
    assert rules_broken(received.ContactRow, **CONTACT | {"tags": ["a", "x" * (MAX_TEXT + 1)]}) == ["LIMIT_EXCEEDED"]


@pytest.mark.parametrize(("contract", "row"), [(received.IdentifierRow, POINT), (received.AttributeRow, VALUE)])
def test_no_identifier_or_attribute_is_longer_than_people_write(contract: type[Frame], row: dict[str, Any]) -> None:
    assert rules_broken(contract, **row | {"raw": "x" * (MAX_TEXT + 1)}) == ["LIMIT_EXCEEDED"]


def test_rows_are_numbered_from_one() -> None:
    assert rules_broken(received.ContactRow, **CONTACT | {"row": 0}) != []


def test_an_identifier_is_of_a_known_type() -> None:
    assert rules_broken(received.IdentifierRow, **POINT | {"type": "fax"}) != []


@pytest.mark.parametrize("key", ["key", "conversation"])
def test_a_message_and_its_thread_have_keys(key: str) -> None:
    message = dict.fromkeys(received.column_types(received.Message)) | MESSAGE
    assert rules_broken(received.Message, **message) == []
    assert rules_broken(received.Message, **message | {key: ""}) == ["str_length(1, None)"]


@pytest.mark.parametrize(
    ("contract", "entry"),
    [
        (received.ContactRow, CONTACT),
        (received.Message, MESSAGE),
        (received.Receipt, RECEIPT),
        (received.Event, EVENT),
        (received.Refusal, REFUSAL),
    ],
)
def test_an_entry_is_there_once(contract: type[Frame], entry: dict[str, Any]) -> None:
    entry = dict.fromkeys(received.column_types(contract)) | entry
    assert rules_broken(contract, **entry) == []
    assert rules_of_rows(contract, entry, entry) == ["field_uniqueness"] * 2


def test_one_of_several_columns_that_mean_an_attribute_speaks_for_a_row() -> None:
    assert rules_of_rows(received.AttributeRow, VALUE, VALUE) != []


def test_what_is_unique_everywhere_has_no_scope() -> None:
    assert rules_broken(received.IdentifierRow, **POINT | {"scope": "page 1"}) == ["scope of its type"]
    assert rules_broken(received.IdentifierRow, **POINT | {"type": "psid", "scope": "page 1"}) == []


@pytest.mark.parametrize(("text", "wrong"), [("12345", []), ("1234", ["ranges within its words"]), (None, None)])
def test_what_a_message_quotes_is_a_part_of_it(text: str | None, wrong: list[str] | None) -> None:
    ranges = [{"start": 0, "length": 1, "kind": "history"}, {"start": 2, "length": 3, "kind": "signature"}]
    message = dict.fromkeys(received.column_types(received.Message)) | MESSAGE | {"text": text, "quoted": ranges}
    assert rules_broken(received.Message, **message) == (["ranges within its words"] if wrong is None else wrong)
