"""What every reader declares and what it yields."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from re import Pattern
from types import MappingProxyType
from typing import Any, BinaryIO, Literal, NamedTuple, Protocol

import polars as pl

from schemas import received
from schemas.source import Source

BATCH_ROWS = 50_000
SAMPLE_BYTES = 65_536


class HasSize(Protocol):
    """As much of `os.stat_result` as readers use."""

    @property
    def st_size(self) -> int:
        """Bytes."""


class Delivered(Protocol):
    """A file that was delivered: as much of `pathlib.Path` as readers may use, for it may lie on another machine."""

    @property
    def name(self) -> str:
        """Its name, with the suffix."""

    @property
    def stem(self) -> str:
        """Its name, without the suffix."""

    @property
    def suffix(self) -> str:
        """The suffix with its dot; empty if there is none."""

    @property
    def parent(self) -> PurePath:
        """Its folder, of which only the names are known."""

    def stat(self) -> HasSize:
        """Its size."""

    def open(self, mode: Literal["rb"], /) -> BinaryIO:
        """Its content, as a stream that can seek."""


class Batch(NamedTuple):
    """Some entries of a delivery in the unified schema (`schemas.received`).

    `original` holds the rows of a contact list as delivered: `row`, then the file's own columns as strings. It is what
    a refused row is given back as. Readers of conversations leave it empty; their people are no rows that were read.
    `meanings` says what the columns of a table mean, by header: `pipelines.read.tables.contact_table.understand`.
    `text_rows` is how many rows were counted in the text of a table (`pipelines.read.csv.row_count`), and
    `assumed_encoding` the one it was taken to be in, if nothing says so.
    """

    contacts: pl.DataFrame = received.empty(received.ContactRow)
    identifiers: pl.DataFrame = received.empty(received.IdentifierRow)
    attributes: pl.DataFrame = received.empty(received.AttributeRow)
    merges: pl.DataFrame = received.empty(received.Merge)
    conversations: pl.DataFrame = received.empty(received.Conversation)
    messages: pl.DataFrame = received.empty(received.Message)
    receipts: pl.DataFrame = received.empty(received.Receipt)
    events: pl.DataFrame = received.empty(received.Event)
    ties: pl.DataFrame = received.empty(received.Tie)
    topics: pl.DataFrame = received.empty(received.Topic)
    refused: pl.DataFrame = received.empty(received.Refusal)
    original: pl.DataFrame = pl.DataFrame(schema={"row": pl.UInt32})
    meanings: Mapping[str, str] = MappingProxyType({})
    text_rows: int | None = None
    assumed_encoding: str | None = None

    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames of the batch, by name."""
        return {name: value for name, value in self._asdict().items() if isinstance(value, pl.DataFrame)}


class Read(Protocol):
    """The function a format module gives."""

    def __call__(self, path: Any, source: Any, /, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
        """Yield a file as batches of at most `rows` entries, with never more than one of them in memory.

        `source` is the module's own subclass of `schemas.source.Source`. Raises `pipelines.errors.DeliveryRefused` or
        `DeliveryHeld` for the file as a whole; whatever is wrong with one entry is a refusal in its batch.
        """


class Sample(NamedTuple):
    """What a format gets to see of a file to say whether it is one of its own."""

    name: str
    start: bytes  # the first SAMPLE_BYTES
    header: tuple[str, ...] = ()  # of a table (CSV, TSV, xlsx), folded as headers are compared
    members: tuple[str, ...] = ()  # names of the files in a zip
    folders: tuple[str, ...] = ()  # names of the folders it lies in, the outermost first


class Unpacked(NamedTuple):
    """How an export lies in folders where its archive was unpacked.

    `inside` matches the whole path of a file that is read; its group `root` is the folder that holds the export. `glob`
    finds all such files below that folder; None where they cannot be read apart, and the folder has to be packed again.
    """

    inside: Pattern[str]
    glob: str | None


class Format(NamedTuple):
    """A format onecontact reads, as its module declares it in `FORMAT`.

    The entries that are counted are the rows of contact lists, and the messages and events of conversations. `detects`
    says from 0 (no) to 1 (nothing else looks like this) how much a file looks like the format. `guide` is Markdown: how
    to get such a file, what is read out of it and what is not; `appendix` makes more of it, out of what the reader
    knows. The page of the format and `onecontact formats` are made of them. `unpacked` says how its files lie where an
    export is a folder, which then is one source. In a chat, threads have no end, and people go by display names.
    """

    name: str
    describes: str
    options: type[Source]
    read: Read
    holds: Literal["contacts", "conversations"] = "conversations"
    detects: Callable[[Sample], float] = lambda _: 0.0
    guide: str = ""
    appendix: Callable[[], str] = lambda: ""
    unpacked: Unpacked | None = None
    is_chat: bool = False
