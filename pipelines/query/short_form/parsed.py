"""The short form of filters, read: by hand, so that a mistake has its column and what would have been right."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from pipelines.errors import FilterFault
from pipelines.query.bind import known_field
from pipelines.query.short_form.printed import COMPARED
from pipelines.query.short_form.values import QUOTED, SPAN, Cursor, as_written, unescaped, with_caret
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
)

ALIASES = {"channel": "channels", "tag": "tags", "last_contact": "last_interaction_at"}
NAMED = re.compile(r"[A-Za-z_][\w.]*(?=[:=~<>]|![=~])")
RELATED = re.compile(rf"(!?)({'|'.join(Relation)})\(")
BETWEEN_TERMS = re.compile(r"(OR|AND)(?=[\s(]|$)")
COUNTED = re.compile(r"(>=|<=|!=|=|>|<)(\d+)")
SIGN = re.compile(r">=|<=|!=|!~|[:=~<>]")
WORDED = re.compile(r"([a-z_]+)\(")
REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/", re.DOTALL)
DEEPEST = 40


class Parsed(NamedTuple):
    """A filter, and where each of its places stands in the text: from this column to that one."""

    where: Where
    spans: Mapping[str, tuple[int, int]]


def parse_filter(text: str, fields: Mapping[str, FieldKind]) -> Parsed:
    """A filter in its short form, as the one it is short for.

    Raises FilterFault whose text has a caret under what is wrong.
    """
    reader = _Reader(text, fields)
    node = reader.several(0)
    if reader.at < len(text):
        raise reader.fault("nothing is opened that this could close", reader.at, reader.at + 1)
    return Parsed(node.where, {f"where{place}": span for place, span in node.spans.items()})


def at_its_place(fault: FilterFault, text: str, spans: Mapping[str, tuple[int, int]]) -> FilterFault:
    """A fault that was found when the filter was bound, with a caret under its place in the text."""
    place = fault.place
    while place not in spans and "." in place:
        place = place.rpartition(".")[0]
    start, end = spans.get(place, (0, len(text)))
    return FilterFault("filter", with_caret(text, fault.says, start, end))


class _Node(NamedTuple):
    where: Where
    spans: dict[str, tuple[int, int]]


class _Reader(Cursor):
    """A filter, read from left to right; `fields` are those that can be asked where it is."""

    def __init__(self, text: str, fields: Mapping[str, FieldKind]) -> None:
        super().__init__(text)
        self.fields = fields

    def several(self, depth: int) -> _Node:
        """Terms up to a closing bracket or the end: all of them, or any where OR stands between them."""
        if depth > DEEPEST:
            raise self.fault(f"brackets go {DEEPEST} deep at most", self.at)
        begins, joined = self.at, set[str]()
        nodes: list[_Node] = []
        while self.peek() not in ("", ")"):
            before = self.at
            word = self.match(BETWEEN_TERMS)
            if word and (not nodes or self.peek() in ("", ")")):
                says = f"{word[1]} stands between two terms; to look for the word, quote it"
                raise self.fault(says, before, word.end())
            self.peek()
            if nodes:
                joined.add(word[1] if word else "AND")
            if len(joined) > 1:
                says = "AND and OR stand side by side: put brackets around what belongs together"
                raise self.fault(says, before, word.end() if word else before + 1)
            nodes.append(self.term(depth))
            if self.text[self.at : self.at + 1] not in ("", ")") and not self.text[self.at].isspace():
                raise self.fault("a space stands between two terms", self.at)
        if len(nodes) == 1:
            return nodes[0]
        key = "any" if "OR" in joined else "all"
        inner = tuple(node.where for node in nodes)
        spans = {"": (begins, self.at)}
        for n, node in enumerate(nodes):
            spans |= {f".{key}[{n}]{place}": span for place, span in node.spans.items()}
        return _Node(AnyOf(any=inner) if key == "any" else All(all=inner), spans)

    def term(self, depth: int) -> _Node:
        """One term: negated, in brackets, a question, something a contact has any number of, or words to look for."""
        begins = self.at
        sign = self.text[begins]
        if sign == "-":
            self.at += 1
            if self.at >= len(self.text) or self.text[self.at].isspace():
                raise self.fault("- stands right before what is not to be", begins)
            inner = self.term(depth + 1)
            return _Node(Not.model_validate({"not": inner.where}), {"": (begins, self.at), **below(".not", inner)})
        if sign == "(":
            self.at += 1
            inner = self.several(depth + 1)
            self.close(begins)
            return inner
        if related := self.match(RELATED):
            return self.related(related, begins, depth)
        if named := self.match(NAMED):
            return self.named(named[0], begins)
        return self.words(begins)

    def close(self, opened: int) -> None:
        """Read the bracket that closes another one."""
        if self.peek() != ")":
            raise self.fault("this bracket is not closed", opened)
        if self.at == opened + 1:
            raise self.fault("there is nothing between these brackets", opened, self.at + 1)
        self.at += 1

    def related(self, found: re.Match[str], begins: int, depth: int) -> _Node:
        """Something that a contact has any number of: `messages(channel:whatsapp)`, `!notes()`, `notes()>=2`."""
        relation = Relation(found[2])
        outer, self.fields = self.fields, RELATION_FIELDS[relation]
        inner = self.several(depth + 1)
        self.fields = outer
        if self.peek() != ")":
            raise self.fault("this bracket is not closed", found.end() - 1)
        self.at += 1
        counted = self.match(COUNTED)
        where = None if inner.where == All(all=()) else inner.where
        spans = {"": (begins, self.at), **below(".where", inner)}
        if found[1] and counted:
            raise self.fault("! says there is none; without it, a number can be asked for", begins)
        if found[1]:
            return _Node(NoneOf(none=relation, where=where), spans)
        if counted is None:
            return _Node(Exists(exists=relation, where=where), spans)
        op = {**COMPARED, "=": Operator.EQ, "!=": Operator.NE}[counted[1]]
        if len(counted[2]) > 9:
            raise self.fault("nobody has so many", counted.start(2), counted.end(2))
        return _Node(Count(count=relation, where=where, op=op, value=int(counted[2])), spans)

    def named(self, name: str, begins: int) -> _Node:
        """A question to a field, or one of the words that stand for a longer one."""
        ends = self.at
        if name == "in" and "in" not in self.fields:
            return self.segment(begins)
        if name in ("conversation", "conversations") and name not in self.fields:
            inner = self.asked("status", RELATION_FIELDS[Relation.CONVERSATIONS]["status"], begins, ends)
            spans = {"": (begins, self.at), **below(".where", inner)}
            return _Node(Exists(exists=Relation.CONVERSATIONS, where=inner.where), spans)
        custom = f"attr.{name}"
        field = ALIASES.get(name, name) if name not in self.fields else name
        if field not in self.fields and custom in self.fields:
            field = custom
        try:
            kind = known_field(field, self.fields, "")
        except FilterFault as fault:
            raise self.fault(fault.says, begins, ends) from None
        return self.asked(field, kind, begins, ends)

    def segment(self, begins: int) -> _Node:
        """The name of a segment behind `in:`."""
        sign = self.match(SIGN)
        starts = self.at
        name = self.match(re.compile(r"[\w-]+"))
        if name is None or sign is None or sign[0] not in ":=":
            raise self.fault("in: is followed by the name of a segment", begins, self.at + 1)
        return _Node(InSegment(in_segment=name[0]), {"": (begins, self.at), ".in_segment": (starts, self.at)})

    def asked(self, field: str, kind: FieldKind, begins: int, ends: int) -> _Node:
        """The sign and the value behind the name of a field."""
        sign = self.match(SIGN)
        if sign is None:
            raise self.fault("a sign such as : or > stands between a field and its value", ends)
        starts = self.at
        op, value = self.comparison(sign[0], kind)
        spans = {"": (begins, self.at), ".field": (begins, ends), ".op": (begins, self.at), ".value": (starts, self.at)}
        try:
            return _Node(Condition(field=field, op=op, value=value), spans)
        except ValueError:
            raise self.fault("there is no such time", starts, self.at) from None

    def comparison(self, sign: str, kind: FieldKind) -> tuple[Operator, Any]:
        """What a field is asked, and the value."""
        if sign in (">", "<") and (span := self.match(SPAN)):
            op = Operator.WITHIN_LAST if sign == ">" else Operator.NOT_WITHIN_LAST
            return op, self.span(span)
        if sign in COMPARED:
            return COMPARED[sign], self.value()
        is_list = kind.kind is Kind.LIST
        if sign == "!=":
            return self.other_than(is_list)
        if special := self.special(kind):
            return special
        starts = self.at
        first = self.value()
        written = as_written(first, self.text[starts : self.at])
        if self.follows("*"):
            return Operator.STARTS_WITH, written
        if self.follows(".."):
            return Operator.BETWEEN, (first, self.value())
        if self.text[self.at : self.at + 1] == "+":
            return Operator.HAS_ALL, self.list_of(first, "+")
        if self.text[self.at : self.at + 1] == ",":
            return (Operator.HAS_ANY if is_list else Operator.IN), self.list_of(first, ",")
        if is_list and sign == ":":
            return Operator.HAS_ANY, (first,)
        is_day = kind.kind is Kind.INSTANT and isinstance(first, date) and not isinstance(first, datetime)
        return (Operator.ON if is_day else Operator.EQ), first

    def other_than(self, is_list: bool) -> tuple[Operator, Any]:
        """What stands behind !=."""
        if self.follows("*"):
            return Operator.IS_NOT_SET, None
        first = self.value()
        if self.text[self.at : self.at + 1] == ",":
            return (Operator.HAS_NONE if is_list else Operator.NOT_IN), self.list_of(first, ",")
        return (Operator.HAS_NONE, (first,)) if is_list else (Operator.NE, first)

    def special(self, kind: FieldKind) -> tuple[Operator, Any] | None:
        """What stands behind a colon and is no value: *, *end, yes, no, /pattern/, before(...)."""
        begins = self.at
        if self.follows("*"):
            if self.at >= len(self.text) or self.text[self.at].isspace() or self.text[self.at] == ")":
                return Operator.IS_SET, None
            starts = self.at
            value = self.value()
            written = as_written(value, self.text[starts : self.at])
            return (Operator.CONTAINS if self.follows("*") else Operator.ENDS_WITH), written
        if pattern := self.match(REGEX):
            return Operator.MATCHES, pattern[1].replace("\\/", "/")
        if kind.kind is Kind.BOOLEAN and (word := self.match(re.compile(r"(yes|no)(?=[\s)]|$)"))):
            return (Operator.IS_TRUE if word[1] == "yes" else Operator.IS_FALSE), None
        worded = self.match(WORDED)
        if worded is None:
            return None
        if worded[1] not in [*Operator]:
            raise self.fault(f"no operator {worded[1]}; known are {', '.join(Operator)}", begins, worded.end() - 1)
        return Operator(worded[1]), self.in_brackets(begins)

    def words(self, begins: int) -> _Node:
        """Words to look for: what is quoted, or one word."""
        if quoted := self.match(QUOTED):
            text = unescaped(quoted[1])
        else:
            if self.text[begins] == '"':
                raise self.fault("this quote is not closed", begins)
            found = self.match(re.compile(r"[^\s()\"]+"))
            text = found[0] if found else ""
        if not text.strip():
            raise self.fault("there is nothing to look for", begins, self.at)
        return _Node(Search(search=text), {"": (begins, self.at), ".search": (begins, self.at)})


def below(place: str, node: _Node) -> dict[str, tuple[int, int]]:
    """Where the places of a part stand, by their place in the whole."""
    return {f"{place}{inner}": span for inner, span in node.spans.items()}
