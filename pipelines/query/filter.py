"""Filters of contacts, compiled to a Polars predicate."""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from pipelines.query.bind import Scope, bind
from pipelines.query.to_polars import predicate
from schemas.fields import FieldKind
from schemas.filter import Where


def compile_filter(where: Where, fields: Mapping[str, FieldKind], as_of: datetime, place: str = "where") -> pl.Expr:
    """A predicate over a frame of contacts (attributes as columns `attr.<name>`, text), for a filter of contacts alone.

    Days are those of the zone `as_of` is stated in. Raises FilterFault that names the place in the filter and what
    would have been possible.
    """
    return predicate(bind(where, Scope(fields, as_of), place))
