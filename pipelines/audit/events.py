"""What an audit event says: who did what to which object, when and why. Never a value of a person.

Whatever a person wrote or is known by is in an event as a commitment alone (`audit.commitments`). `DETAILS` are the
only further facts, each a number, a digest or a name of the configuration.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from pipelines.audit.login import login
from pipelines.errors import AuditRefused

CODE = re.compile(
    r"[A-Za-z0-9_.,:|@/+= -]{0,120}"
)  # of texts that are no value: ids, codes, names of the configuration
SOMEBODY = 120  # characters of who acts, or for whom
DETAIL = pl.Struct({"name": pl.String, "value": pl.String})
# In the order of their names, which is that of canonical JSON.
EVENT: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "action": pl.String(),
        "actor": pl.String(),
        "after": pl.List(pl.Binary),
        "before": pl.List(pl.Binary),
        "details": pl.List(DETAIL),
        "fields": pl.List(pl.String),
        "object_id": pl.String(),
        "object_type": pl.String(),
        "on_behalf_of": pl.String(),
        "outcome": pl.String(),
        "reason": pl.String(),
        "recorded_at": pl.Datetime("us", "UTC"),
        "related": pl.List(pl.String),
        "role": pl.String(),
        "run_id": pl.String(),
    }
)
DETAILS = frozenset(
    {
        "configuration", "contacts", "decisions", "definition", "deliveries", "event_id", "expires", "exports",
        "failed", "field", "file_sha256", "hold", "kind", "model", "recipient", "records", "request", "rows", "runs",
        "segment", "target", "tokens",
    }
)  # fmt: skip


class Action(StrEnum):
    """What was done."""

    TRAIL_OPENED = "trail.opened"  # the first event: what was there before anything was recorded
    RUN_STARTED = "run.started"
    RUN_ENDED = "run.ended"
    CONTACT_CREATED = "contact.created"
    CONTACT_UPDATED = "contact.updated"
    CONTACT_REMOVED = "contact.removed"
    CONTACT_MERGED = "contact.merged"  # these five say where an id went, as `exports/id_changes` does
    CONTACT_SPLIT = "contact.split"
    CONTACT_RESTORED = "contact.restored"
    CONTACT_REUSED = "contact.reused"
    CONTACT_WITHDRAWN = "contact.withdrawn"
    CONTACT_READ = "contact.read"
    CONTACTS_LISTED = "contacts.listed"
    CONTACT_DISCLOSED = "contact.disclosed"
    DELIVERY_DISCLOSED = "delivery.disclosed"
    DECISION_CREATED = "decision.created"
    DECISION_REFUSED = "decision.refused"
    EXPORT_PUBLISHED = "export.published"
    CONFIGURATION_CHANGED = "configuration.changed"
    MODEL_FITTED = "model.fitted"
    SOURCE_RENAMED = "source.renamed"
    CONTACTS_REBUILT = "contacts.rebuilt"
    ROLE_GRANTED = "role.granted"
    SNAPSHOT_WRITTEN = "snapshot.written"
    KEY_ROTATED = "key.rotated"
    ACCESS_DENIED = "access.denied"
    CONTACT_ERASED = "contact.erased"
    REQUEST_RECEIVED = "request.received"
    REQUEST_VERIFIED = "request.verified"
    REQUEST_APPROVED = "request.approved"
    REQUEST_DENIED = "request.denied"
    REQUEST_EXECUTED = "request.executed"
    REQUEST_COMPLETED = "request.completed"
    REQUEST_FAILED = "request.failed"
    HOLD_SET = "legal_hold.set"
    HOLD_RELEASED = "legal_hold.released"
    SUPPRESSION_ADDED = "suppression.added"
    SUPPRESSION_HIT = "suppression.hit"
    SUPPRESSION_LIFTED = "suppression.lifted"
    RECALL_ACKNOWLEDGED = "recall.acknowledged"


class Outcome(StrEnum):
    """How it ended."""

    OK = "ok"
    DENIED = "denied"
    FAILED = "failed"


class Event(NamedTuple):
    """One event. `fields`, `before` and `after` belong together, by position; a missing commitment is None.

    `reason` is a code or the id of what led to it, such as `decision:<id>`: reasons in words are values.
    """

    action: Action
    object_type: str
    object_id: str
    run_id: str = ""
    outcome: Outcome = Outcome.OK
    on_behalf_of: str | None = None
    role: str | None = None
    reason: str | None = None
    related: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    before: tuple[bytes | None, ...] = ()
    after: tuple[bytes | None, ...] = ()
    details: Mapping[str, str | int] = MappingProxyType({})
    actor: str | None = None  # None: whoever is logged in
    recorded_at: datetime | None = None  # None: now


def as_frame(events: Iterable[Event]) -> pl.DataFrame:
    """Events as rows (columns EVENT).

    Raises:
        AuditRefused: One of them would say something that could be a value of a person.
    """
    now, who = datetime.now(UTC), login()
    rows = [_row(event, now, who) for event in events]
    return pl.DataFrame(rows, schema=dict(EVENT), orient="row")


def _row(event: Event, now: datetime, who: str) -> tuple[object, ...]:
    details = {name: str(value) for name, value in sorted(event.details.items())}
    if unknown := details.keys() - DETAILS:
        raise AuditRefused(f"an audit event has no detail called {min(unknown)}: pipelines.audit.events.DETAILS")
    codes = (event.object_id, event.object_type, event.run_id, event.reason or "", event.role or "", *event.related)
    if not all(CODE.fullmatch(text) for text in (*codes, *details.values())):
        raise AuditRefused(f"an audit event `{event.action}` holds a text that is no id, code or number")
    said = {
        **event._asdict(),
        "action": str(event.action),
        "outcome": str(event.outcome),
        "actor": (event.actor or who)[:SOMEBODY],
        "on_behalf_of": event.on_behalf_of and event.on_behalf_of[:SOMEBODY],
        "recorded_at": (event.recorded_at or now).astimezone(UTC),
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }
    said |= {name: list(said[name]) for name in ("related", "fields", "before", "after")}
    return tuple(said[name] for name in EVENT)
