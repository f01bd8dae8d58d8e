from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.read.core.frames import Event, Message, Person, Receipt, Rejected, Thread
from pipelines.read.whatsapp_cloud.entries import EVENTS, READ, STATES, entries
from pipelines.read.whatsapp_cloud.participants import Met
from schemas.received import MAX_TEXT

META = {"display_phone_number": "49 30 901820", "phone_number_id": "2000"}
ANNA, TALK = "wa:49151", "2000|wa:49151"
TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
STAMP = "1772445600"


def told(**value: Any) -> list[Any]:
    """What a change of an account tells that was not known before, but for threads and people."""
    found = entries({"value": {"metadata": META} | value}, "1000", 4, Met())
    return [each for each in found if not isinstance(each, Thread | Person)]


def message(**more: Any) -> dict[str, Any]:
    return {"from": "49151", "id": "m1", "timestamp": STAMP, "type": "text", "text": {"body": "hi"}} | more


def system(**said: Any) -> list[Any]:
    return entries({"value": {"metadata": META, "messages": [message(type="system", system=said)]}}, "1000", 4, Met())


def test_a_message_is_of_the_person_who_wrote_it() -> None:
    contacts = [{"wa_id": "49151", "profile": {"name": "Anna"}}]
    [found] = told(messages=[message()], contacts=contacts)
    assert isinstance(found, Message)
    assert (found.line, found.key, found.conversation, found.person) == (4, "m1", TALK, ANNA)
    assert (found.direction, found.sender, found.author) == ("inbound", "Anna", "contact")
    assert (found.kind, found.text, found.sent) == ("text", "hi", (TEN, "second", "stated"))


def test_an_echo_is_of_the_company() -> None:
    contacts = [{"wa_id": "49151", "profile": {"name": "Anna"}}]
    [found] = told(message_echoes=[message(to="49151") | {"from": "4930901820"}], contacts=contacts)
    assert (found.direction, found.sender, found.author, found.person) == ("outbound", None, "agent", ANNA)
    [found] = told(message_echoes=[{"to_user_id": "DE.1", "id": "m1", "type": "text"}])
    assert (found.person, found.sent.instant) == ("wa_user:1000:DE.1", None)


def test_the_thread_and_the_person_come_before_what_is_said() -> None:
    found = entries({"value": {"metadata": META, "messages": [message(), message(id="m2")]}}, "1000", 4, Met())
    assert [type(each) for each in found] == [Thread, Person, Message, Message]


def test_a_message_of_a_group_is_nobodys() -> None:
    [found] = told(messages=[message(group_id="g1")])
    assert (found.conversation, found.person) == ("2000|group:g1", None)
    [found] = told(messages=[message(group_id="")])
    assert found.person == ANNA


@pytest.mark.parametrize("lacking", [{"id": None}, {"from": None}, {"from": "", "id": "m1"}])
def test_a_message_without_an_id_or_a_party_is_refused(lacking: dict[str, Any]) -> None:
    [found] = told(messages=[message(**lacking)])
    assert isinstance(found, Rejected)
    assert (found.line, found.code) == (4, "MESSAGE_UNREADABLE")
    assert found.expected == "an id, and the number or user id of the other party"


@pytest.mark.parametrize("what", ["message", "edit"])
def test_a_text_may_be_so_long_and_no_longer(what: str) -> None:
    def said(length: int) -> Any:
        text = {"type": "text", "text": {"body": "x" * length}}
        [found] = told(
            messages=[message(**text) if what == "message" else message(type="edit", edit={"message": text})]
        )
        return found

    assert not isinstance(said(MAX_TEXT), Rejected)
    found = said(MAX_TEXT + 1)
    assert (found.code, len(found.raw), found.line) == ("LIMIT_EXCEEDED", MAX_TEXT + 1, 4)
    assert found.expected == f"a message of at most {MAX_TEXT} characters"


# what happens to messages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *(("sent", "sent"), ("delivered", "delivered"), ("read", "read")),
        *(("played", "read"), ("failed", "failed"), ("error", "failed")),
    ],
)
def test_a_state_is_a_receipt(word: str, state: str) -> None:
    [found] = told(statuses=[{"id": "m1", "status": word, "timestamp": STAMP, "recipient_id": "49151"}])
    assert found == (4, "m1", TALK, ANNA, state, TEN)
    assert isinstance(found, Receipt)
    assert STATES[word] == state


def test_a_state_in_a_group_is_nobodys() -> None:
    group = {"id": "m1", "status": "read", "recipient_type": "group", "recipient_id": "g1"}
    [found] = told(statuses=[group])
    assert (found.conversation, found.person, found.at) == ("2000|group:g1", None, None)


@pytest.mark.parametrize("lacking", [{"id": None}, {"status": "unknown"}, {"status": None}, {"recipient_id": None}])
def test_a_state_of_no_message_is_refused(lacking: dict[str, Any]) -> None:
    [found] = told(statuses=[{"id": "m1", "status": "read", "recipient_id": "49151"} | lacking])
    assert found.expected == "an id, a recipient, and sent, delivered, read, played or failed"
    [known] = told(statuses=[{"id": "m1", "status": "read", "recipient_user_id": "DE.1"}])
    assert known.person == "wa_user:1000:DE.1"


def test_edits_and_deletions_are_events() -> None:
    contacts = [{"wa_id": "49151", "profile": {"name": "Anna"}}]
    edit = {"message": {"type": "text", "text": {"body": "better"}}}
    [edited] = told(messages=[message(type="edit", edit=edit)], contacts=contacts)
    [revoked] = told(messages=[message(type="revoke")], contacts=contacts)
    assert isinstance(edited, Event)
    assert (edited.line, edited.key, edited.conversation, edited.kind) == (4, "m1", TALK, "message_edited")
    assert (edited.text, edited.after, edited.actor) == (None, "better", "Anna")
    assert (revoked.kind, revoked.actor, revoked.at.instant) == ("message_deleted", "Anna", TEN)


@pytest.mark.parametrize("kind", ["user_changed_number", "customer_changed_number", "user_changed_user_id"])
@pytest.mark.parametrize("field", ["wa_id", "new_wa_id"])
def test_a_new_number_makes_one_person_of_both(kind: str, field: str) -> None:
    *_, linked, event = system(type=kind, body="changed", **{field: "49170"})
    assert isinstance(linked, Person)
    assert (linked.record_id, linked.line) == ("changed:wa:49151:wa:49170", 4)
    assert [each.raw for each in linked.identifiers] == ["49151", "49170"]
    assert (event.kind, event.text, event.before, event.after) == ("number_changed", "changed", "49151", "49170")


def test_a_number_that_stayed_links_nobody() -> None:
    *people, event = system(type="user_changed_number", wa_id="49151")
    assert len(people) == 2
    assert (event.before, event.after) == ("49151", "49151")
    *people, event = system(type="user_changed_number")
    assert (len(people), event.after) == (2, None)


def test_a_new_id_of_somebody_without_a_number_is_a_change() -> None:
    said = {"type": "user_changed_user_id", "user_id": "DE.2", "previous_user_id": "DE.1"}
    value = {"metadata": META, "messages": [{"id": "m1", "type": "system", "system": said}]}
    *_, linked, event = entries({"value": value}, "1000", 4, Met())
    assert isinstance(linked, Person)
    assert isinstance(event, Event)
    assert (event.before, event.after) == ("DE.1", "DE.2")


def test_what_else_whatsapp_says_is_an_event_cut_to_what_may_be_kept() -> None:
    *_, event = system(type="other", body="x" * (MAX_TEXT + 1), wa_id="49170")
    assert (event.kind, len(event.text), event.after) == ("system", MAX_TEXT, None)
    *_, event = system(type="other")
    assert event.text is None


# history, the address book, calls ---------------------------------------------------------------------------------


def test_history_tells_who_wrote_and_how_far_the_companys_came() -> None:
    own = message(id="m2", history_context={"status": "READ"}) | {"from": "4930901820"}
    inbound, outbound, receipt = told(history=[{"threads": [{"id": "49151", "messages": [message(), own]}]}])
    assert [each.direction for each in (inbound, outbound)] == ["inbound", "outbound"]
    assert receipt == (4, "m2", TALK, ANNA, "read", None)
    [alone] = told(history=[{"threads": [{"id": "49151", "messages": [message(history_context={"status": "READ"})]}]}])
    assert alone.direction == "inbound"


def test_a_thread_of_history_is_of_its_context_where_it_has_no_id() -> None:
    for context, person in (({"wa_id": "49151"}, ANNA), ({"user_id": "DE.1"}, "wa_user:1000:DE.1")):
        [found] = told(history=[{"threads": [{"context": context, "messages": [message()]}]}])
        assert found.person == person


def test_an_entry_of_the_address_book_is_a_person() -> None:
    def synchronised(**sync: Any) -> list[Any]:
        value = {"metadata": META, "state_sync": [{"type": "contact", "action": "add"} | sync]}
        return entries({"value": value}, "1000", 4, Met())

    [found] = synchronised(contact={"full_name": "Anna Berg", "first_name": "Anna", "phone_number": "+49 151"})
    assert (found.record_id, found.name, found.line) == (ANNA, "Anna Berg", 4)
    [found] = synchronised(contact={"first_name": "Anna", "user_id": "DE.1"})
    assert (found.record_id, found.name) == ("wa_user:1000:DE.1", "Anna")
    assert synchronised(contact={"phone_number": "49151"}, action="remove") == []
    for wrong in ({"contact": {"first_name": "Anna"}}, {"contact": {"phone_number": "49151"}, "type": "other"}):
        [found] = synchronised(**wrong)
        assert found.expected == "a contact with a phone number"


@pytest.mark.parametrize(
    ("direction", "other", "expected"),
    [
        ("USER_INITIATED", "from", ("inbound", "contact", "Anna")),
        (None, "from", ("inbound", "contact", "Anna")),
        ("BUSINESS_INITIATED", "to", ("outbound", "agent", None)),
    ],
)
def test_a_call_that_ended_is_a_message(direction: str | None, other: str, expected: tuple[Any, ...]) -> None:
    call = {"id": "c1", "event": "terminate", "direction": direction, "status": "COMPLETED", "timestamp": STAMP}
    contacts = [{"wa_id": "49151", "profile": {"name": "Anna"}}]
    [found] = told(calls=[call | {other: "49151"}], contacts=contacts)
    assert (found.direction, found.author, found.sender) == expected
    assert (found.line, found.key, found.person, found.kind, found.text) == (4, "c1", ANNA, "call", "completed")
    assert found.sent.instant == TEN
    [unsaid] = told(calls=[call | {other: "49151", "status": None}])
    assert unsaid.text is None
    [by_id] = told(calls=[call | {f"{other}_user_id": "DE.1"}])
    assert by_id.person == "wa_user:1000:DE.1"


def test_a_call_that_goes_on_is_nothing_yet_and_one_of_nobody_is_refused() -> None:
    assert told(calls=[{"id": "c1", "event": "connect", "from": "49151"}]) == []
    for lacking in ({"id": "c1"}, {"from": "49151"}):
        [found] = told(calls=[{"event": "terminate"} | lacking])
        assert isinstance(found, Rejected)


# changes ----------------------------------------------------------------------------------------------------------


def test_these_changes_are_read() -> None:
    assert list(READ) == ["messages", "statuses", "message_echoes", "history", "state_sync", "calls"]
    assert list(EVENTS) == ["edit", "revoke", "system"]


def test_a_change_of_something_else_is_skipped() -> None:
    [found] = told(templates=[{}])
    assert (found.line, found.code, found.outcome) == (4, "MESSAGE_UNREADABLE", "skipped")
    assert [type(each) for each in told(templates=[{}], messages=[message()])] == [Message]


def test_a_change_of_no_inbox_is_refused() -> None:
    [found] = told(metadata={}, messages=[message()])
    assert (found.outcome, found.expected) == ("rejected", "metadata with the phone number it is about")
