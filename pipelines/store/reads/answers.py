"""Every answer that was ever stated to a question of consent: the history that a contact's one value comes from."""

import polars as pl

from pipelines.store.reads.contact_details import ORIGIN, ROW
from pipelines.store.warehouse.connection import Connection, query


def stated_answers(connection: Connection, contact_id: str, field: str) -> pl.DataFrame:
    """Answers that records and people gave to an attribute (`attr.<name>`) of a contact, the oldest first.

    Columns value (null: taken away), stated_at and last_stated_at, is_latest (its record says that now; of a decision:
    it was not revoked), source, record_id, file_name, line_number, row_number, actor, decided_at, decision_id,
    revoked_at, record_key and edit_id (of an edit or pin). What a record repeats is one answer, until it says something
    else.
    """
    return query(
        connection,
        f"""
        WITH member AS (SELECT record_key FROM membership WHERE contact_id = $1 AND run_to IS NULL),
        content AS (
            SELECT s.*, s.attributes[substr($2, 6)] AS value,
                   row_number() OVER in_order - row_number() OVER of_value AS island
            FROM source_record s
            WHERE s.record_key IN (FROM member)
              AND (s.attributes[substr($2, 6)] IS NOT NULL OR list_contains(s.cleared, $2))
            WINDOW in_order AS (PARTITION BY record_key ORDER BY first_seen_at, last_seen_at, version),
                   of_value AS (PARTITION BY record_key, s.attributes[substr($2, 6)]
                                ORDER BY first_seen_at, last_seen_at, version)
        ),
        answer AS (
            SELECT c.record_key, c.value, min(c.first_seen_at) AS stated_at, max(c.last_seen_at) AS last_stated_at,
                   bool_or(f.version IS NOT NULL) AS is_latest,
                   unnest(arg_min(struct_pack(delivery_id := c.delivery_id, row_number := c.row_number,
                                              line_number := c.line_number),
                                  struct_pack(t := c.first_seen_at, d := c.delivery_id, r := c.row_number))),
                   NULL::TIMESTAMPTZ AS revoked_at, NULL::UUID AS edit_id
            FROM content c
            LEFT JOIN record_field f ON f.record_key = c.record_key AND f.version = c.version AND f.field = $2
            GROUP BY c.record_key, c.value, c.island
            UNION ALL
            SELECT r.record_key, d.value, d.decided_at, d.decided_at, d.revoked_at IS NULL, d.decision_id, d.row_number,
                   NULL, d.revoked_at, d.decision_id
            FROM decision d JOIN decision_record r USING (decision_id)
            WHERE r.record_key IN (FROM member) AND d.kind IN ('edit', 'pin') AND d.field = $2
              AND coalesce(r.side, 0) = 0
        )
        SELECT v.value, v.stated_at, v.last_stated_at, v.is_latest, r.source, r.record_id, d.file_name, v.line_number,
               {ROW} AS row_number, w.actor, w.decided_at, w.decision_id, v.revoked_at, v.record_key,
               v.edit_id
        FROM answer v LEFT JOIN record r USING (record_key) {ORIGIN}
        ORDER BY v.stated_at, v.last_stated_at, r.source, r.record_id, v.record_key, v.value, v.edit_id""",
        [contact_id, field],
    )
