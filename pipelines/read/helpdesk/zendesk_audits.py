"""What Zendesk's audits say was changed in a ticket."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.read.core.frames import Event, Moment
from pipelines.read.helpdesk.common import Known, ident, label_changes, state_word, words
from pipelines.read.helpdesk.json_objects import Given
from schemas.vocabulary import EventKind


def changes(given: Given, event: Mapping[str, Any], nth: int, thread: str, at: Moment, known: Known) -> Iterator[Event]:
    """The events that one event of an audit is: the `nth` of `given`, which happened to `thread`.

    A ticket that is created has a state and labels from the beginning; of those only labels and assignments are events.
    """
    field, made = event.get("field_name"), event.get("type") == "Create"
    if not made and event.get("type") != "Change":
        return
    own = ident(event.get("id"))
    key = f"zendesk:event:{own}" if own else f"zendesk:audit:{ident(given.fields.get('id'))}:{thread}:{nth}"
    before, after = event.get("previous_value"), event.get("value")
    actor = known.called(given.fields.get("author_id"))
    found: list[tuple[EventKind, str | None, str | None]] = []
    if field == "status" and not made:
        found = [(EventKind.STATUS_CHANGED, state_word(before), state_word(after))]
    elif field in ("assignee_id", "group_id") and (ident(before) or ident(after)):
        found = [(EventKind.ASSIGNED, known.called(before), known.called(after))]
    elif field == "tags":
        for kind, label in label_changes(_tags(before), _tags(after)):
            added = kind is EventKind.LABEL_ADDED
            found.append((kind, None if added else label, label if added else None))
    for kind, old, new in found:
        label = f":{new or old}" if kind in (EventKind.LABEL_ADDED, EventKind.LABEL_REMOVED) else ""
        yield Event(given.line, f"{key}{label}", thread, kind, None, at, actor, old, new)


def _tags(value: Any) -> list[str]:
    """Tags, as a list or as one text with spaces between them."""
    if isinstance(value, str):
        return (words(value) or "").split()
    return [tag for tag in map(words, value) if tag] if isinstance(value, list) else []
