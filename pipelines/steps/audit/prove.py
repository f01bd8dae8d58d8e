"""Proving that an event is under a seal."""

from typing import Any

from pipelines.audit.tree import inclusion_proof
from pipelines.errors import ConfigurationError
from pipelines.store.audit import verified as store
from pipelines.store.warehouse.connection import Connection


def proof_of(connection: Connection, number: int) -> dict[str, Any]:
    """What shows that an event is under a seal, to whoever has the public key (`audit.verification.proof_file`).

    Raises:
        ConfigurationError: There is no such event, or no seal over it yet.
    """
    event, seal = store.event_of(connection, number), store.first_seal_over(connection, number)
    if event is None:
        raise ConfigurationError(f"there is no event {number}: `onecontact audit log` shows their numbers")
    if seal is None:
        raise ConfigurationError(f"event {number} is under no seal yet: the next command that writes makes one")
    size, line = seal
    proof = inclusion_proof(store.leaves_up_to(connection, size), number)
    return {"number": number, "event": event, "proof": [each.hex() for each in proof], "seal": line}
