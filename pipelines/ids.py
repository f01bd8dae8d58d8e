"""Ids that stay the same on every run, and say nothing about a person to somebody without the project's secret.

A plain hash of a phone number or an address can be searched in minutes and would outlive an erasure, so every natural
key goes through HMAC-SHA256 with the identity key before it becomes a UUIDv5.
"""

import hmac
from collections.abc import Callable
from uuid import UUID, uuid5

import polars as pl

NAMESPACE = UUID("5f0c4c2e-5c7c-5a52-9d0d-6f6e65636f6e")

Keyed = Callable[..., pl.Expr]


def keyed(secret: str) -> Keyed:
    """An expression maker `ids(kind, *parts)`: columns that are a natural key → column of UUIDs as text.

    `kind` keeps ids of different things apart. Null parts are allowed and differ from empty ones. Computed once per
    distinct key.
    """
    key = bytes.fromhex(secret)

    def one(natural: str) -> str:
        return str(uuid5(NAMESPACE, hmac.digest(key, natural.encode(), "sha256").hex()))

    def distinct(series: pl.Series) -> pl.Series:
        values = series.unique()
        ids = pl.Series([one(value) for value in values.to_list()], dtype=pl.String)
        return series.replace_strict(values, ids, return_dtype=pl.String)

    def ids(kind: str, *parts: pl.Expr) -> pl.Expr:
        framed = [pl.format("{}:{}", part.str.len_bytes(), part).fill_null("-") for part in parts]
        return pl.concat_str(pl.lit(kind), *framed, separator="|").map_batches(distinct, return_dtype=pl.String)

    return ids


def contact_id(record_key: str, incarnation: int = 0) -> str:
    """Id of the contact whose anchor is this record; the record's own key is keyed already."""
    return str(uuid5(NAMESPACE, f"contact|{record_key}|{incarnation}"))
