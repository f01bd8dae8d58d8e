"""What a golden record may hold."""

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.contracts import check
from schemas.contact import Contact
from schemas.received import column_types
from schemas.vocabulary import STATUS_OF, StatusReason

MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))
ANNA = {
    "contact_id": "0b5a2f6e-3c1d-5e4f-8a9b-1c2d3e4f5a6b",
    "name": "Anna Berg",
    "first_name": "Anna",
    "last_name": "Berg",
    "phone": "+4915123456789",
    "email": "anna@example.com",
    "source": "import:crm",
    "first_seen_at": MARCH,
    "last_interaction_at": APRIL,
    "last_inbound_at": APRIL,
    "last_outbound_at": MARCH,
    "status": "active",
    "status_reason": "recent_inbound",
    "status_since": APRIL,
    "status_as_of": MAY,
    "tags": ["vip"],
    "attributes": [{"key": "tier", "value": "gold"}],
    "channels": ["email"],
    "records": 2,
}


def broken(*rows: dict[str, Any]) -> list[str]:
    """Columns, or the contract itself, that rows like Anna's break."""
    frame = pl.DataFrame([ANNA | row for row in rows], schema=column_types(Contact))
    return sorted(check(Contact, frame).broken["column"].unique())


def test_a_contact_as_it_should_be_keeps_the_contract() -> None:
    nobody = dict.fromkeys(("phone", "email", "last_interaction_at", "last_inbound_at", "last_outbound_at"))
    silent = nobody | {"contact_id": ANNA["contact_id"].replace("0", "1"), "source": "web_chat"}  # type: ignore[attr-defined]
    reason = {"status": "inactive", "status_reason": "never_interacted"}

    assert broken({}, silent | reason) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("contact_id", "not-a-uuid"),
        ("phone", "abc"),
        ("phone", "0151 23456789"),
        ("email", "anna.example.com"),
        ("email", "anna@example.com, anna@example.org"),
        ("source", "import:"),
        ("source", "pigeon post"),
        ("records", 0),
    ],
)
def test_a_value_that_cannot_be_is_refused(column: str, value: Any) -> None:
    assert broken({column: value}) == [column]


def test_an_id_is_one_contact() -> None:
    assert broken({}, {"name": "Ben Tal"}) == ["contact_id"]


@pytest.mark.parametrize(
    "contradiction",
    [
        {"status": "active", "status_reason": "blocked_by_decision"},
        {"status": "blocked", "status_reason": "recent_inbound"},
        {"status": "inactive", "status_reason": "open_conversation"},
        {"last_interaction_at": MARCH},
        {"last_interaction_at": None},
        {"last_inbound_at": None, "last_outbound_at": None},
        {"status_as_of": MARCH},
    ],
)
def test_columns_that_contradict_each_other_are_refused(contradiction: dict[str, Any]) -> None:
    assert broken(contradiction) == ["Contact"]


def test_every_reason_has_its_status() -> None:
    assert set(STATUS_OF) == {reason.value for reason in StatusReason} - {"address_suppressed"}
