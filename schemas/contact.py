"""What a contact is: the contract of the golden record, and which kinds of question each of its fields can be asked."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, NamedTuple

import polars as pl

from schemas.attribute import Attribute
from schemas.received import Frame, Instant, Strings, column, column_types
from schemas.vocabulary import AttributeType, Pii, Status, StatusReason

Entries = Annotated[pl.List, pl.Struct({"key": pl.String, "value": pl.String})]


class Contact(Frame):
    """The golden record: one row per person."""

    contact_id: pl.String = column(
        "Id of the contact, stable as long as its first record is in it", Pii.KEYED, unique=True
    )
    name: pl.String = column("Full name", Pii.DIRECT, nullable=True)
    first_name: pl.String = column("Given name", Pii.DIRECT, nullable=True)
    last_name: pl.String = column("Family name", Pii.DIRECT, nullable=True)
    phone: pl.String = column("Primary phone, E.164", Pii.DIRECT, nullable=True)
    email: pl.String = column("Primary e-mail address", Pii.DIRECT, nullable=True)
    source: pl.String = column("Channel of the first interaction, or import:<source>", Pii.NONE)
    first_seen_at: Instant = column("First interaction, or first time a record was seen", Pii.QUASI, nullable=True)
    last_interaction_at: Instant = column("Last message in either direction", Pii.QUASI, nullable=True)
    last_inbound_at: Instant = column("Last message from the contact", Pii.QUASI, nullable=True)
    last_outbound_at: Instant = column("Last message to the contact", Pii.QUASI, nullable=True)
    status: pl.String = column("Blocked, active or inactive", Pii.NONE, isin=list(Status))
    status_reason: pl.String = column("Why it has that status", Pii.NONE, isin=list(StatusReason))
    status_since: Instant = column("Since when it has that status", Pii.QUASI, nullable=True)
    status_as_of: Instant = column("The moment the status was computed for", Pii.NONE)
    tags: Strings = column("Tags of all its records", Pii.QUASI)
    attributes: Entries = column("Custom attributes as key and value", Pii.QUASI)
    channels: Strings = column("Channels it was talked to on", Pii.QUASI)
    records: pl.UInt32 = column("How many source records it is made of", Pii.NONE, ge=1)


# What a contact has several of, and the column of the golden record that has the first one only.
EVERY = MappingProxyType({"phones": "phone", "emails": "email"})


class Kind(StrEnum):
    """What a field can be asked."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"
    BOOLEAN = "boolean"
    LIST = "list"


class FieldKind(NamedTuple):
    """Kind of a field, and the values it offers if it is a choice."""

    kind: Kind
    values: tuple[str, ...] = ()


ATTRIBUTE_KINDS = {
    AttributeType.TEXT: Kind.TEXT,
    AttributeType.NUMBER: Kind.NUMBER,
    AttributeType.DATE: Kind.DATE,
    AttributeType.DROPDOWN: Kind.CHOICE,
    AttributeType.BOOLEAN: Kind.BOOLEAN,
}


def field_kinds(attributes: Mapping[str, Attribute]) -> dict[str, FieldKind]:
    """Every field a filter or a list can name, custom attributes as `attr.<name>`."""
    choices = {"status": tuple(Status), "status_reason": tuple(StatusReason)}
    kinds = {
        name: FieldKind(Kind.CHOICE, choices[name]) if name in choices else FieldKind(_kind(dtype))
        for name, dtype in column_types(Contact).items()
        if name != "attributes"
    }
    every = {name: FieldKind(Kind.LIST) for name in EVERY}
    custom = {f"attr.{name}": FieldKind(ATTRIBUTE_KINDS[each.type], each.values) for name, each in attributes.items()}
    return kinds | every | custom


def _kind(dtype: pl.DataType) -> Kind:
    if isinstance(dtype, pl.Datetime):
        return Kind.INSTANT
    if isinstance(dtype, pl.List):
        return Kind.LIST
    return Kind.NUMBER if dtype.is_numeric() else Kind.TEXT
