from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.decide.block import block
from pipelines.decide.commit import Attribution
from pipelines.store.ingest import deliveries, interactions
from pipelines.store.reads import timeline as store
from pipelines.store.reads.timeline import KINDS, TimelineFilter, entries, length, timeline
from tests.pipelines.store.ingest.made_deliveries import delivery, finish
from tests.small_project import SmallProject, starting_point

NUMBER, RECORD = "+49 151 23456789", "whatsapp:wa:4915123456789"
ID = "00000000-0000-0000-0000-0000000000{:02}"


def told(
    project: SmallProject, wanted: TimelineFilter = store.EVERYTHING, record: str = RECORD
) -> list[dict[str, Any]]:
    contact_id = project.contact_of(record)
    return [row for batch in timeline(project.connection, contact_id, wanted) for row in batch.to_dicts()]


def texts(project: SmallProject, wanted: TimelineFilter = store.EVERYTHING) -> list[str]:
    return [row["text"] for row in told(project, wanted)]


@starting_point
def chat(project: SmallProject) -> None:
    """Three messages of a morning and one of the next day."""
    project.chat(
        NUMBER,
        f"2026-02-02 09:04 {NUMBER}: first",
        "2026-02-02 09:05 Small Shop: second",
        f"2026-02-02 09:05 {NUMBER}: third",
        f"2026-02-03 08:00 {NUMBER}: fourth",
    )
    project.run()


def happened(project: SmallProject, number: int, kind: str, at: str | None, **more: str) -> None:
    """Something that happened in the conversation there is."""
    [each] = project.rows("SELECT DISTINCT conversation_id, delivery_id FROM message")
    columns = {
        "event_id": ID.format(number),
        "kind": kind,
        "happened_at": at,
        "precision": "second",
        "zone_source": "stated",
        "row_number": number,
        "inferred": False,
    }
    values = columns | each | more
    project.connection.execute(
        f"INSERT INTO conversation_event ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
        list(values.values()),
    )


@pytest.mark.heavy
def test_entries_come_in_the_order_in_which_they_happened_and_stand(chat: SmallProject) -> None:
    assert texts(chat) == ["first", "second", "third", "fourth"]


def test_batches_hold_no_more_than_they_may(chat: SmallProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BATCH_ROWS", 3)
    batches = timeline(chat.connection, chat.contact_of(RECORD))
    assert [batch.height for batch in batches] == [3, 1]


def test_an_entry_without_a_time_comes_first(chat: SmallProject) -> None:
    happened(chat, 1, "label_added", None, text="undated")
    assert texts(chat)[0] == "undated"


def test_the_last_entries_are_those_that_happened_last_in_their_order(chat: SmallProject) -> None:
    happened(chat, 1, "label_added", None, text="undated")
    assert texts(chat, TimelineFilter(last=2)) == ["third", "fourth"]
    assert texts(chat, TimelineFilter(last=99))[0] == "undated"


def test_a_time_is_told_with_its_precision_and_zone(chat: SmallProject) -> None:
    first = told(chat)[0]
    assert (first["precision"], first["zone_source"]) == ("second", "assumed")


def test_the_beginning_is_included_and_the_end_is_not(chat: SmallProject) -> None:
    since, until = datetime(2026, 2, 2, 9, 5, tzinfo=UTC), datetime(2026, 2, 3, 8, tzinfo=UTC)
    assert texts(chat, TimelineFilter(since=since, until=until)) == ["second", "third"]


def test_only_the_channels_and_kinds_that_are_wanted_are_told(chat: SmallProject) -> None:
    happened(chat, 1, "status_changed", "2026-02-02 10:00:00Z", text="resolved", before="open", after="resolved")
    happened(chat, 2, "label_added", "2026-02-02 11:00:00Z", text="labelled", after="vip")
    assert texts(chat, TimelineFilter(channels=("email",))) == []
    assert texts(chat, TimelineFilter(kinds=KINDS["status"])) == ["resolved"]
    assert texts(chat, TimelineFilter(kinds=KINDS["label"] + KINDS["status"])) == ["resolved", "labelled"]
    assert texts(chat, TimelineFilter(kinds=KINDS["event"])) == ["resolved", "labelled"]
    assert len(texts(chat, TimelineFilter(kinds=KINDS["message"], channels=("whatsapp",)))) == 4


def test_what_fits_is_counted_whatever_is_shown_of_it(chat: SmallProject) -> None:
    assert entries(chat.connection, chat.contact_of(RECORD), TimelineFilter(last=1)) == 4


def test_a_decision_is_an_entry_without_a_file(chat: SmallProject) -> None:
    block(
        chat.project,
        chat.connection,
        chat.contact_of(RECORD),
        Attribution("Ina", "asked us to stop", datetime(2026, 2, 4, tzinfo=UTC)),
    )
    [entry] = told(chat, TimelineFilter(kinds=KINDS["block"]))
    assert (entry["kind"], entry["actor"], entry["file_name"]) == ("blocked", "Ina", None)


def receipt(project: SmallProject, number: int, message: str, state: str, at: str) -> None:
    """Word of how far a message to the contact has come."""
    [each] = project.rows("SELECT DISTINCT conversation_id, record_key FROM message")
    receipts = pl.DataFrame(
        {
            "row": number,
            "line": number,
            "receipt_id": ID.format(number),
            "message_id": message,
            "state": state,
            "reached_at": datetime.fromisoformat(at),
        }
        | each,
        schema_overrides={"row": pl.UInt32, "line": pl.UInt32},
    )
    brought = delivery(number, "whatsapp", "whatsapp_cloud")
    deliveries.begin_delivery(project.connection, brought)
    interactions.keep_receipts(project.connection, deliveries.placed(brought, receipts))
    finish(project, brought)


def test_a_message_says_how_far_it_has_come(chat: SmallProject) -> None:
    [second] = chat.rows("SELECT message_id FROM message WHERE text = 'second'")
    for number, state in enumerate(("read", "sent", "failed"), 1):
        receipt(chat, number, second["message_id"], state, f"2026-02-02 09:0{number + 5}:00Z")
    assert [row["state"] for row in told(chat)] == [None, "read", None, None]


def test_a_message_known_by_its_receipts_alone_is_told_and_counts_as_written_to_the_contact(chat: SmallProject) -> None:
    receipt(chat, 1, ID.format(77), "delivered", "2026-02-05 10:00:00Z")
    chat.connection.execute("INSERT INTO work_queue SELECT 'contacts', record_key FROM record")
    chat.run()
    last = told(chat)[-1]
    assert (last["direction"], last["state"], last["text"]) == ("outbound", "delivered", None)
    found = chat.contact(RECORD)
    assert found["last_outbound_at"] == found["last_interaction_at"] == datetime(2026, 2, 5, 10, tzinfo=UTC)
    assert found["last_inbound_at"] == datetime(2026, 2, 3, 8, tzinfo=UTC)


def test_a_message_known_by_its_receipts_alone_happens_when_its_moment_has_come(chat: SmallProject) -> None:
    receipt(chat, 1, ID.format(77), "delivered", "2026-07-05 10:00:00Z")
    chat.run(as_of=datetime(2026, 7, 6, tzinfo=UTC))
    assert chat.contact(RECORD)["last_outbound_at"] == datetime(2026, 7, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["note", "auto_reply", "bounce"])
def test_what_is_nobodys_act_is_told_but_moves_no_last_interaction(chat: SmallProject, kind: str) -> None:
    chat.connection.execute("UPDATE message SET kind = ? WHERE text = 'fourth'", [kind])
    chat.connection.execute("INSERT INTO work_queue SELECT 'contacts', record_key FROM record")
    chat.run()
    assert texts(chat)[-1] == "fourth"
    assert chat.contact(RECORD)["last_interaction_at"] == datetime(2026, 2, 2, 9, 5, tzinfo=UTC)


def test_the_source_is_the_channel_of_the_first_interaction(chat: SmallProject) -> None:
    assert chat.contact(RECORD)["source"] == "whatsapp"


@pytest.mark.heavy
def test_all_timelines_together_are_as_long_as_their_entries(chat: SmallProject) -> None:
    happened(chat, 1, "status_changed", "2026-02-02 10:00:00Z", text="resolved")
    receipt(chat, 2, ID.format(77), "delivered", "2026-02-05 10:00:00Z")
    chat.deliver("crm", "2026-02-01", "id,name,phone,notes\n1,Anna Berg,0151 23456781,called twice")
    chat.chat("+49 151 23456780", "2026-02-03 09:00 +49 151 23456780: hello")
    chat.run()
    for record in (RECORD, "whatsapp:wa:4915123456780"):
        since = datetime(2026, 2, 1 if record == RECORD else 4, tzinfo=UTC)
        block(chat.project, chat.connection, chat.contact_of(record), Attribution("Ina", "asked", since))
    [told_of] = chat.rows("SELECT count(*) AS n FROM timeline")
    assert length(chat.connection) == told_of["n"] == 4
