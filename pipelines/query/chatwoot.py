"""Filters of contacts that were saved in Chatwoot, in the filter language here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from pipelines.errors import FilterFault
from pipelines.query.bind import known_field
from schemas.fields import FieldKind, Kind
from schemas.filter import All, AnyOf, Condition, Operator, Span, Where

FIELDS = MappingProxyType(  # of those that are called something else here
    {
        "phone_number": "phone",
        "labels": "tags",
        "created_at": "first_seen_at",
        "last_activity_at": "last_interaction_at",
    }
)
OPERATORS = MappingProxyType(
    {
        "equal_to": Operator.EQ,
        "not_equal_to": Operator.NE,
        "contains": Operator.CONTAINS,
        "does_not_contain": Operator.NOT_CONTAINS,
        "starts_with": Operator.STARTS_WITH,
        "is_present": Operator.IS_SET,
        "is_not_present": Operator.IS_NOT_SET,
        "is_greater_than": Operator.AFTER,
        "is_less_than": Operator.BEFORE,
        "days_before": Operator.NOT_WITHIN_LAST,
    }
)
OF_LISTS = MappingProxyType(
    {
        Operator.EQ: Operator.HAS_ANY,
        Operator.NE: Operator.HAS_NONE,
        Operator.CONTAINS: Operator.HAS_ANY,
        Operator.NOT_CONTAINS: Operator.HAS_NONE,
    }
)
SEVERAL = MappingProxyType({Operator.EQ: Operator.IN, Operator.NE: Operator.NOT_IN})


class Imported(NamedTuple):
    """A filter, and what somebody has to know who relied on the one it was."""

    where: Where
    warnings: tuple[str, ...]


def import_chatwoot(payload: Any, fields: Mapping[str, FieldKind]) -> Imported:
    """A filter of Chatwoot's (`{"payload": [...]}`, or a saved one with `query`) as one of ours.

    Chatwoot parts its questions by AND and OR in a row and reads them from left to right; that grouping is written out,
    for whoever made the filter may have meant another one.

    Raises:
        FilterFault: It is none, or asks for what is not here, with its place.
    """
    rows = rows_of(payload)
    warnings = []
    grouped: Where | None = None
    before: str | None = None
    for position, row in enumerate(rows):
        place = f"payload[{position}]"
        if not isinstance(row, dict):
            raise FilterFault(place, "is no question: it has attribute_key, filter_operator and values")
        asked = question(row, fields, place)
        if row.get("attribute_key") == "blocked":
            warnings.append(f"{place}: blocked is a status here")
        grouped = asked if grouped is None else joined(grouped, before or "AND", asked)
        before = str(row.get("query_operator") or "and").upper()
        if before not in ("AND", "OR"):
            raise FilterFault(f"{place}.query_operator", f"is and or or, not {before.lower()}")
    words = {str(row.get("query_operator") or "and").upper() for row in rows[:-1]}
    if len(words) > 1:
        warnings.insert(0, "AND and OR stood side by side: they are grouped from the left, as written here; check them")
    return Imported(grouped if grouped is not None else All(all=()), tuple(warnings))


def rows_of(payload: Any) -> list[Any]:
    """The questions of a filter, however it was saved."""
    inner = payload
    for key in ("query", "payload"):
        if isinstance(inner, dict) and key in inner:
            inner = inner[key]
    if not isinstance(inner, list):
        raise FilterFault("payload", 'is a list of questions, as in {"payload": [{"attribute_key": ...}]}')
    return inner


def joined(left: Where, word: str, right: Where) -> Where:
    """Two filters with AND or OR between them; what is joined by the same word already stays flat."""
    if word == "AND":
        return All(all=(*left.all, right)) if isinstance(left, All) else All(all=(left, right))
    return AnyOf(any=(*left.any, right)) if isinstance(left, AnyOf) else AnyOf(any=(left, right))


def question(row: Mapping[str, Any], fields: Mapping[str, FieldKind], place: str) -> Where:
    """One question."""
    key = str(row.get("attribute_key", ""))
    if key == "blocked":
        return blocked(row)
    name = FIELDS.get(key, key if key in fields else f"attr.{key}")
    kind = known_field(name, fields, f"{place}.attribute_key")
    said = str(row.get("filter_operator", ""))
    if said not in OPERATORS:
        raise FilterFault(f"{place}.filter_operator", f"no operator {said}; known are {', '.join(OPERATORS)}")
    op = OPERATORS[said]
    values = row.get("values") or []
    values = [typed(each, kind) for each in (values if isinstance(values, list) else [values])]
    if op in (Operator.IS_SET, Operator.IS_NOT_SET):
        return Condition(field=name, op=op)
    if not values:
        raise FilterFault(f"{place}.values", f"{said} needs a value")
    if op is Operator.NOT_WITHIN_LAST:
        return Condition(field=name, op=op, value=Span(days=days_in(values[0], place)))
    if kind.kind is Kind.NUMBER:
        op = {Operator.AFTER: Operator.GT, Operator.BEFORE: Operator.LT}.get(op, op)
    if kind.kind is Kind.LIST:
        return Condition(field=name, op=OF_LISTS.get(op, op), value=tuple(values))
    if kind.kind is Kind.INSTANT:
        op = Operator.ON if op is Operator.EQ else op
    if len(values) > 1 and op in SEVERAL:
        return Condition(field=name, op=SEVERAL[op], value=tuple(values))
    return Condition(field=name, op=op, value=values[0])


def blocked(row: Mapping[str, Any]) -> Condition:
    """The question whether a contact is blocked."""
    values = row.get("values")
    first = values[0] if isinstance(values, list) and values else values
    is_yes = str(first).lower() == "true"
    is_equal = row.get("filter_operator") != "not_equal_to"
    return Condition(field="status", op=Operator.EQ if is_yes is is_equal else Operator.NE, value="blocked")


def typed(value: Any, kind: FieldKind) -> Any:
    """A value as the filter language has it: Chatwoot writes most of them as text, choices as objects."""
    said = value.get("id", value.get("name")) if isinstance(value, dict) else value
    if kind.kind is Kind.BOOLEAN:
        return {"true": True, "false": False}.get(str(said).lower(), said)
    if kind.kind is Kind.NUMBER and isinstance(said, str):
        try:
            return float(said)
        except ValueError:
            return said
    return said


def days_in(value: Any, place: str) -> int:
    """A number of days."""
    if not str(value).isdecimal() or not 1 <= int(value) <= 36_500:
        raise FilterFault(f"{place}.values", "days_before needs a number of days")
    return int(value)
