"""Who was given what, and what was refused: one line for each, in a file without personal data.

It lies beside the warehouse and not in it: a denial has to be noted while another process holds the warehouse, and by
commands that only read it. What reads a snapshot that was handed over is not noted: whoever holds a file can read it.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from pipelines.audit.events import Action, Event, Outcome
from pipelines.store.audit.spool import reads_path, spool
from schemas.configuration import HIDDEN

FILE = "accesses.jsonl"
BULK = 100  # contacts read at once, from which on that is noted


class Access(StrEnum):
    """What is noted."""

    GRANT = "grant"  # the key of a role was handed over
    ROTATE = "rotate"  # a role has another key
    SNAPSHOT = "snapshot"  # the snapshot of a role was written
    EXPORT = "export"  # a segment was published
    BULK_READ = "bulk_read"  # many contacts were read from the warehouse at once
    DENIAL = "denial"  # a role asked for what it may not


ACTIONS: Mapping[Access, Action] = MappingProxyType(
    {
        Access.GRANT: Action.ROLE_GRANTED,
        Access.ROTATE: Action.KEY_ROTATED,
        Access.SNAPSHOT: Action.SNAPSHOT_WRITTEN,
        Access.DENIAL: Action.ACCESS_DENIED,
    }
)  # exports and bulk reads record themselves in the audit trail


def record_access(folder: Path, kind: Access, **details: str | int | None) -> None:
    """Note an access to a project.

    Args:
        folder: The project folder.
        kind: What it was.
        details: The role, the command, a count of contacts, the id of a run, a fingerprint of a public key. Never a
            value of a contact, nor who was at the terminal.
    """
    line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), "kind": kind, **details})
    path = folder / HIDDEN / FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{line}\n")
    if kind in ACTIONS:
        spool(reads_path(folder), access_event(kind, details))


def access_event(kind: Access, details: Mapping[str, str | int | None]) -> Event:
    """An access as an event of the audit trail."""
    said = {name: value for name, value in details.items() if value is not None}
    role, command, run_id = (str(said.pop(name, "")) for name in ("role", "command", "run_id"))
    is_denial = kind is Access.DENIAL
    return Event(
        ACTIONS[kind],
        "command" if is_denial else "role",
        command if is_denial else role,
        run_id,
        outcome=Outcome.DENIED if is_denial else Outcome.OK,
        role=role or None,
        details=said,
    )


def accesses(folder: Path) -> list[dict[str, str | int | None]]:
    """What was noted, the oldest first."""
    path = folder / HIDDEN / FILE
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
