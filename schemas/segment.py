"""segments/*.yaml: one published dataset each, the language its filter is written in, and what fields can be asked."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator

from schemas.attribute import Attribute
from schemas.source import Strict
from schemas.vocabulary import STATUS_OF, AttributeType, Status

ID_CHANGES = "id_changes"  # the dataset that every project publishes
Scalar = bool | int | float | str | date | datetime


class Operator(StrEnum):
    """What a field is asked. A missing value fails every positive operator and passes every negative one."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    WITHIN_LAST = "within_last"
    NOT_WITHIN_LAST = "not_within_last"
    IS_SET = "is_set"
    IS_NOT_SET = "is_not_set"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"


class Dialect(StrEnum):
    """For whom a file is written."""

    PLAIN = "plain"  # for programs: values as they are
    EXCEL = "excel"  # for spreadsheets: nothing in it runs or is shown as something else


class Span(Strict):
    """A length of time."""

    days: int = Field(ge=1, le=36_500)


def filled(value: object) -> object:
    """A list with something in it, or a ValueError."""
    if isinstance(value, list | tuple) and not value:
        raise ValueError("must not be empty")
    return value


def shape(value: object) -> str:
    """Which of the three forms a value has."""
    if isinstance(value, Span | dict):
        return "<span>"
    return "<many>" if isinstance(value, list | tuple) else "<one>"


Filled = BeforeValidator(filled)
Value = Annotated[
    Annotated[Scalar, Tag("<one>")] | Annotated[Span, Tag("<span>")] | Annotated[tuple[Scalar, ...], Tag("<many>")],
    Discriminator(shape),
]


class Condition(Strict):
    """One question to one field."""

    field: str
    op: Operator
    value: Value | None = None


class All(Strict):
    """Every one of these holds; of none, that is so of everybody."""

    all: tuple["Where", ...]


class AnyOf(Strict):
    """At least one of these holds."""

    any: Annotated[tuple["Where", ...], Filled]


class Not(Strict):
    """This does not hold."""

    negated: "Where" = Field(alias="not")


def kind(value: object) -> str:
    """Which of the four forms a filter has, by the key it carries."""
    for form, model in (("all", All), ("any", AnyOf), ("not", Not)):
        if isinstance(value, model) or (isinstance(value, dict) and form in value):
            return f"<{form}>"
    return "<field>"


Where = Annotated[
    Annotated[All, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[Not, Tag("<not>")]
    | Annotated[Condition, Tag("<field>")],
    Discriminator(kind),
]


class Segment(Strict):
    """A published dataset: whom it holds, which columns, in which order."""

    segment: str = Field(pattern=r"^[a-z0-9][a-z0-9_]*$", description="Name of the dataset")
    description: str = Field(default="", description="What it is for")
    as_of: Literal["run"] = Field(default="run", description="The moment relative dates count from")
    where: Where = Field(description="Who is in it")
    include_blocked: bool = Field(default=False, description="Whether blocked contacts that fit are in it, too")
    include_suppressed: bool = Field(
        default=False, description="Whether contacts that fit are in it although their address is suppressed"
    )
    columns: Annotated[tuple[str, ...], Filled] = Field(description="Columns of the file, in order")
    order_by: Annotated[tuple[str, ...], Filled] = Field(
        default=("contact_id",), description="Columns rows are sorted by"
    )

    dialect: Dialect = Field(default=Dialect.PLAIN, description="For whom the file is written")

    @field_validator("segment")
    @classmethod
    def not_taken(cls, name: str) -> str:
        """Two datasets of one name would write the same folder."""
        if name == ID_CHANGES:
            raise ValueError("is what every project publishes of its ids: give the segment another name")
        return name

    @field_validator("columns")
    @classmethod
    def each_once(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        """A file with two columns of one name cannot be read by name."""
        if len(set(columns)) < len(columns):
            raise ValueError("names a column twice")
        return columns


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
    | dict.fromkeys(("tags", "channels", *EVERY), FieldKind(Kind.LIST))
    | {
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
