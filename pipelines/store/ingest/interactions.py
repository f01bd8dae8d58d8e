"""Conversations, messages and events, each once, whatever the order in which deliveries bring them.

A message is kept as the earliest declared delivery has it, unless another says more of it, but as having come as far as
any says; a thread as the latest has it.
"""

from typing import NamedTuple

import polars as pl

from pipelines.store.ingest import conversation_stats
from pipelines.store.ingest.deliveries import Delivery
from pipelines.store.warehouse.connection import Connection, among, lent, query
from schemas.vocabulary import Outcome

# What is not told of a message: anything but that there was one; with whom it was exchanged.
LACK = """CASE WHEN kind = 'other' AND text IS NULL AND array_length(attachments) = 0 THEN 2 ELSE 0 END
          + CASE WHEN record_key IS NULL THEN 1 ELSE 0 END"""

STANDING = pl.Schema({"key": pl.String, "in_delivery": pl.Boolean, "lacked": pl.Int32, "is_later": pl.Boolean})

# Nothing is told of a thread but that it is there.
TOLD = "coalesce({0}.title, {0}.status, {0}.inbox, {0}.assignee, {0}.started_at::VARCHAR)"
BARE = f"({TOLD} IS NULL AND coalesce(len({{0}}.labels), 0) = 0)"


def keep_conversations(connection: Connection, delivery: Delivery, conversations: pl.DataFrame) -> None:
    """Store threads, as the latest delivery that speaks of them has them, and of one delivery what it has last.

    A thread of which nothing is told but that it is there gives way to any other: messages may come without theirs.
    Whoever is in one that turns out to be of another channel is left pending.

    `conversations`: conversation_id, channel, title, is_group, status, inbox, assignee, labels, started_at.
    """
    with lent(connection, arriving=conversations):
        gone = connection.execute(
            f"""
            DELETE FROM conversation WHERE conversation_id IN (
                SELECT c.conversation_id
                FROM conversation c JOIN arriving a ON a.conversation_id::UUID = c.conversation_id
                LEFT JOIN delivery d USING (delivery_id)
                WHERE CASE WHEN {BARE.format("a")} <> {BARE.format("c")} THEN {BARE.format("c")}
                           ELSE c.delivery_id = $delivery
                                OR ($declared::TIMESTAMPTZ, $delivery::UUID) > (d.declared_at, d.delivery_id) END)
            RETURNING conversation_id, channel""",
            {"declared": delivery.declared_at, "delivery": delivery.delivery_id},
        ).pl()
        connection.execute(
            """
            INSERT OR IGNORE INTO conversation BY NAME
            SELECT *, ? AS source, ? AS delivery_id FROM arriving""",
            [delivery.source, delivery.delivery_id],
        )
    turned = gone.join(conversations, on="conversation_id").filter(pl.col("channel") != pl.col("channel_right"))
    conversation_stats.turned(connection, turned["conversation_id"])


def keep_messages(connection: Connection, delivery: Delivery, messages: pl.DataFrame) -> pl.DataFrame:
    """Store messages, each once, and say what became of each: row, outcome.

    `messages`: the columns of table `message` but for the delivery, with `row` and `line`. Whoever a new message was
    exchanged with is left pending; so is whoever one was that is replaced.
    """
    judged = _judged(connection, delivery, messages, "message", "message_id", LACK)
    stored = _store(connection, delivery, judged, "message", "message_id")
    _come_further(connection, judged, stored)
    conversation_stats.stir(connection, stored.new)
    conversation_stats.stir(connection, stored.replaced)
    conversation_stats.seen(connection, stored.new["message_id"])
    return _outcomes(judged)


def keep_receipts(connection: Connection, delivery: Delivery, receipts: pl.DataFrame) -> pl.DataFrame:
    """Store how far messages have come, each state once, and say what became of each entry: row, outcome.

    `receipts`: the columns of table `receipt` but for the delivery, with `row` and `line`. A message of which there is
    nothing else is an interaction, too, so whoever it was sent to is left pending.
    """
    judged = _judged(connection, delivery, receipts, "receipt", "receipt_id")
    stored = _store(connection, delivery, judged, "receipt", "receipt_id")
    conversation_stats.receipted(connection, stored.new["message_id"].unique())
    return _outcomes(judged)


def keep_events(connection: Connection, delivery: Delivery, events: pl.DataFrame) -> pl.DataFrame:
    """Store events of conversations, each once, and say what became of each: row, outcome."""
    judged = _judged(connection, delivery, events, "conversation_event", "event_id")
    _store(connection, delivery, judged, "conversation_event", "event_id")
    return _outcomes(judged)


class Stored(NamedTuple):
    """Entries that were stored, and the rows that stood under their keys before."""

    new: pl.DataFrame
    replaced: pl.DataFrame


def _judged(
    connection: Connection, delivery: Delivery, entries: pl.DataFrame, table: str, key: str, lack: str = "0"
) -> pl.DataFrame:
    """Entries with `lacks`, `is_first` of their key in the batch, and what stands under that, else null.

    That is `in_delivery` (this delivery has brought it), `lacked` and `is_later` (this delivery, than that).
    """
    with among(connection, key, entries[key]) as are_these:
        known = query(connection, f"SELECT {key} FROM {table} WHERE {are_these}")[key]
    standing = STANDING.to_frame().rename({"key": key})
    if len(known):  # in most deliveries nothing is: so nothing but keys was read
        with among(connection, key, known) as are_these:
            standing = query(
                connection,
                f"""
                SELECT {key}, delivery_id = ? AS in_delivery, ({lack})::INTEGER AS lacked,
                       (?::TIMESTAMPTZ, ?::UUID) >= (declared_at, delivery_id) AS is_later
                FROM {table} LEFT JOIN (SELECT delivery_id, declared_at FROM delivery) USING (delivery_id)
                WHERE {are_these}""",
                [delivery.delivery_id, delivery.declared_at, delivery.delivery_id],
            )
    return (
        entries.with_columns(lacks=pl.sql_expr(lack).cast(pl.Int32))
        .sort("lacks", "row")
        .with_columns(is_first=pl.col(key).is_first_distinct())
        .join(standing, on=key, how="left")
    )


def _store(connection: Connection, delivery: Delivery, judged: pl.DataFrame, table: str, key: str) -> Stored:
    """Store what is not there yet, or is there with less told of it, or as a later delivery has it."""
    fuller = pl.col("lacked") > pl.col("lacks")
    earlier = (pl.col("lacked") == pl.col("lacks")) & ~pl.col("is_later")
    fresh = judged.filter("is_first", pl.col("in_delivery").is_null() | fuller | earlier)
    gone = fresh.filter(pl.col("in_delivery").is_not_null())[key]
    replaced = fresh.clear()
    if len(gone):
        with among(connection, key, gone) as are_these:
            replaced = query(connection, f"DELETE FROM {table} WHERE {are_these} RETURNING *")
    own = fresh.drop("lacks", "is_first", "in_delivery", "lacked", "is_later")
    with lent(connection, arriving=own.rename({"row": "row_number", "line": "line_number"})):
        connection.execute(
            f"INSERT INTO {table} BY NAME SELECT *, ? AS delivery_id FROM arriving", [delivery.delivery_id]
        )
    return Stored(fresh, replaced)


def _come_further(connection: Connection, judged: pl.DataFrame, stored: Stored) -> None:
    """Let messages that are told of more than once have come as far as anything says."""
    again = judged.filter(~pl.col("is_first") | pl.col("in_delivery").is_not_null())
    told = pl.concat([each.select("message_id", "state") for each in (again, stored.replaced)]).drop_nulls("state")
    if told.is_empty():
        return
    with lent(connection, told=told), among(connection, "message.message_id", told["message_id"].unique()) as are_these:
        connection.execute(f"""
            UPDATE message SET state = t.state
            FROM (SELECT message_id::UUID AS message_id, arg_max(state, state_rank(state)) AS state
                  FROM told GROUP BY message_id) t
            WHERE {are_these} AND message.message_id = t.message_id
              AND state_rank(t.state) > coalesce(state_rank(message.state), 0)""")


def _outcomes(judged: pl.DataFrame) -> pl.DataFrame:
    return judged.select(
        "row",
        outcome=pl.when(~pl.col("is_first") | pl.col("in_delivery").fill_null(value=False))
        .then(pl.lit(Outcome.DUPLICATE_IN_FILE.value))
        .when(pl.col("in_delivery").is_null())
        .then(pl.lit(Outcome.CREATED.value))
        .when(pl.col("lacked") > pl.col("lacks"))
        .then(pl.lit(Outcome.UPDATED.value))
        .otherwise(pl.lit(Outcome.UNCHANGED.value)),
    )
