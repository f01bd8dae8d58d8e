"""Ids that stay the same on every run, and say nothing about a person to somebody without the project's secret.

A plain hash of a phone number or an address can be searched in minutes and would outlive an erasure, so every natural
key goes through HMAC-SHA256 with the identity key before it becomes a UUIDv5. Each hash is a copy of one that has the
key or the namespace already, and the text of an id is cut out of its hash for a whole column at a time: on long lists
the ids would take longer than the reading otherwise.
"""

from collections.abc import Callable, Iterable
from hashlib import sha1, sha256
from uuid import UUID, uuid5

import polars as pl

BLOCK = 64  # bytes of a block of SHA-256
NAMESPACE = UUID("5f0c4c2e-5c7c-5a52-9d0d-6f6e65636f6e")
VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}  # RFC 9562: the two bits above are 10

Keyed = Callable[..., pl.Expr]


def keyed(secret: str) -> Keyed:
    """An expression maker `ids(kind, *parts)`: columns that are a natural key → column of UUIDs as text.

    `kind` keeps ids of different things apart. Null parts are allowed and differ from empty ones. Computed once per
    distinct key.
    """
    mac = _hmac(bytes.fromhex(secret))

    def each(naturals: pl.Series) -> pl.Series:
        return _uuids(mac(natural).encode() for natural in naturals.cast(pl.Binary).to_list())

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
    return _uuids(f"contact|{record_key}|0".encode() for record_key in record_keys.to_list()).alias("contact_id")


def _hmac(key: bytes) -> Callable[[bytes], str]:
    """HMAC-SHA256 (RFC 2104) with this key: text → hexadecimal digest.

    It is made of two hashes that have the key already: `hmac` takes twice as long for a short text.
    """
    block = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    begin_inner, begin_outer = (sha256(bytes(byte ^ pad for byte in block)).copy for pad in (0x36, 0x5C))

    def mac(text: bytes) -> str:
        inner, outer = begin_inner(), begin_outer()
        inner.update(text)
        outer.update(inner.digest())
        return outer.hexdigest()

    return mac


def _uuids(names: Iterable[bytes]) -> pl.Series:
    """UUIDv5 in NAMESPACE of each name, as text: its SHA-1, cut to length, with version and variant written in."""
    begin, hashes = sha1(NAMESPACE.bytes, usedforsecurity=False).copy, []
    for name in names:
        named = begin()
        named.update(name)
        hashes.append(named.hexdigest())
    digits = pl.col("id").str
    low = pl.concat_str(digits.slice(16, 1).replace_strict(VARIANT, return_dtype=pl.String), digits.slice(17, 3))
    groups = (digits.slice(0, 8), digits.slice(8, 4), pl.lit("5") + digits.slice(13, 3), low, digits.slice(20, 12))
    return pl.Series("id", hashes, pl.String).to_frame().select(id=pl.concat_str(*groups, separator="-")).to_series()
