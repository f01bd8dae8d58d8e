"""What conversations come to, asked of tables filled by hand."""

from datetime import UTC, datetime, timedelta

import polars as pl

from pipelines.store.ingest import conversation_stats
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def keys(*numbers: int) -> pl.Series:
    return pl.Series([uid(number) for number in numbers], dtype=pl.String)


def test_a_thread_is_summed_up_anew_where_something_changed(tables: Tables) -> None:
    for conversation, record, day in ((30, 1, 2), (30, 1, 1), (30, 2, None), (30, 2, 3), (31, 1, 5)):
        sent_at = None if day is None else on(day)
        tables.put("message", {"conversation_id": uid(conversation), "record_key": uid(record), "sent_at": sent_at})
    tables.put("receipt_only_message", {"conversation_id": uid(30), "record_key": uid(1), "sent_at": on(0)})
    for conversation in (30, 31):
        tables.put("conversation_stats", {"conversation_id": uid(conversation), "messages": 99})
    tables.put("stale_conversation_stats", {"conversation_id": uid(30)})
    conversation_stats.refresh_stale(tables.connection)
    assert tables.rows("FROM conversation_stats ORDER BY ALL") == [
        (uid(30), uid(1), 3, on(0), False),
        (uid(30), uid(2), 2, on(3), True),
        (uid(31), None, 99, None, False),
    ]
    assert tables.rows("FROM stale_conversation_stats") == []


def test_a_message_that_only_receipts_tell_of_is_what_the_first_of_them_says(tables: Tables) -> None:
    for number, message, conversation, record, day, row in (
        *((1, 5, 30, 1, 3, 2), (2, 5, 31, 2, 2, 1), (3, 6, 30, 1, 4, 3), (4, 7, 30, 1, 4, 4)),
    ):
        told = {"receipt_id": uid(number), "message_id": uid(message), "conversation_id": uid(conversation)}
        tables.put("receipt", told | {"record_key": uid(record), "reached_at": on(day), "row_number": row})
    tables.put("message", {"message_id": uid(7)})
    expected = [(uid(5), uid(31), uid(2), on(2), 1), (uid(6), uid(30), uid(1), on(4), 3)]
    shown = "SELECT message_id, conversation_id, record_key, sent_at, row_number FROM receipt_only_message ORDER BY 1"

    conversation_stats.refresh_receipt_only(tables.connection, keys(5, 6, 7))
    assert tables.rows(shown) == expected
    assert tables.rows("SELECT DISTINCT * FROM stale_conversation_stats ORDER BY 1") == [(uid(30),), (uid(31),)]
    assert tables.rows("SELECT DISTINCT * FROM work_queue ORDER BY 2") == [("contacts", uid(1)), ("contacts", uid(2))]

    conversation_stats.remove_receipt_only(tables.connection, keys(5))
    assert tables.rows(shown) == expected[1:]
    conversation_stats.clear(tables.connection)
    assert tables.rows(shown) == expected


def test_whoever_is_in_a_thread_that_is_otherwise_is_derived_anew(tables: Tables) -> None:
    for conversation, record in ((30, 1), (30, 2), (31, 3)):
        tables.put("conversation_stats", {"conversation_id": uid(conversation), "record_key": uid(record)})
    tables.put("conversation_stats", {"conversation_id": uid(30)})
    conversation_stats.mark_direction_changed(tables.connection, keys(30))
    conversation_stats.mark_direction_changed(tables.connection, keys())
    assert tables.rows("FROM work_queue ORDER BY ALL") == [("contacts", uid(1)), ("contacts", uid(2))]
