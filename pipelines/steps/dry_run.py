"""Trying a decision: the same code as deciding, in a transaction that is undone, and what it would make of contacts."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import polars as pl

from pipelines.store.contacts import id_history
from pipelines.store.reads import contact_details
from pipelines.store.reads.timeline import entries
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import rolled_back


class State(NamedTuple):
    """A contact as `onecontact show` knows it; `entries` are those of its timeline."""

    contact: dict[str, Any]
    fields: list[dict[str, Any]]
    identifiers: list[dict[str, Any]]
    records: list[dict[str, Any]]
    entries: int


class Change(NamedTuple):
    """Contacts that something touches, by their id, before and after it. An id that is on one side only comes or goes.

    `went` says which contact takes in one that goes.
    """

    before: dict[str, State]
    after: dict[str, State]
    went: dict[str, str]


def before_and_after(connection: Connection, contacts: Sequence[str], act: Callable[[], Sequence[str]]) -> Change:
    """What `act` would make of these contacts and of all others it touches. Nothing of it is kept.

    `act` decides something and names further contacts that it touches, such as one it has made.

    Raises:
        DecisionRefused: `act` is refused as it would be in earnest.
    """
    with rolled_back(connection):
        made = act()
        touched = id_history.affected_contacts(connection, pl.Series([*contacts, *made], dtype=pl.String))
        after = current_state(connection, touched)
        went = {each: now for each in touched if each not in after and (now := id_history.resolve_id(connection, each))}
    before = current_state(connection, touched)
    changed = [each for each in touched if before.get(each) != after.get(each)]
    return Change(
        {each: before[each] for each in changed if each in before},
        {each: after[each] for each in changed if each in after},
        {each: went[each] for each in changed if each in went},
    )


def current_state(connection: Connection, contacts: pl.Series) -> dict[str, State]:
    """These contacts by their id, in so far as they are there."""
    return {
        each["contact_id"]: State(
            contact=each,
            fields=contact_details.fields(connection, each["contact_id"]).to_dicts(),
            identifiers=contact_details.identifiers(connection, each["contact_id"]).to_dicts(),
            records=contact_details.member_records(connection, each["contact_id"]).to_dicts(),
            entries=entries(connection, each["contact_id"]),
        )
        for each in contact_details.golden_records(connection, contacts).to_dicts()
    }
