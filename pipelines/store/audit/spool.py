"""Events of those who only read: each a small file, until somebody who writes takes it into the trail.

A reader shares the warehouse with others and cannot write to it. A file is complete or not there, and is taken in once,
however often that is tried. Who has read is who owns the file, whatever stands in it.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from pipelines.audit.events import Action, Event, Outcome, as_frame
from pipelines.audit.login import login_of
from pipelines.errors import AuditRefused
from pipelines.store.audit.record import record
from pipelines.store.warehouse.connection import Connection, query
from pipelines.store.warehouse.database import in_transaction
from schemas.configuration import HIDDEN

ENDING, UNREADABLE = ".json", ".unreadable"
NO_EVENT = "unreadable"  # in place of what a file is about that holds no event


def reads_path(project: Path) -> Path:
    """The folder in which these files of a project lie."""
    return project / HIDDEN / "audit" / "reads"


def spool(folder: Path, event: Event) -> None:
    """Leave an event for whoever writes next; it may have no fields and nothing related."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now, event_id = datetime.now(UTC), str(uuid4())
    says = {
        "action": event.action,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "outcome": event.outcome,
        "reason": event.reason,
        "role": event.role,
        "run_id": event.run_id,
        "on_behalf_of": event.on_behalf_of,
        "recorded_at": now.isoformat(),
        "details": {**event.details, "event_id": event_id},
    }
    path = folder / f"{now:%Y%m%dT%H%M%S.%f}-{event_id}{ENDING}"
    draft = path.with_suffix(".tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(says, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def absorb(connection: Connection, folder: Path) -> int:
    """Take what readers have left into the trail, in the order of its time; how many events."""
    paths = sorted(folder.glob(f"*{ENDING}"))
    if not paths:
        return 0
    events = [_read(path) for path in paths]
    with in_transaction(connection):
        known = query(
            connection,
            """SELECT DISTINCT d.value AS event_id
               FROM (SELECT unnest(details) AS d FROM audit_event WHERE len(details) > 0) WHERE d.name = 'event_id'""",
        )["event_id"].to_list()
        fresh = [event for event in events if event.details.get("event_id") not in known]
        record(connection, *fresh)
    for path, event in zip(paths, events, strict=True):
        if event.object_id == NO_EVENT:
            path.rename(path.with_suffix(UNREADABLE))
        else:
            path.unlink()
    return len(fresh)


def _read(path: Path) -> Event:
    """The event in a file; of one that holds none, that there was such a file."""
    actor = login_of(path.stat().st_uid)
    try:
        says = json.loads(path.read_text(encoding="utf-8"))
        moment = datetime.fromisoformat(says.pop("recorded_at"))
        event = Event(
            **{**says, "action": Action(says["action"]), "outcome": Outcome(says["outcome"])},
            actor=actor,
            recorded_at=moment,
        )
        as_frame([event])
    except (ValueError, TypeError, KeyError, AttributeError, AuditRefused):
        return Event(Action.CONTACT_READ, "contact", NO_EVENT, outcome=Outcome.FAILED, actor=actor)
    return event
