"""What published views show beside the values of contacts: text folded as onecontact folds it, attributes typed."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from pipelines.normalise.text import fold_case, split_cells
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType

FOLDED_NAMES = ("name", "first_name", "last_name")
ATTRIBUTE_VALUE = {
    "contact_id": pl.String,
    "name": pl.String,
    "position": pl.UInt32,
    "value_text": pl.String,
    "value_folded": pl.String,
    "value_number": pl.Float64,
    "value_date": pl.Date,
    "value_boolean": pl.Boolean,
}


class Typing(NamedTuple):
    """How the values of an attribute are read."""

    type: AttributeType
    is_list: bool

    @classmethod
    def of(cls, attributes: Mapping[str, Attribute]) -> "dict[str, Typing]":
        """The typing of each attribute of a project."""
        return {name: cls(each.type, each.merge is AttributeMerge.UNION) for name, each in attributes.items()}


def folded_contacts(contacts: pl.DataFrame) -> pl.DataFrame:
    """Golden records with `<name>_folded` of each name, `email_folded` and `tags_folded` beside their columns.

    The last two are null where folding changes nothing, which is nearly always.
    """
    tags = pl.col("tags").list.eval(fold_case(pl.element()))
    return contacts.with_columns(
        *(fold_case(pl.col(name)).alias(f"{name}_folded") for name in FOLDED_NAMES),
        email_folded=if_other(fold_case(pl.col("email")), pl.col("email")),
        tags_folded=pl.when(tags != pl.col("tags")).then(tags),
    )


def folded_identifiers(identifiers: pl.DataFrame) -> pl.DataFrame:
    """Identifiers of contacts with `value_folded`, null where folding changes nothing."""
    return identifiers.with_columns(value_folded=if_other(fold_case(pl.col("value")), pl.col("value")))


def attribute_values(contacts: pl.DataFrame, typings: Mapping[str, Typing]) -> pl.DataFrame:
    """Custom attributes of contacts, one row per value (columns ATTRIBUTE_VALUE).

    `contacts` holds contact_id and `attributes`, a list of key and value. Values of attributes that are not (any more)
    in `typings` are text. A value that is none of its type, kept from when the attribute had another, has no typed one.
    """
    stated = contacts.select("contact_id", "attributes").explode("attributes").unnest("attributes").drop_nulls("key")
    listed = pl.col("key").is_in([name for name, each in typings.items() if each.is_list])
    several = stated.filter(listed)
    several = (
        several.with_columns(value=split_cells(several["value"], ";"))
        .with_columns(position=pl.int_ranges(1, pl.col("value").list.len() + 1, dtype=pl.UInt32))
        .explode("value", "position")
        .drop_nulls("value")
    )
    single = stated.filter(~listed).with_columns(position=pl.lit(1, pl.UInt32))
    values = pl.concat([single, several.select(single.columns)])
    return values.select(
        "contact_id",
        pl.col("key").alias("name"),
        "position",
        pl.col("value").alias("value_text"),
        if_other(fold_case(pl.col("value")), pl.col("value")).alias("value_folded"),
        _of_type(AttributeType.NUMBER, typings, pl.col("value").cast(pl.Float64, strict=False).fill_nan(None)).alias(
            "value_number"
        ),
        _of_type(AttributeType.DATE, typings, pl.col("value").str.to_date("%Y-%m-%d", strict=False)).alias(
            "value_date"
        ),
        _of_type(
            AttributeType.BOOLEAN,
            typings,
            pl.col("value").replace_strict(BOOLEANS, default=None),
        ).alias("value_boolean"),
    ).cast(pl.Schema(ATTRIBUTE_VALUE))


BOOLEANS = {"true": True, "false": False}


def if_other(folded: pl.Expr, text: pl.Expr) -> pl.Expr:
    """A folded text where it differs from the text."""
    return pl.when(folded.ne_missing(text)).then(folded)


def _of_type(kind: AttributeType, typings: Mapping[str, Typing], typed: pl.Expr) -> pl.Expr:
    """Typed values of the attributes of a type; null of the others."""
    return pl.when(pl.col("key").is_in([name for name, each in typings.items() if each.type is kind])).then(typed)
