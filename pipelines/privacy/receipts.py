"""Receipts: what was done about a request, signed, without a value of a person.

A receipt is canonical JSON (RFC 8785) with an Ed25519 signature over everything else in it, by the key that signs the
audit trail. It holds strings, whole numbers, lists and objects of these.
"""

from typing import Any

import rfc8785

CONTEXT = b"onecontact receipt 1\n"  # before what is signed: the signature of a receipt is none of anything else


def signed(says: dict[str, Any], secret: str) -> str:
    """A receipt, signed with a key (64 hex digits), as a line of JSON."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    whole = {**says, "key": key.public_key().public_bytes_raw().hex()}
    signature = key.sign(CONTEXT + rfc8785.dumps(whole)).hex()
    return rfc8785.dumps({**whole, "signature": signature}).decode()
