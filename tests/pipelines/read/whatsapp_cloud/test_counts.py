"""What a log of webhooks holds, counted by a walk through its JSON that shares nothing with the reader."""

import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.read.whatsapp_cloud.webhooks import FORMAT
from tests.examples import examples
from tests.read_conversations import outcomes, read_conversations

NUMBERS = ["12025550100", "12025550101", "12025550102"]
METADATA = {"display_phone_number": "49 30 901820", "phone_number_id": "2000000002"}
EVENTS = ("edit", "revoke", "system")
STATES = ("sent", "delivered", "read", "failed")

NO_OBJECTS: st.SearchStrategy[Any] = st.sampled_from([5, None, "x", [], [{"id": "wamid.9"}], True])
KEY = st.sampled_from(["wamid.1", "wamid.2", "", None])
NUMBER = st.sampled_from([*NUMBERS, None])
TYPE = st.sampled_from(["text", "image", "unsupported", *EVENTS])
MESSAGE = st.fixed_dictionaries({"id": KEY, "type": TYPE, "text": st.just({"body": "Hi"})}, optional={"from": NUMBER})
ECHO = st.fixed_dictionaries({"id": KEY, "type": TYPE, "text": st.just({"body": "Hi"})}, optional={"to": NUMBER})
STATE = st.sampled_from([*STATES, "lost", None])
STATUS = st.fixed_dictionaries({"id": KEY, "status": STATE}, optional={"recipient_id": NUMBER})
CALL = st.fixed_dictionaries({"id": KEY, "event": st.sampled_from(["connect", "terminate"])}, optional={"from": NUMBER})
SYNC = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["contact", "other"]),
        "action": st.sampled_from(["add", "remove"]),
        "contact": st.fixed_dictionaries({"phone_number": NUMBER}),
    }
)
THREAD = st.fixed_dictionaries({"id": NUMBER, "messages": st.lists(MESSAGE | NO_OBJECTS, max_size=3)})
CHUNK = st.fixed_dictionaries({"threads": st.lists(THREAD | NO_OBJECTS, max_size=2)})
CONTACT = st.fixed_dictionaries({"wa_id": NUMBER, "profile": st.just({"name": "Anna"})})


def several(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(items | NO_OBJECTS, max_size=3) | st.sampled_from([None, {}, "x"])


VALUE = st.fixed_dictionaries(
    {"metadata": st.sampled_from([METADATA, METADATA, METADATA, {}])},
    optional={
        "contacts": st.lists(CONTACT, max_size=2),
        "messages": several(MESSAGE),
        "statuses": several(STATUS),
        "message_echoes": several(ECHO),
        "calls": several(CALL),
        "state_sync": several(SYNC),
        "history": several(CHUNK),
        "errors": st.just([]),
    },
)
CHANGE = st.fixed_dictionaries({"value": VALUE})
ENTRY = st.fixed_dictionaries({"id": st.just("1000000001"), "changes": st.lists(CHANGE | NO_OBJECTS, max_size=2)})
HOOK = st.lists(ENTRY | NO_OBJECTS, max_size=2).map(lambda entries: json.dumps({"entry": entries}))
PLAIN = st.fixed_dictionaries({"metadata": st.just(METADATA), "messages": st.lists(MESSAGE, min_size=1, max_size=1)})
SIMPLE = PLAIN.map(lambda value: json.dumps({"entry": [{"id": "1", "changes": [{"value": value}]}]}))
OTHER = st.sampled_from(["", "  ", "{", "5", "null", "{}", '{"object": "page", "entry": []}'])


def counted(lines: list[str]) -> tuple[Counter[str], set[str]]:
    """How many messages, receipts, events and refusals there should be, and the numbers of those who were met."""
    found: Counter[str] = Counter()
    people: set[str] = set()
    for line in filter(str.strip, lines):
        try:
            hook = json.loads(line)
        except ValueError:
            found["refused"] += 1
            continue
        if not isinstance(hook, dict) or "entry" not in hook or hook.get("object") == "page":
            found["refused"] += 1
            continue
        for entry in hook["entry"]:
            for change in entry["changes"] if isinstance(entry, dict) else [None]:
                value = change["value"] if isinstance(change, dict) else {}
                if not (COUNTS.keys() & value.keys() and value["metadata"]):
                    found["refused"] += 1
                else:
                    told, known = counted_in(value)
                    found.update(told)
                    people |= known
    return found, people


def counted_in(value: dict[str, Any]) -> tuple[list[str], set[str]]:
    """What each thing in a change comes to, and whom it is with."""
    people: set[str] = set()
    told: list[str] = []
    for name, count in COUNTS.items():
        for each in things(value.get(name)):
            told += count(each, value.get("contacts", []), people) if isinstance(each, dict) else ["refused"]
    return told, people


def met(number: str | None, contacts: list[Any], people: set[str]) -> bool:
    """Whether somebody is meant: where no number says who, the one who alone is told of."""
    meant = number or (contacts[0]["wa_id"] if len(contacts) == 1 else None)
    people.update([meant] if meant else [])
    return meant is not None


def message(fields: dict[str, Any], contacts: list[Any], people: set[str], *, other: str = "from") -> list[str]:
    known = met(fields.get(other), contacts, people)
    return ["refused" if not known or not fields["id"] else "event" if fields["type"] in EVENTS else "message"]


def status(fields: dict[str, Any], contacts: list[Any], people: set[str]) -> list[str]:
    known = met(fields.get("recipient_id"), contacts, people)
    return ["receipt" if known and fields["id"] and fields["status"] in STATES else "refused"]


def call(fields: dict[str, Any], contacts: list[Any], people: set[str]) -> list[str]:
    if fields["event"] != "terminate":
        return []
    return ["message" if met(fields.get("from"), contacts, people) and fields["id"] else "refused"]


def synchronised(fields: dict[str, Any], _: list[Any], people: set[str]) -> list[str]:
    number = fields["contact"]["phone_number"]
    if fields["type"] != "contact" or not number:
        return ["refused"]
    people |= {number} if fields["action"] == "add" else set()
    return []


def history(chunk: dict[str, Any], contacts: list[Any], people: set[str]) -> list[str]:
    told: list[str] = []
    for thread in things(chunk["threads"]):
        for said in things(thread["messages"]) if isinstance(thread, dict) else [None]:
            if isinstance(said, dict):
                told += message({**said, "of": thread["id"]}, contacts, people, other="of")
            else:
                told.append("refused")
    return told


COUNTS: dict[str, Callable[[dict[str, Any], list[Any], set[str]], list[str]]] = {
    "messages": message,
    "statuses": status,
    "message_echoes": partial(message, other="to"),
    "calls": call,
    "state_sync": synchronised,
    "history": history,
}


def things(listed: Any) -> list[Any]:
    """What is in a list; one thing that cannot be read where anything else stands, and none where nothing does."""
    return listed if isinstance(listed, list) else [] if listed is None else [None]


@settings(max_examples=examples(150, light=60), deadline=None)
@given(st.lists(HOOK | SIMPLE | OTHER, max_size=4))
def test_every_message_status_and_contact_of_a_log_comes_out_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("log") / "hooks.jsonl"
    lines = ['{"entry": []}', *lines]  # a webhook in which nothing stands
    path.write_text("\n".join(lines))
    batch = read_conversations(FORMAT, path, rows=3)
    expected, people = counted(lines)
    frames = {"message": batch.messages, "receipt": batch.receipts, "event": batch.events, "refused": batch.refused}
    assert {name: frame.height for name, frame in frames.items()} == {name: expected[name] for name in frames}
    assert outcomes(batch) == expected.total()
    assert {*batch.contacts["record_id"]} == {f"wa:{number}" for number in people}


def test_what_is_no_object_is_refused_and_what_stands_beside_it_is_read(tmp_path: Path) -> None:
    said = {"id": "wamid.1", "from": NUMBERS[0], "type": "text", "text": {"body": "Hi"}}
    value = {"metadata": METADATA, "messages": ["Hi", said, None]}
    path = tmp_path / "hooks.jsonl"
    path.write_text(json.dumps({"entry": [{"id": "1", "changes": [{"value": value}]}]}))
    batch = read_conversations(FORMAT, path)
    assert (batch.messages.height, batch.refused["raw"].to_list()) == (1, ['"Hi"', "null"])
