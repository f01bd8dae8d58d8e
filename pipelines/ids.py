"""Ids that stay the same on every run, and say nothing about a person to somebody without the project's secret.

A plain hash of a phone number or an address can be searched in minutes and would outlive an erasure, so every natural
key goes through HMAC-SHA256 with the identity key before it becomes a UUIDv5. Each HMAC is a copy of one that has the
key already, and UUIDs are made of a whole column at a time: on long lists the ids would take longer than the reading
otherwise.
"""

import hmac
from collections.abc import Callable
from hashlib import sha256
from uuid import UUID, uuid5

import polars as pl
import polars_hash

NAMESPACE = UUID("5f0c4c2e-5c7c-5a52-9d0d-6f6e65636f6e")

Keyed = Callable[..., pl.Expr]


def keyed(secret: str) -> Keyed:
    """An expression maker `ids(kind, *parts)`: columns that are a natural key → column of UUIDs as text.

    `kind` keeps ids of different things apart. Null parts are allowed and differ from empty ones. Computed once per
    distinct key.
    """
    mac = _hmac(bytes.fromhex(secret))

    def each(naturals: pl.Series) -> pl.Series:
        return _uuids(pl.Series("id", [mac(natural) for natural in naturals.cast(pl.Binary).to_list()], pl.String))

    def distinct(naturals: pl.Series) -> pl.Series:
        if naturals.n_unique() == len(naturals):
            return each(naturals)
        keys = naturals.alias("key")
        known = keys.unique()
        ids = pl.DataFrame([known, each(known)])
        return keys.to_frame().join(ids, on="key", how="left", maintain_order="left")["id"]

    def ids(kind: str, *parts: pl.Expr) -> pl.Expr:
        framed = [pl.format("{}:{}", part.str.len_bytes(), part).fill_null("-") for part in parts]
        return pl.concat_str(pl.lit(kind), *framed, separator="|").map_batches(distinct, return_dtype=pl.String)

    return ids


def contact_id(record_key: str, incarnation: int = 0) -> str:
    """Id of the contact whose anchor is this record; the record's own key is keyed already."""
    return str(uuid5(NAMESPACE, f"contact|{record_key}|{incarnation}"))


def contact_ids(record_keys: pl.Series) -> pl.Series:
    """`contact_id` of a whole column of record keys (String, none of them null), in their first incarnation."""
    named = record_keys.to_frame("key").select(pl.format("contact|{}|0", "key")).to_series()
    return _uuids(named).alias("contact_id")


def _hmac(key: bytes) -> Callable[[bytes], str]:
    """HMAC-SHA256 with this key: text → hexadecimal digest."""
    keyed_hash = hmac.new(key, digestmod=sha256)

    def mac(text: bytes) -> str:
        copied = keyed_hash.copy()
        copied.update(text)
        return copied.hexdigest()

    return mac


def _uuids(names: pl.Series) -> pl.Series:
    """UUIDv5 in NAMESPACE of each name (String, none of them null), as text."""
    return names.to_frame("id").select(polars_hash.col("id").uuidhash.uuid5(namespace=str(NAMESPACE))).to_series()
