"""Commitments: what binds an event to a value without saying it.

A commitment is the HMAC-SHA256 of canonical JSON under the salt of the contact or decision that the value is of.
Whoever has salt and value can prove that the value was meant. Without the salt nobody can, even by trying every phone
number there is: deleting it unlinks all events from what they were about.
"""

import hmac
import secrets
from collections.abc import Iterable, Sequence

import polars as pl
import rfc8785

SALT_BYTES = 16


def new_salts(number: int) -> list[bytes]:
    """Random salts."""
    drawn = secrets.token_bytes(SALT_BYTES * number)
    return [drawn[place : place + SALT_BYTES] for place in range(0, len(drawn), SALT_BYTES)]


def commitment(salt: bytes, field: str, values: Sequence[str]) -> bytes | None:
    """The commitment to the values of a field, 32 bytes; None where it has none."""
    if not values:
        return None
    return hmac.digest(salt, rfc8785.dumps({"field": field, "values": sorted(values)}), "sha256")


def field_commitments(fields: pl.DataFrame, values: str) -> pl.Series:
    """`commitment` of each row: field, salt and the column `values`, sorted lists of texts; None for an empty one."""
    said = fields.select(pl.struct("field", pl.col(values).alias("values")).struct.json_encode()).to_series()
    has_none = fields[values].list.len().fill_null(0) == 0
    macs = _macs(fields["salt"], said.zip_with(~has_none, pl.Series([None], dtype=pl.String)))
    return pl.Series(values, macs, pl.Binary)


def contact_commitments(contacts: pl.DataFrame) -> pl.Series:
    """The commitment to all of a contact: `contact` (List of structs field and value, `in_order`) and salt."""
    said = contacts.select(pl.struct("contact").struct.json_encode()).to_series()
    return pl.Series("commitment", _macs(contacts["salt"], said), pl.Binary)


def contact_commitment(salt: bytes, fields: Iterable[tuple[str, str]]) -> bytes:
    """`contact_commitments` of one contact, from pairs of field and value."""
    said = [{"field": field, "value": value} for field, value in in_order(fields)]
    return hmac.digest(salt, rfc8785.dumps({"contact": said}), "sha256")


def in_order(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs of field and value as they are committed: what a contact is, what it is known by, its status."""
    return sorted(fields, key=lambda each: (each[0] == "status", each[0].startswith("identifier."), *each))


def _macs(salts: pl.Series, said: pl.Series) -> list[bytes | None]:
    pairs = zip(salts.to_list(), said.cast(pl.Binary).to_list(), strict=True)
    return [None if text is None else hmac.digest(salt, text, "sha256") for salt, text in pairs]
