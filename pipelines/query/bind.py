"""A filter, bound: each question with the kind of its field and values that can be compared, segments put in place.

What cannot be asked (an unknown field, an operator that does not fit, a value no dropdown offers) is an error with its
place, never an empty result. The two compilers take it from here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pipelines.errors import FilterFault
from pipelines.normalise.search_words import Word, search_words
from pipelines.query.existing import require_existing
from pipelines.query.literals import nearest, offered, values_of
from pipelines.query.operators import COMPARISONS, COUNTED, FITS, NEGATIVE, OTHERWISE, RECENT
from pipelines.query.phone_arguments import PHONES, dialled
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
    Relation,
    Search,
    Where,
    parts,
)
from schemas.vocabulary import Status

OF_LISTS = {  # what a list is asked instead
    Operator.EQ: Operator.HAS_ANY,
    Operator.NE: Operator.HAS_NONE,
    Operator.IN: Operator.HAS_ANY,
    Operator.NOT_IN: Operator.HAS_NONE,
    Operator.CONTAINS: Operator.HAS_ANY,
}
DEEPEST = 50  # filters within filters


class Definition(NamedTuple):
    """A segment that filters can ask for."""

    where: Where
    include_blocked: bool = False
    as_of: datetime | None = None  # in the zone of the project; None: the moment that the filter is asked at


class Scope(NamedTuple):
    """What a filter is asked of, and when.

    `existing` gives the values that a field of contacts (None) or of a relation has: where it is there, a value that
    nobody has is an error. `within` names the segments that the filter is of, the outermost first.
    """

    fields: Mapping[str, FieldKind]
    as_of: datetime  # in the zone of the project: days are its days
    segments: Mapping[str, Definition] = {}
    existing: Callable[[Relation | None, str], Sequence[str]] | None = None
    region: str | None = None  # of phone numbers without a country code
    within: tuple[str, ...] = ()
    leaves_out: bool = False  # whether it says who is not meant, as within a `not`


class Question(NamedTuple):
    """A positive question to a field of contacts, or of the relation that it is asked within."""

    relation: Relation | None
    field: str
    kind: Kind
    op: Operator
    values: tuple[Any, ...]


class Every(NamedTuple):
    """Every one of these holds."""

    parts: "tuple[Bound, ...]"


class Either(NamedTuple):
    """At least one of these holds."""

    parts: "tuple[Bound, ...]"


class Negated(NamedTuple):
    """This does not hold."""

    part: "Bound"


class Related(NamedTuple):
    """How many of a relation fit `part` (all, if it is None) compares so with a number. It is false of none."""

    relation: Relation
    part: "Bound | None"
    op: Operator
    number: int


class Found(NamedTuple):
    """Every word hits something that a contact is found by."""

    words: tuple[Word, ...]


Bound = Question | Every | Either | Negated | Related | Found


def bind(where: Where, scope: Scope, place: str = "where", relation: Relation | None = None) -> Bound:
    """A filter of contacts, or of a relation, as both compilers take it.

    Raises FilterFault with the place in the filter, and what would have been possible.
    """
    if place.count(".") > DEEPEST:
        raise FilterFault(place, f"filters within filters go {DEEPEST} deep at most")
    match where:
        case All(all=inner):
            return Every(tuple(bind(part, scope, f"{place}.all[{n}]", relation) for n, part in enumerate(inner)))
        case AnyOf(any=inner):
            return Either(tuple(bind(part, scope, f"{place}.any[{n}]", relation) for n, part in enumerate(inner)))
        case Not(negated=part):
            return Negated(bind(part, scope._replace(leaves_out=not scope.leaves_out), f"{place}.not", relation))
        case Condition():
            return question(where, scope, place, relation)
        case _ if relation is not None:
            raise FilterFault(place, f"of {relation} only their fields can be asked: {offered([*fields_of(relation)])}")
        case InSegment(in_segment=name):
            return members(name, scope, f"{place}.in_segment")
        case Search(search=text):
            return found(text, f"{place}.search")
        case _:
            return related(where, scope, place)


def filter_faults(where: Where, scope: Scope) -> Iterator[FilterFault]:
    """Everything in a filter that cannot be asked; nothing of one that can be bound."""
    for place, part in parts(where):
        if not isinstance(part, All | AnyOf | Not):
            is_turned = place.split(".").count("not") % 2 == 1
            try:
                bind(part, scope._replace(leaves_out=scope.leaves_out is not is_turned), place)
            except FilterFault as fault:
                yield fault


def question(asked: Condition, scope: Scope, place: str, relation: Relation | None) -> Bound:
    """One question to one field."""
    fields = scope.fields if relation is None else fields_of(relation)
    kind = known_field(asked.field, fields, f"{place}.field")
    if asked.op not in FITS[kind.kind]:
        instead = f"; use {OF_LISTS[asked.op]}" if kind.kind is Kind.LIST and asked.op in OF_LISTS else ""
        raise FilterFault(
            f"{place}.op",
            f"{asked.op} cannot be asked of {asked.field}, which is a {kind.kind}; "
            f"possible are {', '.join(sorted(FITS[kind.kind]))}{instead}",
        )
    positive = NEGATIVE.get(asked.op, asked.op)
    wanted = dialled(asked, scope.region, f"{place}.value") if (relation, asked.field) in PHONES else asked
    values = values_of(wanted, kind, scope.as_of, f"{place}.value")
    if scope.existing is not None:
        is_needed = (asked.op in NEGATIVE) is scope.leaves_out
        require_existing(asked, values, scope.existing, relation, f"{place}.value", is_needed=is_needed)
    bound = Question(relation, asked.field, kind.kind, positive, values)
    return bound if positive is asked.op else Negated(bound)


def fields_of(relation: Relation) -> Mapping[str, FieldKind]:
    """What each of a relation can be asked."""
    return RELATION_FIELDS[relation]


def known_field(name: str, fields: Mapping[str, FieldKind], place: str) -> FieldKind:
    """Kind of a field, or an error that names the nearest one there is."""
    if name in fields:
        return fields[name]
    near = nearest(name, [*fields])
    hint = f"did you mean {near}?" if near else f"known are {', '.join(sorted(fields))}"
    raise FilterFault(place, f"no field {name}; {hint}")


def related(where: Exists | NoneOf | Count, scope: Scope, place: str) -> Bound:
    """How many of a relation there are. What is so of none as well is asked as what is not."""
    match where:
        case Exists(exists=relation):
            op, number = Operator.GTE, 1
        case NoneOf(none=relation):
            op, number = Operator.EQ, 0
        case Count(count=relation, op=op, value=number):
            if op not in COUNTED:
                raise FilterFault(f"{place}.op", f"a number of {relation} is asked {', '.join(COUNTED)}")
    part = None if where.where is None else bind(where.where, scope, f"{place}.where", relation)
    _, compares = COMPARISONS[op]
    if compares(0, number):
        return Negated(Related(relation, part, OTHERWISE[op], number))
    return Related(relation, part, op, number)


def members(name: str, scope: Scope, place: str) -> Bound:
    """The filter of a segment, in the place of its name."""
    if name in scope.within:
        circle = " → ".join((*scope.within[scope.within.index(name) :], name))
        raise FilterFault(place, f"segments go round in a circle: {circle}")
    if name not in scope.segments:
        near = nearest(name, [*scope.segments])
        known = f"known are {offered([*scope.segments])}" if scope.segments else "there are none"
        raise FilterFault(place, f"no segment {name}; {f'did you mean {near}?' if near else known}")
    definition = scope.segments[name]
    inner = scope._replace(within=(*scope.within, name), as_of=definition.as_of or scope.as_of)
    try:
        bound = bind(definition.where, inner)
    except FilterFault as fault:
        if fault.place.endswith(".in_segment"):
            raise FilterFault(place, fault.says) from None
        raise FilterFault(place, f"segment {name} cannot be asked for: {fault}") from None
    if definition.include_blocked:
        return bound
    return Every((bound, Negated(Question(None, "status", Kind.CHOICE, Operator.EQ, (Status.BLOCKED.value,)))))


def found(text: str, place: str) -> Found:
    """The words of a quick search."""
    words = search_words(text)
    if not words:
        raise FilterFault(place, "there is nothing in it to look for: it needs a letter or a digit")
    return Found(words)


def asked_fields(where: Where, segments: Mapping[str, Definition] | None = None) -> Iterator[str]:
    """Every field of contacts that a filter asks about, those of the segments it names included."""
    for part in questions(where, segments or {}):
        if isinstance(part, Condition):
            yield part.field
        elif isinstance(part, InSegment):
            yield "status"


def is_relative(where: Where, segments: Mapping[str, Definition] | None = None) -> bool:
    """Whether the answer depends on the moment it is asked at, and not on the contacts alone."""
    known = segments or {}
    asked = [*questions(where, known)]
    inner = [each.where for each in asked if isinstance(each, Exists | NoneOf | Count) and each.where is not None]
    return any(isinstance(each, Condition) and each.op in RECENT for each in asked) or any(
        is_relative(each, known) for each in inner
    )


def questions(where: Where, segments: Mapping[str, Definition], within: tuple[str, ...] = ()) -> Iterator[Where]:
    """Everything in a filter and in the segments that it names; of a circle, each segment once."""
    for _, part in parts(where):
        yield part
        if isinstance(part, InSegment) and part.in_segment in segments and part.in_segment not in within:
            name = part.in_segment
            yield from questions(segments[name].where, segments, (*within, name))
