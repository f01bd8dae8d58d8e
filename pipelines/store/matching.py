"""What matching reads and keeps: blocking keys, blocks, profiles, edges."""

import polars as pl

from pipelines.store.connection import Connection, lent, query


def stated_identifiers(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """Identifiers that records state now: record_key, type, normalised, is_role, match_keys."""
    with lent(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """
            SELECT i.record_key, i.type, i.normalised, i.is_role, i.match_keys
            FROM record_field f
            JOIN identifier i ON i.record_key = f.record_key AND i.version = f.version AND i.type = f.field
            WHERE f.record_key IN (SELECT record_key::UUID FROM wanted)
            ORDER BY i.record_key, i.type, i.normalised""",
        )


def profiles(connection: Connection, records: pl.Series, exclusive: list[str]) -> pl.DataFrame:
    """Names and exclusive attributes of records now: record_key, tokens, exclusive (List of "attribute=value")."""
    with lent(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """
            WITH wanted_key AS (SELECT record_key::UUID AS record_key FROM wanted),
            said AS (
                SELECT f.record_key, f.field, s.name_tokens, s.attributes
                FROM record_field f JOIN source_record s USING (record_key, version)
                WHERE f.record_key IN (SELECT record_key FROM wanted_key)
            ),
            held AS (
                SELECT record_key, list(substr(field, 6) || '=' || attributes[substr(field, 6)] ORDER BY field) AS held
                FROM said
                WHERE list_contains(?::VARCHAR[], substr(field, 6)) AND starts_with(field, 'attr.')
                  AND attributes[substr(field, 6)] IS NOT NULL
                GROUP BY record_key
            )
            SELECT k.record_key, coalesce(n.name_tokens, []) AS tokens, coalesce(h.held, []) AS exclusive
            FROM wanted_key k
            LEFT JOIN said n ON n.record_key = k.record_key AND n.field = 'name'
            LEFT JOIN held h ON h.record_key = k.record_key
            ORDER BY k.record_key""",
            [exclusive],
        )


def replace_keys(connection: Connection, subjects: pl.Series, keys: pl.DataFrame) -> pl.Series:
    """Give records their blocking keys (key, record_key) instead of those they had; all keys that either touches."""
    with lent(connection, subject=subjects.to_frame("record_key"), fresh=keys):
        touched = query(
            connection,
            """
            SELECT key FROM match_key WHERE record_key IN (SELECT record_key::UUID FROM subject)
            UNION SELECT key FROM fresh ORDER BY key""",
        )["key"]
        connection.execute("DELETE FROM match_key WHERE record_key IN (SELECT record_key::UUID FROM subject)")
        connection.execute("INSERT INTO match_key SELECT key, record_key FROM fresh")
    return touched


def block_members(connection: Connection, keys: pl.Series) -> pl.DataFrame:
    """Records of whole blocks: key, record_key."""
    with lent(connection, wanted=keys.to_frame("key")):
        return query(
            connection,
            "SELECT key, record_key FROM match_key WHERE key IN (SELECT key FROM wanted) ORDER BY key, record_key",
        )


def replace_blocks(connection: Connection, keys: pl.Series, states: pl.DataFrame) -> pl.Series:
    """Keep the state of blocks (key, records, state), and say which keys have another state than before."""
    with lent(connection, touched=keys.to_frame("key"), judged=states):
        changed = query(
            connection,
            """
            SELECT t.key FROM touched t
            LEFT JOIN match_block b USING (key) LEFT JOIN judged j USING (key)
            WHERE coalesce(b.state, 'plain') <> coalesce(j.state, 'plain') ORDER BY t.key""",
        )["key"]
        connection.execute("DELETE FROM match_block WHERE key IN (SELECT key FROM touched)")
        connection.execute("INSERT INTO match_block SELECT key, records, state FROM judged WHERE records > 1")
    return changed


def blocks_of(connection: Connection, subjects: pl.Series) -> pl.DataFrame:
    """Members of every block a subject is in, capped ones left out: key, record_key."""
    with lent(connection, subject=subjects.to_frame("record_key")):
        return query(
            connection,
            """
            SELECT m.key, m.record_key FROM match_key m JOIN match_block b USING (key)
            WHERE b.state <> 'capped'
              AND m.key IN (SELECT key FROM match_key WHERE record_key IN (SELECT record_key::UUID FROM subject))
            ORDER BY m.key, m.record_key""",
        )


def block_states(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """State of every block these records are in: key, state."""
    with lent(connection, wanted=records.to_frame("record_key")):
        return query(
            connection,
            """
            SELECT key, state FROM match_block
            WHERE key IN (SELECT key FROM match_key WHERE record_key IN (SELECT record_key::UUID FROM wanted))
            ORDER BY key""",
        )


def replace_edges(
    connection: Connection, subjects: pl.Series, edges: pl.DataFrame, model: str, run_id: str
) -> pl.Series:
    """Keep the edges of the subjects instead of those they had; every record at the end of either."""
    with lent(connection, subject=subjects.to_frame("record_key"), fresh=edges):
        connection.execute("CREATE OR REPLACE TEMP TABLE withdrawn (record_lo UUID, record_hi UUID)")
        connection.execute("""
            INSERT INTO withdrawn SELECT record_lo, record_hi FROM match_edge
            WHERE record_lo IN (SELECT record_key::UUID FROM subject)
               OR record_hi IN (SELECT record_key::UUID FROM subject)""")
        connection.execute("""
            DELETE FROM match_edge e USING withdrawn w
            WHERE e.record_lo = w.record_lo AND e.record_hi = w.record_hi""")
        connection.execute(
            """
            INSERT INTO match_edge
            SELECT record_lo, record_hi, zone, rule, probability, weight, evidence, ?, ? FROM fresh""",
            [model, run_id],
        )
        return query(
            connection,
            """
            SELECT record_lo AS record_key FROM withdrawn UNION SELECT record_hi FROM withdrawn
            UNION SELECT record_lo::UUID FROM fresh UNION SELECT record_hi::UUID FROM fresh ORDER BY 1""",
        )["record_key"]
