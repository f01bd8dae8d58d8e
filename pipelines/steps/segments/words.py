"""A filter in words, for manifests and for people."""

from schemas.filter import All, AnyOf, Condition, Not, Span, Where


def in_words(where: Where) -> str:
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
        case _:
            return condition_in_words(where)


def condition_in_words(asked: Condition) -> str:
    """One question in words."""
    words = asked.op.replace("_", " ")
    match asked.value:
        case None:
            return f"{asked.field} {words}"
        case Span(days=days):
            return f"{asked.field} {words} {days} days"
        case tuple() as several:
            return f"{asked.field} {words} {', '.join(map(str, several))}"
        case one:
            return f"{asked.field} {words} {str(one).lower() if isinstance(one, bool) else one}"


def _inner(where: Where) -> str:
    is_plain = isinstance(where, Condition) or where == All(all=())
    return in_words(where) if is_plain else f"({in_words(where)})"
