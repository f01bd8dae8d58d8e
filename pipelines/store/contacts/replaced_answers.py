"""Answers of records whose id is somebody else's now: a newer one of the same contact and source replaces them."""

from collections.abc import Sequence

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register


def replaced_answers(connection: Connection, contacts: pl.Series, fields: Sequence[str]) -> pl.DataFrame:
    """Records of these contacts whose answer to one of `fields` (`attr.<name>`) was replaced: record_key, field.

    It has to be a record that no longer has its id. Another one of the same contact and source replaces its answer if
    it gave its own after that was last stated: what it had said all along, and goes on saying, is no newer answer. A
    record has given its answer anew if its id was another person's in between, or if it said something else.
    """
    if not fields:
        return pl.DataFrame(schema={"record_key": pl.String, "field": pl.String})
    with register(connection, scope=contacts.to_frame("contact_id")):
        return query(
            connection,
            """
            WITH member AS MATERIALIZED (
                SELECT m.contact_id, r.source, r.record_key, coalesce(r.id_key, r.record_key) AS id_key
                FROM membership m JOIN record r USING (record_key)
                WHERE m.run_to IS NULL AND m.contact_id IN (SELECT contact_id::UUID FROM scope)
            ),
            former AS MATERIALIZED (FROM member SEMI JOIN former_record USING (record_key)),
            answer AS MATERIALIZED (
                SELECT m.*, f.field, s.attributes[substr(f.field, 6)] AS value, f.observed_at AS last_at
                FROM member m
                SEMI JOIN former USING (contact_id, source)
                JOIN record_field f USING (record_key)
                JOIN source_record s USING (record_key, version)
                WHERE list_contains($1::VARCHAR[], f.field) AND s.attributes[substr(f.field, 6)] IS NOT NULL
                  AND NOT coalesce(list_contains(s.fills, f.field), FALSE)
            ),
            said AS MATERIALIZED (  -- by whoever has had the id
                SELECT a.record_key, a.field, a.last_at, s.first_seen_at, s.last_seen_at,
                       s.record_key = a.record_key AND coalesce(s.attributes[substr(a.field, 6)] = a.value, FALSE)
                           AS is_same,
                       s.record_key = a.record_key AND s.attributes[substr(a.field, 6)] IS NULL
                           AND NOT list_contains(s.cleared, a.field) AS is_silent
                FROM answer a
                JOIN record b ON coalesce(b.id_key, b.record_key) = a.id_key
                JOIN source_record s ON s.record_key = b.record_key
            ),
            interrupted AS (
                SELECT record_key, field, max(seen_at) AS interrupted_at
                FROM (SELECT *, unnest([first_seen_at, last_seen_at]) AS seen_at FROM said
                      WHERE NOT is_same AND NOT is_silent)
                WHERE seen_at < last_at GROUP BY record_key, field
            ),
            given AS (
                SELECT record_key, field, any_value(interrupted_at) AS interrupted_at, min(first_seen_at) AS given_at
                FROM said LEFT JOIN interrupted USING (record_key, field)
                WHERE is_same AND coalesce(last_seen_at > interrupted_at, TRUE) GROUP BY record_key, field
            )
            SELECT DISTINCT o.record_key, o.field
            FROM answer o
            SEMI JOIN former USING (record_key)
            JOIN answer n USING (contact_id, source, field)
            JOIN given g ON g.record_key = n.record_key AND g.field = n.field
            WHERE n.record_key <> o.record_key AND n.last_at > o.last_at
              AND (g.given_at > o.last_at OR coalesce(g.interrupted_at >= o.last_at, FALSE))
            ORDER BY o.record_key, o.field""",
            [list(fields)],
        )
