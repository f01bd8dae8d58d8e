"""What holds of every row that normalisation has made, whatever was delivered: rules of records and of identifiers.

A row that breaks one is a fault of the code. They are expressions, not a Pandera model, for they are asked once a chunk
and once a decision, and a model takes a hundred times as long.
"""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from schemas.contact import ADDRESS, E164, UUID
from schemas.received import UNSCOPED
from schemas.vocabulary import Channel, IdentifierType, Validity

WRITTEN = r"^\S"  # says something, and has no space before it
TEXTS = ("record_id", "name", "first_name", "last_name", "notes")  # of a record; each may be missing
USABLE = (Validity.VALID.value, Validity.POSSIBLE.value)
FORMS = {IdentifierType.PHONE.value: E164, IdentifierType.WA_ID.value: E164, IdentifierType.EMAIL.value: ADDRESS}


def _once(entries: str, field: str | None = None) -> pl.Expr:
    """Whether a list has each of its values, or of their keys, once."""
    each = pl.col(entries).list
    keys = each.eval(pl.element().struct.field(field)).list if field else each
    return keys.n_unique() == keys.len()


def _has_its_form() -> pl.Expr:
    value, kind = pl.col("normalised").str, pl.col("type")
    return ~pl.any_horizontal((kind == name) & ~value.contains(form) for name, form in FORMS.items())


RECORD_RULES: Mapping[str, pl.Expr] = MappingProxyType(
    {
        "a row is one record": pl.col("row").is_unique(),
        "record_key is an id": pl.col("record_key").str.contains(UUID),
        "version is an id": pl.col("version").str.contains(UUID),
        "a record has a source": pl.col("source").str.contains(WRITTEN),
        "channel is one": pl.col("channel").is_in(list(Channel)).fill_null(value=True),
        **{f"{text} says something": pl.col(text).str.contains(WRITTEN).fill_null(value=True) for text in TEXTS},
        "words of a name have a name": pl.col("name").is_not_null() | (pl.col("name_tokens").list.len() == 0),
        "tags are different texts": _once("tags") & ~pl.col("tags").list.contains(""),
        "attributes are different ones": _once("attributes", "key"),
    }
)
IDENTIFIER_RULES: Mapping[str, pl.Expr] = MappingProxyType(
    {
        "type is one": pl.col("type").is_in(list(IdentifierType)),
        "what is unique everywhere has no scope": ~pl.col("type").is_in(UNSCOPED) | (pl.col("scope") == ""),
        "normalised says something": pl.col("normalised").str.contains(WRITTEN),
        "normalised has the form of its type": _has_its_form(),
        "validity is one of a kept value": pl.col("validity").is_in(USABLE),
        "a row states an identifier once": pl.struct("row", "type", "scope", "normalised").is_unique(),
    }
)
