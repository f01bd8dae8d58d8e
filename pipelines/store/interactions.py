"""Conversations, messages and events, each once, whatever the order in which deliveries bring them.

A message is kept as the earliest declared delivery has it, a thread as the latest.
"""

import polars as pl

from pipelines.store.connection import Connection, lent, query
from pipelines.store.deliveries import Delivery
from schemas.vocabulary import Outcome


def keep_conversations(connection: Connection, delivery: Delivery, conversations: pl.DataFrame) -> None:
    """Store threads, as the latest delivery that speaks of them has them.

    `conversations`: conversation_id, channel, title, is_group, status.
    """
    with lent(connection, arriving=conversations):
        connection.execute(
            """
            DELETE FROM conversation c USING delivery d, arriving a
            WHERE d.delivery_id = c.delivery_id AND a.conversation_id::UUID = c.conversation_id
              AND (?::TIMESTAMPTZ, ?::UUID) > (d.declared_at, d.delivery_id)""",
            [delivery.declared_at, delivery.delivery_id],
        )
        connection.execute(
            """
            INSERT OR IGNORE INTO conversation
            SELECT conversation_id, ?, channel, title, is_group, status, ? FROM arriving""",
            [delivery.source, delivery.delivery_id],
        )


MESSAGE = (
    "message_id, conversation_id, record_key, direction, sender, kind, text, sent_at, precision, zone_source, "
    "attachments"
)
EVENT = "event_id, conversation_id, kind, text, happened_at, precision, zone_source"


def keep_messages(connection: Connection, delivery: Delivery, messages: pl.DataFrame) -> pl.DataFrame:
    """Store messages, each once, and say what became of each: row, outcome.

    `messages`: the columns of table `message` but for the delivery, with `row` and `line`. Whoever a new message was
    exchanged with is left pending; so is whoever one was that is replaced.
    """
    judged = _judged(connection, delivery, messages, "message", "message_id")
    fresh = _fresh(judged)
    with lent(connection, arriving=fresh):
        connection.execute("""
            INSERT INTO pending
            SELECT 'contacts', record_key::UUID FROM arriving WHERE record_key IS NOT NULL
            UNION
            SELECT 'contacts', record_key FROM message
            WHERE record_key IS NOT NULL AND message_id IN (SELECT message_id::UUID FROM arriving)""")
    _replace(connection, delivery, fresh, "message", "message_id", MESSAGE)
    return _outcomes(judged)


def keep_events(connection: Connection, delivery: Delivery, events: pl.DataFrame) -> pl.DataFrame:
    """Store events of conversations, each once, and say what became of each: row, outcome."""
    judged = _judged(connection, delivery, events, "conversation_event", "event_id")
    _replace(connection, delivery, _fresh(judged), "conversation_event", "event_id", EVENT)
    return _outcomes(judged)


def _judged(connection: Connection, delivery: Delivery, entries: pl.DataFrame, table: str, key: str) -> pl.DataFrame:
    """Entries with `repeated` (this delivery has it already) and `is_later` (an earlier delivery has it; else null)."""
    with lent(connection, arriving=entries):
        standing = query(
            connection,
            f"""
            SELECT t.{key}, t.delivery_id = ? AS in_delivery,
                   (?::TIMESTAMPTZ, ?::UUID) >= (d.declared_at, d.delivery_id) AS is_later
            FROM {table} t LEFT JOIN delivery d USING (delivery_id)
            WHERE t.{key} IN (SELECT {key}::UUID FROM arriving)""",
            [delivery.delivery_id, delivery.declared_at, delivery.delivery_id],
        )
    return entries.join(standing, on=key, how="left").with_columns(
        repeated=pl.col("in_delivery").fill_null(value=False) | (pl.col("row").rank("ordinal").over(key) > 1)
    )


def _fresh(judged: pl.DataFrame) -> pl.DataFrame:
    """What is to be stored: what is not there yet, or is there from a later delivery."""
    return judged.filter(~pl.col("repeated"), ~pl.col("is_later").fill_null(value=False))


def _replace(
    connection: Connection, delivery: Delivery, entries: pl.DataFrame, table: str, key: str, columns: str
) -> None:
    with lent(connection, arriving=entries):
        connection.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT {key}::UUID FROM arriving)")
        connection.execute(f"INSERT INTO {table} SELECT {columns}, ?, row, line FROM arriving", [delivery.delivery_id])


def _outcomes(judged: pl.DataFrame) -> pl.DataFrame:
    return judged.select(
        "row",
        outcome=pl.when("repeated")
        .then(pl.lit(Outcome.DUPLICATE_IN_FILE.value))
        .when(pl.col("in_delivery").is_null())
        .then(pl.lit(Outcome.CREATED.value))
        .otherwise(pl.lit(Outcome.UNCHANGED.value)),
    )
