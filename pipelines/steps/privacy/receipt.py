"""The receipt of an erasure: what was asked, who approved it, what was done where, and what could not be reached."""

import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipelines.errors import ConfigurationError
from pipelines.privacy.receipts import signed
from pipelines.project import OpenProject
from pipelines.publish.files import atomic_write
from pipelines.steps.audit.prove import proof_of
from pipelines.store.privacy import recalls, requests, suppression
from pipelines.store.privacy.requests import Request
from pipelines.store.warehouse.connection import Connection, value

FOLDER = "receipts"
NOT_REACHED = (
    "backups made before: restoring one replays this erasure first",
    "recipients of publications: see recalls",
    "deliveries on other machines, which the source has to delete",
)


def give_receipt(project: OpenProject, connection: Connection, number: int) -> Path:
    """Sign the receipt of a request, keep it, and write it to `receipts/`; where it is."""
    request = requests.request_of(connection, number)
    if request is None:
        raise ConfigurationError(f"there is no request {number}: `onecontact request list` shows them")
    text = request.receipt
    if text is None:
        text = signed(says(project, connection, request), project.seal_key(connection))
        requests.change(connection, number, receipt=text)
    note_erasure(project.erasures_path, number, request, suppression.tokens_of(connection, number))
    path = project.folder / FOLDER / f"request-{number}.json"
    with atomic_write(path) as file:
        file.write(text.encode() + b"\n")
    return path


def says(project: OpenProject, connection: Connection, request: Request) -> dict[str, Any]:
    """All that a receipt says, but for its signature: texts and whole numbers, and never a value."""
    steps = requests.steps_of(connection, request.number)
    event = value(
        connection,
        "SELECT max(seq) FROM audit_event WHERE object_type = 'request' AND object_id = ? AND action = ?",
        [str(request.number), "request.completed"],
    )
    recalled = recalls.recalls(connection, request.number).select("segment", "recipient", "contacts").to_dicts()
    return {
        "kind": "erasure",
        "project": project.settings.project,
        "request": request.number,
        "regulation": "GDPR Article 17",
        "state": str(request.state),
        "times": {
            name: at.astimezone(UTC).isoformat()
            for name in ("received_at", "due_at", "verified_at", "approved_at", "ended_at")
            if isinstance(at := getattr(request, name), datetime)
        },
        "people": {
            "created_by": request.created_by,
            "verified_by": request.verified_by or "",
            "approved_by": request.approved_by or "",
        },
        "stores": as_text(steps),
        "recipients": recalled,
        "not_reached": list(NOT_REACHED),
        "suppression_tokens": len(suppression.tokens_of(connection, request.number)),
        "code_version": version("onecontact"),
        "proof": proof_of(connection, int(event)),
    }


def as_text(steps: dict[str, Any]) -> dict[str, Any]:
    """Figures of steps in which what is true or false is a word: receipts hold texts and whole numbers."""
    plain = json.loads(json.dumps(steps))
    return {
        step: {name: ("yes" if said else "no") if isinstance(said, bool) else said for name, said in figures.items()}
        for step, figures in plain.items()
    }


def note_erasure(path: Path, number: int, request: Request, tokens: list[str]) -> None:
    """Append an erasure to the file that a restored backup is held against: keyed digests, and nothing of anybody."""
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    ended = request.ended_at.astimezone(UTC).isoformat() if request.ended_at else ""
    if any((said["request"], said["completed_at"]) == (number, ended) for said in map(json.loads, before)):
        return
    line = json.dumps({"completed_at": ended, "request": number, "tokens": tokens}, sort_keys=True)
    with atomic_write(path) as file:
        file.write("".join(f"{each}\n" for each in [*before, line]).encode())
