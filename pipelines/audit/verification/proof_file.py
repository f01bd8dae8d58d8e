"""A proof as it is handed to somebody: the event, its way up the tree, and the seal over it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import rfc8785

from pipelines.audit.verification.proofs import is_included, leaf_hash
from pipelines.audit.verification.seal_chain import is_signed, parsed

UNREADABLE = "this is no proof that `onecontact audit prove` has written"


class CheckedProof(NamedTuple):
    """What a proof shows, and why it does not, a sentence each."""

    faults: list[str]
    number: int = -1
    action: str = ""
    actor: str = ""
    recorded_at: str = ""
    seal: int = 0
    sealed_at: str = ""


def checked_proof(text: bytes, key: str) -> CheckedProof:
    """Check a proof against the public key of a project (64 hex digits)."""
    try:
        says = msgspec.json.decode(text)
        event, number, line = says["event"], says["number"], says["seal"]
        proof = [bytes.fromhex(each) for each in says["proof"]]
        leaf = leaf_hash(rfc8785.dumps(event))
        named = [str(event[name]) for name in ("action", "actor", "recorded_at")]
        seal = parsed(line) if isinstance(line, str) and isinstance(number, int) else None
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, rfc8785.CanonicalizationError):
        return CheckedProof([UNREADABLE])
    if seal is None:
        return CheckedProof([UNREADABLE])
    faults = [*_faults(seal, key)]
    if not is_included(leaf, number, seal["size"], proof, bytes.fromhex(seal["root"])):
        faults.append(f"event {number} is not what is under seal {seal['number']}: the event or the proof was changed")
    action, actor, recorded_at = named
    return CheckedProof(faults, number, action, actor, recorded_at, seal["number"], seal["sealed_at"])


def _faults(seal: dict[str, Any], key: str) -> Iterator[str]:
    if not is_signed(seal):
        yield f"seal {seal['number']} does not bear a valid signature: it was changed"
    if seal["key"] != key:
        yield f"seal {seal['number']} is signed with another key than the one given"
