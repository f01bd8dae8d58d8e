"""Values that fields have: what is asked for and nobody has is a slip of the pen, and no empty answer."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from pipelines.errors import FilterFault
from pipelines.normalise.text import fold_case
from pipelines.query.literals import nearest, offered
from schemas.filter import Condition, Operator, Relation

Existing = Callable[[Relation | None, str], Sequence[str]]
LISTED = frozenset(  # fields with few values, which people pick from rather than write
    {
        (None, "tags"),
        (None, "source"),
        (Relation.CONVERSATIONS, "inbox"),
        (Relation.CONVERSATIONS, "labels"),
        (Relation.CONVERSATIONS, "assignee"),
        (Relation.CONVERSATIONS, "source"),
        (Relation.MESSAGES, "inbox"),
        (Relation.MESSAGES, "source"),
        (Relation.NOTES, "written_by"),
        (Relation.NOTES, "source"),
        (Relation.IDENTIFIERS, "scope"),
        (Relation.IDENTIFIERS, "source"),
        (Relation.EXPORTS, "segment"),
    }
)
EXACT = frozenset(
    {
        *(Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN),
        *(Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE),
    }
)


def require_existing(
    asked: Condition,
    values: Sequence[Any],
    existing: Existing,
    relation: Relation | None,
    place: str,
    *,
    is_needed: bool,
) -> None:
    """Raise FilterFault for a value that nobody has, with the nearest one that somebody has.

    A question that leaves people out is asked in good faith while nobody has the value yet: unless it `is_needed`, it
    is a fault only if there is one near it. `values` are folded.
    """
    if (relation, asked.field) not in LISTED or asked.op not in EXACT:
        return
    known = existing(relation, asked.field)
    written = set(fold_all(known))
    for value in values:
        near = nearest(value, known)
        if value in written or (near is None and not is_needed):
            continue
        whose = relation or "contacts"
        hint = f"did you mean {near}?" if near else f"there are {offered(known)}" if known else "there are none at all"
        raise FilterFault(place, f"no {asked.field} of {whose} is that; {hint}")


def fold_all(texts: Sequence[str]) -> list[str | None]:
    """Texts as texts are compared."""
    return (
        pl.DataFrame({"text": texts}, schema={"text": pl.String})
        .select(fold_case(pl.col("text")))
        .to_series()
        .to_list()
    )
