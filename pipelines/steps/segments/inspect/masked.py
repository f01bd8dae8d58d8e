"""Values of people as a preview shows them: enough to see that a column is right, too little to reach anybody."""

from collections.abc import Sequence

import polars as pl

from pipelines.publish.writers.columns import Column, pii_of
from schemas.fields import Kind
from schemas.vocabulary import Pii

HIDDEN = "…"
PHONES, EMAILS, LABELS = ("phone", "phones"), ("email", "emails"), ("tags", "channels")


def masked(contacts: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Contacts in these columns, each value as text, under the names of the fields. Shapes: as `contacts`."""
    return contacts.select(_shown(contacts, each).alias(each.name) for each in columns)


def _shown(contacts: pl.DataFrame, column: Column) -> pl.Expr:
    cells = pl.col(column.name)
    if isinstance(contacts.schema[column.name], pl.List):
        return cells.list.eval(_hidden(column, pl.element())).list.join("; ")
    if isinstance(contacts.schema[column.name], pl.Datetime):
        return cells.dt.strftime("%Y-%m-%d")
    return _hidden(column, cells.cast(pl.String))


def _hidden(column: Column, text: pl.Expr) -> pl.Expr:
    pii = pii_of(column.name)
    if column.name in PHONES:
        return text.str.replace(r"^(\+?\d{2}).*(\d{2})$", f"${{1}}{HIDDEN}${{2}}")
    if column.name in EMAILS:
        return text.str.replace(r"^(.).*@.*?([^.@]*)$", f"${{1}}{HIDDEN}@{HIDDEN}.${{2}}")
    if pii == Pii.DIRECT or (column.kind in (Kind.TEXT, Kind.LIST) and pii == Pii.QUASI and column.name not in LABELS):
        return text.str.replace_all(r"(\S)\S*", f"${{1}}{HIDDEN}")
    return text
