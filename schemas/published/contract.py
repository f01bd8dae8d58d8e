"""What is said of a published view and its columns, and columns that several views have."""

from enum import StrEnum
from typing import NamedTuple

from schemas.vocabulary import Pii

SCHEMA = "published"

UUID = "UUID"
TEXT = "VARCHAR"
TEXTS = "VARCHAR[]"
TIME = "TIMESTAMP WITH TIME ZONE"
ROW = "UINTEGER"
COUNT = "BIGINT"
FLAG = "BOOLEAN"


class Mask(StrEnum):
    """What a masked value looks like."""

    PHONE = "phone"  # +49 *** **34
    EMAIL = "email"  # a***@example.com
    NAME = "name"  # A*** H***
    WORDS = "words"  # ***
    MONTH = "month"  # the first day of its month
    FILES = "files"  # types of files, without their names and hashes


class Column(NamedTuple):
    """A column of a published view.

    `derives_from` names columns of the same view, or `view.column`, whose value it repeats in another form: whoever may
    not see them may not see this one either.
    """

    name: str
    type: str  # as DuckDB calls it
    description: str
    pii: Pii
    derives_from: tuple[str, ...] = ()
    mask: Mask | None = None  # None: it has no masked form, and where it were to be masked it is absent


class View(NamedTuple):
    """A published view: what a row is, and its columns in order."""

    name: str
    description: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of this name."""
        return next(each for each in self.columns if each.name == name)


# What repeats whom it is about: senders, titles of chats and names of files are numbers or addresses at times.
PERSON = ("contacts.name", "contacts.phone", "contacts.email")

CONTACT_ID = Column("contact_id", UUID, "The contact", Pii.KEYED, ("contacts.contact_id",))
CONVERSATION_ID = Column(
    "conversation_id",
    UUID,
    "The conversation; empty where there is none",
    Pii.KEYED,
    ("conversations.conversation_id",),
)
CHANNEL = Column("channel", TEXT, "Where it took place, such as whatsapp or email", Pii.NONE)
SOURCE = Column("source", TEXT, "Source in onecontact.yaml that delivered it", Pii.NONE)
INBOX = Column("inbox", TEXT, "Inbox or number of the company", Pii.NONE)
PRECISION = Column("precision", TEXT, "How exactly the time is known: millisecond, second or minute", Pii.NONE)
ZONE = Column("zone_source", TEXT, "Whether the zone of the time was stated, assumed or skipped", Pii.NONE)
DELIVERY = Column("delivery_id", UUID, "The delivery it was read in", Pii.NONE)
FILE = Column("file_name", TEXT, "File of that delivery", Pii.DIRECT, ("deliveries.file_name",), Mask.WORDS)
ROW_NUMBER = Column("row_number", ROW, "Data row or entry in that file, from 1", Pii.NONE)
LINE_NUMBER = Column("line_number", ROW, "Line in that file, from 1, if it has lines", Pii.NONE)
DECIDED_BY = Column("decided_by", TEXT, "Colleague who decided it, if nobody delivered it", Pii.NONE)
DECIDED_AT = Column("decided_at", TIME, "When that was decided", Pii.NONE)
ATTACHMENTS = Column(
    "attachments",
    'STRUCT("name" VARCHAR, "type" VARCHAR, sha256 VARCHAR)[]',
    "Files that came with it",
    Pii.DIRECT,
    mask=Mask.FILES,
)
