"""Decisions put into tables by hand, for tests of what is asked of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    """A day of June 2026, counted from 0."""
    return FIRST + timedelta(days=day)


def decide(tables: Tables, number: int, kind: str, *sides: tuple[int, ...], day: int = 0, **said: Any) -> None:
    """A decision of this number about records, side by side."""
    tables.put("decision", {"decision_id": uid(number), "kind": kind, "decided_at": on(day), **said})
    for side, records in enumerate(sides):
        for record in records:
            tables.put("decision_record", {"decision_id": uid(number), "record_key": uid(record), "side": side})


def place(tables: Tables, **records: tuple[int, ...]) -> None:
    """Put records into contacts, `c7` for the contact of number 7."""
    for contact, keys in records.items():
        for key in keys:
            tables.put("membership", {"record_key": uid(key), "contact_id": uid(int(contact[1:]))})


def keys(*numbers: int) -> pl.Series:
    """Ids of records."""
    return pl.Series([uid(number) for number in numbers], dtype=pl.String)
