"""What is summed up of conversations is what could be made anew of all messages and receipts, however they arrived."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.store.ingest import conversation_stats, deliveries, interactions
from pipelines.store.warehouse.connection import query
from pipelines.store.warehouse.database import open_warehouse
from pipelines.store.warehouse.migrate import migrate
from tests.examples import examples
from tests.older_warehouse import migrations_up_to
from tests.pipelines.store.ingest.made_deliveries import ID, delivery, finish
from tests.small_project import KEYS, SmallProject, small_project

UNSEEN = """
    SELECT message_id, arg_min(conversation_id, place) AS conversation_id, arg_min(record_key, place) AS record_key,
           min(reached_at) AS sent_at, arg_min(delivery_id, place) AS delivery_id,
           arg_min(row_number, place) AS row_number, arg_min(line_number, place) AS line_number
    FROM (SELECT *, struct_pack(d := delivery_id, n := row_number, r := receipt_id) AS place
          FROM receipt ANTI JOIN message USING (message_id))
    GROUP BY message_id ORDER BY ALL"""
EXCHANGE = """
    SELECT conversation_id, record_key, count(*) AS messages, min(sent_at) AS first_at,
           bool_or(sent_at IS NULL) AS has_untimed
    FROM (SELECT conversation_id, record_key, sent_at FROM message
          UNION ALL SELECT conversation_id, record_key, sent_at FROM receipt_only_message)
    GROUP BY ALL ORDER BY ALL"""


class Entry(NamedTuple):
    """A message, or word of how far it has come if it has a state."""

    message: int
    state: str | None
    thread: int
    person: int | None
    hour: int | None
    text: str | None


class Arrival(NamedTuple):
    """What a delivery of a day brings."""

    day: int
    entries: list[Entry]


entries = st.builds(
    Entry,
    st.integers(1, 3),
    st.sampled_from([None, None, "sent", "read"]),
    st.integers(1, 2),
    st.sampled_from([1, 2, None]),
    st.sampled_from([0, 1, 23, None]),
    st.sampled_from(["words", None]),
)
arrivals = st.lists(
    st.builds(Arrival, st.integers(1, 5), st.lists(entries, min_size=1, max_size=4)),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each.day,
)


def bring(project: SmallProject, arrival: Arrival, *, summed: bool) -> None:
    """Store a delivery as a run does."""
    each = delivery(arrival.day, "whatsapp", "whatsapp_cloud")
    deliveries.begin_delivery(project.connection, each)
    rows = [
        {
            "row": row,
            "line": row,
            "message_id": ID.format(entry.message),
            "conversation_id": ID.format(entry.thread),
            "record_key": ID.format(entry.person) if entry.person else None,
            "at": None if entry.hour is None else datetime(2026, 5, arrival.day, entry.hour, tzinfo=UTC),
            "state": entry.state,
            "text": entry.text,
            "receipt_id": f"00000000-0000-0000-000{1 if entry.state == 'sent' else 2}-00000000000{entry.message}",
        }
        for row, entry in enumerate(arrival.entries, 1)
    ]
    frame = pl.DataFrame(
        rows,
        schema={"row": pl.UInt32, "line": pl.UInt32}
        | dict.fromkeys(("message_id", "conversation_id", "record_key"), pl.String)
        | {"at": pl.Datetime("us", "UTC")}
        | dict.fromkeys(("state", "text", "receipt_id"), pl.String),
    )
    said = frame.filter(pl.col("state").is_null()).drop("receipt_id").rename({"at": "sent_at"})
    kind = pl.when(pl.col("text").is_null()).then(pl.lit("other")).otherwise(pl.lit("text"))
    stated = {"direction": pl.lit("outbound"), "precision": pl.lit("second"), "zone_source": pl.lit("stated")}
    messages = said.with_columns(kind=kind, attachments=pl.lit([], pl.List(pl.String)), **stated)
    interactions.keep_messages(project.connection, deliveries.placed(each, messages))
    receipts = frame.filter(pl.col("state").is_not_null()).drop("text").rename({"at": "reached_at"})
    interactions.keep_receipts(project.connection, deliveries.placed(each, receipts))
    finish(project, each)
    if summed:
        conversation_stats.refresh_stale(project.connection)


@pytest.mark.heavy
@settings(max_examples=examples(8, light=3), deadline=None)
@given(arrivals, st.data())
def test_what_is_summed_up_is_what_all_messages_come_to_in_any_order(
    history: list[Arrival], data: st.DataObject
) -> None:
    tables = []
    for order in (history, data.draw(st.permutations(history))):
        with TemporaryDirectory() as folder, small_project(Path(folder)) as project:
            for arrival in order:
                bring(project, arrival, summed=data.draw(st.booleans()))
            conversation_stats.refresh_stale(project.connection)
            assert project.rows("FROM receipt_only_message ORDER BY ALL") == project.rows(UNSEEN)
            assert project.rows("FROM conversation_stats ORDER BY ALL") == project.rows(EXCHANGE)
            assert project.rows("FROM stale_conversation_stats") == []
            tables.append(
                [project.rows(f"FROM {table} ORDER BY ALL") for table in ("message", "receipt", "conversation_stats")]
            )
    assert tables[0] == tables[1]


def test_whoever_had_an_unseen_message_is_pending_when_it_is_seen_with_somebody_else(project: SmallProject) -> None:
    bring(project, Arrival(1, [Entry(1, "sent", 1, 1, 1, None)]), summed=True)
    project.connection.execute("DELETE FROM work_queue")
    bring(project, Arrival(2, [Entry(1, None, 1, 2, 1, "words")]), summed=True)
    assert {each["record_key"] for each in project.rows("FROM work_queue")} == {ID.format(1), ID.format(2)}
    assert project.rows("FROM receipt_only_message") == []


def test_a_warehouse_with_messages_is_brought_up_to_date(tmp_path: Path) -> None:
    message, conversation, record, brought = (ID.format(number) for number in range(1, 5))
    with open_warehouse(tmp_path / "warehouse.duckdb", KEYS["warehouse"], create=True) as connection:
        migrate(connection, migrations_up_to(7, tmp_path / "older"), None)
        connection.execute(
            """INSERT INTO message BY NAME
               SELECT ?::UUID AS message_id, ?::UUID AS conversation_id, ?::UUID AS record_key, 'inbound' AS direction,
                      'text' AS kind, TIMESTAMPTZ '2026-06-01 10:00:00Z' AS sent_at, 'second' AS precision,
                      'stated' AS zone_source, [] AS attachments, ?::UUID AS delivery_id, 1 AS row_number""",
            [message, conversation, record, brought],
        )
        connection.execute(
            """INSERT INTO receipt BY NAME
               SELECT uuid() AS receipt_id, unnest([?::UUID, uuid()]) AS message_id, 'read' AS state,
                      ?::UUID AS conversation_id, ?::UUID AS record_key,
                      TIMESTAMPTZ '2026-06-01 09:00:00Z' AS reached_at, ?::UUID AS delivery_id, 2 AS row_number""",
            [message, conversation, record, brought],
        )
        before = query(connection, "SELECT * FROM spoken ORDER BY ALL")
    with open_warehouse(tmp_path / "warehouse.duckdb", KEYS["warehouse"]) as connection:
        assert migrate(connection)[0].startswith("0008")
        assert_frame_equal(
            query(connection, "SELECT * EXCLUDE (state, quoted) FROM conversation_message ORDER BY ALL"), before
        )
        assert query(connection, "FROM receipt_only_message").to_dicts() == query(connection, UNSEEN).to_dicts()
        assert query(connection, "SELECT messages, has_untimed FROM conversation_stats").rows() == [(2, False)]


def test_of_a_thread_that_is_gone_nothing_is_left_when_all_is_made_anew(project: SmallProject) -> None:
    gone = str(ID).format(1)
    project.connection.execute("INSERT INTO conversation_stats VALUES (?, ?, 1, NULL, true)", [gone, gone])
    conversation_stats.clear(project.connection)
    conversation_stats.refresh_stale(project.connection)
    assert project.rows("FROM conversation_stats") == []
