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
    received.Conversation,
    received.Message,
    received.Event,
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


def rules_broken(contract: type[Frame], **row: Any) -> list[str]:
    frame = pl.DataFrame([row], schema=received.empty(contract).schema)
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
