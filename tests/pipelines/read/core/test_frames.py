from datetime import UTC, datetime

import polars as pl
import pytest

from pipelines.read.core import frames
from pipelines.read.core.frames import (
    Entry,
    Event,
    File,
    Identifier,
    Message,
    Moment,
    Occurrences,
    Person,
    Receipt,
    Recent,
    Rejected,
    Thread,
    Tied,
    Topic,
    batches,
)
from pipelines.read.core.lines import well_formed
from schemas import received
from schemas.error_codes import ErrorCode
from schemas.vocabulary import (
    Channel,
    ConversationStatus,
    Direction,
    EventKind,
    IdentifierType,
    MessageKind,
    MessageState,
    Precision,
    ZoneSource,
)

NOON = Moment(datetime(2025, 9, 15, 12, tzinfo=UTC), Precision.SECOND, ZoneSource.STATED)
ANNA = Person(
    "mailto:anna@example.com", Channel.EMAIL, None, (Identifier(IdentifierType.EMAIL, "anna@example.com", "To"),)
)


def said(text: str) -> Message:
    kind = MessageKind.TEXT
    return Message(
        1, text, "t", ANNA.record_id, Direction.INBOUND, "Anna", kind, text, NOON, [File("a.pdf", "application/pdf")]
    )


def test_entries_are_numbered_through_over_batches_and_kinds() -> None:
    refused = Rejected(7, ErrorCode.MESSAGE_UNREADABLE, "a header", "?")
    first, second = batches([said("a"), refused, said("b")], rows=2)
    assert first.messages["row"].to_list() == [1]
    assert first.refused["row"].to_list() == [2]
    assert second.messages["row"].to_list() == [3]


def test_a_person_and_a_thread_come_once_per_delivery() -> None:
    thread = Thread("t", Channel.EMAIL, "Hello")
    first, second = batches([thread, ANNA, said("a"), thread, ANNA, said("b")], rows=1)
    assert (first.contacts.height, first.identifiers.height, first.conversations.height) == (1, 1, 1)
    assert (second.contacts.height, second.identifiers.height, second.conversations.height) == (0, 0, 0)


def test_a_person_comes_again_when_a_later_batch_first_tells_the_name() -> None:
    named = ANNA._replace(name="Anna Weber")
    first, second, third = batches([ANNA, said("a"), named, said("b"), ANNA, said("c")], rows=1)
    assert first.contacts["name"].to_list() == [None]
    assert second.contacts.select("row", "name").row(0) == (2, "Anna Weber")
    assert third.contacts.is_empty()


def test_a_name_told_within_the_batch_is_put_on_the_one_row() -> None:
    (batch,) = batches([ANNA, said("a"), ANNA._replace(name="Anna Weber"), said("b")], rows=10)
    assert batch.contacts["name"].to_list() == ["Anna Weber"]


def test_a_thread_comes_again_when_it_stands_otherwise() -> None:
    bare = Thread("t", Channel.EMAIL, None)
    opened, resolved = (bare._replace(status=each) for each in (ConversationStatus.OPEN, ConversationStatus.RESOLVED))
    entries: list[Entry] = [bare, said("a"), opened, said("b"), bare, said("c"), opened, said("d"), resolved, said("e")]
    told = [batch.conversations["status"].to_list() for batch in batches(entries, rows=1)]
    assert told == [[None], ["open"], [], [], ["resolved"]]


def test_a_person_comes_again_when_a_later_batch_first_tells_an_identifier() -> None:
    phone = Identifier(IdentifierType.PHONE, "+49 30 901820", "From")
    first, second, third = batches(
        [ANNA, said("a"), ANNA._replace(identifiers=(phone,)), said("b"), ANNA, said("c")], 1
    )
    assert first.identifiers["type"].to_list() == ["email"]
    assert second.identifiers["type"].to_list() == ["email", "phone"]
    assert third.contacts.is_empty()


def test_each_kind_of_entry_comes_in_its_frame_with_its_time() -> None:
    happened = Event(2, "e", "t", EventKind.SYSTEM, "Anna left", NOON, after="b")
    receipted = Receipt(3, "a", "t", None, MessageState.READ, NOON.instant)
    topic = Topic("t", ANNA.record_id, "Hello", datetime(2025, 9, 15, 12, tzinfo=UTC), alone=True)
    refused = Rejected(4, ErrorCode.MESSAGE_UNREADABLE, "a header", "x" * 2 * received.MAX_TEXT)
    unknown = said("b")._replace(sent=Moment(None, Precision.MINUTE, ZoneSource.ASSUMED))
    entries: list[Entry] = [said("a"), happened, Tied("t", "u"), receipted, topic, refused, unknown]
    (batch,) = batches(entries, rows=10)
    assert batch.messages.select("row", "sent_at", "precision", "zone_source").rows() == [
        (1, NOON.instant, "second", "stated"),
        (5, None, "minute", "assumed"),
    ]
    assert batch.events.select("row", "line", "kind", "after", "happened_at", "precision").rows() == [
        (2, 2, "system", "b", NOON.instant, "second")
    ]
    assert batch.receipts.select("row", "message", "state", "reached_at").rows() == [(3, "a", "read", NOON.instant)]
    assert batch.refused.select("row", pl.col("raw").str.len_chars()).rows() == [(4, received.MAX_TEXT)]
    assert batch.ties.rows() == [("t", "u")]
    assert batch.topics.rows() == [("t", ANNA.record_id, "Hello", NOON.instant, True)]


def test_files_stay_with_their_message() -> None:
    bare = said("b")._replace(attachments=())
    (batch,) = batches([said("a"), bare, said("c")], rows=10)
    assert batch.messages["attachments"].to_list() == [
        [{"name": "a.pdf", "type": "application/pdf", "sha256": None}],
        [],
        [{"name": "a.pdf", "type": "application/pdf", "sha256": None}],
    ]


def test_batches_of_long_texts_end_early() -> None:
    text = "x" * (frames.BATCH_CHARACTERS // 2)
    assert [b.messages.height for b in batches([said(text)] * 3, rows=10)] == [2, 1]


def test_frames_keep_their_contracts() -> None:
    (batch,) = batches([Thread("t", Channel.EMAIL, None), ANNA, said("a")], rows=10)
    assert [frame.height for frame in (batch.contacts, batch.conversations, batch.messages)] == [1, 1, 1]
    received.ContactRow.validate(batch.contacts)
    received.IdentifierRow.validate(batch.identifiers)
    received.Conversation.validate(batch.conversations)
    received.Message.validate(batch.messages)


def test_equal_entries_are_told_apart_by_their_occurrence() -> None:
    occurrences = Occurrences()
    keys = [occurrences.numbered("chat", text) for text in ("hi", "hi", "ho", "hi")]
    assert keys == ["chat|hi|0", "chat|hi|1", "chat|ho|0", "chat|hi|2"]


def test_lone_surrogates_are_replaced_and_pairs_joined() -> None:
    assert well_formed("a\ud83d") == "a\ufffd"
    assert well_formed("\ud83d\ude00") == "😀"


def happened(text: str | None) -> Event:
    return Event(2, "e", "t", EventKind.SYSTEM, text, NOON)


def refused(raw: str) -> Rejected:
    return Rejected(7, ErrorCode.MESSAGE_UNREADABLE, "a header", raw)


RECEIPT = Receipt(3, "a", "t", None, MessageState.READ, NOON.instant)


def sizes(*entries: Entry, rows: int = 10) -> list[int]:
    """How many messages, receipts, events and refusals each batch has."""
    made = batches(entries, rows)
    return [sum(each.height for each in (b.messages, b.receipts, b.events, b.refused)) for b in made]


def test_every_kind_of_entry_that_has_a_row_fills_a_batch() -> None:
    assert sizes(said("a"), happened("b"), RECEIPT, refused("?"), said("c"), rows=2) == [2, 2, 1]
    assert sizes(said("a"), said("b"), rows=2) == [2]


def test_texts_of_every_kind_count_towards_the_end_of_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "BATCH_CHARACTERS", 10)
    assert sizes(said("x" * 10), said("y")) == [1, 1]
    assert sizes(said("x" * 9), said("y"), said("z")) == [2, 1]
    assert sizes(happened("x" * 5), refused("x" * 5), said("y")) == [2, 1]
    assert sizes(said("a")._replace(text=None), happened(None), refused(""), said("y" * 9), said("z")) == [5]


def test_a_refusal_counts_as_what_is_kept_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_TEXT", 4)
    monkeypatch.setattr(frames, "BATCH_CHARACTERS", 9)
    assert sizes(refused("x" * 100), refused("x" * 100), refused("x" * 100)) == [3]


@pytest.mark.parametrize("entry", [ANNA, Thread("t", Channel.EMAIL, None), said("a"), happened("a"), refused("?")])
def test_the_last_entries_make_a_batch_whatever_they_are(entry: Entry) -> None:
    assert len(list(batches([entry], rows=10))) == 1
    assert list(batches([], rows=10)) == []


def test_nothing_is_told_twice_after_a_full_batch() -> None:
    assert len(list(batches([Thread("t", Channel.EMAIL, None), ANNA, said("a")], rows=1))) == 1


def test_a_person_comes_again_when_the_source_has_changed_its_record() -> None:
    later = ANNA._replace(observed_at="2026-03-02")
    entries: list[Entry] = [ANNA, said("a"), later, said("b"), ANNA, said("c"), later, said("d")]
    told = [batch.contacts["observed_at"].to_list() for batch in batches(entries, rows=1)]
    assert told == [[None], ["2026-03-02"], [], []]


def test_a_name_that_is_known_is_not_replaced() -> None:
    named = [ANNA._replace(name=name) for name in ("Anna", "Annie", None)]
    (batch,) = batches([*named, said("a")], rows=10)
    assert batch.contacts["name"].to_list() == ["Anna"]
    first, second = batches([named[0], said("a"), named[1], said("b")], rows=1)
    assert (first.contacts["name"].to_list(), second.contacts.height) == (["Anna"], 0)


def test_people_are_numbered_through_and_keep_their_number_within_a_batch() -> None:
    ben = Person("ben", Channel.EMAIL, "Ben")
    first, second = batches(
        [
            ANNA,
            ben,
            ANNA._replace(name="Anna"),
            said("a"),
            ben._replace(name="x"),
            ANNA._replace(observed_at="1"),
            said("b"),
        ],
        rows=1,
    )
    assert first.contacts.select("row", "name").rows() == [(1, "Anna"), (2, "Ben")]
    assert second.contacts["row"].to_list() == [3]


def test_what_came_first_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "REMEMBERED", 2)
    recent: Recent[int] = Recent()
    for key in ("a", "b", "a", "c"):
        recent[key] = 1
    assert list(recent) == ["b", "c"]


def test_a_key_is_made_of_any_text() -> None:
    occurrences = Occurrences()
    assert [occurrences.numbered("a", text) for text in ("\ud83d", "\ud83d", "a|b")] == [
        *("a|\ud83d|0", "a|\ud83d|1", "a|a|b|0")
    ]
