"""Records and all they have said. Every write gives the same rows in whatever order deliveries arrive.

A record keeps one row per distinct content it ever had, with the span of declared times it was seen in: `min` and `max`
are all that a later arrival can do.
"""

import polars as pl

from pipelines.store.ingest.newcomers import (
    anchors,
    are_newcomers,
    insert_only_fields,
    keep_newcomers,
    known_records,
)
from pipelines.store.ingest.running_best import running_best
from pipelines.store.warehouse.connection import Connection, query, register
from schemas.contact_list import Mode
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome


def keep_records(connection: Connection, records: pl.DataFrame, identifiers: pl.DataFrame) -> pl.DataFrame:
    """Store contact rows and say what became of each: row, outcome.

    `records` and `identifiers` are what `pipelines.ingest.records` makes of a chunk, refused rows left out, with their
    places (`deliveries.placed`) and what `pipelines.ingest.row_precedence` adds. Of several deliveries, each row
    becomes what it would have if they had come one after the other.
    """
    if records.is_empty():
        return records.select("row", outcome=pl.lit(None, pl.String))
    if are_newcomers(connection, records):
        return keep_newcomers(connection, records, identifiers)
    arriving = _judged(connection, records)
    by_content = ["record_key", "version"]
    first = (
        arriving.sort("observed_at", "declared_at", "delivery_id", "place", "correction", "row")
        .unique(by_content, keep="first")
        .rename({"observed_at": "first_seen_at"})
        .drop("correction")
    )
    last = (
        arriving.sort("observed_at", "place", "correction", "row")
        .unique(by_content, keep="last", maintain_order=True)
        .select(*by_content, "correction", last_seen_at="observed_at", last_row="place")
    )
    contents = first.join(last, on=by_content)
    newcomers = arriving.filter(~pl.col("known")).sort("row").unique("record_key", keep="first", maintain_order=True)
    newcomers = newcomers.with_columns(anchor_id=anchors(connection, newcomers["record_key"]))
    alone = contents.filter(~pl.col("has_content"), pl.len().over("record_key") == 1)
    with register(connection, content=contents, newcomer=newcomers, incoming_identifier=identifiers):
        _insert_records(connection)
        changed = _widen_sightings(connection)
    insert_only_fields(connection, alone.rename({"last_seen_at": "observed_at"}), identifiers)
    refresh_fields(connection, changed.join(alone, on="record_key", how="anti"))
    return arriving.select(
        "row",
        outcome=pl.when("repeated")
        .then(pl.lit(Outcome.DUPLICATE_IN_FILE.value))
        .when("is_latest")
        .then(pl.lit(Outcome.UNCHANGED.value))
        .when(pl.col("known") | pl.col("is_another"))
        .then(pl.lit(Outcome.UPDATED.value))
        .otherwise(pl.lit(Outcome.CREATED.value)),
    )


def excluded_by_mode(
    connection: Connection, mode: Mode, records: pl.DataFrame, identifiers: pl.DataFrame
) -> pl.DataFrame:
    """Rows that the mode of their source leaves out: row, code. What this delivery has brought itself is not known.

    People are known by their record, or by an identifier that a record of any source has. `add_only` leaves out what
    says something new of those who were known, `update_only` those who were not.
    """
    known = pl.col("record_key").is_in(_known_before(connection, records).implode())
    met = pl.col("row").is_in(_met_before(connection, identifiers).implode())
    if mode is Mode.ADD_ONLY:
        latest = _judged(connection, records).filter("is_latest").select("row")
        left = records.filter(known | met).join(latest, on="row", how="anti")
        return left.select("row", code=pl.lit(ErrorCode.ROW_KNOWN.value))
    return records.filter(~known, ~met).select("row", code=pl.lit(ErrorCode.ROW_UNKNOWN.value))


def _known_before(connection: Connection, records: pl.DataFrame) -> pl.Series:
    """Keys of the records that were there before this delivery."""
    with register(connection, incoming=records.select("record_key").unique()):
        return query(
            connection,
            """
            SELECT record_key FROM record
            WHERE record_key IN (SELECT record_key::UUID FROM incoming)
              AND record_key NOT IN (FROM new_in_this_delivery)""",
        )["record_key"]


def _met_before(connection: Connection, identifiers: pl.DataFrame) -> pl.Series:
    """Numbers of the rows with an identifier by which a record was known before this delivery."""
    with register(connection, incoming=identifiers):
        return query(
            connection,
            """
            SELECT DISTINCT n.row FROM incoming n
            JOIN identifier i ON i.normalised = n.normalised AND i.scope = n.scope
                AND replace(i.type, 'wa_id', 'phone') = replace(n.type, 'wa_id', 'phone')
            WHERE i.record_key NOT IN (FROM new_in_this_delivery)""",
        )["row"]


def _judged(connection: Connection, records: pl.DataFrame) -> pl.DataFrame:
    """Rows with what they mean beside what was there when their delivery came.

    `known`: the record is stored. `has_content`: so is a content of it. `is_another`: an earlier row is of the same
    record. `seen`: its content is stored. `repeated`: its delivery has said the same of it before. `is_latest`: the
    record said just that when it came.
    """
    stored = _contents(connection, records)
    by_content = ["record_key", "version"]
    arriving = records.join(stored.select(*by_content, "in_delivery"), on=by_content, how="left").with_columns(
        known=pl.col("record_key").is_in(known_records(connection, records).implode()),
        has_content=pl.col("record_key").is_in(stored["record_key"].implode()),
        seen=pl.col("in_delivery").is_not_null(),
        is_another=pl.col("row") > pl.col("row").min().over("record_key"),
        repeated=pl.col("in_delivery").fill_null(value=False)
        | (pl.col("row") > pl.col("row").min().over(*by_content, "delivery_id")),
        turn=pl.col("row").min().over("record_key", "delivery_id"),
    )
    order = ["observed_at", "place", "correction", "version"]
    said = pl.concat([stored.select("record_key", "turn", *order), arriving.select("record_key", "turn", *order)])
    ranked = said.sort(order, descending=True).with_row_index("rank")
    latest = running_best(ranked, "record_key").join(ranked.select("rank", "version"), on="rank")
    return arriving.join(
        latest.select(*by_content, "turn", is_latest=pl.lit(value=True)), on=[*by_content, "turn"], how="left"
    ).with_columns(pl.col("is_latest").fill_null(value=False))


def _contents(connection: Connection, records: pl.DataFrame) -> pl.DataFrame:
    """Contents the warehouse holds of these records.

    Columns record_key, version, in_delivery (the delivery that is being stored has brought it), turn (before all rows),
    and what puts the later one first: observed_at, place, correction.
    """
    with register(connection, incoming=records.select("record_key").unique()):
        return query(
            connection,
            """
            SELECT s.record_key, s.version, (s.record_key, s.version) IN (FROM in_this_delivery) AS in_delivery,
                   0::UINTEGER AS turn, s.last_seen_at AS observed_at, s.last_row AS place, s.correction
            FROM source_record s
            WHERE s.record_key IN (SELECT record_key::UUID FROM incoming)""",
        )


def _insert_records(connection: Connection) -> None:
    connection.execute("""
        INSERT INTO record (record_key, source, record_id, ingest_seq, anchor_id, id_key)
        SELECT record_key, source, record_id, nextval('ingest_seq'), anchor_id, id_key FROM newcomer ORDER BY row""")
    connection.execute("INSERT INTO new_in_this_delivery SELECT record_key FROM newcomer")
    connection.execute("""
        INSERT INTO identifier
        SELECT c.record_key, c.version, i.type, i.scope, i.raw, i.normalised, i.validity, i.is_role, i.match_keys,
               i.field, i.position
        FROM incoming_identifier i JOIN content c USING (row) WHERE NOT c.seen""")
    connection.execute("""
        INSERT INTO source_record
        SELECT record_key, version, delivery_id, row_number, line, first_seen_at, last_seen_at, last_row, channel, name,
               first_name, last_name, name_tokens, tags, notes, map_from_entries(attributes), cleared, raw, fills,
               correction
        FROM content WHERE NOT seen""")


def _widen_sightings(connection: Connection) -> pl.DataFrame:
    """Stretch the span in which known contents were seen; the records that say something new (record_key).

    Those are left pending. A content comes from where it was seen first.
    """
    earlier = query(
        connection,
        """
        SELECT c.record_key, c.version, c.first_seen_at, c.delivery_id, c.row_number, c.line, c.raw
        FROM content c
        JOIN source_record s ON s.record_key = c.record_key::UUID AND s.version = c.version::UUID
        LEFT JOIN delivery d ON d.delivery_id = s.delivery_id
        WHERE c.seen AND (c.first_seen_at, c.declared_at, c.delivery_id::UUID, c.row_number)
                       < (s.first_seen_at, coalesce(d.declared_at, c.declared_at), s.delivery_id, s.row_number)""",
    )
    later = query(
        connection,
        """
        SELECT c.record_key, c.version, c.last_seen_at, c.last_row, c.correction
        FROM content c
        JOIN source_record s ON s.record_key = c.record_key::UUID AND s.version = c.version::UUID
        WHERE c.seen AND (c.last_seen_at, c.last_row, c.correction) > (s.last_seen_at, s.last_row, s.correction)""",
    )
    new = query(connection, "SELECT DISTINCT record_key FROM content WHERE NOT seen")
    changed = pl.concat([each.select("record_key") for each in (new, earlier, later)]).unique()
    with register(connection, earlier=earlier, later=later, changed=changed):
        connection.execute(
            "INSERT INTO work_queue SELECT step, record_key FROM changed, (VALUES ('match'), ('contacts')) t(step)"
        )
        if not earlier.is_empty():
            connection.execute("""
                UPDATE source_record s SET first_seen_at = c.first_seen_at, delivery_id = c.delivery_id::UUID,
                                           row_number = c.row_number, line_number = c.line, raw = c.raw
                FROM earlier c
                WHERE s.record_key = c.record_key::UUID AND s.version = c.version::UUID""")
        if not later.is_empty():
            connection.execute("""
                UPDATE source_record s
                SET last_seen_at = c.last_seen_at, last_row = c.last_row, correction = c.correction
                FROM later c
                WHERE s.record_key = c.record_key::UUID AND s.version = c.version::UUID""")
    connection.execute("INSERT INTO in_this_delivery SELECT record_key, version FROM content")
    return changed


def refresh_fields(connection: Connection, records: pl.DataFrame) -> None:
    """Say anew which content speaks for each field of these records (record_key)."""
    if records.is_empty():
        return
    with register(connection, changed=records):
        _refresh_fields(connection)


def _refresh_fields(connection: Connection) -> None:
    connection.execute("DELETE FROM record_field WHERE record_key IN (SELECT record_key::UUID FROM changed)")
    connection.execute("""
        INSERT INTO record_field
        WITH content AS (SELECT * FROM source_record WHERE record_key IN (SELECT record_key::UUID FROM changed)),
        spoken AS (
            SELECT record_key, version, 'name' AS field FROM content WHERE name IS NOT NULL
            UNION ALL SELECT record_key, version, 'channel' FROM content WHERE channel IS NOT NULL
            UNION ALL SELECT record_key, version, 'notes' FROM content WHERE notes IS NOT NULL
            UNION ALL SELECT record_key, version, 'tags' FROM content WHERE len(tags) > 0
            UNION ALL SELECT record_key, version, 'attr.' || unnest(map_keys(attributes)) FROM content
            UNION ALL SELECT record_key, version, unnest(cleared) FROM content
            UNION ALL SELECT DISTINCT record_key, version, type FROM identifier
            WHERE record_key IN (SELECT record_key::UUID FROM changed)
        )
        SELECT record_key, field, unnest(coalesce(
                   arg_max(struct_pack(version := version, observed_at := c.last_seen_at),
                           struct_pack(t := c.last_seen_at, r := c.last_row, n := c.correction, v := version))
                       FILTER (NOT coalesce(list_contains(c.fills, field), FALSE)),
                   first(struct_pack(version := version, observed_at := c.last_seen_at)
                         ORDER BY c.first_seen_at, CASE c.correction WHEN '' THEN c.row_number ELSE c.last_row END,
                                  c.correction DESC, version)))
        FROM spoken JOIN content c USING (record_key, version)
        GROUP BY record_key, field""")
