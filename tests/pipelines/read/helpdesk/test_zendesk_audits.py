from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.read.core.frames import Event, Moment
from pipelines.read.helpdesk.common import Known
from pipelines.read.helpdesk.json_objects import Given
from pipelines.read.helpdesk.zendesk_audits import changes
from schemas.vocabulary import Precision, ZoneSource

AT = Moment(datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND, ZoneSource.STATED)


def told(kind: str = "Change", **event: Any) -> list[Event]:
    known = Known()
    known.agent("8", "Ina")
    known.agent("9", "Ben")
    audit = Given(4, "audit", {"id": "2", "author_id": "8"})
    return list(changes(audit, {"type": kind} | event, 3, "thread", AT, known))


def test_a_state_that_changes_is_an_event() -> None:
    [event] = told(id="1", field_name="status", previous_value="open", value="hold")
    assert event == Event(4, "zendesk:event:1", "thread", event.kind, None, AT, "Ina", "open", "snoozed")
    assert event.kind == "status_changed"
    assert told("Create", field_name="status", value="open") == []


@pytest.mark.parametrize("field", ["assignee_id", "group_id"])
@pytest.mark.parametrize("kind", ["Change", "Create"])
def test_an_assignment_is_an_event(field: str, kind: str) -> None:
    [event] = told(kind, field_name=field, previous_value=None, value="9")
    assert (event.kind, event.before, event.after) == ("assigned", None, "Ben")
    assert event.key == "zendesk:audit:2:thread:3"
    [event] = told(kind, field_name=field, previous_value="9", value=None)
    assert (event.before, event.after) == ("Ben", None)
    assert told(kind, field_name=field) == []


@pytest.mark.parametrize(("before", "after"), [("old both", "both new"), (["old", "both"], ["both", " new ", None])])
def test_tags_that_are_added_and_removed_are_events(before: Any, after: Any) -> None:
    added, removed = told("Create", id="1", field_name="tags", previous_value=before, value=after)
    assert (added.kind, added.before, added.after, added.key) == ("label_added", None, "new", "zendesk:event:1:new")
    assert (removed.kind, removed.before, removed.after) == ("label_removed", "old", None)
    assert removed.key == "zendesk:event:1:old"


def test_what_else_an_audit_says_is_none() -> None:
    assert told("Notification", field_name="status", value="open") == []
    assert told(field_name="priority", value="high") == told() == told(field_name="tags", value=5) == []
