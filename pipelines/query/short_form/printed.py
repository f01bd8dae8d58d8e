"""The short form of filters, printed: `status:active last_interaction_at>-30d (source:whatsapp OR -tags:vip)`."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from types import MappingProxyType
from typing import Any

from schemas.fields import RELATION_FIELDS, FieldKind, Kind
from schemas.filter import (
    All,
    AnyOf,
    Condition,
    Count,
    Exists,
    InSegment,
    NoneOf,
    Not,
    Operator,
    Search,
    Span,
    Where,
)

UNITS = MappingProxyType({"days": "d", "weeks": "w", "months": "m", "years": "y"})
COMPARED = MappingProxyType(  # signs between a field and its value, and what they mean
    {
        ">=": Operator.GTE,
        "<=": Operator.LTE,
        ">": Operator.GT,
        "<": Operator.LT,
        "!~": Operator.NOT_CONTAINS,
        "~": Operator.CONTAINS,
    }
)
SIGN = r'[^\s()",*+]'
BARE = re.compile(
    rf"(?![/*-])\+?{SIGN}+"
)  # a value that needs no quotes, if it is no number, no date and no word below
NUMERIC = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
DATED = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?")
ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})
WORDS = frozenset({"true", "false", "yes", "no", "OR", "AND", "NOT"})


def print_filter(where: Where, fields: Mapping[str, FieldKind]) -> str:
    """A filter in its short form, which `parsed.parse_filter` reads as what it was.

    Raises ValueError for one that has no short form: a filter of nothing within another, or an empty list.
    """
    if isinstance(where, All):
        if len(where.all) == 1:
            raise ValueError("`all` of one has no short form")
        return " ".join(_part(part, fields) for part in where.all)
    return _part(where, fields)


def _part(where: Where, fields: Mapping[str, FieldKind]) -> str:
    match where:
        case All(all=parts):
            if len(parts) < 2:
                raise ValueError("`all` of one, or of none, has no short form within another")
            return f"({' '.join(_part(part, fields) for part in parts)})"
        case AnyOf(any=parts):
            if len(parts) < 2:
                raise ValueError("`any` of one has no short form")
            return f"({' OR '.join(_part(part, fields) for part in parts)})"
        case Not(negated=part):
            return f"-{_part(part, fields)}"
        case Search(search=text):
            return quoted(text)
        case InSegment(in_segment=name):
            return f"in:{name}"
        case Condition():
            return _condition(where, fields)
        case _:
            return _related(where)


def _related(where: Exists | NoneOf | Count) -> str:
    match where:
        case Exists(exists=relation):
            before, after = "", ""
        case NoneOf(none=relation):
            before, after = "!", ""
        case Count(count=relation, op=op, value=number):
            before, after = "", f"{signs()[op]}{number}"
    inner = "" if where.where is None else print_filter(where.where, RELATION_FIELDS[relation])
    if where.where is not None and not inner:
        raise ValueError("a filter of nothing has no short form")
    return f"{before}{relation}({inner}){after}"


def signs() -> dict[Operator, str]:
    """The sign of each comparison of numbers."""
    return {op: sign for sign, op in COMPARED.items()} | {Operator.EQ: "=", Operator.NE: "!="}


def _condition(asked: Condition, fields: Mapping[str, FieldKind]) -> str:
    is_list = asked.field in fields and fields[asked.field].kind is Kind.LIST
    return asked.field + _asked(asked, asked.value, is_list)


def _asked(asked: Condition, given: Any, is_list: bool) -> str:
    """What stands behind the name of a field."""
    op = asked.op
    plain = {Operator.IS_SET: ":*", Operator.IS_NOT_SET: "!=*", Operator.IS_TRUE: ":yes", Operator.IS_FALSE: ":no"}
    if op in plain:
        return plain[op]
    if isinstance(given, Span):
        [(unit, number)] = given.stated().items()
        return f"{'>' if op is Operator.WITHIN_LAST else '<'}-{number}{UNITS[unit]}"
    many = list(given) if isinstance(given, tuple) else [given]
    if not many or given is None:
        raise ValueError(f"{op} without a value has no short form")
    texts = [literal(each) for each in many]
    if isinstance(given, tuple):
        return _of_many(op, texts, is_list)
    if op in COMPARED.values():
        return f"{signs()[op]}{texts[0]}"
    forms = {
        Operator.EQ: f"={texts[0]}" if is_list else f":{texts[0]}",
        Operator.NE: f":ne({texts[0]})" if is_list else f"!={texts[0]}",
        Operator.STARTS_WITH: f":{quoted(str(given))}*",
        Operator.ENDS_WITH: f":*{quoted(str(given))}",
        Operator.MATCHES: f":/{str(given).replace('/', chr(92) + '/')}/",
    }
    if op in (Operator.STARTS_WITH, Operator.ENDS_WITH, Operator.MATCHES) and not isinstance(given, str):
        raise ValueError(f"{op} of what is no text has no short form")
    return forms[op] if op in forms else f":{op}({texts[0]})"


def _of_many(op: Operator, texts: list[str], is_list: bool) -> str:
    """Several values behind the name of a field; one alone has a comma behind it where it would be read as a value."""
    joined = ",".join(texts)
    if op is Operator.BETWEEN and len(texts) == 2:
        return f":{texts[0]}..{texts[1]}"
    if op is Operator.HAS_ALL:
        return f":{'+'.join(texts)}{'+' if len(texts) == 1 else ''}"
    if op is (Operator.HAS_ANY if is_list else Operator.IN):
        return f":{joined}{'' if is_list or len(texts) > 1 else ','}"
    if op is (Operator.HAS_NONE if is_list else Operator.NOT_IN):
        return f"!={joined}{'' if is_list or len(texts) > 1 else ','}"
    return f":{op}({joined},)"


def literal(value: Any) -> str:
    """A value, quoted where it would be read as another one without."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("what is no finite number has no short form")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    is_plain = BARE.fullmatch(value) and ".." not in value and value not in WORDS
    is_other = NUMERIC.fullmatch(value) or DATED.fullmatch(value)
    return value if is_plain and not is_other else quoted(value)


def quoted(text: str) -> str:
    """A text between quotes."""
    return f'"{text.translate(ESCAPED)}"'
