"""What every reader declares and what it yields."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import polars as pl

from schemas import received
from schemas.source import Source

BATCH_ROWS = 20_000


class Batch(NamedTuple):
    """Some entries of a delivery in the unified schema (`schemas.received`).

    `original` holds the rows of a contact list as delivered: `row`, then the file's own columns as strings. It is what
    a refused row is given back as. Readers of conversations leave it empty; their people are no rows that were read.
    """

    contacts: pl.DataFrame = received.empty(received.ContactRow)
    identifiers: pl.DataFrame = received.empty(received.IdentifierRow)
    attributes: pl.DataFrame = received.empty(received.AttributeRow)
    conversations: pl.DataFrame = received.empty(received.Conversation)
    messages: pl.DataFrame = received.empty(received.Message)
    events: pl.DataFrame = received.empty(received.Event)
    refused: pl.DataFrame = received.empty(received.Refusal)
    original: pl.DataFrame = pl.DataFrame(schema={"row": pl.UInt32})


class Read(Protocol):
    """The function a format module gives."""

    def __call__(self, path: Path, source: Any, /, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
        """Yield a file as batches of at most `rows` entries, with never more than one of them in memory.

        `source` is the module's own subclass of `schemas.source.Source`. Raises `pipelines.errors.DeliveryRefused` or
        `DeliveryHeld` for the file as a whole; whatever is wrong with one entry is a refusal in its batch.
        """


class Format(NamedTuple):
    """A format onecontact reads, as its module declares it in `FORMAT`.

    The entries that are counted are the rows of contact lists, and the messages and events of conversations.
    """

    name: str
    describes: str
    options: type[Source]
    read: Read
    holds: Literal["contacts", "conversations"] = "conversations"
