"""A page of the contacts of whom a condition over the published views is true, in an order."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from pipelines.store.reads.contact_rows import Chosen, joined_lists, order_of
from pipelines.store.warehouse.connection import Connection, query, value
from schemas.attribute import Attribute


class Page(NamedTuple):
    """Contacts in their order, out of so many."""

    number: int
    ids: pl.Series


def page_of(
    connection: Connection,
    attributes: Mapping[str, Attribute],
    chosen: Chosen,
    order_by: Sequence[str],
    collation: str,
    limit: int = 0,
    offset: int = 0,
) -> Page:
    """Ids of contacts, so many (0: all) after so many, sorted as `contacts_in_order` sorts them."""
    names, order = order_of(attributes, order_by, collation)
    found = query(
        connection,
        f"""WITH fitting AS MATERIALIZED (SELECT c.contact_id FROM published.contacts c WHERE {chosen.sql})
            SELECT contact_id, (SELECT count(*) FROM fitting) AS number
            FROM (FROM contact SEMI JOIN fitting USING (contact_id)) contact {joined_lists(set(names))}
            {order} {f"LIMIT {limit:d}" if limit else ""} OFFSET {offset:d}""",
        chosen.parameters,
    )
    if found.is_empty() and offset:
        counted = f"SELECT count(*) FROM published.contacts c WHERE {chosen.sql}"
        return Page(int(value(connection, counted, chosen.parameters)), found["contact_id"])
    return Page(0 if found.is_empty() else int(found["number"][0]), found["contact_id"])
