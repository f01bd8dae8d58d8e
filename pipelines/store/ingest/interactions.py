"""Conversations, messages and events, each once, whatever the order in which deliveries bring them.

A message is kept as the earliest declared delivery has it, unless another says more of it, but as having come as far as
any says; a thread as the latest has it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from pipelines.store.ingest import conversation_stats
from pipelines.store.ingest.running_best import running_best
from pipelines.store.warehouse.connection import Connection, in_list, query, register
from schemas.vocabulary import Outcome

# What is not told of a message: anything but that there was one; with whom it was exchanged.
LACK = """CASE WHEN kind = 'other' AND text IS NULL AND array_length(attachments) = 0 THEN 2 ELSE 0 END
          + CASE WHEN record_key IS NULL THEN 1 ELSE 0 END"""

# Nothing is told of a thread but that it is there.
TOLD = "coalesce({0}.title, {0}.status, {0}.inbox, {0}.assignee, {0}.started_at::VARCHAR)"
BARE = f"({TOLD} IS NULL AND coalesce(len({{0}}.labels), 0) = 0)"


def keep_conversations(connection: Connection, source: str, conversations: pl.DataFrame) -> None:
    """Store threads, as the latest delivery that speaks of them has them, and of one delivery what it has last.

    A thread of which nothing is told but that it is there gives way to any other: messages may come without theirs.
    Whoever is in one that turns out to be of another channel is left pending.

    `conversations`: conversation_id, channel, title, is_group, status, inbox, assignee, labels, started_at; and the
    delivery each comes from: delivery_id, declared_at.
    """
    with register(connection, arriving=conversations.with_row_index("nth")):
        latest = query(
            connection,
            f"""
            SELECT * EXCLUDE nth FROM arriving a
            QUALIFY row_number() OVER (PARTITION BY conversation_id ORDER BY {BARE.format("a")}, declared_at DESC,
                                                                             delivery_id::UUID DESC, nth DESC) = 1
            ORDER BY nth""",
        )
    with register(connection, arriving=latest):
        gone = connection.execute(f"""
            DELETE FROM conversation WHERE conversation_id IN (
                SELECT c.conversation_id
                FROM conversation c JOIN arriving a ON a.conversation_id::UUID = c.conversation_id
                LEFT JOIN delivery d ON d.delivery_id = c.delivery_id
                WHERE CASE WHEN {BARE.format("a")} <> {BARE.format("c")} THEN {BARE.format("c")}
                           ELSE c.delivery_id = a.delivery_id::UUID
                                OR (a.declared_at, a.delivery_id::UUID) > (d.declared_at, d.delivery_id) END)
            RETURNING conversation_id, channel""").pl()
        connection.execute(
            """
            INSERT INTO conversation BY NAME
            SELECT * EXCLUDE declared_at, ? AS source FROM arriving
            WHERE conversation_id::UUID NOT IN (SELECT conversation_id FROM conversation)""",
            [source],
        )
    turned = gone.join(latest, on="conversation_id").filter(pl.col("channel") != pl.col("channel_right"))
    conversation_stats.mark_direction_changed(connection, turned["conversation_id"])


def keep_messages(connection: Connection, messages: pl.DataFrame) -> pl.DataFrame:
    """Store messages, each once, and say what became of each: row, outcome.

    `messages`: the columns of table `message` with `row` and `line`, and their places (`deliveries.placed`). Of several
    deliveries, each entry becomes what it would have if they had come one after the other. Whoever a new message was
    exchanged with is left pending; so is whoever one was that is replaced.
    """
    judged = _judged(connection, messages, "message", "message_id", LACK)
    stored = _store(connection, judged, messages.columns, "message", "message_id")
    _come_further(connection, judged, stored)
    conversation_stats.mark_stale(connection, stored.new)
    conversation_stats.mark_stale(connection, stored.replaced)
    conversation_stats.remove_receipt_only(connection, stored.new["message_id"])
    return _outcomes(judged)


def keep_receipts(connection: Connection, receipts: pl.DataFrame) -> pl.DataFrame:
    """Store how far messages have come, each state once, and say what became of each entry: row, outcome.

    `receipts`: the columns of table `receipt` with `row` and `line`, and their places. A message of which there is
    nothing else is an interaction, too, so whoever it was sent to is left pending.
    """
    judged = _judged(connection, receipts, "receipt", "receipt_id")
    stored = _store(connection, judged, receipts.columns, "receipt", "receipt_id")
    conversation_stats.refresh_receipt_only(connection, stored.new["message_id"].unique())
    return _outcomes(judged)


def keep_events(connection: Connection, events: pl.DataFrame) -> pl.DataFrame:
    """Store events of conversations, each once, and say what became of each: row, outcome."""
    judged = _judged(connection, events, "conversation_event", "event_id")
    _store(connection, judged, events.columns, "conversation_event", "event_id")
    return _outcomes(judged)


class Stored(NamedTuple):
    """Entries that were stored, and the rows that stood under their keys before."""

    new: pl.DataFrame
    replaced: pl.DataFrame


def _judged(connection: Connection, entries: pl.DataFrame, table: str, key: str, lack: str = "0") -> pl.DataFrame:
    """Entries with what they mean beside what was there when their delivery came.

    `lacks`: how much is not told of it. `lacked`: that of what stood under its key then; null if nothing did.
    `repeated`: its delivery has brought the key before, or says more of it elsewhere. `is_stored`: something is stored
    under its key. `wins`: it is what is to stand there now.
    """
    entries = entries.with_columns(lacks=pl.sql_expr(lack).cast(pl.Int32))
    stored = _stored(connection, entries, table, key, lack)
    if stored.is_empty() and entries[key].n_unique() == entries.height:  # as in most deliveries
        none, no, yes = pl.lit(None, pl.Int32), pl.lit(value=False), pl.lit(value=True)
        return entries.with_columns(lacked=none, repeated=no, is_stored=no, wins=yes)
    same_delivery = (key, "delivery_id")
    ranked = (
        pl.concat([stored, entries], how="diagonal")
        .sort("lacks", "declared_at", "delivery_id", "row")
        .with_row_index("rank")
        .with_columns(
            turn=pl.col("row").min().over(same_delivery),
            repeated=~pl.struct(same_delivery).is_first_distinct(),
            wins=pl.col(key).is_first_distinct(),
            is_stored=pl.col(key).is_in(stored[key].implode()),
        )
    )
    lacked = running_best(ranked, key).join(ranked.select("rank", lacked="lacks"), on="rank").drop("rank")
    in_delivery = pl.col("turn") == 0
    return (
        ranked.filter(pl.col("row") > 0)
        .join(lacked, on=[key, "turn"], how="left")
        .with_columns(pl.col("repeated") | in_delivery)
    )


def _stored(connection: Connection, entries: pl.DataFrame, table: str, key: str, lack: str) -> pl.DataFrame:
    """What is stored under the keys of entries: the key, delivery_id, declared_at, lacks, and a row before all others.

    The delivery that is being stored is not written yet.
    """
    with in_list(connection, key, entries[key]) as are_these:
        known = query(connection, f"SELECT {key} FROM {table} WHERE {are_these}")[key]
    if known.is_empty():  # as in most deliveries: so nothing but keys was read
        return entries.clear().select(key, "delivery_id", "declared_at", "row", lacks=pl.lit(0, pl.Int32))
    with in_list(connection, key, known) as are_these:
        return query(
            connection,
            f"""
            SELECT {key}, delivery_id, coalesce(declared_at, ?) AS declared_at, 0::UINTEGER AS row,
                   ({lack})::INTEGER AS lacks
            FROM {table} LEFT JOIN (SELECT delivery_id, declared_at FROM delivery) USING (delivery_id)
            WHERE {are_these}""",
            [entries["declared_at"].max()],
        )


def _store(connection: Connection, judged: pl.DataFrame, columns: Sequence[str], table: str, key: str) -> Stored:
    """Store what is not there yet, or is there with less told of it, or as a later delivery has it."""
    fresh = judged.filter("wins")
    gone = fresh.filter("is_stored")[key]
    replaced = fresh.clear()
    if len(gone):
        with in_list(connection, key, gone) as are_these:
            replaced = query(connection, f"DELETE FROM {table} WHERE {are_these} RETURNING *")
    own = fresh.select(pl.col(columns).exclude("row", "declared_at")).rename({"line": "line_number"})
    with register(connection, arriving=own):
        connection.execute(f"INSERT INTO {table} BY NAME FROM arriving")
    return Stored(fresh, replaced)


def _come_further(connection: Connection, judged: pl.DataFrame, stored: Stored) -> None:
    """Let messages that are told of more than once have come as far as anything says."""
    again = judged.filter(~pl.col("wins"))
    told = pl.concat([each.select("message_id", "state") for each in (again, stored.replaced)]).drop_nulls("state")
    if told.is_empty():
        return
    with (
        register(connection, told=told),
        in_list(connection, "message.message_id", told["message_id"].unique()) as are_these,
    ):
        connection.execute(f"""
            UPDATE message SET state = t.state
            FROM (SELECT message_id::UUID AS message_id, arg_max(state, state_rank(state)) AS state
                  FROM told GROUP BY message_id) t
            WHERE {are_these} AND message.message_id = t.message_id
              AND state_rank(t.state) > coalesce(state_rank(message.state), 0)""")


def _outcomes(judged: pl.DataFrame) -> pl.DataFrame:
    return judged.select(
        "row",
        outcome=pl.when("repeated")
        .then(pl.lit(Outcome.DUPLICATE_IN_FILE.value))
        .when(pl.col("lacked").is_null())
        .then(pl.lit(Outcome.CREATED.value))
        .when(pl.col("lacked") > pl.col("lacks"))
        .then(pl.lit(Outcome.UPDATED.value))
        .otherwise(pl.lit(Outcome.UNCHANGED.value)),
    )
