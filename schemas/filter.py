"""The filter language: what can be asked of a contact, and how questions are combined."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, Tag

from schemas.settings.strict import Strict

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
