"""The filter language of segments, compiled to a Polars predicate.

It knows two truth values: where a value is missing, every positive operator is false and every negative one true.
What cannot be asked (an unknown field, an operator that does not fit, a value no dropdown offers) is an error with its
place, never an empty result.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import partial
from typing import Any

import polars as pl

from pipelines.errors import ConfigurationError
from pipelines.normalise.text import fold_case
from schemas.fields import FieldKind, Kind
from schemas.filter import All, AnyOf, Condition, Not, Operator, Span, Where

SET = {Operator.IS_SET, Operator.IS_NOT_SET}
EQUAL = {Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN}
ORDER = {Operator.GT, Operator.GTE, Operator.LT, Operator.LTE}
RECENT = {Operator.WITHIN_LAST, Operator.NOT_WITHIN_LAST}
FITS = {
    Kind.TEXT: SET | EQUAL | {Operator.CONTAINS, Operator.STARTS_WITH},
    Kind.CHOICE: SET | EQUAL,
    Kind.NUMBER: SET | EQUAL | ORDER,
    Kind.DATE: SET | EQUAL | ORDER | RECENT,
    Kind.INSTANT: SET | ORDER | RECENT,
    Kind.BOOLEAN: SET | {Operator.EQ, Operator.NE},
    Kind.LIST: SET | {Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE},
}
NEGATIVE = {
    Operator.NE: Operator.EQ,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_WITHIN_LAST: Operator.WITHIN_LAST,
    Operator.HAS_NONE: Operator.HAS_ANY,
    Operator.IS_NOT_SET: Operator.IS_SET,
}
OF_LISTS = {  # what a list is asked instead
    Operator.EQ: Operator.HAS_ANY,
    Operator.NE: Operator.HAS_NONE,
    Operator.IN: Operator.HAS_ANY,
    Operator.NOT_IN: Operator.HAS_NONE,
    Operator.CONTAINS: Operator.HAS_ANY,
}
MANY = {Operator.IN, Operator.HAS_ANY, Operator.HAS_ALL}


def compile_filter(where: Where, fields: Mapping[str, FieldKind], as_of: datetime, place: str = "where") -> pl.Expr:
    """A predicate over a frame of contacts (attributes as columns `attr.<name>`, text).

    Days are those of the zone `as_of` is stated in. Raises ConfigurationError that names the place in the segment and
    what would have been possible.
    """
    if isinstance(where, All):
        parts = [compile_filter(part, fields, as_of, f"{place}.all[{n}]") for n, part in enumerate(where.all)]
        return pl.all_horizontal(parts or [pl.repeat(value=True, n=pl.len(), dtype=pl.Boolean)])
    if isinstance(where, AnyOf):
        parts = [compile_filter(part, fields, as_of, f"{place}.any[{n}]") for n, part in enumerate(where.any)]
        return pl.any_horizontal(parts)
    if isinstance(where, Not):
        return ~compile_filter(where.negated, fields, as_of, f"{place}.not")
    return compile_condition(where, fields, as_of, place)


def conditions(where: Where, place: str = "where") -> Iterator[tuple[str, Condition]]:
    """Every question of a filter, with its place."""
    match where:
        case All(all=parts) | AnyOf(any=parts):
            key = "all" if isinstance(where, All) else "any"
            for n, part in enumerate(parts):
                yield from conditions(part, f"{place}.{key}[{n}]")
        case Not(negated=part):
            yield from conditions(part, f"{place}.not")
        case _:
            yield place, where


def filter_faults(where: Where, fields: Mapping[str, FieldKind], as_of: datetime) -> Iterator[str]:
    """Everything in a filter that cannot be asked, each with its place; nothing of one that can be compiled."""
    for place, asked in conditions(where):
        try:
            compile_condition(asked, fields, as_of, place)
        except ConfigurationError as error:
            yield str(error)


def asked_fields(where: Where) -> Iterator[str]:
    """Every field that a filter asks about."""
    return (asked.field for _, asked in conditions(where))


def is_relative(where: Where) -> bool:
    """Whether the answer depends on the moment it is asked at, and not on the contacts alone."""
    return any(asked.op in RECENT for _, asked in conditions(where))


def compile_condition(asked: Condition, fields: Mapping[str, FieldKind], as_of: datetime, place: str) -> pl.Expr:
    """One question as a predicate without nulls."""
    kind = known_field(asked.field, fields, f"{place}.field")
    if asked.op not in FITS[kind.kind]:
        instead = f"; use {OF_LISTS[asked.op]}" if kind.kind is Kind.LIST and asked.op in OF_LISTS else ""
        raise ConfigurationError(
            f"{place}.op: {asked.op} cannot be asked of {asked.field}, which is a {kind.kind}; "
            f"possible are {', '.join(sorted(FITS[kind.kind]))}{instead}"
        )
    positive = NEGATIVE.get(asked.op, asked.op)
    answer = ask(positive, asked, kind, as_of, f"{place}.value").fill_null(value=False)
    return ~answer if asked.op in NEGATIVE else answer


def known_field(name: str, fields: Mapping[str, FieldKind], place: str) -> FieldKind:
    """Kind of a field, or an error that names the nearest one there is."""
    if name in fields:
        return fields[name]
    near = get_close_matches(name, fields, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(fields))}"
    raise ConfigurationError(f"{place}: no field {name}; {hint}")


def ask(op: Operator, asked: Condition, kind: FieldKind, as_of: datetime, place: str) -> pl.Expr:
    """A positive question; null where the value is missing."""
    if op is Operator.IS_SET:
        if asked.value is not None:
            raise ConfigurationError(f"{place}: {asked.op} takes no value")
        present = pl.col(asked.field).is_not_null()
        return present & (pl.col(asked.field).list.len() > 0) if kind.kind is Kind.LIST else present
    if op is Operator.WITHIN_LAST:
        return within_last(asked, kind, as_of, place)
    column, literal = comparable(asked.field, kind, place)
    if op in MANY:
        given = asked.value if isinstance(asked.value, tuple) else ()
        if not given:
            raise ConfigurationError(f"{place}: {asked.op} needs a list of values")
        values = [literal(value) for value in given]
        return among(op, column, values)
    if asked.value is None or isinstance(asked.value, tuple | Span):
        raise ConfigurationError(f"{place}: {asked.op} needs one value")
    value = pl.lit(literal(asked.value))
    comparisons: dict[Operator, Callable[[], pl.Expr]] = {
        Operator.EQ: lambda: column == value,
        Operator.GT: lambda: column > value,
        Operator.GTE: lambda: column >= value,
        Operator.LT: lambda: column < value,
        Operator.LTE: lambda: column <= value,
        Operator.CONTAINS: lambda: column.str.contains(value, literal=True),
        Operator.STARTS_WITH: lambda: column.str.starts_with(value),
    }
    return comparisons[op]()


def among(op: Operator, column: pl.Expr, values: list[Any]) -> pl.Expr:
    """Whether a value is one of these, or a list holds any or all of them."""
    if op is Operator.IN:
        return column.is_in(values)
    held = [column.list.contains(pl.lit(value)) for value in values]
    return pl.all_horizontal(held) if op is Operator.HAS_ALL else pl.any_horizontal(held)


def within_last(asked: Condition, kind: FieldKind, as_of: datetime, place: str) -> pl.Expr:
    """Whether a time lies in the span that ends now: both ends belong to it."""
    if not isinstance(asked.value, Span):
        raise ConfigurationError(f"{place}: {asked.op} needs a length of time such as {{days: 30}}")
    since = as_of - timedelta(days=asked.value.days)  # as_of is in the project's zone: days are its days
    if kind.kind is Kind.DATE:
        return day_of(pl.col(asked.field)).is_between(since.date(), as_of.date())
    return pl.col(asked.field).is_between(since.astimezone(UTC), as_of.astimezone(UTC))


def day_of(column: pl.Expr) -> pl.Expr:
    """The day a canonical text names; of what was kept while the attribute had another type, none."""
    return column.str.to_date("%Y-%m-%d", strict=False)


def comparable(field: str, kind: FieldKind, place: str) -> tuple[pl.Expr, Callable[[Any], Any]]:
    """A field as it is compared, and what makes a given value comparable with it."""
    column = pl.col(field)
    choice = partial(_choice, field, kind.values, place)
    if kind.kind is Kind.CHOICE:
        return column, choice
    as_compared, literal, example = COMPARED[kind.kind]
    if kind.values:  # a list of choices
        return as_compared(column), lambda value: literal(choice(value))

    def checked(value: Any) -> Any:
        read = literal(value)
        if read is None:
            raise ConfigurationError(f"{place}: {field} is compared with {example}")
        return read

    return as_compared(column), checked


def _choice(field: str, values: tuple[str, ...], place: str, value: Any) -> str:
    if str(value) not in values:
        raise ConfigurationError(f"{place}: {field} is one of {', '.join(values)}")
    return str(value)


def _text(value: Any) -> Any:
    return pl.select(fold_case(pl.lit(str(value)))).item()


def _number(value: Any) -> float | None:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)


def _day(value: Any) -> date | None:
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _instant(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) and value.tzinfo else None


def _boolean(value: Any) -> str | None:
    return str(value).lower() if isinstance(value, bool) else None


# For each kind: the field as it is compared, a value as it is compared (None: it cannot be), an example of one.
COMPARED: dict[Kind, tuple[Callable[[pl.Expr], pl.Expr], Callable[[Any], Any], str]] = {
    Kind.TEXT: (fold_case, _text, "a text"),
    Kind.NUMBER: (lambda column: column.cast(pl.Float64, strict=False), _number, "a number"),
    Kind.DATE: (day_of, _day, "a date such as 2026-03-31"),
    Kind.INSTANT: (lambda column: column, _instant, "a time such as 2026-03-31T12:00:00Z"),
    Kind.BOOLEAN: (lambda column: column, _boolean, "true or false"),
    Kind.LIST: (lambda column: column.list.eval(fold_case(pl.element())), _text, "texts"),
}
