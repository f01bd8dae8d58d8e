"""After an erasure: recipients confirm, and somebody may come back at their own wish."""

from datetime import UTC, datetime

from pipelines.audit.events import Action
from pipelines.audit.login import login
from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject
from pipelines.steps.privacy.intake import note, required
from pipelines.store.privacy import recalls, suppression
from pipelines.store.privacy.requests import State
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import in_transaction


def lift(project: OpenProject, connection: Connection, number: int) -> int:
    """Let whom a request has erased come back; how many tokens went.

    Raises:
        ConfigurationError: The same login has approved the erasure, or there was none.
    """
    request = required(connection, number, State.COMPLETED, State.WITH_EXEMPTIONS)
    if project.settings.privacy.second_person and request.approved_by == login():
        raise ConfigurationError(f"{login()} has approved request {number}: somebody else has to lift it")
    with in_transaction(connection):
        tokens = suppression.lift(connection, number)
        note(connection, Action.SUPPRESSION_LIFTED, number, tokens=tokens)
    return tokens


def acknowledged(connection: Connection, number: int, segment: str, recipient: str | None) -> int:
    """Note that recipients of a segment have removed an erased person; of how many contacts."""
    required(connection, number)
    with in_transaction(connection):
        done = recalls.acknowledge(connection, number, segment, recipient, login(), datetime.now(UTC))
        if not done:
            raise ConfigurationError(f"nothing of {segment} is to be confirmed: `onecontact request recalls {number}`")
        note(connection, Action.RECALL_ACKNOWLEDGED, number, segment=segment, contacts=done)
    return done


def removal_ids(connection: Connection, number: int, segment: str | None) -> list[str]:
    """Ids of contacts that recipients of a segment, or of all, have to remove."""
    found = recalls.recalls(connection, number)
    chosen = [each for each in found.to_dicts() if segment in (None, each["segment"])]
    ids = [recalls.removal_list(connection, number, each["segment"], each["recipient"]) for each in chosen]
    return sorted({each for some in ids for each in some})
