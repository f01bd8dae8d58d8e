"""Notes about a contact: all that were ever written, and which of them hold now."""

import polars as pl

from pipelines.store.warehouse.connection import Connection, query


def notes(connection: Connection, contact_id: str) -> pl.DataFrame:
    """Every note about a contact, oldest first.

    Columns happened_at (when it was first stated), text, is_current, source, record_id, actor, file_name, line_number,
    row_number, decided_at and decision_id (of a note that somebody wrote here). A note of a source is current while one
    of the contact's records says it; one that somebody wrote here is, until it is revoked.
    """
    return query(
        connection,
        """
        WITH current AS (
            SELECT DISTINCT s.notes AS text
            FROM membership m
            JOIN record_field f ON f.record_key = m.record_key AND f.field = 'notes'
            JOIN source_record s ON s.record_key = f.record_key AND s.version = f.version
            WHERE m.contact_id = $1 AND m.run_to IS NULL AND s.notes IS NOT NULL
        )
        SELECT n.happened_at, n.text, n.actor IS NOT NULL OR n.text IN (FROM current) AS is_current,
               r.source, r.record_id, n.actor, d.file_name, n.line_number, n.row_number,
               CASE WHEN n.actor IS NOT NULL THEN n.happened_at END AS decided_at,
               CASE WHEN n.actor IS NOT NULL THEN n.entry_id END AS decision_id
        FROM note_event n
        LEFT JOIN record r ON n.actor IS NULL AND r.record_key = n.entry_id
        LEFT JOIN delivery d ON d.delivery_id = n.delivery_id
        WHERE n.contact_id = $1 AND n.kind = 'note'
        ORDER BY n.happened_at NULLS FIRST, d.declared_at, n.delivery_id, n.row_number, n.entry_id""",
        [contact_id],
    )
