"""The filter language: what can be asked of a contact, and how questions are combined."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    model_serializer,
    model_validator,
)

from schemas.settings.strict import Strict

Scalar = bool | int | float | str | date | datetime


class Operator(StrEnum):
    """What a field is asked. A missing value fails every positive operator and passes every negative one."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    MATCHES = "matches"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BETWEEN = "between"
    ON = "on"
    BEFORE = "before"
    AFTER = "after"
    WITHIN_LAST = "within_last"
    NOT_WITHIN_LAST = "not_within_last"
    IS_SET = "is_set"
    IS_NOT_SET = "is_not_set"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    IS_TRUE = "is_true"
    IS_FALSE = "is_false"


class Relation(StrEnum):
    """What a contact has any number of, and can be asked how many fit."""

    CONVERSATIONS = "conversations"
    MESSAGES = "messages"
    NOTES = "notes"
    IDENTIFIERS = "identifiers"
    EXPORTS = "exports"


class Span(Strict):
    """A length of time: so many days, weeks, months or years."""

    days: int | None = Field(default=None, ge=1, le=36_500)
    weeks: int | None = Field(default=None, ge=1, le=5_200)
    months: int | None = Field(default=None, ge=1, le=1_200)
    years: int | None = Field(default=None, ge=1, le=100)

    @model_validator(mode="after")
    def has_one_unit(self) -> Self:
        """A month and two days before a day is another day depending on which is counted first."""
        if len(self.stated()) != 1:
            raise ValueError("states one of days, weeks, months, years")
        return self

    def stated(self) -> dict[str, int]:
        """The unit and its number."""
        units = {"days": self.days, "weeks": self.weeks, "months": self.months, "years": self.years}
        return {unit: number for unit, number in units.items() if number is not None}

    @model_serializer
    def as_written(self) -> dict[str, int]:
        """Only the unit that is stated."""
        return self.stated()


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


def as_operator(value: object) -> object:
    """YAML takes `on` for true."""
    return Operator.ON.value if value is True else value


class _Form(Strict):
    """A form that a filter has. It is put together when it is first needed: together they are slow to import."""

    model_config = ConfigDict(defer_build=True)


class Condition(_Form):
    """One question to one field."""

    field: str
    op: Annotated[Operator, BeforeValidator(as_operator)]
    value: Value | None = None


class All(_Form):
    """Every one of these holds; of none, that is so of everybody."""

    all: tuple["Where", ...]


class AnyOf(_Form):
    """At least one of these holds."""

    any: Annotated[tuple["Where", ...], Filled]


class Not(_Form):
    """This does not hold."""

    negated: "Where" = Field(alias="not")


class _Related(_Form):
    """Something that a contact has any number of; `where` is asked of each alone, so it ties what it asks together."""

    where: "Where | None" = None

    @model_serializer(mode="wrap")
    def as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What it is first, and a filter only where there is one."""
        said: dict[str, Any] = handler(self)
        where = said.pop("where", None)
        return said if where is None else said | {"where": where}


class Exists(_Related):
    """There is at least one that fits."""

    exists: Relation


class NoneOf(_Related):
    """There is none that fits."""

    none: Relation


class Count(_Related):
    """How many fit is so many: `op` is eq, ne, gt, gte, lt or lte."""

    count: Relation
    op: Operator
    value: int = Field(ge=0, le=1_000_000_000)


class InSegment(_Form):
    """It is in a segment of this project, by the filter of that segment."""

    in_segment: str


class Search(_Form):
    """Every word of a text hits a name, a number, an address, an id, a tag, an attribute or a note."""

    search: str = Field(min_length=1)


FORMS: dict[str, type[Strict]] = {
    "all": All,
    "any": AnyOf,
    "not": Not,
    "exists": Exists,
    "none": NoneOf,
    "count": Count,
    "in_segment": InSegment,
    "search": Search,
}


def form(value: object) -> str:
    """Which of its forms a filter has, by the key it carries."""
    for key, model in FORMS.items():
        if isinstance(value, model) or (isinstance(value, dict) and key in value):
            return f"<{key}>"
    return "<field>"


Where = Annotated[
    Annotated[All, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[Not, Tag("<not>")]
    | Annotated[Exists, Tag("<exists>")]
    | Annotated[NoneOf, Tag("<none>")]
    | Annotated[Count, Tag("<count>")]
    | Annotated[InSegment, Tag("<in_segment>")]
    | Annotated[Search, Tag("<search>")]
    | Annotated[Condition, Tag("<field>")],
    Discriminator(form),
]


def parts(where: Where, place: str = "where") -> Iterator[tuple[str, Where]]:
    """A filter and everything in it, each with its place; not what is asked of what a contact has several of."""
    yield place, where
    match where:
        case All(all=inner):
            for n, part in enumerate(inner):
                yield from parts(part, f"{place}.all[{n}]")
        case AnyOf(any=inner):
            for n, part in enumerate(inner):
                yield from parts(part, f"{place}.any[{n}]")
        case Not(negated=part):
            yield from parts(part, f"{place}.not")
        case _:
            pass
