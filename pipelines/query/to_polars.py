"""A bound filter as a Polars predicate: the reference that the SQL compiler is held to."""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import NamedTuple

import polars as pl

from pipelines.normalise.text import fold_case
from pipelines.query.bind import Bound, Either, Every, Found, Negated, Question, Related
from pipelines.query.operators import COMPARISONS, OPERATORS
from schemas.fields import Kind
from schemas.filter import Operator, Relation

BOOLEANS = {"true": True, "false": False}
Fitting = Callable[[Related | Found], pl.Series]  # ids of the contacts (String) of which this is so


class Frames(NamedTuple):
    """What filters ask about beside contacts: a frame for each relation, and the texts that are searched.

    Each relation has contact_id (String) and the columns of RELATION_FIELDS, `search` has contact_id and text.
    """

    relations: Mapping[Relation, pl.DataFrame]
    search: pl.DataFrame

    def fitting(self, asked: Related | Found) -> pl.Series:
        """Ids of the contacts of which this is so."""
        if isinstance(asked, Found):
            return self.search.filter(hits(asked))["contact_id"]
        rows = self.relations[asked.relation]
        chosen = rows if asked.part is None else rows.filter(predicate(asked.part))
        _, compares = COMPARISONS[asked.op]
        counted = chosen.group_by("contact_id").agg(number=pl.len())
        return counted.filter(compares(pl.col("number").cast(pl.Int64), asked.number))["contact_id"]


def nothing_beside(asked: Related | Found) -> pl.Series:
    """For filters that ask of contacts alone."""
    raise NotImplementedError(type(asked).__name__)


def predicate(bound: Bound, fitting: Fitting = nothing_beside) -> pl.Expr:
    """A predicate without nulls, over a frame of contacts (attributes as columns `attr.<name>`, text) or a relation."""
    match bound:
        case Every(parts=parts):
            everybody = pl.repeat(value=True, n=pl.len(), dtype=pl.Boolean)
            return pl.all_horizontal([predicate(part, fitting) for part in parts] or [everybody])
        case Either(parts=parts):
            return pl.any_horizontal([predicate(part, fitting) for part in parts])
        case Negated(part=part):
            return ~predicate(part, fitting)
        case Related() | Found():
            return pl.col("contact_id").is_in(fitting(bound).implode())
        case Question():
            return answer(bound).fill_null(value=False)


def answer(asked: Question) -> pl.Expr:
    """A positive question; null where the value is missing."""
    column = pl.col(asked.field)
    if asked.op is Operator.IS_SET:
        return column.list.len() > 0 if asked.kind is Kind.LIST else column.is_not_null()
    ask = OPERATORS[asked.op].polars
    if ask is None:
        raise NotImplementedError(asked.op)
    return ask(COMPARED[asked.kind](column), *asked.values)


def day_of(column: pl.Expr) -> pl.Expr:
    """The day a canonical text names; of what was kept while the attribute had another type, none."""
    return column.str.to_date("%Y-%m-%d", strict=False)


def yes_or_no(column: pl.Expr) -> pl.Expr:
    """True or false, of either or of its text; of any other text neither."""
    return column.cast(pl.String).replace_strict(BOOLEANS, default=None)


def hits(asked: Found) -> pl.Expr:
    """Whether every word is in a text in one of its forms, or begins the id of its contact."""
    of_words = [
        reduce(
            pl.Expr.or_,
            [
                *(pl.col("text").str.contains(each, literal=True) for each in word.looked_for),
                *([pl.col("contact_id").str.starts_with(word.begins_id)] if word.begins_id else []),
            ],
        )
        for word in asked.words
    ]
    return pl.all_horizontal(of_words).fill_null(value=False)


# For each kind: the field as it is compared.
COMPARED: Mapping[Kind, Callable[[pl.Expr], pl.Expr]] = {
    Kind.TEXT: fold_case,
    Kind.CHOICE: lambda column: column,
    Kind.NUMBER: lambda column: column.cast(pl.Float64, strict=False).fill_nan(None),
    Kind.DATE: day_of,
    Kind.INSTANT: lambda column: column,
    Kind.BOOLEAN: yes_or_no,
    Kind.LIST: lambda column: column.list.eval(fold_case(pl.element())),
}
