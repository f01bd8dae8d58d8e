"""Conversations, messages and events, each once, whatever the order in which deliveries bring them.

A message is kept as the earliest declared delivery has it, a thread as the latest.
"""

import polars as pl

from pipelines.store.connection import Connection, lent, query
from pipelines.store.deliveries import Delivery
from schemas.vocabulary import Outcome

# Nothing is told of a thread but that it is there.
TOLD = "coalesce({0}.title, {0}.status, {0}.inbox, {0}.assignee, {0}.started_at::VARCHAR)"
BARE = f"({TOLD} IS NULL AND coalesce(len({{0}}.labels), 0) = 0)"


def keep_conversations(connection: Connection, delivery: Delivery, conversations: pl.DataFrame) -> None:
    """Store threads, as the latest delivery that speaks of them has them, and of one delivery what it has last.

    A thread of which nothing is told but that it is there gives way to any other: messages may come without theirs.

    `conversations`: conversation_id, channel, title, is_group, status, inbox, assignee, labels, started_at.
    """
    with lent(connection, arriving=conversations):
        connection.execute(
            f"""
            DELETE FROM conversation WHERE conversation_id IN (
                SELECT c.conversation_id
                FROM conversation c JOIN arriving a ON a.conversation_id::UUID = c.conversation_id
                LEFT JOIN delivery d USING (delivery_id)
                WHERE CASE WHEN {BARE.format("a")} <> {BARE.format("c")} THEN {BARE.format("c")}
                           ELSE c.delivery_id = $delivery
                                OR ($declared::TIMESTAMPTZ, $delivery::UUID) > (d.declared_at, d.delivery_id) END)""",
            {"declared": delivery.declared_at, "delivery": delivery.delivery_id},
        )
        connection.execute(
            """
            INSERT OR IGNORE INTO conversation BY NAME
            SELECT *, ? AS source, ? AS delivery_id FROM arriving""",
            [delivery.source, delivery.delivery_id],
        )


def keep_messages(connection: Connection, delivery: Delivery, messages: pl.DataFrame) -> pl.DataFrame:
    """Store messages, each once, and say what became of each: row, outcome.

    `messages`: the columns of table `message` but for the delivery, with `row` and `line`. Whoever a new message was
    exchanged with is left pending; so is whoever one was that is replaced.
    """
    return _keep_spoken(connection, delivery, messages, "message", "message_id")


def keep_receipts(connection: Connection, delivery: Delivery, receipts: pl.DataFrame) -> pl.DataFrame:
    """Store how far messages have come, each state once, and say what became of each entry: row, outcome.

    `receipts`: the columns of table `receipt` but for the delivery, with `row` and `line`. A message of which there is
    nothing else is an interaction, too, so whoever it was sent to is left pending.
    """
    return _keep_spoken(connection, delivery, receipts, "receipt", "receipt_id")


def keep_events(connection: Connection, delivery: Delivery, events: pl.DataFrame) -> pl.DataFrame:
    """Store events of conversations, each once, and say what became of each: row, outcome."""
    judged = _judged(connection, delivery, events, "conversation_event", "event_id")
    _replace(connection, delivery, _fresh(judged), "conversation_event", "event_id")
    return _outcomes(judged)


def _keep_spoken(
    connection: Connection, delivery: Delivery, entries: pl.DataFrame, table: str, key: str
) -> pl.DataFrame:
    judged = _judged(connection, delivery, entries, table, key)
    fresh = _fresh(judged)
    with lent(connection, arriving=fresh):
        connection.execute(f"""
            INSERT INTO pending
            SELECT 'contacts', record_key::UUID FROM arriving WHERE record_key IS NOT NULL
            UNION
            SELECT 'contacts', record_key FROM {table}
            WHERE record_key IS NOT NULL AND {key} IN (SELECT {key}::UUID FROM arriving)""")
    _replace(connection, delivery, fresh, table, key)
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


def _replace(connection: Connection, delivery: Delivery, entries: pl.DataFrame, table: str, key: str) -> None:
    own = entries.drop("repeated", "in_delivery", "is_later").rename({"row": "row_number", "line": "line_number"})
    with lent(connection, arriving=own):
        connection.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT {key}::UUID FROM arriving)")
        connection.execute(
            f"INSERT INTO {table} BY NAME SELECT *, ? AS delivery_id FROM arriving", [delivery.delivery_id]
        )


def _outcomes(judged: pl.DataFrame) -> pl.DataFrame:
    return judged.select(
        "row",
        outcome=pl.when("repeated")
        .then(pl.lit(Outcome.DUPLICATE_IN_FILE.value))
        .when(pl.col("in_delivery").is_null())
        .then(pl.lit(Outcome.CREATED.value))
        .otherwise(pl.lit(Outcome.UNCHANGED.value)),
    )
