"""What was written in a chat, from its lines to messages, notices and refusals."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from pipelines.errors import DeliveryError, DeliveryHeld
from pipelines.read.core import lines
from pipelines.read.whatsapp_chat import first_pass, messages
from pipelines.read.whatsapp_chat.clock import DateOrder
from pipelines.read.whatsapp_chat.entries import Counted, Told, told
from pipelines.read.whatsapp_chat.first_pass import Reading, survey
from pipelines.read.whatsapp_chat.line_headers import heads
from pipelines.read.whatsapp_chat.messages import written
from schemas import received
from schemas.received import MAX_TEXT

TITLE = "Anna"
BERLIN = ZoneInfo("Europe/Berlin")


def stream(*text: str) -> io.BytesIO:
    return io.BytesIO("".join(f"{each}\n" for each in text).encode())


def surveyed(
    *text: str, title: str | None = TITLE, owners: tuple[str, ...] = ("Shop",), order: DateOrder | None = None
) -> Reading:
    return survey(stream(*text), title, title or "export", owners, order)


def blocks(*text: str, zone: ZoneInfo = BERLIN, reading: Reading | None = None) -> list[pl.DataFrame]:
    known = reading or surveyed(*text)
    return list(written(heads(stream(*text)), known.shape, known.order, zone))


def read(*text: str, title: str | None = TITLE, owners: tuple[str, ...] = ("Shop",), zone: ZoneInfo = BERLIN) -> Told:
    reading = surveyed(*text, title=title, owners=owners)
    found = pl.concat(blocks(*text, zone=zone, reading=reading))
    return told(found, reading, 1, Counted())


def line(minute: int, text: str, day: int = 15) -> str:
    return f"{day}.11.2026, 15:{minute:02} - {text}"


# lines ------------------------------------------------------------------------------------------------------------


def test_lines_without_a_header_belong_to_what_was_written_before() -> None:
    [found] = blocks(line(0, "Anna: one"), "two", "", line(1, "Anna: three"))
    assert found.select("line", "body", "name", "words", "more").rows() == [
        (1, "Anna: one", "Anna", "one", "two\n"),
        (4, "Anna: three", "Anna", "three", None),
    ]
    assert found.columns == list(messages.WRITTEN)


def test_lines_before_the_first_header_are_lost_but_for_blank_ones() -> None:
    [found] = blocks("lost", " ", line(0, "Anna: one"), "more")
    assert found.select("line", "at", "body", "more").rows()[0] == (1, None, "lost", None)
    assert found.select("line", "more").rows() == [(1, None), (3, "more")]


def test_a_time_is_one_of_the_zone_to_the_second() -> None:
    [found] = blocks(line(0, "Anna: summer", day=15), zone=BERLIN)
    assert found["at"].to_list() == [round(datetime(2026, 11, 15, 14, tzinfo=UTC).timestamp()) * 1_000_000]
    assert (found["later"].to_list(), found["is_skipped"].to_list()) == ([0], [False])


def test_in_the_night_in_which_clocks_are_put_back_an_hour_comes_twice() -> None:
    night = [f"25.10.2026, {time} - Anna: {time}" for time in ("01:30", "02:30", "02:10", "03:10")]
    [found] = blocks("24.10.2026, 02:30 - Anna: before", *night)
    hours = [datetime.fromtimestamp(at / 1_000_000, UTC).strftime("%H:%M") for at in found["at"]]
    assert hours == ["00:30", "23:30", "00:30", "00:10", "02:10"]
    assert found["later"].to_list() == [0, 0, 0, 3_600_000_000, 0]


def test_an_hour_that_is_left_out_is_read_and_marked() -> None:
    [found] = blocks("29.03.2026, 02:30 - Anna: never", "29.03.2026, 03:30 - Anna: later")
    assert found["is_skipped"].to_list() == [True, False]
    result = told(found, surveyed("29.03.2026, 02:30 - Anna: never"), 1, Counted())
    assert result.messages["zone_source"].to_list() == ["skipped", "assumed"]


@pytest.mark.parametrize("size", [1, 20, 60])
def test_where_blocks_end_no_message_does(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    some = (line(0, "Anna: one"), "two", line(1, "Shop: three"), "four", "five", line(2, "Anna: six"))
    whole = pl.concat(blocks(*some))
    monkeypatch.setattr(lines, "BLOCK_BYTES", size)
    assert pl.concat(blocks(*some)).rows() == whole.rows()


def test_of_a_message_of_endless_lines_no_more_is_held_than_tells_that_it_is_too_long() -> None:
    many = pl.DataFrame({"text": ["x" * MAX_TEXT] * 6})
    assert messages._shortened(many).height == 3


# entries ----------------------------------------------------------------------------------------------------------


def test_messages_and_notices_are_numbered_through_and_have_their_sides() -> None:
    found = read(line(0, "Messages are encrypted"), line(1, "Anna: hi"), line(2, "Shop: yes"), line(3, "Ben: hm"))
    assert found.messages.select("row", "line", "direction", "author", "sender", "text", "kind").rows() == [
        (2, 2, "inbound", "contact", "Anna", "hi", "text"),
        (3, 3, "outbound", "agent", "Shop", "yes", "text"),
        (4, 4, "inbound", "contact", "Ben", "hm", "text"),
    ]
    assert found.messages["person"].to_list() == ["chat:anna", "chat:anna", None]
    assert set(found.messages["conversation"]) == {"chat:anna"}
    assert found.events.select("row", "line", "kind", "text", "inferred").rows() == [
        (1, 1, "system", "Messages are encrypted", False)
    ]
    assert found.refused.is_empty()


def test_a_message_is_known_by_place_time_sender_words_and_how_often_they_came_before() -> None:
    found = read(line(0, "Anna: hi"), line(0, "Anna: hi"), line(0, "Shop: hi"), line(1, "Anna: hi"))
    assert found.messages["key"].to_list() == [
        "chat:anna|2026-11-15T14:00:00+00:00|Anna|hi|0",
        "chat:anna|2026-11-15T14:00:00+00:00|Anna|hi|1",
        "chat:anna|2026-11-15T14:00:00+00:00|Shop|hi|0",
        "chat:anna|2026-11-15T14:01:00+00:00|Anna|hi|0",
    ]
    assert found.messages["sent_at"][3] == datetime(2026, 11, 15, 14, 1, tzinfo=UTC)
    assert set(found.messages["precision"]) == {"minute"}
    notice = read(line(0, "Messages are encrypted"), line(1, "Anna: hi")).events["key"].to_list()
    assert notice == ["chat:anna|2026-11-15T14:00:00+00:00||Messages are encrypted|0"]


def test_equal_messages_are_counted_on_in_the_next_block() -> None:
    count = Counted()
    at, keys = pl.Series([5, 5, 7]), pl.Series(["a|0", "a|0", "b|0"])
    assert count(at, keys).to_list() == ["a|0", "a|1", "b|0"]
    assert count(at, keys).to_list() == ["a|2", "a|3", "b|1"]
    assert count(pl.Series([9]), pl.Series(["c|0"])).to_list() == ["c|0"]


def test_seconds_make_a_time_exact_to_the_second() -> None:
    found = read("[15.11.26, 15:00:07] Anna: hi", "[15.11.26, 15:00:09] Shop: yes")
    assert found.messages["precision"].to_list() == ["second", "second"]
    assert found.messages["key"][0] == "chat:anna|2026-11-15T14:00:07+00:00|Anna|hi|0"


def test_words_of_several_lines_are_one_text_without_blanks_around_it() -> None:
    found = read(line(0, "Anna:  one "), "two ", "", line(1, "Anna: x"))
    assert found.messages["text"].to_list() == ["one \ntwo", "x"]


def test_what_stands_for_something_else_is_that() -> None:
    found = read(
        line(0, "Anna: <Media omitted>"),
        line(1, "Anna: IMG-20261115-WA0001.jpg (file attached)"),
        "caption",
        line(2, "Anna: This message was deleted"),
        line(3, "Anna: location: https://maps.example/1"),
        line(4, "Anna: null"),
    )
    assert found.messages["kind"].to_list() == ["media", "media", "deleted", "location", "other"]
    assert found.messages["text"].to_list() == [None, "caption", None, "location: https://maps.example/1", None]
    assert [[each["name"] for each in files] for files in found.messages["attachments"]] == [
        *([], ["IMG-20261115-WA0001.jpg"], [], [], []),
    ]


def test_a_new_number_is_read_out_of_its_notice() -> None:
    notice = "Anna changed their phone number from +49 151 1234567 to +49 151 7654321"
    found = read(line(0, notice), line(1, "Anna: hi"))
    assert found.events["kind"].to_list() == ["number_changed"]
    assert found.events.select("before", "after", "inferred").rows() == [("+49 151 1234567", "+49 151 7654321", True)]
    assert found.events["text"].to_list() == [notice]


def test_a_line_without_a_sender_that_a_name_may_begin_is_split() -> None:
    found = read(line(0, "Dr: Lena: one"), line(1, "Dr: Lena: two"), line(2, "Shop: a"), title="Dr_ Lena")
    assert found.messages.select("sender", "text").rows() == [("Dr: Lena", "one"), ("Dr: Lena", "two"), ("Shop", "a")]


@pytest.mark.parametrize("more", ["", "y"])
def test_a_message_may_be_so_long_and_no_longer(more: str) -> None:
    room = MAX_TEXT - 1 - len("Anna: ")
    found = read(line(0, f"Anna: {'x' * room}{more}"), line(1, "Anna: next"))
    assert found.messages.height == (1 if more else 2)
    assert found.refused.select("row", "line", "code", "outcome").rows() == (
        [(1, 1, "LIMIT_EXCEEDED", "rejected")] if more else []
    )
    assert found.refused["raw"].str.len_chars().to_list() == ([MAX_TEXT] if more else [])


def test_characters_are_counted_and_not_bytes() -> None:
    assert read(line(0, f"Anna: {'ü' * (MAX_TEXT - 20)}")).messages.height == 1


def test_lost_lines_are_refused_with_what_was_expected() -> None:
    found = read("lost", line(0, "Anna: one"))
    assert found.refused.select("row", "line", "code", "raw").rows() == [(1, 1, "MESSAGE_UNREADABLE", "lost")]
    assert found.messages["row"].to_list() == [2]


def test_what_is_read_keeps_its_contracts() -> None:
    found = read("lost", line(0, "notice"), line(1, "Anna: hi"))
    received.Message.validate(found.messages)
    received.Event.validate(found.events)
    received.Refusal.validate(found.refused)


# the first look ---------------------------------------------------------------------------------------------------


def test_the_shape_of_most_headers_is_that_of_the_chat() -> None:
    reading = surveyed("[15.11.26, 15:00:07] Anna: a", line(1, "Anna: b"), line(2, "Shop: c"))
    assert reading.shape == surveyed(line(1, "Anna: b")).shape
    assert reading.held is not None


def test_a_small_chat_is_held_and_a_large_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert surveyed(line(1, "Anna: b")).held is not None
    monkeypatch.setattr(first_pass, "HELD_BLOCKS", 0)
    assert surveyed(line(1, "Anna: b")).held is None


def test_who_talks_is_told_from_the_first_look() -> None:
    two = surveyed(line(0, "Anna: a"), line(1, "Shop: b")).parties
    assert (two.person, two.is_group) == ("chat:anna", False)
    group = surveyed(line(0, "Ben: a"), line(1, "Cleo: b"), line(2, "Shop: c"), title="Club").parties
    assert (group.person, group.is_group, group.conversation) == (None, True, "group:club")


@pytest.mark.parametrize("quote", ['"Club"', "“Club”", "„Club“", "«Club»", "« Club »", "'Club'", "‘Club’"])
def test_a_notice_that_quotes_the_title_is_one_of_a_group(quote: str) -> None:
    assert surveyed(line(0, f"xyz {quote} xyz"), line(1, "Shop: c"), title="Club").parties.is_group
    assert not surveyed(line(0, "xyz Club xyz"), line(1, "Shop: c"), title="Club").parties.is_group


@pytest.mark.parametrize(
    ("text", "code"),
    [((), "FILE_EMPTY"), (("no header",), "FILE_FORMAT"), (("11/12/2026, 15:00 - Anna: a",), "DATE_AMBIGUOUS")],
)
def test_what_cannot_be_read_is_refused_or_held(text: tuple[str, ...], code: str) -> None:
    with pytest.raises(DeliveryError) as found:
        surveyed(*text)
    assert found.value.code == code
    assert isinstance(found.value, DeliveryHeld) is (code == "DATE_AMBIGUOUS")
