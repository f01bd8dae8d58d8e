"""Which contacts a condition over the published views is true of."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from pipelines.store.warehouse.connection import Connection, query
from schemas.fields import FIELD_KINDS, RELATION_FIELDS, Kind
from schemas.filter import Relation

VIEWS = {Relation.EXPORTS: "export_members"}  # that are not called as their relation


def fitting_contacts(connection: Connection, sql: str, parameters: Sequence[Any]) -> pl.Series:
    """Ids of the contacts that a condition over `published.contacts c` is true of."""
    return query(connection, f"SELECT c.contact_id FROM folded_contact c WHERE {sql}", parameters)["contact_id"]


def fitting_query(sql: str) -> str:
    """The query that answers a condition over `published.contacts c`."""
    return f"SELECT c.contact_id FROM published.contacts c WHERE {sql}"


def existing_values(connection: Connection) -> Callable[[Relation | None, str], Sequence[str]]:
    """A function that gives the values which a field of a relation has, or one of contacts (None)."""

    def values(relation: Relation | None, field: str) -> Sequence[str]:
        fields = FIELD_KINDS if relation is None else RELATION_FIELDS[relation]
        view = "contacts" if relation is None else VIEWS.get(relation, relation)
        column = f"unnest({field})" if fields[field].kind is Kind.LIST else field
        found = f"SELECT DISTINCT {column} AS value FROM published.{view}"
        return query(connection, f"FROM ({found}) WHERE value IS NOT NULL ORDER BY value")["value"].to_list()

    return values
