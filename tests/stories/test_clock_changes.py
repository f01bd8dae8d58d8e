"""The night the clocks change: a chat stays in its order, whatever the clock on the wall said."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.small_project import SETTINGS, SmallProject

pytestmark = pytest.mark.heavy  # whole runs of a project

# The clocks of Berlin go back from 03:00 to 02:00 on 26 October 2025, and on from 02:00 to 03:00 on 30 March 2025.
NIGHT = ["02:10 Anna", "02:50 Small Shop", "02:10 Anna", "02:40 Small Shop", "03:05 Anna"]
INSTANTS = [(0, 10), (0, 50), (1, 10), (1, 40), (2, 5)]


@pytest.fixture
def berlin(project: SmallProject) -> SmallProject:
    """A project in Berlin that reads exported chats of WhatsApp and old ones of Telegram."""
    telegram = {"format": "telegram", "path": "landing/telegram/*.json", "owner": "Small Shop"}
    project.configure(timezone="Europe/Berlin", sources=SETTINGS["sources"] | {"telegram": telegram})
    return project


def whatsapp(project: SmallProject, *lines: str, day: str = "2025-10-26", name: str = "a") -> Path:
    said = [line.partition(" ") for line in lines]
    text = "\n".join(f"[{day}, {at}:00] {who}: {n}" for n, (at, _, who) in enumerate(said))
    return project.deliver("whatsapp", "2025-11-01", text, f"WhatsApp Chat with Anna{name}.txt")


def telegram(project: SmallProject, *lines: str, day: str = "2025-10-26") -> Path:
    messages: list[dict[str, Any]] = []
    for n, line in enumerate(lines):
        at, _, who = line.partition(" ")
        sender = {"from": who, "from_id": "user7" if who == "Anna" else "user1"}
        messages.append({"id": n, "type": "message", "date": f"{day}T{at}:00", "text": str(n), **sender})
    chat = {"name": "Anna", "type": "personal_chat", "id": 7, "messages": messages}
    return project.deliver("telegram", "2025-11-01", json.dumps(chat), "result-2025-11-01.json")


def sent(project: SmallProject) -> list[tuple[str, datetime, str]]:
    """Text, time and what is known of the zone of each message, in the order of time."""
    found = project.rows("SELECT text, sent_at, zone_source FROM message ORDER BY sent_at, text")
    return [(each["text"], each["sent_at"].astimezone(UTC), each["zone_source"]) for each in found]


@pytest.mark.parametrize("chat", [whatsapp, telegram])
def test_what_runs_back_within_the_repeated_hour_is_in_its_second_pass(berlin: SmallProject, chat: Any) -> None:
    chat(berlin, *NIGHT)
    berlin.run()
    assert sent(berlin) == [
        (str(n), datetime(2025, 10, 26, hour, minute, tzinfo=UTC), "assumed")
        for n, (hour, minute) in enumerate(INSTANTS)
    ]
    assert berlin.rows("SELECT code FROM problem") == []


@pytest.mark.parametrize("chat", [whatsapp, telegram])
def test_a_time_that_the_clocks_skip_is_kept_and_reported_with_its_place(berlin: SmallProject, chat: Any) -> None:
    chat(berlin, "01:50 Anna", "02:30 Anna", "03:40 Small Shop", day="2025-03-30")
    berlin.run()
    assert [(text, at.hour, zone) for text, at, zone in sent(berlin)] == [
        ("0", 0, "assumed"),
        ("1", 1, "skipped"),
        ("2", 1, "assumed"),
    ]
    [problem] = berlin.rows("SELECT code, severity, action, row_number FROM problem")
    assert list(problem.values()) == ["TIME_SKIPPED", "warning", "kept_with_warning", 2]


def test_an_export_that_begins_in_the_second_pass_brings_no_message_twice(berlin: SmallProject) -> None:
    lines = [f"{line} of {n}" for n, line in enumerate(NIGHT)]
    text = [f"[2025-10-26, {line[:5]}:00] {line[6:].partition(' of')[0]}: {line}" for line in lines]
    name = "WhatsApp Chat with Anna.txt"
    berlin.deliver("whatsapp", "2025-11-01", "\n".join(text), name)
    berlin.run()
    berlin.deliver("whatsapp", "2025-11-01", "\n".join(text[2:]), name)
    berlin.run()
    assert [at.hour for _, at, _ in sent(berlin)] == [hour for hour, _ in INSTANTS]
