"""A filter in words, for manifests and for people."""

from schemas.filter import All, AnyOf, Condition, Count, Exists, InSegment, NoneOf, Not, Search, Span, Where


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
            return f"number of {relation}{_of(inner)} {op} {number}"
        case InSegment(in_segment=name):
            return f"in segment {name}"
        case Search(search=text):
            return f'found by "{text}"'
        case Condition():
            return condition_in_words(where)


def condition_in_words(asked: Condition) -> str:
    """One question in words."""
    words = asked.op.replace("_", " ")
    match asked.value:
        case None:
            return f"{asked.field} {words}"
        case Span() as span:
            [(unit, number)] = span.stated().items()
            return f"{asked.field} {words} {number} {unit}"
        case tuple() as several:
            return f"{asked.field} {words} {', '.join(map(str, several))}"
        case one:
            return f"{asked.field} {words} {str(one).lower() if isinstance(one, bool) else one}"


def _of(inner: Where | None) -> str:
    return "" if inner is None else f" ({in_words(inner)})"


def _inner(where: Where) -> str:
    is_plain = not isinstance(where, All | AnyOf) or where == All(all=())
    return in_words(where) if is_plain else f"({in_words(where)})"
