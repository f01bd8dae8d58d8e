"""Records of ids that were given to several people: which contents are whose, and moving them where they belong."""

import polars as pl

from pipelines.ids import contact_ids
from pipelines.store.ingest.records import refresh_fields
from pipelines.store.warehouse.connection import Connection, query, register


def ids_in_question(connection: Connection, named: pl.DataFrame) -> pl.Series:
    """Which of these ids (id_key, name_tokens of named rows) are known by another name, or by several people."""
    with register(connection, incoming=named.unique()):
        return query(
            connection,
            """
            SELECT DISTINCT n.id_key
            FROM incoming n
            JOIN record_field f ON f.record_key = n.id_key::UUID AND f.field = 'name'
            JOIN source_record s ON s.record_key = f.record_key AND s.version = f.version
            WHERE s.name_tokens <> n.name_tokens
            UNION SELECT n.id_key FROM incoming n JOIN reused_id u ON u.id_key = n.id_key::UUID""",
        )["id_key"]


def reused_among(connection: Connection, ids: pl.Series) -> pl.Series:
    """Those of these ids (keys) that several people have borne."""
    with register(connection, asked=ids.unique().to_frame("id_key")):
        return query(connection, "SELECT id_key FROM reused_id WHERE id_key IN (SELECT id_key::UUID FROM asked)")[
            "id_key"
        ]


def ids_with_several_names(connection: Connection, sources: list[str]) -> pl.Series:
    """Ids (keys) of records of these sources that have had several names."""
    with register(connection, lists=pl.DataFrame({"source": sources}, schema={"source": pl.String})):
        return query(
            connection,
            """
            SELECT record_key AS id_key FROM record r JOIN source_record s USING (record_key)
            WHERE r.source IN (FROM lists) AND r.record_id IS NOT NULL AND len(s.name_tokens) > 0
            GROUP BY record_key HAVING count(DISTINCT s.name_tokens) > 1 ORDER BY record_key""",
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
            WHERE r.record_key IN (SELECT id_key::UUID FROM asked) OR r.id_key IN (SELECT id_key::UUID FROM asked)
            ORDER BY id_key, s.version""",
        )


def stored_points(connection: Connection, records: pl.Series) -> pl.DataFrame:
    """Identifiers that contents of these records state: record_key, version, normalised."""
    with register(connection, wanted=records.unique().to_frame("record_key")):
        return query(
            connection,
            """
            SELECT DISTINCT record_key, version, normalised FROM identifier
            WHERE record_key IN (SELECT record_key::UUID FROM wanted) ORDER BY ALL""",
        )


def keep_people(
    connection: Connection, ids: pl.Series, newcomers: pl.DataFrame, moves: pl.DataFrame, heirs: pl.DataFrame
) -> None:
    """Let contents be of the records of their people.

    Args:
        connection: The warehouse.
        ids: Ids (keys) that several people have borne.
        newcomers: Records to be made, of people whose contents are stored already: record_key, id_key, source,
            record_id, in order.
        moves: Contents that go to another record: record_key, version, key.
        heirs: Records of which nothing is left, and to which their contents went: record_key, key.
    """
    newcomers = newcomers.with_columns(anchor_id=contact_ids(newcomers["record_key"]))
    with register(connection, reused=ids.to_frame("id_key"), newcomer=newcomers.with_row_index("nth")):
        connection.execute("INSERT OR IGNORE INTO reused_id SELECT id_key, id_key FROM reused")
        connection.execute("""
            INSERT INTO record (record_key, source, record_id, ingest_seq, anchor_id, id_key)
            SELECT record_key, source, record_id, nextval('ingest_seq'), anchor_id, id_key FROM newcomer
            ORDER BY nth""")
    if moves.is_empty():
        return
    with register(connection, moving=moves, emptied=heirs, newcomer=newcomers):
        _part_decisions(connection)
        for table in ("source_record", "identifier", "in_this_delivery"):
            connection.execute(f"""
                UPDATE {table} t SET record_key = m.key::UUID FROM moving m
                WHERE t.record_key = m.record_key::UUID AND t.version = m.version::UUID""")
        connection.execute(
            "UPDATE record r SET heir_key = e.key::UUID FROM emptied e WHERE r.record_key = e.record_key::UUID"
        )
        connection.execute("""
            UPDATE reused_id u SET record_key = e.key::UUID FROM emptied e
            WHERE u.record_key = e.record_key::UUID""")
    concerned = pl.concat([moves["record_key"], moves["key"]]).unique().sort().to_frame("record_key")
    with register(connection, concerned=concerned):
        connection.execute(
            "INSERT INTO work_queue SELECT step, record_key FROM concerned, (VALUES ('match'), ('contacts')) t(step)"
        )
    refresh_fields(connection, concerned)


def _part_decisions(connection: Connection) -> None:
    """Let what was decided about a record be about the newcomer who had spoken last for it when it was decided."""
    connection.execute("""
        UPDATE decision_record r SET record_key = s.key::UUID
        FROM (
            SELECT r.decision_id, r.record_key,
                   arg_max(m.key, struct_pack(a := v.received_at, t := s.last_seen_at, v := s.version)) AS key
            FROM (SELECT DISTINCT record_key::UUID AS record_key FROM moving) c
            JOIN decision_record r USING (record_key)
            JOIN decision d USING (decision_id)
            JOIN source_record s USING (record_key)
            JOIN delivery v ON v.delivery_id = s.delivery_id AND v.received_at <= d.decided_at
            LEFT JOIN moving m ON m.record_key::UUID = s.record_key AND m.version::UUID = s.version
            GROUP BY r.decision_id, r.record_key
        ) s
        WHERE r.decision_id = s.decision_id AND r.record_key = s.record_key
          AND s.key IN (SELECT record_key FROM newcomer)""")


def records_with_heirs(connection: Connection) -> pl.DataFrame:
    """Records of which nothing is left, and those that what they said went to: record_key, heir_key."""
    return query(
        connection,
        "SELECT record_key, heir_key FROM record WHERE heir_key IS NOT NULL ORDER BY record_key",
    )
