"""The fields of a contact that a filter, a list or a segment can name, and what kind each one is."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from schemas.attribute import Attribute
from schemas.filter import Relation
from schemas.vocabulary import (
    STATUS_OF,
    AttributeType,
    Author,
    Channel,
    ConversationStatus,
    Direction,
    IdentifierType,
    MessageKind,
    MessageState,
    Status,
    Validity,
)

# What a contact has several of, and the column of the golden record that has the first one only.
EVERY = MappingProxyType({"phones": "phone", "emails": "email"})
REACHING = (*EVERY, *EVERY.values())  # columns by which a file reaches people


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
    """Kind of a field, and the values it offers if it is a choice, or a list of choices."""

    kind: Kind
    values: tuple[str, ...] = ()


ATTRIBUTE_KINDS = {
    AttributeType.TEXT: Kind.TEXT,
    AttributeType.NUMBER: Kind.NUMBER,
    AttributeType.DATE: Kind.DATE,
    AttributeType.DROPDOWN: Kind.CHOICE,
    AttributeType.BOOLEAN: Kind.BOOLEAN,
}


# The fields of every contact; a test holds them to its contract.
FIELD_KINDS = MappingProxyType(
    dict.fromkeys(("contact_id", "name", "first_name", "last_name", "phone", "email", "source"), FieldKind(Kind.TEXT))
    | dict.fromkeys(
        ("first_seen_at", "last_interaction_at", "last_inbound_at", "last_outbound_at", "status_since", "status_as_of"),
        FieldKind(Kind.INSTANT),
    )
    | dict.fromkeys(("tags", *EVERY), FieldKind(Kind.LIST))
    | {
        "channels": FieldKind(Kind.LIST, tuple(Channel)),
        "records": FieldKind(Kind.NUMBER),
        "status": FieldKind(Kind.CHOICE, tuple(Status)),
        "status_reason": FieldKind(Kind.CHOICE, tuple(STATUS_OF)),
    }
)


def field_kinds(attributes: Mapping[str, Attribute]) -> dict[str, FieldKind]:
    """Every field a filter or a list can name, custom attributes as `attr.<name>`."""
    custom = {
        f"attr.{name}": FieldKind(Kind.LIST if each.is_list else ATTRIBUTE_KINDS[each.type], each.values)
        for name, each in attributes.items()
    }
    return FIELD_KINDS | custom


TEXT, INSTANT, NUMBER = FieldKind(Kind.TEXT), FieldKind(Kind.INSTANT), FieldKind(Kind.NUMBER)
BOOLEAN, LIST, CHANNEL = FieldKind(Kind.BOOLEAN), FieldKind(Kind.LIST), FieldKind(Kind.CHOICE, tuple(Channel))
AUTHOR = FieldKind(Kind.CHOICE, tuple(Author))

# The fields of what a contact has any number of; a test holds them to the published views.
RELATION_FIELDS: Mapping[Relation, Mapping[str, FieldKind]] = MappingProxyType(
    {
        Relation.CONVERSATIONS: {
            "channel": CHANNEL,
            "status": FieldKind(Kind.CHOICE, tuple(ConversationStatus)),
            "started_at": INSTANT,
            "last_message_at": INSTANT,
            "inbox": TEXT,
            "labels": LIST,
            "assignee": TEXT,
            "source": TEXT,
            "is_group": BOOLEAN,
            "messages": NUMBER,
        },
        Relation.MESSAGES: {
            "channel": CHANNEL,
            "direction": FieldKind(Kind.CHOICE, tuple(Direction)),
            "sent_at": INSTANT,
            "kind": FieldKind(Kind.CHOICE, tuple(MessageKind)),
            "author": AUTHOR,
            "inbox": TEXT,
            "source": TEXT,
            "state": FieldKind(Kind.CHOICE, tuple(MessageState)),
        },
        Relation.NOTES: {
            "written_at": INSTANT,
            "written_by": TEXT,
            "author": AUTHOR,
            "channel": CHANNEL,
            "source": TEXT,
        },
        Relation.IDENTIFIERS: {
            "type": FieldKind(Kind.CHOICE, tuple(IdentifierType)),
            "value": TEXT,
            "scope": TEXT,
            "validity": FieldKind(Kind.CHOICE, tuple(Validity)),
            "is_primary": BOOLEAN,
            "source": TEXT,
        },
        Relation.EXPORTS: {"segment": TEXT, "published_at": INSTANT},
    }
)
