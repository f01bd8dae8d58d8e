"""Values of a filter, made comparable with a field: checked, folded, and in the unit that its column is in."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from math import isnan
from typing import Any

import polars as pl

from pipelines.errors import FilterFault
from pipelines.normalise.text import fold_case
from pipelines.query.operators import OPERATORS, Takes
from pipelines.query.patterns import pattern_fault
from schemas.fields import FieldKind, Kind
from schemas.filter import Condition, Operator, Span

MOST_TOLD = 12  # of the values that there are, where none is near
EXAMPLES = {
    Kind.TEXT: "a text",
    Kind.NUMBER: "a number",
    Kind.DATE: "a date such as 2026-03-31",
    Kind.INSTANT: "a time such as 2026-03-31T12:00:00Z, or a day",
    Kind.BOOLEAN: "true or false",
    Kind.LIST: "texts",
}
TICK = timedelta(microseconds=1)  # no two instants are closer


def values_of(asked: Condition, kind: FieldKind, as_of: datetime, place: str) -> tuple[Any, ...]:
    """What a field is compared with, as many values as the operator has in its SQL.

    Raises FilterFault where there are too few, or one that no contact could ever have.
    """
    takes = OPERATORS[asked.op].takes
    if takes is Takes.NOTHING:
        if asked.value is not None:
            raise FilterFault(place, f"{asked.op} takes no value")
        return {Operator.IS_TRUE: (True,), Operator.IS_FALSE: (False,)}.get(asked.op, ())
    if takes is Takes.SPAN:
        if not isinstance(asked.value, Span):
            raise FilterFault(place, f"{asked.op} needs {takes.value}")
        return bounds(kind.kind, before(as_of, asked.value), as_of)
    given = many(asked, takes, place) if takes in (Takes.MANY, Takes.TWO) else [one(asked, place)]
    if kind.kind in (Kind.DATE, Kind.INSTANT):
        return times(asked, kind.kind, given, as_of, place)
    read = tuple(literal(asked, kind, value, place) for value in given)
    if takes is Takes.TWO and read[0] > read[1]:
        raise FilterFault(place, "between has its lower value first")
    return read


def one(asked: Condition, place: str) -> Any:
    """The one value that an operator takes."""
    if asked.value is None or isinstance(asked.value, tuple | Span):
        raise FilterFault(place, f"{asked.op} needs one value")
    return asked.value


def many(asked: Condition, takes: Takes, place: str) -> Sequence[Any]:
    """The values of an operator that takes several."""
    given = asked.value if isinstance(asked.value, tuple) else ()
    if not given or (takes is Takes.TWO and len(given) != 2):
        raise FilterFault(place, f"{asked.op} needs {takes.value}")
    return given


def literal(asked: Condition, kind: FieldKind, value: Any, place: str) -> Any:
    """A value as a field of this kind is compared with it."""
    if kind.values:
        chosen = choice(asked.field, kind.values, value, place)
        return folded(chosen) if kind.kind is Kind.LIST else chosen
    if asked.op is Operator.MATCHES:
        return pattern(value, place)
    read = READ[kind.kind](value)
    if read is None:
        raise FilterFault(place, f"{asked.field} is compared with {EXAMPLES[kind.kind]}")
    return read


def choice(field: str, values: Sequence[str], value: Any, place: str) -> str:
    """One of the values that a field offers, however it is written."""
    written = folded(value)
    chosen = next((each for each in values if each == str(value) or folded(each) == written), None)
    if chosen is None:
        near = nearest(str(value), values)
        raise FilterFault(place, f"{field} is one of {', '.join(values)}{f'; did you mean {near}?' if near else ''}")
    return chosen


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that was probably meant, also one that has something before a colon or dot, or around it."""
    small = {each.casefold(): each for each in known}
    small |= {re.split(r"[:.]", each)[-1]: small[each] for each in [*small] if re.search(r"[:.]", each)}
    wanted = word.casefold()
    close = get_close_matches(wanted, small, n=1)
    if close:
        return small[close[0]]
    around = [each for each in small if wanted and (wanted in each or each in wanted)]
    return small[min(around, key=len)] if around else None


def offered(known: Sequence[str]) -> str:
    """The words that there are, or so many that one has an idea of them."""
    shown = sorted(known)[:MOST_TOLD]
    more = len(known) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def pattern(value: Any, place: str) -> str:
    """A regular expression that means the same in both engines."""
    fault = pattern_fault(str(value))
    if fault is not None:
        raise FilterFault(place, f"the pattern {fault}")
    compiled = f"(?i){value}"
    try:
        pl.Series(["x"]).str.contains(compiled)
    except pl.exceptions.ComputeError:
        raise FilterFault(place, "the pattern is no regular expression") from None
    return compiled


def times(asked: Condition, kind: Kind, given: Sequence[Any], as_of: datetime, place: str) -> tuple[Any, ...]:
    """Days or instants to compare with. A day, compared with an instant, is all of it, in the zone of `as_of`."""
    read = [moment(kind, asked.op, value) for value in given]
    if None in read:
        expected = Takes.DAY.value if OPERATORS[asked.op].takes is Takes.DAY else EXAMPLES[kind]
        raise FilterFault(place, f"{asked.field} is compared with {expected}")
    ends = [(each, each) if kind is Kind.DATE or isinstance(each, datetime) else day(each, as_of) for each in read]
    if asked.op is Operator.ON:
        return ends[0]
    if asked.op is Operator.BETWEEN:
        if ends[0][0] > ends[1][1]:
            raise FilterFault(place, "between has its earlier value first")
        return ends[0][0], ends[1][1]
    latest = asked.op in (Operator.GT, Operator.LTE, Operator.AFTER)
    return tuple(end if latest else begin for begin, end in ends)


def moment(kind: Kind, op: Operator, value: Any) -> Any:
    """The day or the instant that a value of a filter is; None if it is none that can be compared with this kind."""
    if isinstance(value, str):
        with suppress(ValueError):
            value = date.fromisoformat(value) if len(value) == len("2026-03-31") else datetime.fromisoformat(value)
    if isinstance(value, datetime):
        if kind is Kind.DATE and OPERATORS[op].takes is not Takes.DAY:
            return value.date()
        is_instant = kind is Kind.INSTANT and value.tzinfo and OPERATORS[op].takes is not Takes.DAY
        return value.astimezone(UTC) if is_instant else None
    return value if isinstance(value, date) else None


def day(of: date, as_of: datetime) -> tuple[datetime, datetime]:
    """The first and the last instant of a day, in UTC; days are those of the zone `as_of` is stated in."""
    begins = datetime.combine(of, time(), as_of.tzinfo).astimezone(UTC)
    following = datetime.combine(of + timedelta(days=1), time(), as_of.tzinfo).astimezone(UTC)
    return begins, following - TICK


def before(as_of: datetime, span: Span) -> datetime:
    """The moment that lies a span before another, on the clock of its zone.

    Months and years end on the last day of a shorter month: a month before 31 March is 28 February.
    """
    [(unit, number)] = span.stated().items()
    if unit in ("days", "weeks"):
        return as_of - timedelta(**{unit: number})
    months = as_of.year * 12 + as_of.month - 1 - number * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return as_of.replace(year=year, month=month + 1, day=min(as_of.day, (following - timedelta(days=1)).day))


def bounds(kind: Kind, since: datetime, until: datetime) -> tuple[Any, Any]:
    """Both ends of a time, as days or as instants."""
    if kind is Kind.DATE:
        return since.date(), until.date()
    return since.astimezone(UTC), until.astimezone(UTC)


def folded(value: Any) -> Any:
    """A text as texts are compared; None where nothing is left of it."""
    return pl.select(fold_case(pl.lit(str(value)))).item()


def number(value: Any) -> float | None:
    """A number, and not one that is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        read = float(value)
    except OverflowError:
        return None
    return None if isnan(read) else read


def boolean(value: Any) -> bool | None:
    """True or false."""
    return value if isinstance(value, bool) else None


READ = {Kind.TEXT: folded, Kind.LIST: folded, Kind.NUMBER: number, Kind.BOOLEAN: boolean}
