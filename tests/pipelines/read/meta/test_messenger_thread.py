from typing import Any

import pytest

from pipelines.read.core.frames import Event, File, Message, Occurrences, Rejected
from pipelines.read.meta.messenger_thread import (
    SHOWN,
    Talk,
    entries,
    is_thread,
    mended,
    participants,
    talk,
    title_of,
)
from schemas.received import MAX_TEXT

AT = 1_772_445_600_250
TWO = Talk("thread:anna_1", "Anna Berg", "Anna Berg", frozenset({"Shop"}), is_group=False)
GROUP = Talk("thread:fair_2", "Fair", None, frozenset({"Shop"}), is_group=True)


def thread(*names: str, **more: Any) -> dict[str, Any]:
    return {"participants": [{"name": name} for name in names], "messages": []} | more


def told(message: Any, who: Talk = TWO) -> Any:
    """The one entry of a message, which Anna sent if it does not say otherwise."""
    whole = {"sender_name": "Anna Berg", "timestamp_ms": AT} | message if isinstance(message, dict) else message
    [entry] = entries({"messages": [whole]}, who, Occurrences())
    return entry


# strings ----------------------------------------------------------------------------------------------------------


def test_texts_are_mended_wherever_they_are_and_nothing_else_is() -> None:
    broken = "Zoë".encode().decode("latin-1")
    value = {broken: [broken, 1, None, {"a": broken}], "plain": True}
    assert mended(value) == {"Zoë": ["Zoë", 1, None, {"a": "Zoë"}], "plain": True}
    assert mended("Zoë") == "Zoë"
    assert mended(1.5) == 1.5


# who takes part ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (thread("Anna"), True),
        ({"participants": ["Anna"], "messages": "none"}, False),
        ({"messages": [{"sender_name": "Anna"}]}, True),
        ({"messages": ["text", {"senderName": "Anna"}]}, True),
        ({"messages": [{"text": "hi"}, "sender_name"]}, False),
        ({"messages": []}, False),
        ([], False),
    ],
)
def test_a_thread_has_messages_and_says_of_whom(value: Any, is_one: bool) -> None:
    assert is_thread(value) is is_one


def test_those_who_take_part_are_named_or_write() -> None:
    named = {"participants": [{"name": "Anna"}, "Ben", {"name": " "}, {}, 5, {"name": "Anna"}], "messages": []}
    assert participants(named) == ["Anna", "Ben"]
    written = [{"sender_name": "Anna"}, {"senderName": "Ben"}, "text", {}, {"senderName": "Ben"}]
    assert participants({"messages": written}) == ["Anna", "Ben"]


def test_a_thread_is_called_by_either_title() -> None:
    assert title_of({"title": " Anna ", "threadName": "x"}) == "Anna"
    assert title_of({"title": " ", "threadName": "Ben"}) == "Ben"
    assert title_of({"title": 5}) is None


@pytest.mark.parametrize(
    ("of", "owner", "counterpart", "owners", "title", "is_group"),
    [
        (thread("Anna", "Shop"), "Shop", "Anna", {"Shop"}, "Anna", False),
        (thread("Anna", "Shop", title="Anna B."), "Shop", "Anna", {"Shop"}, "Anna B.", False),
        (thread("Anna", "Old Shop", title="Anna"), "Shop", "Anna", {"Shop", "Old Shop"}, "Anna", False),
        (thread("Anna", "Old Shop", title="Both"), "Shop", None, {"Shop"}, "Both", False),
        (thread("Anna", "Shop", title="Anna"), None, "Anna", {"Shop"}, "Anna", False),
        (thread("Anna"), None, "Anna", set(), "Anna", False),
        (thread("Shop"), "Shop", None, {"Shop"}, None, False),
        (thread("Anna", "Ben", "Shop", title="Fair"), "Shop", None, {"Shop"}, "Fair", True),
        (thread("Anna", "Shop", thread_type="RegularGroup"), "Shop", None, {"Shop"}, None, True),
        (thread("Anna", "Shop", thread_type="Regular"), "Shop", "Anna", {"Shop"}, "Anna", False),
    ],
)
def test_who_talks_with_whom(
    of: dict[str, Any], owner: str | None, counterpart: str | None, owners: set[str], title: str | None, is_group: bool
) -> None:
    assert talk(of, "key", owner) == Talk("key", title, counterpart, frozenset(owners), is_group)


# messages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "who", "direction", "author", "person"),
    [
        ("Anna Berg", TWO, "inbound", "contact", TWO.key),
        ("Shop", TWO, "outbound", "agent", TWO.key),
        ("", TWO, "inbound", "contact", TWO.key),
        ("Somebody", TWO, "inbound", "contact", None),
        ("Anna Berg", GROUP, "inbound", "contact", None),
        ("Shop", GROUP, "outbound", "agent", None),
    ],
)
def test_a_message_is_of_who_sent_it(sender: str, who: Talk, direction: str, author: str, person: str | None) -> None:
    found = told({"sender_name": sender, "content": " hello "}, who)
    assert isinstance(found, Message)
    assert (found.direction, found.author, found.person, found.sender) == (direction, author, person, sender or None)
    assert (found.line, found.conversation, found.kind, found.text) == (None, who.key, "text", "hello")
    assert found.sent.instant is not None
    assert (found.sent.instant.isoformat(), *found.sent[1:]) == (
        *("2026-03-02T10:00:00.250000+00:00", "millisecond", "stated"),
    )


def test_the_newer_form_of_a_message_says_the_same() -> None:
    newer = {"senderName": "Anna Berg", "timestamp": AT, "text": "hello", "isUnsent": False}
    [found] = entries({"messages": [newer]}, TWO, Occurrences())
    assert found == told({"content": "hello"})


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"content": "hi"}, "text"),
        ({}, "other"),
        ({"content": "Liked a message"}, "reaction"),
        ({"content": "Reacted ❤ to your message"}, "reaction"),
        ({"content": "Reacted ❤ to your message."}, "text"),
        *(({"content": "x", **call}, "call") for call in ({"type": "Call"}, {"call_duration": 0}, {"missed": True})),
        ({"content": "x", "missed": False, "type": "Generic"}, "text"),
        ({"content": "x", "photos": [{"uri": "a/b.jpg"}]}, "media"),
        ({"photos": [{"uri": "a/b.jpg"}], "call_duration": 5}, "call"),
    ],
)
def test_a_message_is_what_it_is_made_of(said: dict[str, Any], kind: str) -> None:
    assert told(said).kind == kind


@pytest.mark.parametrize("taken_back", [{"is_unsent": True}, {"isUnsent": True}])
def test_what_was_taken_back_is_not_told(taken_back: dict[str, Any]) -> None:
    found = told({"content": "hi"} | taken_back)
    assert (found.kind, found.text) == ("deleted", None)
    assert told({"content": "hi", "is_unsent": "no"}).kind == "text"


def test_files_of_every_kind_are_called_as_their_address_ends() -> None:
    media = {
        field: [{"uri": f"m/inbox/{field}.x"}]
        for field in ("photos", "videos", "audio_files", "files", "gifs", "media")
    }
    found = told(media | {"sticker": {"uri": "stickers/s.png"}})
    assert [each.name for each in found.attachments] == [
        *("photos.x", "videos.x", "audio_files.x", "files.x", "gifs.x", "media.x", "s.png"),
    ]
    odd = told({"photos": [{"uri": "a/"}, {"uri": " "}, "text", {}], "files": None})
    assert odd.attachments == [File("a/")]


def test_a_link_is_what_is_said_where_nothing_else_is() -> None:
    share = {"share": {"link": "https://a.example"}}
    assert told(share).text == "https://a.example"
    assert told(share | {"content": "Anna sent an attachment."}).text == "https://a.example"
    assert told(share | {"content": "look"}).text == "look"
    assert told({"content": "Anna sent an attachment.", "share": "text"}).text == "Anna sent an attachment."
    assert told({"share": {"link": "x" * (MAX_TEXT + 1)}}).text is None
    assert told({"share": {"link": "x" * MAX_TEXT}}).kind == "text"


@pytest.mark.parametrize("kind", ["Subscribe", "Unsubscribe"])
def test_coming_and_leaving_are_events(kind: str) -> None:
    found = told({"type": kind, "content": "Anna joined"})
    assert isinstance(found, Event)
    assert (found.conversation, found.kind, found.text, found.line) == (TWO.key, "system", "Anna joined", None)


def test_messages_are_told_apart_by_place_time_words_and_file() -> None:
    said = [
        {"sender_name": "Anna Berg", "timestamp_ms": AT} | each
        for each in ({"content": "a"}, {"content": "a"}, {"content": "b"}, {}, {"photos": [{"uri": "p.jpg"}]})
    ]
    found = list(entries({"messages": said}, TWO, Occurrences()))
    assert len({each.key for each in found if isinstance(each, Message)}) == 5
    [renamed] = entries({"messages": [said[0] | {"sender_name": "Anna Lund"}]}, TWO, Occurrences())
    assert isinstance(renamed, Message)
    assert renamed.key == told({"content": "a"}).key


@pytest.mark.parametrize(
    "broken",
    [
        "text",
        {"sender_name": 5},
        {"timestamp_ms": None},
        {"timestamp_ms": 1.5},
        {"timestamp_ms": 10**17},
        {"timestamp_ms": True},
    ],
)
def test_a_message_of_nobody_or_of_no_time_is_refused(broken: Any) -> None:
    found = told(broken)
    assert isinstance(found, Rejected)
    assert (found.line, found.code) == (None, "MESSAGE_UNREADABLE")
    assert found.expected == "a message with a sender and a timestamp in milliseconds"


def test_of_what_is_refused_so_much_is_shown() -> None:
    assert len(told("x" * 5_000).raw) == SHOWN == 2_000


@pytest.mark.parametrize("field", ["content", "text"])
def test_a_message_may_be_so_long_and_no_longer(field: str) -> None:
    assert told({field: "x" * MAX_TEXT}).text == "x" * MAX_TEXT
    found = told({field: "x" * (MAX_TEXT + 1)})
    assert (found.code, len(found.raw)) == ("LIMIT_EXCEEDED", MAX_TEXT + 1)
