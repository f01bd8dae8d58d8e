from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.looking.timeline_entries import day, line
from console.terminal.screen import clock

AT = datetime(2026, 6, 1, 22, 30, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "zone", ZoneInfo("Europe/Berlin"))


def entry(**said: Any) -> dict[str, Any]:
    return {
        "happened_at": AT,
        "precision": "second",
        "zone_source": "stated",
        "channel": "whatsapp",
        "inbox": None,
        "kind": "text",
        "direction": "inbound",
        "author": "contact",
        "actor": "Anna",
        "text": "hello",
        "attachments": [],
        "state": None,
        "before": None,
        "after": None,
        "inferred": False,
        "quoted": [],
    } | said


def test_a_day_is_the_one_on_the_projects_clock() -> None:
    assert day(AT) == "2026-06-02 Tuesday"
    assert day(None) == "without a time"


QUOTED = [{"start": 6, "length": 28, "kind": "history"}, {"start": 36, "length": 8, "kind": "signature"}]
ANSWER = "Two.\n\nBen wrote:\n> How many?\n> Ben\n\n-- \nAnna"


def test_what_is_not_new_is_folded_unless_it_is_asked_for() -> None:
    mail = entry(text=ANSWER, quoted=QUOTED)
    assert line(mail).split("whatsapp  ")[1].split() == ["→", "Anna:", "Two.", "[3", "quoted", "lines]", "[signature]"]
    assert line(mail, quoted=True).split("whatsapp  ")[1].split() == f"→ Anna: {ANSWER}".split()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "  00:30:15  whatsapp  → Anna: hello"),
        (
            {"kind": "edited", "direction": None, "text": "phone: she called", "after": "+49", "channel": None},
            "  00:30:15  Anna: [edited] phone ⇒ +49: she called",
        ),
        (
            {"kind": "untagged", "direction": None, "text": "x", "before": "vip", "channel": None},
            "  00:30:15  Anna: [untagged] vip: x",
        ),
        ({"precision": "minute"}, "  00:30     whatsapp  → Anna: hello"),
        ({"zone_source": "assumed"}, "  00:30:15~ whatsapp  → Anna: hello"),
        ({"happened_at": None}, "            whatsapp  → Anna: hello"),
        ({"inbox": "Sales"}, "  00:30:15  whatsapp (Sales)  → Anna: hello"),
        ({"direction": "outbound", "actor": None, "author": "bot"}, "  00:30:15  whatsapp  ← bot: hello"),
        ({"direction": "outbound", "state": "read"}, "  00:30:15  whatsapp  ← Anna: hello [read]"),
        ({"text": "one\n\ntwo"}, "  00:30:15  whatsapp  → Anna: one\n\n            two"),
        ({"text": "\x1b[2Jhello"}, "  00:30:15  whatsapp  → Anna: ·[2Jhello"),
    ],
)
def test_an_entry_is_a_line_that_says_no_more_than_is_known(said: dict[str, Any], told: str) -> None:
    assert line(entry(**said)) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"kind": "status_changed", "before": "open", "after": "resolved"}, "Ina: [status changed] open ⇒ resolved"),
        ({"kind": "assigned", "after": "Ben", "inferred": True}, "Ina: [assigned] Ben (inferred)"),
        ({"kind": "assigned", "before": "Ben"}, "Ina: [assigned] no longer Ben"),
        ({"kind": "label_added", "after": "vip", "actor": None}, "[label added] vip"),
    ],
)
def test_an_event_says_what_it_changed(said: dict[str, Any], told: str) -> None:
    event = {"direction": None, "author": None, "actor": "Ina", "text": None}
    assert line(entry(**event | said)) == f"  00:30:15  whatsapp  {told}"


def test_files_are_named_as_far_as_they_are_known() -> None:
    files = [{"name": "a.pdf", "type": None}, {"name": None, "type": "image/png"}, {"name": None, "type": None}]
    told = line(entry(kind="media", text=None, attachments=files))
    assert told.endswith("[media] (3 files: a.pdf, image/png, unnamed)")
    many = line(entry(kind="media", text=None, attachments=[files[0]] * 7))
    assert many.endswith("(7 files: a.pdf, a.pdf, a.pdf, a.pdf, a.pdf, 2 more)")
