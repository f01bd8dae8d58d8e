from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.read.core.frames import Event, File, Message, Person, Receipt, Rejected, Thread
from pipelines.read.meta.messenger_event import KINDS, PAGE_INBOX, entries_of
from schemas.received import MAX_TEXT
from schemas.vocabulary import Channel

PAGE, PERSON = "100", "200"
AT = 1_772_445_600_250  # 2026-03-02 10:00:00.250 UTC
KEY = f"psid:{PAGE}:{PERSON}"


def told(said: dict[str, Any], *, outbound: bool = False, at: Any = AT, received: Any = None) -> list[Any]:
    """Entries of an event between the page and a person."""
    sender, recipient = (PAGE, PERSON) if outbound else (PERSON, PAGE)
    event = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": at} | said
    return list(entries_of(event, PAGE, received, Channel.FACEBOOK, 3))


def message(outbound: bool = False, **said: Any) -> Message:
    """The message of an event, which comes with its thread and its person."""
    thread, person, found = told({"message": {"mid": "m1"} | said}, outbound=outbound)
    assert (type(thread), type(person)) == (Thread, Person)
    assert isinstance(found, Message)
    return found


def event(said: dict[str, Any], **more: Any) -> Event:
    """The one event that is told, which needs no person."""
    thread, found = told(said, **more)
    assert isinstance(thread, Thread)
    assert isinstance(found, Event)
    return found


def refused(said: Any, **more: Any) -> Rejected:
    [found] = told(said, **more)
    assert isinstance(found, Rejected)
    return found


# messages ---------------------------------------------------------------------------------------------------------


def test_what_a_person_writes_comes_from_them_and_has_no_state() -> None:
    found = message(text=" hello ")
    assert (found.line, found.key, found.conversation, found.person) == (3, "mid:m1", KEY, KEY)
    assert (found.direction, found.author, found.state) == ("inbound", "contact", None)
    assert (found.kind, found.text, found.attachments) == ("text", "hello", ())
    instant, precision, zone = found.sent
    assert instant == datetime(2026, 3, 2, 10, 0, 0, 250_000, tzinfo=UTC)
    assert (precision, zone) == ("millisecond", "stated")


@pytest.mark.parametrize(
    ("app", "author"), [(None, None), (PAGE_INBOX, "agent"), (int(PAGE_INBOX), "agent"), (5, "bot")]
)
def test_what_the_page_writes_is_of_an_agent_a_bot_or_nobody_knows_whom(app: Any, author: str | None) -> None:
    found = message(outbound=True, text="hello", app_id=app)
    assert (found.direction, found.author, found.state) == ("outbound", author, "sent")
    assert (found.conversation, found.person) == (KEY, KEY)


def test_an_echo_is_of_the_page_whatever_its_id_is() -> None:
    event = {"sender": {"id": "900"}, "recipient": {"id": PERSON}, "timestamp": AT}
    [_, _, found] = entries_of(event | {"message": {"mid": "m", "is_echo": True}}, PAGE, None, Channel.FACEBOOK, 1)
    assert isinstance(found, Message)
    assert (found.direction, found.person) == ("outbound", "psid:900:200")


def test_on_instagram_a_person_has_an_id_of_instagram() -> None:
    event = {"sender": {"id": PERSON}, "recipient": {"id": PAGE}, "timestamp": AT, "message": {"mid": "m"}}
    [thread, *_] = entries_of(event, PAGE, None, Channel.INSTAGRAM, 1)
    assert isinstance(thread, Thread)
    assert (thread.key, thread.channel, thread.inbox) == ("igsid:100:200", "instagram", PAGE)


def attached(kind: Any, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "payload": payload}


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ({}, "other", None),
        ({"text": "  "}, "other", None),
        ({"attachments": [attached("image")]}, "media", None),
        ({"attachments": [attached("image")], "text": "look"}, "media", "look"),
        ({"attachments": [attached("image", title="offer")]}, "media", "offer"),
        ({"attachments": [attached("image") | {"title": "own"}]}, "media", "own"),
        ({"attachments": [attached("location", coordinates={"lat": 52.5, "long": 13})]}, "location", "52.5, 13"),
        ({"attachments": [attached("location", coordinates={"lat": 52.5})]}, "location", None),
        ({"attachments": [attached("location", coordinates={"lat": True, "long": 13})]}, "location", None),
        ({"attachments": [attached("image"), attached("location")], "text": "here"}, "location", "here"),
        ({"attachments": [attached("template", text="Choose")]}, "template", "Choose"),
        ({"attachments": [attached("template", title="Menu", text="Choose")]}, "template", "Menu"),
        ({"attachments": [attached("fallback", url="https://a.example")]}, "text", "https://a.example"),
        ({"attachments": [attached("fallback") | {"url": "https://b.example"}]}, "text", "https://b.example"),
        ({"attachments": [attached("fallback", url="https://a.example", title="A")]}, "text", "A"),
        ({"attachments": [attached("fallback", url="x"), attached("image")]}, "media", None),
        ({"quick_reply": {"payload": "YES"}}, "interactive", "YES"),
        ({"quick_reply": {"payload": "YES"}, "text": "Yes"}, "interactive", "Yes"),
        ({"quick_reply": None}, "other", None),
        ({"quick_reply": "x", "text": "Yes"}, "other", "Yes"),
    ],
)
def test_a_message_is_what_it_is_made_of(said: dict[str, Any], kind: str, text: str | None) -> None:
    found = message(**said)
    assert (found.kind, found.text) == (kind, text)


def test_files_are_called_as_their_address_ends() -> None:
    files = [
        *(attached("image", url="https://cdn.example/a/b.jpg?x=1"), attached("audio"), attached("file", url="//[")),
        *(attached("location"), attached("template"), attached("fallback"), attached(None), "no object"),
    ]
    assert message(attachments=files).attachments == [File("b.jpg", "image"), File(None, "audio"), File(None, "file")]


def test_a_message_that_was_deleted_is_an_event() -> None:
    found = event({"message": {"mid": "m1", "is_deleted": True}})
    assert (found.key, found.kind, found.text, found.line) == ("deleted:m1", "message_deleted", None, 3)
    assert message(is_deleted="yes").key == "mid:m1"


def test_a_message_says_where_its_writer_came_from() -> None:
    [_, _, said, came] = told({"message": {"mid": "m1", "text": "hi", "referral": {"source": "ADS", "ref": "x"}}})
    assert (said.text, came.text, came.key) == ("hi", "Referral: ADS x", f"referral:{KEY}:{AT}")


# what is pressed, felt and received ------------------------------------------------------------------------------


def test_a_button_that_is_pressed_is_a_message() -> None:
    [_, _, found] = told({"postback": {"mid": "m2", "title": "Start", "payload": "START"}})
    assert (found.key, found.kind, found.text, found.author) == ("mid:m2", "interactive", "Start", "contact")
    [_, _, unnamed] = told({"postback": {"payload": "START"}})
    assert (unnamed.key, unnamed.text) == (f"postback:{KEY}:{AT}", "START")
    [*_, came] = told({"postback": {"mid": "m2", "referral": {"type": "OPEN"}}})
    assert came.text == "Referral: OPEN"


def test_a_reaction_is_a_message_and_one_taken_back_an_event() -> None:
    [_, _, found] = told({"reaction": {"mid": "m1", "action": "react", "emoji": "❤", "reaction": "love"}})
    assert (found.key, found.kind, found.text, found.author) == (f"reaction:m1:{AT}", "reaction", "❤", "contact")
    [_, _, named] = told({"reaction": {"mid": "m1", "reaction": "love"}}, outbound=True)
    assert (named.text, named.author) == ("love", None)
    assert event({"reaction": {"mid": "m1", "action": "unreact"}}).text == "Reaction taken back"


@pytest.mark.parametrize(("kind", "said"), [("delivery", {"mids": ["m1", None, "m2"]}), ("read", {"mid": "m1"})])
def test_receipts_name_the_messages_that_arrived(kind: str, said: dict[str, Any]) -> None:
    [_, _, first, *more] = told({kind: said | {"watermark": AT}})
    state = {"delivery": "delivered", "read": "read"}[kind]
    at = datetime(2026, 3, 2, 10, 0, 0, 250_000, tzinfo=UTC)
    assert first == Receipt(3, "mid:m1", KEY, KEY, state, at)  # type: ignore[arg-type]
    assert [each.message for each in more] == (["mid:m2"] if kind == "delivery" else [])


@pytest.mark.parametrize(("kind", "state"), [("delivery", "delivered"), ("read", "read")])
def test_a_receipt_of_all_until_a_moment_is_an_event(kind: str, state: str) -> None:
    found = event({kind: {"watermark": AT}})
    assert (found.key, found.kind) == (f"{state}:{KEY}:{AT}", "system")
    assert found.text == f"All messages until 2026-03-02 10:00:00 UTC {state}"
    assert refused({kind: {}}).code == "MESSAGE_UNREADABLE"


# events -----------------------------------------------------------------------------------------------------------


def test_an_edit_says_what_a_message_says_now() -> None:
    found = event({"message_edit": {"mid": "m1", "num_edit": 2, "text": "better"}})
    assert (found.key, found.kind, found.after) == ("edit:m1:2", "message_edited", "better")
    assert event({"message_edit": {"mid": "m1", "text": "better"}}).key == f"edit:m1:{AT}"
    assert refused({"message_edit": {"mid": "m1"}}).code == "MESSAGE_UNREADABLE"
    assert refused({"message_edit": {"text": "better"}}).code == "MESSAGE_UNREADABLE"


def test_a_referral_says_where_somebody_came_from() -> None:
    found = event({"referral": {"source": "SHORTLINK", "type": "OPEN_THREAD", "ref": "fair", "other": "x"}})
    assert (found.text, found.kind) == ("Referral: SHORTLINK OPEN_THREAD fair", "system")


@pytest.mark.parametrize("name", ["pass_thread_control", "take_thread_control"])
def test_a_handover_says_who_has_a_thread_and_who_had_it(name: str) -> None:
    control = {"previous_owner_app_id": PAGE_INBOX, "new_owner_app_id": "5", "metadata": "for you"}
    found = event({name: control})
    assert (found.key, found.kind, found.text) == (f"{name}:{KEY}:{AT}", "handover", "for you")
    assert (found.before, found.after) == ("Page Inbox", "app 5")
    assert event({name: {}}).before is None


def test_a_thread_that_is_asked_for_is_not_handed_over() -> None:
    found = event({"request_thread_control": {"requested_owner_app_id": "5"}})
    assert (found.key, found.kind) == (f"request_thread_control:{KEY}:{AT}", "system")
    assert found.text == "Thread control requested"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("optin", "Optin"),
        ("account_linking", "Account linking"),
        ("policy_enforcement", "Policy enforcement"),
        ("app_roles", "App roles"),
        ("game_play", "Game play"),
        ("messaging_feedback", "Messaging feedback"),
    ],
)
def test_a_notice_is_told_by_its_name(name: str, text: str) -> None:
    found = event({name: {}})
    assert (found.key, found.text) == (f"{name}:{KEY}:{AT}", text)


def test_these_kinds_are_known() -> None:
    assert list(KINDS) == [
        *("message", "postback", "reaction", "delivery", "read", "message_edit", "pass_thread_control"),
        *("take_thread_control", "request_thread_control", "referral", "optin", "account_linking"),
        *("policy_enforcement", "app_roles", "game_play", "messaging_feedback"),
    ]


# what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"message": {"text": "without an id"}},
        {"message": "no object"},
        {"reaction": {"emoji": "❤"}},
        {"something_new": {}},
        {},
    ],
)
def test_an_event_that_lacks_what_its_kind_needs_is_refused(said: dict[str, Any]) -> None:
    found = refused(said)
    assert (found.line, found.code) == (3, "MESSAGE_UNREADABLE")
    assert found.expected.endswith("such as message, postback, reaction")


@pytest.mark.parametrize(
    "said", [{"sender": None}, {"recipient": None}, {"sender": {"id": ""}}, {"recipient": {}}, {"timestamp": None}]
)
def test_an_event_of_nobody_or_no_time_is_refused(said: dict[str, Any]) -> None:
    assert refused({"message": {"mid": "m"}} | said).expected == "an event with sender, recipient and timestamp"


def test_what_is_no_object_is_refused() -> None:
    [found] = entries_of("text", PAGE, AT, Channel.FACEBOOK, 1)
    assert isinstance(found, Rejected)


def test_an_event_without_a_time_has_that_of_its_delivery() -> None:
    [_, _, found] = told({"message": {"mid": "m"}}, at=None, received=AT // 1000)
    assert found.sent.instant == datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        {"message": {"mid": "m", "text": "{}"}},
        {"message_edit": {"mid": "m", "text": "{}"}},
        {"referral": {"ref": "{}"}},
    ],
)
def test_a_text_may_be_so_long_and_no_longer(said: dict[str, Any]) -> None:
    [(kind, inner)] = said.items()
    room = MAX_TEXT - (len("Referral: ") if kind == "referral" else 0)

    def of(length: int) -> dict[str, Any]:
        return {kind: {key: "x" * length if value == "{}" else value for key, value in inner.items()}}

    assert not isinstance(told(of(room))[0], Rejected)
    found = refused(of(room + 1))
    assert (found.code, found.expected) == ("LIMIT_EXCEEDED", f"a text of at most {MAX_TEXT} characters")
