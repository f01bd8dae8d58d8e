"""Columns of a file: what stands above them, what type their values have, and contacts as such values."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from pipelines.errors import PublicationBlocked
from schemas.attribute import Attribute
from schemas.contact import Contact
from schemas.fields import EVERY, FieldKind, Kind
from schemas.vocabulary import Pii

CHANGE = "change"  # of a file of changes, its first column
DTYPES: Mapping[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.CHOICE: pl.String(),
    Kind.NUMBER: pl.Float64(),
    Kind.DATE: pl.Date(),
    Kind.INSTANT: pl.Datetime("us", "UTC"),
    Kind.BOOLEAN: pl.Boolean(),
    Kind.LIST: pl.List(pl.String()),
}
COUNTS = ("records",)  # whole numbers, the other ones are as exact as 64 bits are


class Column(NamedTuple):
    """A column of a file: the field of contacts that it shows, its heading, and what kind of values it holds."""

    name: str
    heading: str
    kind: Kind

    @property
    def dtype(self) -> pl.DataType:
        """The type of its values in a format that has types."""
        return pl.Int64() if self.name in COUNTS else DTYPES[self.kind]


def columns_of(names: Sequence[str], headings: Sequence[str], fields: Mapping[str, FieldKind]) -> list[Column]:
    """The columns of a file, for checked names; a field that is none of a contact is text."""
    text = FieldKind(Kind.TEXT)
    return [Column(name, heading, fields.get(name, text).kind) for name, heading in zip(names, headings, strict=True)]


def typed(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Contacts in these columns with typed values, under the names of the fields.

    Raises PublicationBlocked where a value is none of its type: it would be lost.
    """
    made = frame.select(_typed(each, frame.schema[each.name]) for each in columns)
    for each in columns:
        lost = made[each.name].null_count() - frame[each.name].null_count()
        if lost:
            raise PublicationBlocked(
                f"{lost:,} values of {each.name} are no {each.kind}: correct them, or use `format: csv`, which has "
                "them as text"
            )
    return made


def _typed(column: Column, dtype: pl.DataType) -> pl.Expr:
    cell = pl.col(column.name)
    if dtype != pl.String or column.dtype == pl.String:
        return cell.cast(column.dtype)
    if column.kind is Kind.DATE:
        return cell.str.to_date("%Y-%m-%d", strict=False)
    if column.kind is Kind.BOOLEAN:
        return cell.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    return cell.cast(column.dtype, strict=False)


def pii_of(column: str) -> str:
    """How closely a column points at a person; custom attributes narrow one down."""
    if column == CHANGE:
        return Pii.NONE.value
    known = Contact.to_schema().columns
    single = EVERY.get(column, column)
    return str(known[single].metadata["pii"]) if single in known else Pii.QUASI.value


def description_of(column: str, attributes: Mapping[str, Attribute]) -> str:
    """What a column holds, in words."""
    if column == CHANGE:
        return "entered, changed, or left: of who left, only the id is in the file"
    if column in EVERY:
        return f"All there are, the primary one first: {EVERY[column]}"
    known = Contact.to_schema().columns
    if column in known:
        return str(known[column].description)
    own = attributes[column.removeprefix("attr.")]
    values = f": {', '.join(own.values)}" if own.values else ""
    return f"Custom attribute, {own.type}{values}"
