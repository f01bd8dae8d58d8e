"""What was received, in the unified schema: the contracts of the frames that readers yield.

Values are still as the source wrote them. `row` numbers the data rows of a delivery from 1, `line` is the physical
line (they differ where a quoted cell holds line breaks). `person` ties a message to a contact row by its `record_id`.
"""

from functools import cache
from typing import Annotated, Any, ClassVar

import pandera.polars as pa
import polars as pl

from schemas.error_codes import ErrorCode
from schemas.vocabulary import (
    Author,
    Channel,
    ConversationStatus,
    Direction,
    EventKind,
    IdentifierType,
    MessageKind,
    MessageState,
    Pii,
    Precision,
    ZoneSource,
)

Instant = Annotated[pl.Datetime, "us", "UTC"]
Strings = Annotated[pl.List, pl.String()]
FILE = pl.Struct({"name": pl.String, "type": pl.String, "sha256": pl.String})
RANGE = pl.Struct({"start": pl.UInt32, "length": pl.UInt32, "kind": pl.String})
Ranges = Annotated[pl.List, RANGE]
Files = Annotated[pl.List, FILE]
KEY: dict[str, Any] = {"str_length": {"min_value": 1}}  # an id is made of it: what has none cannot be told apart
UNSCOPED = [  # unique everywhere
    IdentifierType.PHONE.value,
    IdentifierType.EMAIL.value,
    IdentifierType.WA_ID.value,
    IdentifierType.TELEGRAM_ID.value,
    IdentifierType.MESSENGER_THREAD.value,
    IdentifierType.INSTAGRAM_THREAD.value,
]
MAX_TEXT = 65_536  # characters in one cell; longer ones are refused, not cut


def column(description: str, pii: Pii, *, nullable: bool = False, **rules: Any) -> Any:
    """A contract column that says what it holds and how closely it points at a person."""
    return pa.Field(description=description, nullable=nullable, metadata={"pii": pii.value}, **rules)


def _short(*columns: str) -> pl.Expr:
    return pl.all_horizontal((pl.col(name).str.len_chars() <= MAX_TEXT).fill_null(value=True) for name in columns)


class Frame(pa.DataFrameModel):
    """A contract for exactly its columns, in their order."""

    class Config:
        """What Pandera does with every contract."""

        strict = True
        ordered = True


class ContactRow(Frame):
    """One row of a contact list, or one person of a conversation, before any normalisation."""

    row: pl.UInt32 = column("Number of the data row in its delivery, from 1", Pii.NONE, ge=1, unique=True)
    line: pl.UInt32 = column("Physical line on which the row begins, from 1", Pii.NONE, nullable=True)
    record_id: pl.String = column("The source's own id of the record", Pii.DIRECT, nullable=True)
    channel: pl.String = column("Channel of the person, if the row belongs to one", Pii.NONE, nullable=True)
    name: pl.String = column("Full name as written", Pii.DIRECT, nullable=True)
    first_name: pl.String = column("Given name as written", Pii.DIRECT, nullable=True)
    last_name: pl.String = column("Family name as written", Pii.DIRECT, nullable=True)
    tags: Strings = column("Tags as written", Pii.QUASI)
    notes: pl.String = column("Free text about the person", Pii.DIRECT, nullable=True)
    observed_at: pl.String = column("When the source last changed the row, as written", Pii.NONE, nullable=True)
    cleared: Strings = column("Fields the source explicitly emptied", Pii.NONE)

    @pa.dataframe_check(error=ErrorCode.LIMIT_EXCEEDED.value)
    @classmethod
    def short_enough(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """No cell is longer than MAX_TEXT."""
        texts = ("record_id", "name", "first_name", "last_name", "notes", "observed_at")
        longest_tag = pl.col("tags").list.eval(pl.element().str.len_chars()).list.max()
        return data.lazyframe.select(_short(*texts) & (longest_tag <= MAX_TEXT).fill_null(value=True))


class IdentifierRow(Frame):
    """An identifier as written on a contact row. Several of a type on one row are several of these."""

    row: pl.UInt32 = column("The contact row it stands on", Pii.NONE, ge=1)
    type: pl.String = column("What kind of identifier", Pii.NONE, isin=list(IdentifierType))
    scope: pl.String = column("Where the value is unique; empty for everywhere", Pii.NONE)
    raw: pl.String = column("The value as written", Pii.DIRECT)
    field: pl.String = column("Column of the source it came from", Pii.NONE)

    @pa.dataframe_check(error="scope of its type")
    @classmethod
    def has_the_scope_of_its_type(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """What is unique everywhere has no scope."""
        return data.lazyframe.select(~pl.col("type").is_in(UNSCOPED) | (pl.col("scope") == ""))

    @pa.dataframe_check(error=ErrorCode.LIMIT_EXCEEDED.value)
    @classmethod
    def short_enough(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """No value is longer than MAX_TEXT."""
        return data.lazyframe.select(_short("raw"))


class AttributeRow(Frame):
    """A custom attribute as written on a contact row."""

    row: pl.UInt32 = column("The contact row it stands on", Pii.NONE, ge=1)
    attribute: pl.String = column("Name of the attribute in onecontact.yaml", Pii.NONE, **KEY)
    raw: pl.String = column("The value as written", Pii.QUASI)
    field: pl.String = column("Column of the source it came from", Pii.NONE)

    class Config:
        """Of several columns that mean an attribute, one speaks for the row."""

        unique: ClassVar = ["row", "attribute"]

    @pa.dataframe_check(error=ErrorCode.LIMIT_EXCEEDED.value)
    @classmethod
    def short_enough(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """No value is longer than MAX_TEXT."""
        return data.lazyframe.select(_short("raw"))


class Merge(Frame):
    """A row that says that its source has merged one of its records into another: a decision, and no contact."""

    row: pl.UInt32 = column("Number of the data row in its delivery, from 1", Pii.NONE, ge=1, unique=True)
    line: pl.UInt32 = column("Physical line on which the row begins, from 1", Pii.NONE, nullable=True)
    record_id: pl.String = column("The source's own id of the record that is no more", Pii.DIRECT)
    into: pl.String = column("That of the record it went into", Pii.DIRECT)


class Conversation(Frame):
    """A thread. `key` is the thread's natural key in its source."""

    key: pl.String = column("Natural key of the thread", Pii.DIRECT, **KEY)
    channel: pl.String = column("Where it takes place", Pii.NONE, isin=list(Channel))
    title: pl.String = column("Subject or chat title", Pii.DIRECT, nullable=True)
    is_group: pl.Boolean = column("More than one person beside the company", Pii.NONE)
    status: pl.String = column(
        "State, where the channel has one", Pii.NONE, nullable=True, isin=list(ConversationStatus)
    )
    inbox: pl.String = column("Where on the company's side it takes place", Pii.NONE, nullable=True)
    assignee: pl.String = column("Agent or team who has it", Pii.DIRECT, nullable=True)
    labels: Strings = column("Labels it has", Pii.QUASI)
    started_at: Instant = column("When it began, where that is stated", Pii.QUASI, nullable=True)


class Message(Frame):
    """One message. `key` is stated by the source, or made of place, time, sender, text and occurrence."""

    row: pl.UInt32 = column("Number of the entry in its delivery, from 1", Pii.NONE, ge=1, unique=True)
    line: pl.UInt32 = column("Physical line on which it begins, from 1", Pii.NONE, nullable=True)
    key: pl.String = column("Natural key of the message", Pii.DIRECT, **KEY)
    conversation: pl.String = column("Natural key of its thread", Pii.DIRECT, **KEY)
    person: pl.String = column("record_id of the contact it was exchanged with", Pii.DIRECT, nullable=True)
    direction: pl.String = column("Who wrote", Pii.NONE, isin=list(Direction))
    author: pl.String = column("What kind of party wrote", Pii.NONE, nullable=True, isin=list(Author))
    sender: pl.String = column("Display name of the sender", Pii.DIRECT, nullable=True)
    kind: pl.String = column("What it is made of", Pii.NONE, isin=list(MessageKind))
    text: pl.String = column("Its words", Pii.DIRECT, nullable=True)
    sent_at: Instant = column("When it was sent", Pii.QUASI, nullable=True)
    precision: pl.String = column("How exactly that time is known", Pii.NONE, isin=list(Precision))
    zone_source: pl.String = column("Whether its zone was stated", Pii.NONE, isin=list(ZoneSource))
    state: pl.String = column("How far it has come", Pii.NONE, nullable=True, isin=list(MessageState))
    attachments: Files = column("Attached files: name, type and SHA-256 where they are known", Pii.DIRECT)
    quoted: Ranges = column("Ranges of its words that are not new, in characters: history, signature", Pii.NONE)

    @pa.dataframe_check(error="ranges within its words")
    @classmethod
    def quotes_what_it_says(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """What is not new in a text is a part of it."""
        quoted = pl.col("quoted").list
        ends = quoted.eval(pl.element().struct.field("start") + pl.element().struct.field("length")).list.max()
        return data.lazyframe.select(ends.fill_null(0) <= pl.col("text").str.len_chars().fill_null(0))


class Receipt(Frame):
    """Word of how far an outgoing message has come. `message` is its natural key; it may never be seen itself."""

    row: pl.UInt32 = column("Number of the entry in its delivery, from 1", Pii.NONE, ge=1, unique=True)
    line: pl.UInt32 = column("Physical line on which it begins, from 1", Pii.NONE, nullable=True)
    message: pl.String = column("Natural key of the message", Pii.DIRECT, **KEY)
    conversation: pl.String = column("Natural key of its thread", Pii.DIRECT, **KEY)
    person: pl.String = column("record_id of the contact it was sent to", Pii.DIRECT, nullable=True)
    state: pl.String = column("How far it has come", Pii.NONE, isin=list(MessageState))
    reached_at: Instant = column("When it had", Pii.QUASI, nullable=True)


class Event(Frame):
    """Something that happened in a thread beside messages."""

    row: pl.UInt32 = column("Number of the entry in its delivery, from 1", Pii.NONE, ge=1, unique=True)
    line: pl.UInt32 = column("Physical line on which it begins, from 1", Pii.NONE, nullable=True)
    key: pl.String = column("Natural key of the event", Pii.DIRECT, **KEY)
    conversation: pl.String = column("Natural key of its thread", Pii.DIRECT, **KEY)
    kind: pl.String = column("What happened", Pii.NONE, isin=list(EventKind))
    actor: pl.String = column("Display name of who caused it", Pii.DIRECT, nullable=True)
    before: pl.String = column("What was changed", Pii.QUASI, nullable=True)
    after: pl.String = column("What it was changed to", Pii.QUASI, nullable=True)
    inferred: pl.Boolean = column("Read out of a sentence or from two states, not stated as such", Pii.NONE)
    text: pl.String = column("What the source says about it", Pii.DIRECT, nullable=True)
    happened_at: Instant = column("When it happened", Pii.QUASI, nullable=True)
    precision: pl.String = column("How exactly that time is known", Pii.NONE, isin=list(Precision))
    zone_source: pl.String = column("Whether its zone was stated", Pii.NONE, isin=list(ZoneSource))


class Tie(Frame):
    """Word that two threads are one, by a mail that answers mails of both."""

    conversation: pl.String = column("Natural key of a thread", Pii.DIRECT, **KEY)
    other: pl.String = column("Natural key of the other; nothing else of it may ever be seen", Pii.DIRECT, **KEY)


class Topic(Frame):
    """What a mail is about: by that, one that says to be an answer but not to what finds its thread."""

    conversation: pl.String = column("Natural key of its thread", Pii.DIRECT, **KEY)
    person: pl.String = column("record_id of the contact it was exchanged with", Pii.DIRECT)
    title: pl.String = column("Subject without marks of answering", Pii.DIRECT)
    sent_at: Instant = column("When it was sent", Pii.QUASI)
    alone: pl.Boolean = column("An answer that does not say to what", Pii.NONE)


class Refusal(Frame):
    """An entry its reader could not make sense of, kept for correction."""

    row: pl.UInt32 = column("Number of the entry in its delivery, from 1", Pii.NONE, ge=1, unique=True)
    line: pl.UInt32 = column("Physical line on which it begins, from 1", Pii.NONE, nullable=True)
    outcome: pl.String = column("rejected, or skipped by a rule of the source", Pii.NONE, isin=["rejected", "skipped"])
    code: pl.String = column("What is wrong", Pii.NONE, isin=list(ErrorCode))
    expected: pl.String = column("What would have been right; never a value of the row", Pii.NONE)
    raw: pl.String = column("The entry as delivered", Pii.DIRECT)


@cache
def empty(contract: type[Frame]) -> pl.DataFrame:
    """A frame of the contract's columns without a row."""
    return pl.DataFrame(schema=column_types(contract))


@cache
def column_types(contract: type[Frame]) -> pl.Schema:
    """Polars types of a contract's columns."""
    return pl.Schema({name: each.dtype.type for name, each in contract.to_schema().columns.items()})
