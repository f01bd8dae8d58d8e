"""Exports of a helpdesk as they come over time: users, tickets, and the same ticket again when more has happened."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import SmallProject, small_project

SOURCES = {
    "desk": {"format": "zendesk_tickets", "path": "landing/desk/*"},
    "chat": {"format": "chatwoot_conversations", "path": "landing/chat/*"},
}
ANNA = {"id": 7, "name": "Anna Weber", "email": "anna@example.com", "role": "end-user"}
BEN = {"id": 8, "name": "Ben", "email": "ben@acme.example", "role": "agent"}


def comment(key: int, author: int, body: str, hour: int) -> dict[str, Any]:
    return {"id": key, "author_id": author, "body": body, "public": True, "created_at": f"2026-05-01T{hour:02}:00:00Z"}


def ticket(status: str, *comments: dict[str, Any]) -> dict[str, Any]:
    own = {"id": 1, "requester_id": 7, "submitter_id": 7, "via": {"channel": "email"}, "subject": "Printer"}
    return {
        **own,
        "status": status,
        "created_at": "2026-05-01T08:00:00Z",
        "description": "Help",
        "comments": [*comments],
    }


FIRST, SECOND = comment(1, 7, "Help", 8), comment(2, 8, "Restart it", 9)
FILES = {
    "desk-2026-05-02-users.json": [ANNA, BEN],
    "desk-2026-05-03.json": [ticket("open", FIRST)],
    "desk-2026-05-04.json": [ticket("solved", FIRST, SECOND)],
    "desk-2026-05-05-comments.json": [{**SECOND, "ticket_id": 1}],
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SmallProject]:
    with small_project(tmp_path, sources=SOURCES) as project:
        yield project


@pytest.mark.heavy
@pytest.mark.parametrize("order", [tuple(FILES), tuple(reversed(FILES))], ids=["in turn", "backwards"])
def test_users_and_snapshots_of_a_ticket_meet_in_any_order(desk: SmallProject, order: tuple[str, ...]) -> None:
    for name in order:
        desk.deliver("desk", "", json.dumps(FILES[name]), name)
        desk.run()
    assert desk.rows("SELECT name, email FROM contact") == [{"name": "Anna Weber", "email": "anna@example.com"}]
    assert desk.rows("SELECT title, status FROM conversation") == [{"title": "Printer", "status": "resolved"}]
    said = desk.rows("SELECT direction, text FROM message ORDER BY sent_at")
    assert said == [{"direction": "inbound", "text": "Help"}, {"direction": "outbound", "text": "Restart it"}]


@pytest.mark.heavy
def test_a_log_of_webhooks_leaves_a_conversation_as_it_stands_last(desk: SmallProject) -> None:
    states = ["open", "pending", "resolved"]
    own = {"event": "conversation_status_changed", "id": 42, "inbox_id": 3, "meta": {"sender": {"id": 11}}}
    hooks = [
        {**own, "status": state, "updated_at": n, "changed_attributes": [{"status": {"current_value": state}}]}
        for n, state in enumerate(states, 1_777_600_000)
    ]
    desk.deliver("chat", "", "\n".join(map(json.dumps, hooks)), "chat-2026-05-02.json")
    desk.run()
    assert desk.rows("SELECT status FROM conversation") == [{"status": "resolved"}]
    events = desk.rows("SELECT after FROM conversation_event ORDER BY happened_at")
    assert [each["after"] for each in events] == states
