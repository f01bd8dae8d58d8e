"""Suppression: whoever was erased must not come back with the next delivery.

What is stored are HMAC-SHA256 digests with the identity key, which is nowhere in the warehouse (`keyed_digest`). Nobody
can be read from them, not even by trying every phone number. An identifier that others bear as well suppresses nobody
by itself, only together with the name.
"""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from pipelines.normalise.text import match_form
from pipelines.store.privacy.subject import ONE_KIND, Subject
from pipelines.store.warehouse.connection import Connection, query, register, value

DIGEST = "keyed_digest('suppression', {0})"
ALONE, WITH_NAME, OF_RECORD = "identifier|", "shared|", "record|"
BY_IDENTIFIER = "type || '|' || scope || '|' || value"


def is_anybody_suppressed(connection: Connection) -> bool:
    """Whether anything is suppressed at all: most projects need not look further."""
    return bool(value(connection, "SELECT count(*) FROM (FROM suppression LIMIT 1)"))


def suppress(connection: Connection, number: int, subject: Subject, now: datetime) -> int:
    """Suppress what a subject is known by, once; how many tokens stand for it."""
    names = pl.concat([_forms(subject.names), pl.Series("form", [""])]).to_frame()
    records = subject.records.to_frame("record_key")
    with register(connection, own=subject.identifiers, called=names, mine=records):
        connection.execute(
            f"""
            INSERT INTO suppression
            SELECT DISTINCT token, $1, $2 FROM (
                SELECT {DIGEST.format(f"'{ALONE}' || {BY_IDENTIFIER}")} AS token FROM own WHERE NOT is_shared
                UNION ALL
                SELECT {DIGEST.format(f"'{WITH_NAME}' || {BY_IDENTIFIER} || '|' || form")} FROM own, called
                WHERE is_shared AND form <> ''
                UNION ALL
                SELECT {DIGEST.format(f"'{OF_RECORD}' || record_key || '|' || form")} FROM mine, called)
            WHERE token NOT IN (SELECT token FROM suppression)""",
            [number, now],
        )
        connection.execute(
            """
            INSERT INTO suppressed_key SELECT DISTINCT record_key::UUID, $1, $2 FROM mine
            WHERE record_key::UUID NOT IN (SELECT key FROM suppressed_key)""",
            [number, now],
        )
    return len(tokens_of(connection, number))


def tokens_of(connection: Connection, number: int) -> list[str]:
    """The tokens of a request, sorted."""
    return query(connection, "SELECT token FROM suppression WHERE number = ? ORDER BY token", [number])[
        "token"
    ].to_list()


def lift(connection: Connection, number: int) -> int:
    """Let whom a request suppressed come back; how many tokens went."""
    tokens = len(tokens_of(connection, number))
    for table in ("suppression", "suppressed_key", "returned_person"):
        connection.execute(f"DELETE FROM {table} WHERE number = ?", [number])
    return tokens


def suppressed_rows(
    connection: Connection, rows: pl.DataFrame, identifiers: pl.DataFrame, *, every_record: bool = False
) -> pl.DataFrame:
    """Rows that are of somebody who is suppressed: row, number (of the request).

    Args:
        connection: The warehouse.
        rows: row, record_key, name.
        identifiers: row, type, scope, normalised, match_keys.
        every_record: Look at records and names of all rows, not of those alone whose records are known as suppressed.
    """
    of_record = "TRUE" if every_record else "record_key::UUID IN (SELECT key FROM suppressed_key)"
    named = rows.select("row", "record_key", form=match_form(pl.col("name")).fill_null(""))
    with register(connection, arriving=named, known_by=identifiers.select(IDENTIFIED)):
        return query(
            connection,
            f"""
            WITH spoken AS (
                SELECT DISTINCT row, {ONE_KIND.format("k")} AS type, scope, v.value
                FROM known_by k, unnest(list_distinct(list_append(match_keys, normalised))) v(value)
                WHERE normalised IS NOT NULL
            ),
            token AS (
                SELECT row, {DIGEST.format(f"'{ALONE}' || {BY_IDENTIFIER}")} AS token FROM spoken
                UNION ALL
                SELECT row, {DIGEST.format(f"'{WITH_NAME}' || {BY_IDENTIFIER} || '|' || form")}
                FROM spoken JOIN arriving USING (row) WHERE form <> ''
                UNION ALL
                SELECT row, {DIGEST.format(f"'{OF_RECORD}' || record_key || '|' || form")} FROM arriving
                WHERE {of_record}
            )
            SELECT row, min(number) AS number FROM token JOIN suppression USING (token) GROUP BY row ORDER BY row""",
        )


IDENTIFIED = ("row", "type", "scope", "normalised", "match_keys")


def suppress_keys(connection: Connection, keys: pl.DataFrame) -> None:
    """Suppress records, and conversations with nobody else, by their keys: key, number. They count from the erasure."""
    with register(connection, met=keys):
        connection.execute("""
            INSERT INTO suppressed_key
            SELECT DISTINCT ON (key) key::UUID, number,
                   coalesce((SELECT min(since) FROM suppression s WHERE s.number = met.number), now())
            FROM met WHERE key::UUID NOT IN (SELECT key FROM suppressed_key)
            ORDER BY key, number""")


def suppressed_among(connection: Connection, keys: pl.Series) -> pl.DataFrame:
    """Those of these keys that are suppressed: key, number, since."""
    with register(connection, asked=keys.unique().drop_nulls().alias("key").to_frame()):
        return query(
            connection,
            "SELECT key, number, since FROM suppressed_key WHERE key IN (SELECT key::UUID FROM asked) ORDER BY key",
        )


def keep_returned(connection: Connection, messages: pl.DataFrame) -> None:
    """Note that somebody suppressed has written: number, delivery_id, row_number, sent_at. Nothing of it is stored."""
    with register(connection, arriving=messages):
        connection.execute("""
            INSERT INTO returned_person BY NAME
            SELECT number, delivery_id::UUID AS delivery_id, row_number, sent_at FROM arriving a
            WHERE NOT EXISTS (FROM returned_person r
                              WHERE r.delivery_id = a.delivery_id::UUID AND r.row_number = a.row_number)""")


def returned(connection: Connection) -> pl.DataFrame:
    """Who has written since they were erased: number, source, messages, since, last."""
    return query(
        connection,
        """
        SELECT number, d.source, count(*) AS messages, min(sent_at) AS since, max(sent_at) AS last
        FROM returned_person JOIN delivery d USING (delivery_id) GROUP BY ALL ORDER BY number, d.source""",
    )


def counts(connection: Connection) -> pl.DataFrame:
    """How much is suppressed, by request: number, tokens, since."""
    return query(
        connection, "SELECT number, count(*) AS tokens, min(since) AS since FROM suppression GROUP BY number ORDER BY 1"
    )


def tokens_in_texts(connection: Connection, values: Sequence[tuple[int, str, str]]) -> pl.Series:
    """Numbers of the places in which an identifier that is suppressed alone stands: (place, type, value)."""
    schema = {"row": pl.UInt32, "type": pl.String, "value": pl.String}
    with register(connection, spoken=pl.DataFrame(values, schema=schema, orient="row").with_columns(scope=pl.lit(""))):
        return query(
            connection,
            f"""SELECT DISTINCT row FROM spoken
                WHERE {DIGEST.format(f"'{ALONE}' || {BY_IDENTIFIER}")} IN (SELECT token FROM suppression)""",
        )["row"]


def _forms(names: pl.Series) -> pl.Series:
    return names.to_frame("form").select(match_form(pl.col("form"))).to_series().drop_nulls().unique().sort()
