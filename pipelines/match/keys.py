"""Blocking keys: only records that share one are ever compared."""

import polars as pl

from schemas.vocabulary import IdentifierType

# Ids of a person on one channel. Their match keys hold kind and scope: the same digits elsewhere are somebody else.
CHANNEL_IDS = tuple(
    kind
    for kind in IdentifierType
    if kind not in (IdentifierType.PHONE, IdentifierType.WA_ID, IdentifierType.EMAIL, IdentifierType.EXTERNAL_ID)
)

# Which field of the match model a kind of identifier speaks for. An external id proves nothing outside its source.
FIELDS = {
    IdentifierType.PHONE: "phone",
    IdentifierType.WA_ID: "phone",
    IdentifierType.EMAIL: "email",
} | dict.fromkeys(CHANNEL_IDS, "channel_id")
NAME = "name"


def points(identifiers: pl.DataFrame) -> pl.DataFrame:
    """The match keys of identifiers that can be compared across sources.

    `identifiers`: record_key, type, normalised, is_role, match_keys (List[String]). Result: one row per record, field
    and match key, with `exact` (the key is the identifier itself, no variant of it) and `is_role`.
    """
    return (
        identifiers.with_columns(field=pl.col("type").replace_strict(FIELDS, default=None, return_dtype=pl.String))
        .drop_nulls("field")
        .explode("match_keys")
        .select(
            "record_key",
            "field",
            value="match_keys",
            exact=pl.col("type").is_in(CHANNEL_IDS) | (pl.col("match_keys") == pl.col("normalised")),
            is_role="is_role",
        )
        .group_by("record_key", "field", "value")
        .agg(pl.col("exact").any(), pl.col("is_role").any())
    )


def blocking_keys(profiles: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Keys of records: every match key of an identifier, and the full name in any order.

    `profiles`: record_key, tokens (List[String]). Result: key, record_key; distinct.
    """
    by_point = points.select(key=pl.format("{}:{}", "field", "value"), record_key="record_key")
    by_name = profiles.filter(pl.col("tokens").list.len() >= 2).select(
        key=name_key(pl.col("tokens")), record_key="record_key"
    )
    return pl.concat([by_point, by_name]).unique()


def name_key(tokens: pl.Expr) -> pl.Expr:
    """The blocking key of a name: its tokens in order."""
    return pl.format("{}:{}", pl.lit(NAME), tokens.list.join(" "))
