"""The chain of seals, checked from their lines alone: signatures, links, sizes."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

SIGNED = b"onecontact audit seal 1\n"
NO_SEAL_BEFORE = "0" * 64
TYPES = {
    "key": str, "number": int, "previous": str, "project": str, "root": str, "run_id": str, "sealed_at": str,
    "signature": str, "size": int,
}  # fmt: skip


class ReadSeal(NamedTuple):
    """A seal as its line says."""

    number: int
    size: int
    root: bytes
    sealed_at: str
    line: str


def raw_key(pem: bytes) -> str:
    """The public key in a PEM file, 64 hex digits. Raises ValueError for anything else."""
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return key.public_bytes_raw().hex()


def parsed(line: str) -> dict[str, Any] | None:
    """What a line says, None where it is no seal."""
    try:
        says = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return None
    is_seal = isinstance(says, dict) and {name: type(value) for name, value in says.items()} == TYPES
    return says if is_seal and is_canonical(says, line) else None


def is_canonical(says: dict[str, Any], line: str) -> bool:
    """Whether a line is the canonical JSON of what it says."""
    try:
        return bool(rfc8785.dumps(says).decode() == line)
    except (rfc8785.CanonicalizationError, UnicodeDecodeError):
        return False


def is_signed(says: dict[str, Any]) -> bool:
    """Whether a seal bears the signature of the key that it names."""
    rest = {name: value for name, value in says.items() if name != "signature"}
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(says["key"]))
        key.verify(bytes.fromhex(says["signature"]), SIGNED + rfc8785.dumps(rest))
    except (InvalidSignature, ValueError):
        return False
    return True


def chain_faults(lines: Sequence[str], trusted: Collection[str], where: str, after: str = "") -> list[str]:
    """What is wrong with seals, one a line, the oldest first; each sentence names the seal.

    Args:
        lines: The lines, without line breaks.
        trusted: Public keys as 64 hex digits; none trusts whatever key the seals themselves name.
        where: What the lines are read from, for the sentences.
        after: The line before the first of these; by default they begin with the first seal there is.
    """
    return list(_faults(lines, trusted, where, after))


def _faults(lines: Sequence[str], trusted: Collection[str], where: str, after: str) -> Iterator[str]:
    before = parsed(after) if after else None
    line_before, size, number = after, (before["size"] if before else 0), (before["number"] if before else 0)
    for line in lines:
        number += 1
        says = parsed(line)
        name = f"seal {number} in {where}"
        if says is None:
            yield f"{name} cannot be read as a seal"
        else:
            yield from (f"{name} {fault}" for fault in _seal_faults(says, number, size, line_before, trusted))
            number, size = says["number"], says["size"]
        line_before = line


def _seal_faults(
    says: dict[str, Any], number: int, size: int, line_before: str, trusted: Collection[str]
) -> Iterator[str]:
    if not is_signed(says):
        yield "does not bear a valid signature: it was changed, or made by somebody without the key"
    elif trusted and says["key"] not in trusted:
        yield "is signed with a key that is not trusted here"
    if says["number"] != number:
        yield f"says that it is seal {says['number']}: seals before it are missing, added or exchanged"
    expected = sha256(line_before.encode()).hexdigest() if line_before else NO_SEAL_BEFORE
    if says["previous"] != expected:
        yield "does not follow the seal before it: one of the two was changed, removed, added or exchanged"
    if says["size"] < size:
        yield f"is over {says['size']} events, the one before it over {size}"


def read_seals(lines: Iterable[str]) -> list[ReadSeal]:
    """The lines that are seals."""
    known = ((parsed(line), line) for line in lines)
    return [
        ReadSeal(says["number"], says["size"], bytes.fromhex(says["root"]), says["sealed_at"], line)
        for says, line in known
        if says is not None
    ]
