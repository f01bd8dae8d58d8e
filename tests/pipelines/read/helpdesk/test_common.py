from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.read.core.frames import File
from pipelines.read.helpdesk.common import Known, channel_of, files, ident, known_by, moment, status_of, text_of, words
from schemas.received import MAX_TEXT
from schemas.vocabulary import IdentifierType

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
