"""What Chatwoot's webhooks state was changed in a conversation."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.read.chatwoot.messages import status
from pipelines.read.core.frames import Event
from pipelines.read.helpdesk.common import Known, ident, label_changes, listed, mapping, words
from schemas.vocabulary import EventKind

TIMES = ("updated_at", "timestamp", "last_activity_at")  # the first that is there

Change = tuple[EventKind, str | None, str | None]


def changes(line: int | None, fields: Mapping[str, Any], thread: str, known: Known) -> Iterator[Event]:
    """The events that `changed_attributes` states. Each is known by when it was, for webhooks have no ids."""
    at = next(filter(None, (known.at(fields.get(field)) for field in TIMES)), None)
    if not at:
        return
    for changed in map(mapping, listed(fields.get("changed_attributes"))):
        for attribute, told in changed.items():
            values = mapping(told)
            for kind, before, after in _changes(attribute, values, known):
                key = f"{thread}:{kind.value}:{attribute}:{at.instant}:{before}:{after}"
                yield Event(line, key, thread, kind, None, at, None, before, after)


def _changes(attribute: str, told: Mapping[str, Any], known: Known) -> Iterator[Change]:
    before, after = told.get("previous_value"), told.get("current_value")
    if attribute == "status":
        yield EventKind.STATUS_CHANGED, _state(before), _state(after)
    elif attribute in ("assignee_id", "team_id") and (ident(before) or ident(after)):
        yield EventKind.ASSIGNED, known.called(before), known.called(after)
    elif attribute in ("label_list", "cached_label_list", "labels"):
        for kind, label in label_changes(_labels(before), _labels(after)):
            added = kind is EventKind.LABEL_ADDED
            yield kind, None if added else label, label if added else None


def _state(value: Any) -> str | None:
    known = status(value)
    return known.value if known else ident(value)


def _labels(value: Any) -> list[str]:
    """Labels, as a list or as one text with commas between them."""
    parts = value.split(",") if isinstance(value, str) else listed(value)
    return [label for label in map(words, parts) if label]
