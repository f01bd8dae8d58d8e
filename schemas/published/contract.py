"""What is said of a published view and its columns, and columns that several views have."""

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


class View(NamedTuple):
    """A published view: what a row is, and its columns in order."""

    name: str
    description: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of this name."""
        return next(each for each in self.columns if each.name == name)


CONTACT_ID = Column("contact_id", UUID, "The contact", Pii.KEYED)
CONVERSATION_ID = Column("conversation_id", UUID, "The conversation; empty where there is none", Pii.KEYED)
CHANNEL = Column("channel", TEXT, "Where it took place, such as whatsapp or email", Pii.NONE)
SOURCE = Column("source", TEXT, "Source in onecontact.yaml that delivered it", Pii.NONE)
INBOX = Column("inbox", TEXT, "Inbox or number of the company", Pii.NONE)
PRECISION = Column("precision", TEXT, "How exactly the time is known: millisecond, second or minute", Pii.NONE)
ZONE = Column("zone_source", TEXT, "Whether the zone of the time was stated, assumed or skipped", Pii.NONE)
DELIVERY = Column("delivery_id", UUID, "The delivery it was read in", Pii.NONE)
FILE = Column("file_name", TEXT, "File of that delivery", Pii.DIRECT, ("deliveries.file_name",))
ROW_NUMBER = Column("row_number", ROW, "Data row or entry in that file, from 1", Pii.NONE)
LINE_NUMBER = Column("line_number", ROW, "Line in that file, from 1, if it has lines", Pii.NONE)
DECIDED_BY = Column("decided_by", TEXT, "Colleague who decided it, if nobody delivered it", Pii.NONE)
DECIDED_AT = Column("decided_at", TIME, "When that was decided", Pii.NONE)
ATTACHMENTS = Column(
    "attachments", "STRUCT(\"name\" VARCHAR, \"type\" VARCHAR, sha256 VARCHAR)[]", "Files that came with it", Pii.DIRECT
)  # fmt: skip
