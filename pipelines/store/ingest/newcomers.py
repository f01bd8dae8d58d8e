"""Records that nobody has heard of: the contacts they are anchors of, and storing them, if each says one thing.

Nothing that is stored is about them, so nothing has to be looked at, judged or changed. Nearly all rows of a first
delivery are such.
"""

from collections.abc import Iterator
from itertools import count

import polars as pl

from pipelines.ids import contact_id, contact_ids
from pipelines.store.warehouse.connection import Connection, query, register, value
from schemas.vocabulary import Outcome

ERASED = "SELECT old_id FROM id_changes WHERE kind = 'erased'"  # ids that nobody gets again


def are_newcomers(connection: Connection, records: pl.DataFrame) -> bool:
    """Whether none of these rows is of a record that is stored, and no two are of one."""
    keys = records["record_key"]
    return keys.n_unique() == len(keys) and known_records(connection, records).is_empty()


def known_records(connection: Connection, records: pl.DataFrame) -> pl.Series:
    """Keys of the records that are stored, among those of these rows."""
    with register(connection, incoming=records.select("record_key").unique()):
        return query(
            connection, "SELECT record_key FROM record WHERE record_key IN (SELECT record_key::UUID FROM incoming)"
        )["record_key"]


def keep_newcomers(connection: Connection, records: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """Store such rows, which all are created: row, outcome. The arguments are those of `records.keep_records`."""
    newcomers = records.with_columns(anchor_id=anchors(connection, records["record_key"]))
    with register(connection, newcomer=newcomers, incoming_identifier=identifiers):
        connection.execute("""
            INSERT INTO record (record_key, source, record_id, ingest_seq, anchor_id, id_key)
            SELECT record_key, source, record_id, nextval('ingest_seq'), anchor_id, id_key
            FROM newcomer ORDER BY row""")
        connection.execute("""
            INSERT INTO identifier
            SELECT n.record_key, n.version, i.type, i.scope, i.raw, i.normalised, i.validity, i.is_role, i.match_keys,
                   i.field, i.position
            FROM incoming_identifier i JOIN newcomer n USING (row)""")
        connection.execute("""
            INSERT INTO source_record
            SELECT record_key, version, delivery_id, row_number, line, observed_at, observed_at, place, channel, name,
                   first_name, last_name, name_tokens, tags, notes, map_from_entries(attributes), cleared, raw, fills,
                   correction
            FROM newcomer""")
        connection.execute("""
            INSERT INTO work_queue SELECT step, record_key FROM newcomer, (VALUES ('match'), ('contacts')) t(step)""")
        connection.execute("INSERT INTO new_in_this_delivery SELECT record_key FROM newcomer")
        connection.execute("INSERT INTO in_this_delivery SELECT record_key, version FROM newcomer")
    insert_only_fields(connection, newcomers, identifiers)
    return records.select("row", outcome=pl.lit(Outcome.CREATED.value))


def insert_only_fields(connection: Connection, contents: pl.DataFrame, identifiers: pl.DataFrame) -> None:
    """Let records with a first and single content be what that says: nothing else speaks for any of their fields.

    `contents` has row, record_key, version, observed_at and all that is said; `identifiers` may be of more rows. What a
    person of the same key has left, who was told apart and is another one now, goes.
    """
    again = "DISTINCT" if contents["cleared"].list.len().sum() else ""  # what is cleared may be said elsewhere, too
    with register(connection, content=contents, incoming_identifier=identifiers):
        connection.execute("DELETE FROM record_field WHERE record_key IN (SELECT record_key::UUID FROM content)")
        connection.execute(f"""
            INSERT INTO record_field
            WITH spoken AS (
                SELECT record_key, version, observed_at, unnest(list_concat(
                           CASE WHEN name IS NOT NULL THEN ['name'] ELSE [] END,
                           CASE WHEN channel IS NOT NULL THEN ['channel'] ELSE [] END,
                           CASE WHEN notes IS NOT NULL THEN ['notes'] ELSE [] END,
                           CASE WHEN len(tags) > 0 THEN ['tags'] ELSE [] END,
                           list_transform(attributes, lambda a: 'attr.' || a.key), cleared)) AS field
                FROM content
                UNION ALL
                SELECT c.record_key, c.version, c.observed_at, i.type
                FROM (SELECT DISTINCT row, type FROM incoming_identifier) i JOIN content c USING (row)
            )
            SELECT {again} record_key, field, version, observed_at FROM spoken""")


def anchors(connection: Connection, records: pl.Series) -> pl.Series:
    """Ids of contacts for new records (keys).

    Where another person had the key before, and has taken the id along, or somebody was erased under it, it is that of
    the next incarnation.
    """
    ids = contact_ids(records)
    with register(connection, asked=pl.DataFrame([records.alias("record_key"), ids])):
        reused = query(
            connection,
            f"""SELECT record_key FROM asked WHERE record_key::UUID IN (SELECT id_key FROM reused_id)
                OR contact_id::UUID IN ({ERASED})""",
        )["record_key"]
    free = {key: next(each for each in _incarnations(key) if not _is_used(connection, each)) for key in reused}
    return pl.select(pl.coalesce(records.replace_strict(free, default=None, return_dtype=pl.String), ids)).to_series()


def _incarnations(record_key: str) -> Iterator[str]:
    return (contact_id(record_key, incarnation) for incarnation in count())


def _is_used(connection: Connection, contact: str) -> bool:
    used = f"SELECT anchor_id FROM record UNION ALL SELECT contact_id FROM membership UNION ALL {ERASED}"
    return bool(value(connection, f"SELECT count(*) > 0 FROM ({used}) WHERE anchor_id = ?", [contact]))
