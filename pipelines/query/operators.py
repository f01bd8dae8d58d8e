"""Every operator of the filter language, once: of which kinds it is asked, in SQL, in Polars, and in words.

SQL has `{column}` for the column and `?` for each value, or `{values}` for as many `?` as there are; `?` of a list
operator is one list. Both forms are null or false where a value is missing; the compilers make false of null.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

import polars as pl

from schemas.fields import Kind
from schemas.filter import Operator

Asked = Callable[..., pl.Expr]  # of a column and the values
TEXTS, ORDERED, DAYS = frozenset({Kind.TEXT}), frozenset({Kind.NUMBER, Kind.DATE, Kind.INSTANT}), frozenset(
    {Kind.DATE, Kind.INSTANT}
)  # fmt: skip
LISTED = frozenset({Kind.LIST})
YES_OR_NO = frozenset({Kind.BOOLEAN})
EVERY_KIND = frozenset(Kind)
EQUAL = frozenset({Kind.TEXT, Kind.CHOICE, Kind.NUMBER, Kind.DATE})


class Takes(Enum):
    """What an operator is given."""

    NOTHING = "no value"
    ONE = "one value"
    MANY = "a list of values"
    TWO = "two values, the lower one first"
    DAY = "a day such as 2026-03-31"
    SPAN = "a length of time such as {days: 30}"


class Rule(NamedTuple):
    """An operator. One that negates another has no SQL and no Polars of its own: it is what the other is not."""

    op: Operator
    kinds: frozenset[Kind]
    takes: Takes
    sentence: str
    sql: str = ""
    polars: Asked | None = None
    negates: Operator | None = None


RULES = (
    Rule(Operator.EQ, EQUAL | YES_OR_NO, Takes.ONE, "{field} is {value}", "{column} = ?", lambda c, v: c == v),
    Rule(
        Operator.NE, EQUAL | YES_OR_NO, Takes.ONE, "{field} is not {value}", negates=Operator.EQ
    ),
    Rule(
        Operator.IN, EQUAL, Takes.MANY, "{field} is one of {value}",
        "{column} IN ({values})", lambda c, *v: c.is_in(list(v)),
    ),
    Rule(Operator.NOT_IN, EQUAL, Takes.MANY, "{field} is none of {value}", negates=Operator.IN),
    Rule(
        Operator.CONTAINS, TEXTS, Takes.ONE, "{field} contains {value}",
        "contains({column}, ?)", lambda c, v: c.str.contains(v, literal=True),
    ),
    Rule(Operator.NOT_CONTAINS, TEXTS, Takes.ONE, "{field} does not contain {value}", negates=Operator.CONTAINS),
    Rule(
        Operator.STARTS_WITH, TEXTS, Takes.ONE, "{field} begins with {value}",
        "starts_with({column}, ?)", lambda c, v: c.str.starts_with(v),
    ),
    Rule(
        Operator.ENDS_WITH, TEXTS, Takes.ONE, "{field} ends with {value}",
        "ends_with({column}, ?)", lambda c, v: c.str.ends_with(v),
    ),
    Rule(
        Operator.MATCHES, TEXTS, Takes.ONE, "{field} matches {value}",
        "regexp_matches({column}, ?)", lambda c, v: c.str.contains(v),
    ),
    Rule(Operator.GT, ORDERED, Takes.ONE, "{field} is more than {value}", "{column} > ?", lambda c, v: c > v),
    Rule(Operator.GTE, ORDERED, Takes.ONE, "{field} is at least {value}", "{column} >= ?", lambda c, v: c >= v),
    Rule(Operator.LT, ORDERED, Takes.ONE, "{field} is less than {value}", "{column} < ?", lambda c, v: c < v),
    Rule(Operator.LTE, ORDERED, Takes.ONE, "{field} is at most {value}", "{column} <= ?", lambda c, v: c <= v),
    Rule(
        Operator.BETWEEN, ORDERED, Takes.TWO, "{field} is between {value}, both included",
        "{column} BETWEEN ? AND ?", lambda c, v, w: c.is_between(v, w),
    ),
    Rule(
        Operator.ON, DAYS, Takes.DAY, "{field} is on {value}",
        "{column} BETWEEN ? AND ?", lambda c, v, w: c.is_between(v, w),
    ),
    Rule(Operator.BEFORE, DAYS, Takes.DAY, "{field} is before {value}", "{column} < ?", lambda c, v: c < v),
    Rule(Operator.AFTER, DAYS, Takes.DAY, "{field} is after {value}", "{column} > ?", lambda c, v: c > v),
    Rule(
        Operator.WITHIN_LAST, DAYS, Takes.SPAN, "{field} is within the last {value}",
        "{column} BETWEEN ? AND ?", lambda c, v, w: c.is_between(v, w),
    ),
    Rule(
        Operator.NOT_WITHIN_LAST, DAYS, Takes.SPAN, "{field} is not within the last {value}",
        negates=Operator.WITHIN_LAST,
    ),
    Rule(
        Operator.IS_SET, EVERY_KIND, Takes.NOTHING, "{field} is set",
        "{column} IS NOT NULL", lambda c: c.is_not_null(),
    ),
    Rule(Operator.IS_NOT_SET, EVERY_KIND, Takes.NOTHING, "{field} is not set", negates=Operator.IS_SET),
    Rule(
        Operator.HAS_ANY, LISTED, Takes.MANY, "{field} include any of {value}",
        "list_has_any({column}, ?)", lambda c, *v: pl.any_horizontal(c.list.contains(pl.lit(each)) for each in v),
    ),
    Rule(
        Operator.HAS_ALL, LISTED, Takes.MANY, "{field} include all of {value}",
        "list_has_all({column}, ?)", lambda c, *v: pl.all_horizontal(c.list.contains(pl.lit(each)) for each in v),
    ),
    Rule(Operator.HAS_NONE, LISTED, Takes.MANY, "{field} include none of {value}", negates=Operator.HAS_ANY),
    Rule(Operator.IS_TRUE, YES_OR_NO, Takes.NOTHING, "{field} is yes", "{column} = ?", lambda c, v: c == v),
    Rule(Operator.IS_FALSE, YES_OR_NO, Takes.NOTHING, "{field} is no", "{column} = ?", lambda c, v: c == v),
)  # fmt: skip

OPERATORS: Mapping[Operator, Rule] = MappingProxyType({rule.op: rule for rule in RULES})
NEGATIVE: Mapping[Operator, Operator] = MappingProxyType(
    {rule.op: rule.negates for rule in RULES if rule.negates is not None}
)
FITS: Mapping[Kind, frozenset[Operator]] = MappingProxyType(
    {kind: frozenset(rule.op for rule in RULES if kind in rule.kinds) for kind in Kind}
)
RECENT = frozenset(rule.op for rule in RULES if rule.takes is Takes.SPAN)
COUNTED = (Operator.EQ, Operator.NE, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)  # what numbers are asked
COMPARISONS: Mapping[Operator, tuple[str, Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        Operator.EQ: ("=", lambda number, value: number == value),
        Operator.NE: ("<>", lambda number, value: number != value),
        Operator.GT: (">", lambda number, value: number > value),
        Operator.GTE: (">=", lambda number, value: number >= value),
        Operator.LT: ("<", lambda number, value: number < value),
        Operator.LTE: ("<=", lambda number, value: number <= value),
    }
)
OTHERWISE: Mapping[Operator, Operator] = MappingProxyType(  # what holds of a number where this does not
    {
        Operator.EQ: Operator.NE,
        Operator.NE: Operator.EQ,
        Operator.GT: Operator.LTE,
        Operator.LTE: Operator.GT,
        Operator.LT: Operator.GTE,
        Operator.GTE: Operator.LT,
    }
)
