"""A filter in words, for manifests and for people."""

from pipelines.query.operators import OPERATORS
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


def in_words(where: Where) -> str:  # noqa: C901 -- a line for each form that a filter has
    """What a filter asks, in a line."""
    match where:
        case All(all=()):
            return "everybody"
        case All(all=parts):
            return " and ".join(_inner(part) for part in parts)
        case AnyOf(any=parts):
            return " or ".join(_inner(part) for part in parts)
        case Not(negated=part):
            return f"not {_inner(part)}"
        case Exists(exists=relation, where=inner):
            return f"has {relation}{_of(inner)}"
        case NoneOf(none=relation, where=inner):
            return f"has no {relation}{_of(inner)}"
        case Count(count=relation, op=op, value=number, where=inner):
            return OPERATORS[op].sentence.format(field=f"number of {relation}{_of(inner)}", value=number)
        case InSegment(in_segment=name):
            return f"in segment {name}"
        case Search(search=text):
            return f'found by "{text}"'
        case Condition():
            return condition_in_words(where)


def condition_in_words(asked: Condition) -> str:
    """One question in words."""
    return OPERATORS[asked.op].sentence.format(field=asked.field, value=value_in_words(asked))


def value_in_words(asked: Condition) -> str:
    """What a field is asked for."""
    match asked.value:
        case Span() as span:
            [(unit, number)] = span.stated().items()
            return f"{number} {unit.removesuffix('s') if number == 1 else unit}"
        case tuple() as several:
            last = " and " if asked.op in (Operator.BETWEEN, Operator.HAS_ALL) else " or "
            *others, final = map(str, several)
            return f"{', '.join(others)}{last}{final}" if others else final
        case one:
            return str(one).lower() if isinstance(one, bool) else str(one)


def _of(inner: Where | None) -> str:
    return "" if inner is None else f" ({in_words(inner)})"


def _inner(where: Where) -> str:
    is_plain = not isinstance(where, All | AnyOf) or where == All(all=())
    return in_words(where) if is_plain else f"({in_words(where)})"
