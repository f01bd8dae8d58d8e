"""What is new of contacts since a moment: whether they are, and which values were stated."""

from collections.abc import Collection
from datetime import datetime

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register


def new_contacts(connection: Connection, contacts: pl.Series, since: datetime) -> pl.Series:
    """Of contacts those that no record was in at a moment: a run or a decision has put the first one there since."""
    with register(connection, asked=contacts.alias("contact_id").to_frame()):
        return query(
            connection,
            """
            SELECT a.contact_id FROM asked a WHERE NOT EXISTS (
                SELECT 1 FROM membership m
                LEFT JOIN run r ON r.run_id = m.run_from
                LEFT JOIN decision d ON m.run_from = 'decision:' || d.decision_id::VARCHAR
                WHERE m.contact_id = a.contact_id::UUID AND coalesce(r.started_at, d.decided_at, '-infinity') <= $1)""",
            [since],
        )["contact_id"]


def fields_stated_since(
    connection: Connection, contacts: pl.Series, fields: Collection[str], since: datetime
) -> pl.DataFrame:
    """Which of these fields of contacts have values of a later delivery or decision: contact_id, fields."""
    with register(connection, asked=contacts.alias("contact_id").to_frame()):
        return query(
            connection,
            """
            SELECT f.contact_id, list_sort(list(DISTINCT f.field)) AS fields
            FROM contact_field f SEMI JOIN (SELECT contact_id::UUID AS contact_id FROM asked) USING (contact_id)
            LEFT JOIN delivery d USING (delivery_id) LEFT JOIN decision w ON w.decision_id = f.delivery_id
            WHERE list_contains($1, f.field) AND coalesce(d.received_at, w.decided_at) > $2 GROUP BY f.contact_id""",
            [list(fields), since],
        )
