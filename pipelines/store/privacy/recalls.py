"""Recall: which publications held somebody who was erased, who was given them, and whether it was removed there."""

from datetime import datetime

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register


def keep_recalls(connection: Connection, number: int, contacts: pl.Series, due_at: datetime) -> int:
    """Note the newest publication of each segment, to each recipient, that held these contacts; how many.

    Where a segment names no recipient, it is whoever reads its file.
    """
    with register(connection, gone=contacts.to_frame("contact_id")):
        row = connection.execute(
            """
            INSERT INTO recall
            SELECT $1, e.export_id, e.segment, t.recipient, e.published_at, m.contact_id, $2, NULL, NULL
            FROM export_member m JOIN export e USING (export_id),
                 unnest(CASE WHEN len(coalesce(json_extract_string(e.definition, '$.recipients[*]'), [])) = 0
                             THEN ['readers of the file']
                             ELSE json_extract_string(e.definition, '$.recipients[*]') END) t(recipient)
            WHERE m.contact_id IN (SELECT contact_id::UUID FROM gone) AND coalesce(m.change, '') <> 'left'
            QUALIFY row_number() OVER (PARTITION BY e.segment, t.recipient, m.contact_id
                                       ORDER BY e.published_at DESC) = 1""",
            [number, due_at],
        ).fetchone()
    return int(row[0]) if row else 0


def recalls(connection: Connection, number: int | None = None) -> pl.DataFrame:
    """Recalls: number, segment, recipient, published_at, contacts, due_at, acknowledged_by, acknowledged_at."""
    return query(
        connection,
        """
        SELECT number, segment, recipient, max(published_at) AS published_at, count(*) AS contacts,
               max(due_at) AS due_at,
               any_value(acknowledged_by) AS acknowledged_by, max(acknowledged_at) AS acknowledged_at
        FROM recall WHERE $1 IS NULL OR number = $1 GROUP BY ALL ORDER BY number, segment, recipient""",
        [number],
    )


def removal_list(connection: Connection, number: int, segment: str, recipient: str) -> list[str]:
    """Ids, as the recipient knows them, of contacts to be removed from what they were given."""
    found = query(
        connection,
        """SELECT contact_id FROM recall WHERE number = ? AND segment = ? AND recipient = ? ORDER BY contact_id""",
        [number, segment, recipient],
    )
    return [str(each) for each in found["contact_id"]]


def acknowledge(
    connection: Connection, number: int, segment: str, recipient: str | None, who: str, now: datetime
) -> int:
    """Note that a recipient, or every recipient of a segment, has removed an erased person; how many did."""
    row = connection.execute(
        """UPDATE recall SET acknowledged_by = $4, acknowledged_at = $5
           WHERE number = $1 AND segment = $2 AND ($3 IS NULL OR recipient = $3) AND acknowledged_at IS NULL""",
        [number, segment, recipient, who, now],
    ).fetchone()
    return int(row[0]) if row else 0
