"""Entries of people who were erased: left out before anything is stored, and counted."""

from typing import Any, NamedTuple

import polars as pl

from pipelines.ingest.chunk import Chunk
from pipelines.ingest.records import Origin, Records
from pipelines.normalise.email import emails
from pipelines.normalise.phone import phones
from pipelines.store.privacy import suppression
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import Direction, IdentifierType, Outcome

ADDRESS = r"[^\s<>\"',;:()\[\]{}|]+@[^\s<>\"',;:()\[\]{}|]+"
NUMBER = r"\+?\d[\d \u00a0().\/-]{5,}\d"
OUTCOME = pl.Schema({"row": pl.UInt32, "outcome": pl.String})
KEYED = ("messages", "receipts")  # frames whose entries name the person they were exchanged with
SPOKEN = (*KEYED, "events")


class Allowed(NamedTuple):
    """What may be stored of a chunk, and what was left out: row, outcome."""

    chunk: Chunk
    read: Records
    left_out: pl.DataFrame


def without_suppressed(
    connection: Connection, chunk: Chunk, read: Records, origin: Origin, *, is_list: bool
) -> Allowed:
    """Leave out contact rows, refused rows, messages and conversations of people who were erased.

    What they have sent since is noted by its place, so that somebody can look at it where it was delivered. What counts
    as left out are the rows of a list, and otherwise messages and events.
    """
    if not suppression.is_anybody_suppressed(connection):
        return Allowed(chunk, read, pl.DataFrame(schema=OUTCOME))
    rows = pl.concat([each.select("row", "record_key", "name") for each in (read.kept, read.turned_away)])
    points = [each.select(suppression.IDENTIFIED) for each in (read.identifiers, read.known_by)]
    hits = suppression.suppressed_rows(connection, rows, pl.concat(points))
    met = hits.join(rows, on="row").select("number", key="record_key")
    suppression.suppress_keys(connection, met)
    torn = torn_rows(connection, chunk.batch.refused, origin)
    lost = pl.concat([hits["row"], torn]).unique()
    allowed, entries = without_conversations(connection, without_refused(chunk, torn), origin)
    counted = (
        pl.concat([lost, entries["merges"]]) if is_list else pl.concat([torn, *(entries[each] for each in SPOKEN)])
    )
    left_out = counted.to_frame("row").with_columns(outcome=pl.lit(Outcome.SUPPRESSED.value)).cast(OUTCOME)
    return Allowed(allowed, without_rows(read, lost), left_out)


def without_rows(read: Records, rows: pl.Series) -> Records:
    """Contact rows without some of them, and without what was said of these."""
    if rows.is_empty():
        return read
    kept = {
        name: frame.filter(~pl.col("row").is_in(rows.implode()) | pl.col("row").is_null())
        for name, frame in read._asdict().items()
    }
    return Records(**kept)


def without_refused(chunk: Chunk, rows: pl.Series) -> Chunk:
    """A chunk without some of the rows that its reader refused."""
    batch = chunk.batch
    refused = batch.refused.filter(~pl.col("row").is_in(rows.implode()))
    return chunk._replace(batch=batch._replace(refused=refused))


def torn_rows(connection: Connection, refused: pl.DataFrame, origin: Origin) -> pl.Series:
    """Rows that could not be read, in whose text somebody stands who is suppressed."""
    if refused.is_empty():
        return refused["row"]
    texts = refused.select("row", pl.col("raw").fill_null(""))
    written = {
        IdentifierType.EMAIL: texts.select("row", raw=pl.col("raw").str.extract_all(ADDRESS)),
        IdentifierType.PHONE: texts.select("row", raw=pl.col("raw").str.extract_all(NUMBER)),
    }
    region = pl.lit(origin.options.region, pl.String).alias("default_region")
    found = [
        read_as(frame.explode("raw").drop_nulls("raw").with_columns(region))
        .drop_nulls("normalised")
        .select("row", pl.lit(str(kind)), "normalised")
        .rows()
        for (kind, frame), read_as in zip(written.items(), (emails, phones), strict=True)
    ]
    return suppression.tokens_in_texts(connection, [each for some in found for each in some]).cast(pl.UInt32)


def without_conversations(connection: Connection, chunk: Chunk, origin: Origin) -> tuple[Chunk, dict[str, pl.Series]]:
    """A chunk without what was said to or by people who are suppressed, and the rows of what was left out, by frame.

    A conversation with nobody else goes whole, and does not come back either.
    """
    batch, source = chunk.batch, pl.lit(origin.source)
    frames = {name: keyed(getattr(batch, name), origin) for name in SPOKEN}
    threads = batch.conversations.with_columns(
        conversation_id=origin.ids("conversation", source, pl.col("key")), delivered=chunk.threads
    )
    keys = [frame["record_key"] for name, frame in frames.items() if name in KEYED]
    keys += [frame["conversation_id"] for frame in frames.values()] + [threads["conversation_id"]]
    known = suppression.suppressed_among(connection, pl.concat(keys))
    alone = alone_in(frames["messages"], threads, known)
    suppression.suppress_keys(connection, alone.rename({"conversation_id": "key"}))
    gone = pl.concat([known["key"], alone["conversation_id"]]).implode()
    is_gone = pl.any_horizontal(pl.col("^record_key|conversation_id$").is_in(gone)).fill_null(value=False)
    note_returned(connection, chunk, frames["messages"].filter(is_gone), known)
    stays = {name: frame.filter(~is_gone).select(getattr(batch, name).columns) for name, frame in frames.items()}
    left = {name: frame.filter(is_gone)["row"] for name, frame in frames.items()}
    stays["conversations"] = threads.filter(~pl.col("conversation_id").is_in(gone)).select(batch.conversations.columns)
    delivered = threads.filter(~pl.col("conversation_id").is_in(gone))["delivered"]
    linked = {"ties": ("conversation", "other"), "topics": ("conversation",), "merges": ("record_id", "into")}
    for name, columns in linked.items():
        frame, kind = getattr(batch, name), "record" if name == "merges" else "conversation"
        is_left = pl.any_horizontal(origin.ids(kind, source, pl.col(each)).is_in(gone) for each in columns)
        stays[name] = frame.filter(~is_left)
        left[name] = frame.filter(is_left)["row"] if name == "merges" else left["events"].clear()
    allowed: dict[str, Any] = {**stays}
    return chunk._replace(batch=batch._replace(**allowed), threads=delivered), left


def keyed(frame: pl.DataFrame, origin: Origin) -> pl.DataFrame:
    """Entries with the keys of their conversation and, where they name one, of their person."""
    source = pl.lit(origin.source)
    made = frame.with_columns(conversation_id=origin.ids("conversation", source, pl.col("conversation")))
    if "person" not in frame.columns:
        return made.with_columns(record_key=pl.lit(None, pl.String))
    person = pl.when(pl.col("person").is_not_null()).then(origin.ids("record", source, pl.col("person")))
    return made.with_columns(record_key=person)


def alone_in(messages: pl.DataFrame, threads: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Conversations of a chunk in which nobody is but somebody suppressed: conversation_id, number."""
    people = messages.drop_nulls("record_key").join(known, left_on="record_key", right_on="key", how="left")
    groups = threads.filter("is_group")["conversation_id"].implode()
    return (
        people.group_by("conversation_id")
        .agg(number=pl.col("number").first(), others=pl.col("number").is_null().any())
        .filter(~pl.col("others"), ~pl.col("conversation_id").is_in(groups))
        .select("conversation_id", "number")
    )


def note_returned(connection: Connection, chunk: Chunk, messages: pl.DataFrame, known: pl.DataFrame) -> None:
    """Note the messages that somebody has sent after they were erased."""
    sent = messages.filter(pl.col("direction") == Direction.INBOUND.value).join(
        known, left_on="record_key", right_on="key"
    )
    since = sent.filter(pl.col("sent_at") > pl.col("since"))
    if not since.is_empty():
        placed = chunk.placed(since.select("row", "number", "sent_at"))
        suppression.keep_returned(connection, placed.select("number", "delivery_id", "row_number", "sent_at"))
