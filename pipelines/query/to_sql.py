"""A bound filter as SQL over the published views: text with a `?` for each value, and the values.

It is text and nothing runs it here: that is for the store. Identifiers come from the tables below, never from a filter.
"""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import polars as pl

from pipelines.normalise.search_words import Word
from pipelines.query.bind import Bound, Either, Every, Found, Negated, Question, Related
from pipelines.query.operators import COMPARISONS, OPERATORS
from pipelines.query.to_polars import predicate
from schemas.fields import Kind
from schemas.filter import Operator, Relation

CONTACT = "c"  # what contacts are called in the query that a condition is put into
ATTRIBUTE = "attr."
ROWS_OF = MappingProxyType({"phones": "phone", "emails": "email"})  # lists that are rows of `identifiers`, by type
FOLDED = MappingProxyType(  # columns with texts as they are compared
    {
        "contact_id": "CAST(c.contact_id AS VARCHAR)",
        "name": "c.name_folded",
        "first_name": "c.first_name_folded",
        "last_name": "c.last_name_folded",
        "email": "c.email_folded",
        "tags": "c.tags_folded",
    }
)
OF_ATTRIBUTE = MappingProxyType(
    {
        Kind.TEXT: "a.value_folded",
        Kind.CHOICE: "a.value_text",
        Kind.LIST: "a.value_folded",
        Kind.NUMBER: "a.value_number",
        Kind.DATE: "a.value_date",
        Kind.BOOLEAN: "a.value_boolean",
    }
)
VIEW_OF = MappingProxyType(
    {each: f"published.{each}" for each in Relation} | {Relation.EXPORTS: "published.export_members"}
)
# Fields of relations with few values, which no view has folded: they are compared as whatever values there are.
UNFOLDED = frozenset({"inbox", "assignee", "labels", "written_by", "scope"})
Existing = Callable[[Relation | None, str], Sequence[str]]


class Compiled(NamedTuple):
    """A condition in SQL over `published.contacts c`, and its parameters in their order."""

    sql: str
    parameters: list[Any]


NEVER = Compiled("FALSE", [])


def nothing_existing(relation: Relation | None, field: str) -> Sequence[str]:
    """For filters that ask no field whose values have to be known."""
    raise NotImplementedError(f"{relation}.{field}")


def to_sql(bound: Bound, existing: Existing = nothing_existing) -> Compiled:
    """A condition that is true or false of each row of `published.contacts c`, never null."""
    match bound:
        case Every(parts=parts):
            return together([to_sql(part, existing) for part in parts], "AND", "TRUE")
        case Either(parts=parts):
            return together([to_sql(part, existing) for part in parts], "OR", "FALSE")
        case Negated(part=part):
            inner = to_sql(part, existing)
            return Compiled(f"NOT {inner.sql}", inner.parameters)
        case Related():
            return related(bound, existing)
        case Found():
            return found(bound)
        case Question(relation=None):
            return of_contact(bound)
        case Question():
            return of_relation(bound, existing)


def together(parts: Sequence[Compiled], word: str, of_none: str) -> Compiled:
    """Conditions put together with AND or OR."""
    joined = f" {word} ".join(part.sql for part in parts)
    return Compiled(f"({joined or of_none})", [value for part in parts for value in part.parameters])


def related(asked: Related, existing: Existing) -> Compiled:
    """Whether as many of a relation fit as are asked for; never so of none."""
    inner = Compiled("TRUE", []) if asked.part is None else to_sql(asked.part, existing)
    rows = f"SELECT r.contact_id FROM {VIEW_OF[asked.relation]} r WHERE {inner.sql}"
    if (asked.op, asked.number) == (Operator.GTE, 1):
        return Compiled(f"({CONTACT}.contact_id IN ({rows}))", inner.parameters)
    sign, _ = COMPARISONS[asked.op]
    counted = f"{rows} GROUP BY r.contact_id HAVING count(*) {sign} ?"
    return Compiled(f"({CONTACT}.contact_id IN ({counted}))", [*inner.parameters, asked.number])


def found(asked: Found) -> Compiled:
    """Whether every word is in the text that a contact is searched by, or begins its id."""
    of_words = [hit_by(word) for word in asked.words]
    condition = together(of_words, "AND", "TRUE")
    return Compiled(
        f"({CONTACT}.contact_id IN (SELECT s.contact_id FROM published.search s WHERE {condition.sql}))",
        condition.parameters,
    )


def hit_by(word: Word) -> Compiled:
    """Whether a word hits a contact."""
    in_text = Compiled(*_any_of("contains(s.text, ?)", word.looked_for))
    if word.begins_id is None:
        return in_text
    return together(
        [in_text, Compiled("starts_with(CAST(s.contact_id AS VARCHAR), ?)", [word.begins_id])], "OR", "FALSE"
    )


def _any_of(test: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    return f"({' OR '.join(test for _ in values)})", list(values)


def of_contact(asked: Question) -> Compiled:
    """A question to a column of contacts, or to rows that a contact has any number of."""
    if asked.field.startswith(ATTRIBUTE):
        name = asked.field.removeprefix(ATTRIBUTE)
        return of_rows(asked, "published.attributes", "name", name, OF_ATTRIBUTE[asked.kind])
    if asked.field in ROWS_OF:
        return of_rows(asked, "published.identifiers", "type", ROWS_OF[asked.field], "a.value_folded")
    column = f"{CONTACT}.{asked.field}"
    return of_column(asked, column, FOLDED.get(asked.field, column))


def of_rows(asked: Question, view: str, key: str, kind: str, column: str) -> Compiled:
    """A question to the values that a contact has as rows of a view; `key` tells whose values they are."""

    def some(test: str, values: Sequence[Any]) -> Compiled:
        rows = f"SELECT a.contact_id FROM {view} a WHERE a.{key} = ?{test}"
        return Compiled(f"({CONTACT}.contact_id IN ({rows}))", [kind, *values])

    if asked.op is Operator.IS_SET:
        return some("", ())
    if asked.op is Operator.HAS_ANY:
        return some(f" AND {column} IN ({marks(asked.values)})", asked.values)
    if asked.op is Operator.HAS_ALL:
        return together([some(f" AND {column} = ?", [value]) for value in asked.values], "AND", "TRUE")
    return some(f" AND {test_of(asked, column)}", asked.values)


def of_relation(asked: Question, existing: Existing) -> Compiled:
    """A question to a column of a relation."""
    column = f"r.{asked.field}"
    if asked.field in UNFOLDED and asked.op is not Operator.IS_SET:
        return by_existing(asked, column, existing(asked.relation, asked.field))
    return of_column(asked, column, "r.value_folded" if asked.field == "value" else column)


def by_existing(asked: Question, column: str, known: Sequence[str]) -> Compiled:
    """A question to a column with few values: those that there are answer it, and the column is one of them."""
    values = pl.DataFrame({asked.field: known}, schema={asked.field: pl.String})
    if asked.kind is not Kind.LIST:
        fitting = values.filter(predicate(asked))[asked.field].to_list()
        return (
            Compiled(f"coalesce({column} IN ({marks(fitting)}), FALSE)", fitting) if fitting else Compiled("FALSE", [])
        )
    groups = [asked.values] if asked.op is Operator.HAS_ANY else [(each,) for each in asked.values]
    spelt = [
        values.filter(predicate(asked._replace(kind=Kind.TEXT, op=Operator.IN, values=group)))[asked.field].to_list()
        for group in groups
    ]
    tests = [Compiled(f"coalesce(list_has_any({column}, ?), FALSE)", [each]) if each else NEVER for each in spelt]
    return together(tests, "AND", "TRUE")


def of_column(asked: Question, shown: str, compared: str) -> Compiled:
    """A question to a column; `compared` holds what it is compared by."""
    if asked.op is Operator.IS_SET:
        test = f"len({shown}) > 0" if asked.kind is Kind.LIST else f"{shown} IS NOT NULL"
        return Compiled(f"coalesce({test}, FALSE)", [])
    values = [list(asked.values)] if asked.kind is Kind.LIST else list(asked.values)
    return Compiled(f"coalesce({test_of(asked, compared)}, FALSE)", values)


def test_of(asked: Question, column: str) -> str:
    """An operator as it is asked of a column; null where the value is missing."""
    return OPERATORS[asked.op].sql.format(column=column, values=marks(asked.values))


def marks(values: Sequence[Any]) -> str:
    """As many marks as there are values."""
    return ", ".join("?" for _ in values)
