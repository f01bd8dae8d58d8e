"""Storing what conversations hold: threads, messages, how far those have come, and events, each once."""

from collections.abc import Iterator

import polars as pl
from polars import selectors

from pipelines import contracts as quality
from pipelines.ingest.chunk import Chunk
from pipelines.ingest.records import Origin
from pipelines.normalise.problems import PROBLEMS
from pipelines.normalise.text import match_form
from pipelines.read.core.batch import Batch
from pipelines.store.ingest import interactions, threads
from pipelines.store.warehouse.connection import Connection
from schemas import received
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Action, Severity, ZoneSource

TIME_NEEDED = "a time, as all others have; without one it stands first and counts for no interaction"
NATURAL = ("key", "conversation", "person", "message")  # natural keys, of which only the ids are stored


def store_interactions(connection: Connection, chunk: Chunk, origin: Origin) -> Iterator[pl.DataFrame]:
    """Store threads, messages, receipts and events of a chunk; what became of each entry but the threads."""
    batch = chunk.batch
    contracts = {
        received.Conversation: batch.conversations,
        received.Message: batch.messages,
        received.Receipt: batch.receipts,
        received.Event: batch.events,
    }
    held = {contract: frame for contract, frame in contracts.items() if not frame.is_empty()}
    if not held:
        return
    for contract, frame in held.items():
        quality.require(contract, frame)
    source, ids = pl.lit(origin.source), origin.ids
    thread = ids("conversation", source, pl.col("conversation")).alias("conversation_id")
    person = pl.when(pl.col("person").is_not_null()).then(ids("record", source, pl.col("person"))).alias("record_key")
    stated = ~selectors.by_name(*NATURAL, require_all=False)
    conversation = ids("conversation", source, pl.col("key")).alias("conversation_id")
    conversations = chunk.delivered(batch.conversations.select(conversation, stated), chunk.threads)
    interactions.keep_conversations(connection, origin.source, conversations)
    store_threads(connection, batch, origin)
    if received.Message in held:
        message = ids("message", source, pl.col("key")).alias("message_id")
        messages = batch.messages.select(message, thread, person, stated)
        yield interactions.keep_messages(connection, chunk.placed(messages))
    if received.Receipt in held:
        receipt = ids("receipt", source, pl.col("message"), pl.col("state")).alias("receipt_id")
        of_message = ids("message", source, pl.col("message")).alias("message_id")
        receipts = batch.receipts.select(receipt, of_message, thread, person, stated)
        yield interactions.keep_receipts(connection, chunk.placed(receipts))
    if received.Event in held:
        event = ids("event", source, pl.col("key")).alias("event_id")
        yield interactions.keep_events(connection, chunk.placed(batch.events.select(event, thread, stated)))


def store_threads(connection: Connection, batch: Batch, origin: Origin) -> None:
    """Tie the threads of a batch, stored already, to each other and to those of other deliveries of the source."""
    if batch.ties.is_empty() and batch.topics.is_empty():
        return
    quality.require(received.Tie, batch.ties)
    quality.require(received.Topic, batch.topics)
    source, ids = pl.lit(origin.source), origin.ids

    def thread(column: str) -> pl.Expr:
        return ids("conversation", source, pl.col(column))

    titled = batch.topics.with_columns(match_form(pl.col("title"))).drop_nulls("title")
    topic = ids("topic", source, pl.col("person"), pl.col("title"))
    topics = titled.select("sent_at", "alone", topic_id=topic, conversation_id=thread("conversation"))
    stated = batch.ties.select(conversation_id=thread("conversation"), other_id=thread("other"))
    ties = pl.concat([stated, threads.keep_topics(connection, topics)]).unique()
    seen = batch.conversations.select(conversation_id=thread("key")).to_series()
    threads.link_conversations(connection, ties, seen)


def doubtful_times(batch: Batch) -> pl.DataFrame:
    """The problems (PROBLEMS) of messages and events without a usable time, or with one that no clock showed.

    They are kept, the former without a time.
    """
    times = ((batch.messages, "sent_at"), (batch.events, "happened_at"))
    skipped = pl.col("zone_source") == ZoneSource.SKIPPED.value
    rules = [
        (frame, at, is_doubtful, code, expected)
        for frame, at in times
        for is_doubtful, code, expected in (
            (pl.col(at).is_null(), ErrorCode.TIME_UNKNOWN, TIME_NEEDED),
            (skipped, ErrorCode.TIME_SKIPPED, "a time that the clocks of the source's timezone show"),
        )
    ]
    return (
        pl.concat(
            frame.filter(is_doubtful).select(
                "row", "line", field=pl.lit(at), code=pl.lit(code.value), expected=pl.lit(expected)
            )
            for frame, at, is_doubtful, code, expected in rules
        )
        .with_columns(
            severity=pl.lit(Severity.WARNING.value),
            action=pl.lit(Action.KEPT_WITH_WARNING.value),
            suggestion=pl.lit(None),
        )
        .select(PROBLEMS.names())
        .cast(PROBLEMS)
    )
