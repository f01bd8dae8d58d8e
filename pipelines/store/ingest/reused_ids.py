"""Records of ids that were given to several people: which contents are whose, and moving them where they belong."""

import polars as pl

from pipelines.store.ingest.newcomers import anchors
from pipelines.store.ingest.records import refresh_fields
from pipelines.store.warehouse.connection import Connection, query, register


def ids_in_question(connection: Connection, rows: pl.DataFrame) -> pl.Series:
    """Which of these ids (id_key, name_tokens of rows that arrive) have had several names, these among them."""
    with register(connection, incoming=rows.select("id_key").unique()):
        known = query(
            connection,
            """
            SELECT record_key AS id_key FROM record WHERE record_key IN (SELECT id_key::UUID FROM incoming)
            UNION ALL
            SELECT id_key FROM reused_id WHERE id_key IN (SELECT id_key::UUID FROM incoming)""",
        )["id_key"]
    again = rows.filter(pl.col("id_key").is_in(known.implode()) | pl.col("id_key").is_duplicated())
    if again.is_empty():  # whoever comes for the first time, and once, has one name
        return known.clear()
    with register(connection, incoming=again.select("id_key", "name_tokens").unique()):
        return query(
            connection,
            """
            WITH named AS (
                SELECT id_key::UUID AS id_key, name_tokens FROM incoming
                UNION ALL
                SELECT record_key, name_tokens FROM source_record
                WHERE record_key IN (SELECT id_key::UUID FROM incoming)
            )
            SELECT id_key FROM named WHERE len(name_tokens) > 0
            GROUP BY id_key HAVING min(name_tokens) <> max(name_tokens)
            UNION
            SELECT id_key FROM reused_id WHERE id_key IN (SELECT id_key::UUID FROM incoming)
            ORDER BY id_key""",
        )["id_key"]


def ids_with_several_names(connection: Connection, sources: list[str]) -> pl.Series:
    """Ids (keys) of records of these sources that have had several names."""
    with register(connection, lists=pl.DataFrame({"source": sources}, schema={"source": pl.String})):
        return query(
            connection,
            """
            SELECT coalesce(r.id_key, r.record_key) AS id_key FROM record r JOIN source_record s USING (record_key)
            WHERE r.source IN (FROM lists) AND r.record_id IS NOT NULL AND len(s.name_tokens) > 0
            GROUP BY ALL HAVING min(s.name_tokens) <> max(s.name_tokens) ORDER BY id_key""",
        )["id_key"]


def stored_contents(connection: Connection, ids: pl.Series) -> pl.DataFrame:
    """What has been said under these ids (keys).

    Columns id_key, record_key, version, source, record_id, ingest_seq, name_tokens, first_at, first_place, last_at and
    last_place.
    """
    with register(connection, asked=ids.to_frame("id_key")):
        return query(
            connection,
            """
            SELECT coalesce(r.id_key, r.record_key) AS id_key, s.record_key, s.version, r.source, r.record_id,
                   r.ingest_seq, s.name_tokens, s.first_seen_at AS first_at, s.row_number AS first_place,
                   s.last_seen_at AS last_at, s.last_row AS last_place
            FROM source_record s JOIN record r USING (record_key)
            WHERE coalesce(r.id_key, r.record_key) IN (SELECT id_key::UUID FROM asked)
            ORDER BY id_key, s.version""",
        )


def stored_points(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """Identifiers that contents of these records state, in all their spellings: record_key, version, normalised."""
    with register(connection, wanted=records.unique().to_frame("record_key")):
        return query(
            connection,
            """
            SELECT DISTINCT record_key, version, unnest(list_append(match_keys, normalised)) AS normalised
            FROM identifier WHERE record_key IN (SELECT record_key::UUID FROM wanted) ORDER BY ALL""",
        )


def keep_people(
    connection: Connection,
    ids: pl.Series,
    renamed: pl.DataFrame,
    fresh: pl.Series,
    newcomers: pl.DataFrame,
    moves: pl.DataFrame,
    heirs: pl.DataFrame,
) -> None:
    """Let contents be of the records of their people.

    Args:
        connection: The warehouse.
        ids: Ids (keys) that several people have borne.
        renamed: Records with another key from now on: record_key, key, id_key.
        fresh: Keys of people who had no record until now.
        newcomers: Records of theirs to be made, of people whose contents are stored already: key, id_key, source and
            record_id.
        moves: Contents that go to another record: record_key (from now on), version, key.
        heirs: Records of which nothing is left, and to which their contents went: record_key, key.
    """
    with register(connection, reused=ids.to_frame("id_key"), renamed=renamed):
        connection.execute("INSERT OR IGNORE INTO reused_id SELECT id_key, id_key FROM reused")
        if not renamed.is_empty():
            _rename(connection)
    newcomers = newcomers.with_columns(anchor_id=anchors(connection, newcomers["key"])).with_row_index("nth")
    with register(connection, newcomer=newcomers, moving=moves, emptied=heirs):
        connection.execute("""
            INSERT INTO record (record_key, source, record_id, ingest_seq, anchor_id, id_key)
            SELECT key, source, record_id, nextval('ingest_seq'), anchor_id, id_key FROM newcomer ORDER BY nth""")
        if not moves.is_empty():
            _part_decisions(connection, fresh)
            _move(connection)
    _leave_pending(connection, ids)
    keys = pl.concat([each.cast(pl.String) for each in (moves["record_key"], moves["key"], renamed["key"])])
    concerned = keys.unique().sort().to_frame("record_key")
    with register(connection, concerned=concerned):
        connection.execute(
            "INSERT INTO work_queue SELECT step, record_key FROM concerned, (VALUES ('match'), ('contacts')) t(step)"
        )
    refresh_fields(connection, concerned)


def _move(connection: Connection) -> None:
    """Give contents to the records of their people, and emptied records their heirs."""
    for table in ("source_record", "identifier", "in_this_delivery"):
        connection.execute(f"""
            UPDATE {table} t SET record_key = m.key::UUID FROM moving m
            WHERE t.record_key = m.record_key::UUID AND t.version = m.version::UUID""")
    for table, column in (("record", "heir_key"), ("reused_id", "record_key")):
        connection.execute(f"""
            UPDATE {table} t SET {column} = e.key::UUID FROM emptied e WHERE t.record_key = e.record_key::UUID""")


def _leave_pending(connection: Connection, ids: pl.Series) -> None:
    """Let matching look at the bearers of these ids whom merges of their source may mean: that may be others now."""
    with register(connection, reused=ids.to_frame("id_key")):
        connection.execute("""
            INSERT INTO work_queue
            SELECT 'match', record_key FROM id_bearer
            WHERE id_key IN (SELECT id_key::UUID FROM reused)
              AND id_key IN (SELECT record_key FROM source_merge UNION SELECT into_key FROM source_merge)""")


KEYED_BY_RECORD = (
    "source_record", "identifier", "record_field", "membership", "decision_record", "work_queue", "blocking_key",
    "compared_identifier", "in_this_delivery", "new_in_this_delivery", "reused_id",
)  # fmt: skip


def _rename(connection: Connection) -> None:
    """Give records other keys, and take out what is derived of pairs of them: they are matched and merged anew."""
    connection.execute("""
        UPDATE record r SET record_key = n.key::UUID, id_key = n.id_key::UUID FROM renamed n
        WHERE r.record_key = n.record_key::UUID""")
    for table in KEYED_BY_RECORD:
        connection.execute(f"""
            UPDATE {table} t SET record_key = n.key::UUID FROM renamed n WHERE t.record_key = n.record_key::UUID""")
    for table in ("match_edge", "vetoed_edge", "pooled_join"):
        connection.execute(f"""
            DELETE FROM {table} WHERE record_lo IN (SELECT record_key::UUID FROM renamed)
                                   OR record_hi IN (SELECT record_key::UUID FROM renamed)""")


def _part_decisions(connection: Connection, fresh: pl.Series) -> None:
    """Let what was decided about a record be about the person who had spoken last for it when it was decided.

    `fresh`: keys of people who had no record until now. A content has spoken when it was first received, and once more
    when the delivery was of the day on which it was last seen.
    """
    with register(connection, fresh=fresh.to_frame("key")):
        connection.execute("""
            UPDATE decision_record r SET record_key = s.key::UUID
            FROM (
                WITH content AS (
                    SELECT s.record_key, s.version, s.first_seen_at, s.last_seen_at, v.source, v.received_at, m.key
                    FROM source_record s
                    JOIN delivery v USING (delivery_id)
                    LEFT JOIN moving m ON m.record_key::UUID = s.record_key AND m.version::UUID = s.version
                    WHERE s.record_key IN (SELECT record_key::UUID FROM moving)
                ),
                spoken AS (
                    SELECT record_key, version, key, first_seen_at AS seen_at, received_at FROM content
                    UNION ALL
                    SELECT c.record_key, c.version, c.key, c.last_seen_at, v.received_at
                    FROM content c JOIN delivery v ON v.source = c.source AND v.declared_at = c.last_seen_at
                )
                SELECT r.decision_id, r.record_key,
                       arg_max(coalesce(s.key, ''),
                               struct_pack(t := s.seen_at, a := s.received_at, v := s.version)) AS key
                FROM decision_record r
                JOIN decision d USING (decision_id)
                JOIN spoken s ON s.record_key = r.record_key AND s.received_at <= d.decided_at
                GROUP BY r.decision_id, r.record_key
            ) s
            WHERE r.decision_id = s.decision_id AND r.record_key = s.record_key AND s.key IN (SELECT key FROM fresh)""")


def enqueue_other_bearers(connection: Connection) -> None:
    """Let contacts be derived anew whose ids others have had of whom something new is known: they may be former now."""
    connection.execute("""
        INSERT INTO work_queue
        SELECT 'contacts', record_key FROM id_bearer
        WHERE id_key IN (SELECT id_key FROM id_bearer SEMI JOIN (FROM work_queue WHERE step = 'contacts')
                                                      USING (record_key))""")


def records_with_heirs(connection: Connection) -> pl.DataFrame:
    """Records of which nothing is left, and those that what they said went to: record_key, heir_key."""
    return query(
        connection,
        "SELECT record_key, heir_key FROM record WHERE heir_key IS NOT NULL ORDER BY record_key",
    )
