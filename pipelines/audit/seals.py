"""Seals: the signed heads of the tree, each bound to the one before it.

A seal is a line of canonical JSON (RFC 8785) with an Ed25519 signature over everything else in it. `previous` is the
SHA-256 of the line before, so that the seals are a chain of their own, which can be checked without an event.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import rfc8785

from pipelines.audit.tree import Peaks, root

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CONTEXT = b"onecontact audit seal 1\n"  # before what is signed: a signature of a seal is none of anything else
FIRST = "0" * 64  # what the first seal has in place of the line before it


class Seal(NamedTuple):
    """A seal, and the tree that it is over."""

    number: int
    line: str
    peaks: Peaks


def make_seal(secret: str, before: Seal | None, peaks: Peaks, project: str, run_id: str, now: datetime) -> Seal:
    """Seal a tree with the project's seal key (64 hex digits)."""
    key = _private_key(secret)
    number = before.number + 1 if before else 1
    says: dict[str, Any] = {
        "key": key.public_key().public_bytes_raw().hex(),
        "number": number,
        "previous": sha256(before.line.encode()).hexdigest() if before else FIRST,
        "project": project,
        "root": root(peaks).hex(),
        "run_id": run_id,
        "sealed_at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "size": peaks.size,
    }
    says["signature"] = key.sign(CONTEXT + rfc8785.dumps(says)).hex()
    return Seal(number, rfc8785.dumps(says).decode(), peaks)


def public_pem(secret: str) -> str:
    """The public half of a seal key, as PEM, which openssl reads as well."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _private_key(secret).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _private_key(secret: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # commands that read seal nothing

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
