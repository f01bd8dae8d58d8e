"""Receipts verified with the public key alone: neither the project nor the warehouse is needed."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pipelines.audit.verification.proofs import is_included, leaf_hash
from pipelines.audit.verification.seal_chain import is_signed, parsed

CONTEXT = b"onecontact receipt 1\n"
UNREADABLE = "this is no receipt that `onecontact request receipt` has written"


class CheckedReceipt(NamedTuple):
    """What a receipt says, and why it does not hold, a sentence each."""

    faults: list[str]
    says: dict[str, Any]


def checked_receipt(text: bytes, key: str) -> CheckedReceipt:
    """Check a receipt against the public key of a project (64 hex digits)."""
    try:
        says = msgspec.json.decode(text)
        signature, named = bytes.fromhex(says["signature"]), str(says["key"])
        body = rfc8785.dumps({name: value for name, value in says.items() if name != "signature"})
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(named))
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError, rfc8785.CanonicalizationError):
        return CheckedReceipt([UNREADABLE], {})
    faults = [] if named == key else ["the receipt is signed with another key than the one given"]
    try:
        public.verify(signature, CONTEXT + body)
    except InvalidSignature:
        return CheckedReceipt([*faults, "the receipt does not bear a valid signature: it was changed"], says)
    return CheckedReceipt([*faults, *_faults_of_proof(says, key)], says)


def _faults_of_proof(says: dict[str, Any], key: str) -> Iterator[str]:
    """What is wrong with the proof that the erasure stands in the audit trail."""
    proof = says.get("proof")
    if not isinstance(proof, dict):
        yield "the receipt holds no proof that the request stands in the audit trail"
        return
    try:
        seal = parsed(proof["seal"])
        way = [bytes.fromhex(each) for each in proof["proof"]]
        leaf = leaf_hash(rfc8785.dumps(proof["event"]))
        about = proof["event"]["object_id"]
    except (KeyError, TypeError, ValueError, rfc8785.CanonicalizationError):
        seal = None
    if seal is None:
        yield "the proof in the receipt cannot be read"
        return
    if not is_signed(seal) or seal["key"] != key:
        yield f"seal {seal['number']} in the receipt is not signed with this key"
    if not is_included(leaf, proof["number"], seal["size"], way, bytes.fromhex(seal["root"])):
        yield f"event {proof['number']} is not under seal {seal['number']}"
    if about != str(says.get("request")):
        yield "the proof in the receipt is of another request"
