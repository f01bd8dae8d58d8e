from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.core.frames import Entry, File, Identifier, Message, Moment, Person, Rejected
from pipelines.read.helpdesk.common import (
    Known,
    channel_of,
    contacts_only,
    files,
    ident,
    kept,
    kind_of,
    known_by,
    label_changes,
    listed,
    mapping,
    moment,
    no_contact,
    state_word,
    status_of,
    text_of,
    words,
)
from schemas.received import MAX_TEXT
from schemas.vocabulary import Channel, Direction, IdentifierType, MessageKind, Precision, ZoneSource

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    "value",
    [
        1_772_445_600,
        1_772_445_600.0,
        1_772_445_600_000,
        "1772445600",
        "2026-03-02T10:00:00Z",
        "2026-03-02T11:00:00+0100",
        "2026-03-02 10:00:00 UTC",
    ],
)
def test_times_of_every_form_are_the_same_instant(value: Any) -> None:
    told = moment(value)
    assert told is not None
    assert (told.instant, told.precision, told.zone_source) == (TEN, "second", "stated")


def test_parts_of_seconds_are_kept() -> None:
    told = moment(1_772_445_600.25)
    assert told is not None
    assert (told.instant, told.precision) == (TEN.replace(microsecond=250_000), "millisecond")


def test_a_time_without_a_zone_is_of_the_sources() -> None:
    told = moment("2026-03-02T11:00:00", ZoneInfo("Europe/Berlin"))
    assert told is not None
    assert (told.instant, told.zone_source) == (TEN, "assumed")


def test_times_of_a_far_year_are_taken_as_they_are() -> None:
    assert moment("3609-01-01T00:00:00Z") == moment(51_721_891_200)


@pytest.mark.parametrize(
    "value", [None, True, 0, -1, -5.5, float("nan"), float("inf"), 10**40, "", "soon", "0001-01-01T00:00:00+23:59", []]
)
def test_what_is_no_time_is_none(value: Any) -> None:
    assert moment(value) is None


@given(ANYTHING)
def test_no_value_of_a_field_stops_a_reader(value: Any) -> None:
    moment(value)
    channel_of(value)
    status_of(value)
    files(value, ("name",))
    for text in (words(value), ident(value), text_of(value, value), Known().called(value)):
        assert text is None or text.encode()


@pytest.mark.parametrize(("value", "key"), [(7, "7"), (7.0, "7"), (" 7 ", "7"), (True, None), (7.5, None), ("", None)])
def test_ids_are_the_same_however_they_are_written(value: Any, key: str | None) -> None:
    assert ident(value) == key


def test_words_are_kept_up_to_their_limit() -> None:
    assert words(" a ") == "a"
    assert words("x" * (MAX_TEXT + 1)) is None


@pytest.mark.parametrize(
    ("word", "channel"),
    [
        ("Channel::TwilioSms", "sms"),
        ("instagram_dm", "instagram"),
        ("web_widget", "web_chat"),
        ("carrier pigeon", "other"),
    ],
)
def test_channels_are_told_by_any_spelling(word: str, channel: str) -> None:
    assert channel_of(word) == channel


def test_a_name_is_not_taken_back_by_an_address() -> None:
    known = Known()
    known.agent(8, "ben@acme.example")
    known.agent(8, "Ben")
    known.agent(8, "ben@acme.example")
    assert (known.called(8), known.called("9"), known.called(None)) == ("Ben", "9", None)


def test_files_are_named_by_the_end_of_their_address() -> None:
    told = [{"url": "https://acme.example/a/b.pdf?x"}, {"name": "c.txt", "content_type": "text/plain"}, "d", {}]
    assert files(told, ("name", "url")) == (File("b.pdf"), File("c.txt", "text/plain"))


def test_what_is_no_address_is_no_identifier() -> None:
    told = known_by(
        *((IdentifierType.EMAIL, value, "email") for value in ("a@example.com", "a@example.com", "a", None))
    )
    assert [each.raw for each in told] == ["a@example.com"]


@pytest.mark.parametrize(
    ("state", "meant"),
    [
        ("open", "open new assigned unassigned"),
        ("pending", "pending waiting"),
        ("snoozed", "snoozed hold"),
        ("resolved", "resolved solved closed archived"),
    ],
)
def test_states_are_told_by_the_words_of_any_helpdesk(state: str, meant: str) -> None:
    assert {status_of(f" {word.upper()} ") for word in meant.split()} == {state}
    assert {state_word(word) for word in meant.split()} == {state}


def test_a_state_of_no_meaning_here_keeps_its_word() -> None:
    assert status_of("escalated") is None
    assert (state_word("escalated"), state_word(3), state_word(None)) == ("escalated", "3", None)


@pytest.mark.parametrize(
    ("channel", "meant"),
    [
        ("whatsapp", ["whatsapp", "Channel::Whatsapp"]),
        ("email", ["Email", "mail", "outbound_email"]),
        ("facebook", ["facebook", "facebook_page", "facebook post", "facebook-message", "messenger"]),
        ("instagram", ["instagram", "instagram_direct"]),
        ("telegram", ["Telegram"]),
        ("sms", ["sms", "twilio"]),
        ("slack", ["slack"]),
        ("web_chat", ["web_chat", "chat", "live_chat", "frontchat", "native_messaging", "conversation"]),
        ("phone", ["phone", "voice", "call"]),
        ("other", ["fax", None, 7]),
    ],
)
def test_each_channel_has_its_words(channel: str, meant: list[Any]) -> None:
    assert {channel_of(word) for word in meant} == {channel}


@pytest.mark.parametrize(
    "gone",
    [
        *({"deleted": True}, {"archived": True}, {"permanently_deleted": True}, {"deleted_at": "2026-01-01"}),
        *({"merged_into": 3}, {"merged_into_id": 3}, {"merged_to": 3}, {"merged": True}),
        *({"name": "Deleted user"}, {"name": " Permanently deleted user "}, {"name": "deleted contact"}),
    ],
)
def test_a_user_who_was_deleted_or_merged_is_no_contact(gone: dict[str, Any]) -> None:
    found = no_contact({"id": 1, "name": "Anna"} | gone, 7)
    assert found is not None
    assert (found.line, found.code, found.outcome) == (7, "ROW_DELETED", "skipped")


@pytest.mark.parametrize("aside", [{"suspended": True}, {"system": True}, {"id": -1}, {"id": "-1"}])
def test_a_user_who_is_suspended_or_none_is_no_contact(aside: dict[str, Any]) -> None:
    found = no_contact({"id": 1, "name": "Anna"} | aside, 7)
    assert found is not None
    assert (found.code, found.outcome) == ("ENTRY_SKIPPED", "skipped")


def test_anybody_else_is_a_contact() -> None:
    fields = {
        "deleted": False,
        "archived": None,
        "suspended": "no",
        "system": False,
        "merged_into": None,
        "deleted_at": "",
    }
    assert no_contact({"id": 1, "name": "Anna"} | fields, 7) is None
    assert no_contact({"id": 1, "deleted": "true"}, 7) is None


def message(person: str | None = "p", text: str | None = "hi") -> Message:
    at = Moment(TEN, Precision.SECOND, ZoneSource.STATED)
    return Message(4, "m", "c", person, Direction.INBOUND, None, MessageKind.TEXT, text, at)


def test_who_was_left_out_is_nobody_in_what_was_written_with_them() -> None:
    known = Known()
    known.left_out["gone"] = None
    here, gone = (Person(each, Channel.EMAIL, None) for each in ("p", "gone"))
    told: list[Entry] = [here, gone, message("p"), message("gone")]
    assert list(contacts_only(told, known)) == [here, message("p"), message(None)]


def test_a_list_is_found_as_it_is_or_in_a_page() -> None:
    assert listed([1]) == [1]
    assert listed({"data": "x", "results": [2]}, "data", "results") == [2]
    assert listed({"data": [1]}) == listed("text") == listed(None) == []
    assert mapping({"a": 1}) == {"a": 1}
    assert mapping([1]) == mapping(None) == {}


def test_an_agent_is_called_by_the_first_name_there_is() -> None:
    known = Known()
    known.agent(8, None, " ", "Ben", "Other")
    known.agent(8, "Benjamin")
    known.agent(9, "ina@acme.example")
    known.agent(None, "Nobody")
    known.agent(10)
    assert [known.called(each) for each in (8, 9, 10)] == ["Benjamin", "ina@acme.example", "10"]
    assert list(known.agents) == ["8", "9", "10"]


def test_times_of_a_delivery_are_of_its_zone_where_they_state_none() -> None:
    known = Known(ZoneInfo("Europe/Berlin"))
    assert known.instant("2026-03-02T11:00:00") == TEN
    assert known.instant("soon") is None
    assert known.changed({"updated_at": 1_772_445_600}) == "2026-03-02T10:00:00+00:00"
    assert known.changed({}) is None


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        (1, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
        (99_999_999_999, datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC)),
        (100_000_000_000, datetime(1973, 3, 3, 9, 46, 40, tzinfo=UTC)),
        (100_000_000_000.0, datetime(1973, 3, 3, 9, 46, 40, tzinfo=UTC)),
        (" 1772445600 ", TEN),
        ("2026-03-02T10:00:00.5Z", TEN.replace(microsecond=500_000)),
    ],
)
def test_seconds_and_milliseconds_are_told_apart_by_their_size(value: Any, instant: datetime) -> None:
    told = moment(value)
    assert told is not None
    assert told.instant == instant
    assert told.precision == ("millisecond" if instant.microsecond else "second")
    assert told.zone_source == "stated"


def test_a_number_of_words_keeps_to_the_numbers_floats_can_hold() -> None:
    assert (ident(2.0**53 - 1), ident(2.0**53)) == ("9007199254740991", None)
    assert (ident(10**30), ident(10**30 + 1), ident(-5)) == (str(10**30), None, "-5")
    assert (ident("x" * 200), ident("x" * 201)) == ("x" * 200, None)
    assert words("x" * MAX_TEXT) == "x" * MAX_TEXT


def test_the_words_of_a_message_are_its_plain_text_else_its_markup() -> None:
    assert text_of(" plain ", "<p>markup</p>") == "plain"
    assert text_of(" ", "<p>markup</p>") == text_of(None, "<p>markup</p>") == "markup"
    assert text_of(None, "<p></p>") is text_of(None) is text_of(5, 5) is None


def test_what_a_message_is_made_of_shows_in_its_text_and_files() -> None:
    some = (File("a.pdf"),)
    assert [kind_of(*each) for each in (("hi", ()), ("hi", some), (None, some), (None, ()), ("", ()))] == [
        *("text", "text", "media", "other", "other"),
    ]


def test_a_message_that_is_too_long_is_refused_with_what_fits_of_it() -> None:
    assert kept(message(text="x" * MAX_TEXT)) == message(text="x" * MAX_TEXT)
    assert kept(message(text=None)) == message(text=None)
    found = kept(message(text="x" * (MAX_TEXT + 1)))
    assert isinstance(found, Rejected)
    assert (found.line, found.code, len(found.raw)) == (4, "LIMIT_EXCEEDED", MAX_TEXT)


def test_labels_are_added_and_removed_each_once_and_in_order() -> None:
    assert label_changes(["a", "b", "b"], ["b", "d", "c", "d"]) == [
        ("label_added", "d"),
        ("label_added", "c"),
        ("label_removed", "a"),
    ]


def test_identifiers_are_those_of_people() -> None:
    mail, phone = IdentifierType.EMAIL, IdentifierType.PHONE
    told = known_by((mail, "17@facebook.com", "email"), (phone, 491511, "phone"), (mail, "b@example.com", "mail"))
    assert told == (Identifier(phone, "491511", "phone"), Identifier(mail, "b@example.com", "mail"))
    assert known_by((phone, "a", "one"), (phone, "a", "two")) == (Identifier(phone, "a", "one"),)


def test_a_name_of_a_file_that_is_no_address_stays_as_it_is() -> None:
    told = [{"name": "a/b.pdf"}, {"name": "https://acme.example/"}, {"name": "http://acme.example/x%20y.pdf"}]
    assert [each.name for each in files(told, ("name",))] == ["a/b.pdf", None, "x y.pdf"]
    assert files([{"name": "http://["}], ("name",)) == (File(None),)
    assert files({"name": "a"}, ("name",)) == files(None, ("name",)) == ()
    assert files([{"name": " ", "title": "t", "mime": "text/plain"}], ("name", "title"), ("type", "mime")) == (
        File("t", "text/plain"),
    )
