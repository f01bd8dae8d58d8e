"""Why a filter is not true of a contact: the conditions in it that are false, or true where they should not be."""

from collections.abc import Callable, Iterator

import polars as pl

from pipelines.steps.segments.words import in_words
from schemas.filter import All, AnyOf, Not, Where

Compile = Callable[[Where], pl.Expr]  # a part of a filter as a predicate without nulls
AND = "; "


def reasons(where: Where, compile_part: Compile) -> pl.Expr:
    """The conditions that keep a contact out, as one text; empty where the filter is true."""
    told = [
        pl.when(is_to_blame).then(pl.lit(words))
        for words, is_to_blame in blamed(where, compile_part, pl.lit(value=True), wanted=True)
    ]
    each_once = pl.concat_list(told or [pl.lit(None, pl.String)]).list.drop_nulls().list.unique(maintain_order=True)
    return each_once.list.join(AND)


def blamed(where: Where, compile_part: Compile, matters: pl.Expr, *, wanted: bool) -> Iterator[tuple[str, pl.Expr]]:
    """Each condition in words, and where it is what keeps a contact out.

    `matters` says where the answer of this part does; `wanted` is what it should have been.
    """
    answers = compile_part(where)
    differs = matters & (~answers if wanted else answers)
    match where:
        case All(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from blamed(part, compile_part, differs, wanted=wanted)
        case Not(negated=part):
            yield from blamed(part, compile_part, differs, wanted=not wanted)
        case _:
            yield in_words(where) if wanted else f"not {in_words(where)}", differs
