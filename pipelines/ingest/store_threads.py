"""Storing what mails say of the threads they belong to."""

import polars as pl

from pipelines import contracts
from pipelines.ingest.records import Origin
from pipelines.normalise.text import match_form
from pipelines.read.core.batch import Batch
from pipelines.store.ingest import threads
from pipelines.store.warehouse.connection import Connection
from schemas import received


def store_threads(connection: Connection, batch: Batch, origin: Origin) -> None:
    """Tie the threads of a batch, stored already, to each other and to those of other deliveries of the source."""
    if batch.ties.is_empty() and batch.topics.is_empty():
        return
    contracts.require(received.Tie, batch.ties)
    contracts.require(received.Topic, batch.topics)
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
