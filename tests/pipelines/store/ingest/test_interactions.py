from datetime import UTC, datetime
from itertools import permutations

import polars as pl
import pytest

from pipelines.store.ingest import conversation_stats, deliveries, interactions
from pipelines.store.ingest.deliveries import Delivery, placed
from tests.pipelines.store.ingest.made_deliveries import ID, delivery, finish
from tests.small_project import SmallProject


def pending(project: SmallProject) -> set[tuple[str, str]]:
    """Steps that have to look at something, and the record ids of that."""
    found = project.rows("SELECT p.step, r.record_id FROM work_queue p JOIN record r USING (record_key)")
    return {(each["step"], each["record_id"]) for each in found}


def threads(title: str | None, status: str | None = None, channel: str = "email") -> pl.DataFrame:
    stated = {"title": title, "status": status, "inbox": None, "assignee": None}
    return pl.DataFrame(
        {"conversation_id": ID.format(9), "channel": channel, "is_group": False, "labels": [[]], "started_at": None}
        | stated,
        schema_overrides=dict.fromkeys(stated, pl.String)
        | {"labels": pl.List(pl.String), "started_at": pl.Datetime("us", "UTC")},
    )


def told_by(each: Delivery, conversations: pl.DataFrame) -> pl.DataFrame:
    """Threads as a delivery has them."""
    return conversations.with_columns(delivery_id=pl.lit(each.delivery_id), declared_at=pl.lit(each.declared_at))


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_thread_is_as_the_latest_delivery_has_it(project: SmallProject, order: tuple[int, int]) -> None:
    for number in order:
        each = delivery(number, "mailbox", "mbox")
        interactions.keep_conversations(project.connection, each.source, told_by(each, threads(f"Title {number}")))
        finish(project, each)
    assert project.rows("SELECT title, delivery_id FROM conversation") == [
        {"title": "Title 2", "delivery_id": ID.format(2)}
    ]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_thread_of_which_nothing_is_told_gives_way_to_any_other(
    project: SmallProject, order: tuple[int, int]
) -> None:
    told = {1: threads("Title", "open"), 2: threads(None)}
    for number in order:
        each = delivery(number, "helpdesk", "zendesk_tickets")
        interactions.keep_conversations(project.connection, each.source, told_by(each, told[number]))
        finish(project, each)
    assert project.rows("SELECT title, status FROM conversation") == [{"title": "Title", "status": "open"}]


def test_of_one_delivery_a_thread_is_as_it_stands_last(project: SmallProject) -> None:
    each = delivery(1, "helpdesk", "chatwoot_conversations")
    for status in ("open", "resolved"):
        interactions.keep_conversations(project.connection, each.source, told_by(each, threads("Title", status)))
    finish(project, each)
    assert project.rows("SELECT status FROM conversation") == [{"status": "resolved"}]


@pytest.mark.parametrize(("channel", "stirred"), [("email", 0), ("whatsapp", 1)])
def test_whoever_is_in_a_thread_that_turns_out_to_be_of_another_channel_is_left_pending(
    project: SmallProject, channel: str, stirred: int
) -> None:
    kept(project, 1, "hello", 1)
    interactions.keep_conversations(project.connection, "crm", told_by(delivery(1), threads(None)))
    conversation_stats.refresh_stale(project.connection)
    project.connection.execute("DELETE FROM work_queue")
    interactions.keep_conversations(project.connection, "crm", told_by(delivery(2), threads("Title", channel=channel)))
    assert len(project.rows("FROM work_queue")) == stirred


def messages(text: str | None, *rows: int, state: str | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row": pl.Series(rows, dtype=pl.UInt32),
            "line": pl.Series(rows, dtype=pl.UInt32),
            "message_id": ID.format(8),
            "conversation_id": ID.format(9),
            "record_key": ID.format(7),
            "direction": "inbound",
            "sender": "Jane",
            "kind": "text" if text else "other",
            "text": text,
            "sent_at": datetime(2026, 6, 1, tzinfo=UTC),
            "precision": "second",
            "zone_source": "stated",
            "attachments": [[] for _ in rows],
            "state": state,
        },
        schema_overrides={"text": pl.String, "state": pl.String, "attachments": pl.List(pl.String)},
    )


def kept(project: SmallProject, number: int, text: str | None, *rows: int, state: str | None = None) -> list[str]:
    each = delivery(number, "mailbox", "mbox")
    deliveries.begin_delivery(project.connection, each)
    said = messages(text, *rows, state=state)
    found = interactions.keep_messages(project.connection, placed(each, said))["outcome"].to_list()
    finish(project, each)
    return found


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_message_is_as_the_earliest_delivery_has_it(project: SmallProject, order: tuple[int, int]) -> None:
    assert [kept(project, number, f"Text {number}", 1) for number in order] == [["created"], ["unchanged"]]
    assert project.rows("SELECT text, delivery_id FROM message") == [{"text": "Text 1", "delivery_id": ID.format(1)}]


def test_a_message_that_a_delivery_holds_twice_is_a_duplicate(project: SmallProject) -> None:
    assert kept(project, 1, "hello", 1, 2) == ["created", "duplicate_in_file"]
    assert len(project.rows("FROM message")) == 1


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_a_message_of_which_nothing_is_told_gives_way_to_any_other(
    project: SmallProject, order: tuple[int, ...]
) -> None:
    told = {1: None, 2: "Text 2", 3: "Text 3"}
    outcomes = {number: kept(project, number, told[number], 1)[0] for number in order}
    assert project.rows("SELECT text, delivery_id FROM message") == [{"text": "Text 2", "delivery_id": ID.format(2)}]
    assert outcomes[order[0]] == "created"
    assert outcomes[order[1]] == ("updated" if order[0] == 1 else "unchanged")


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_a_message_that_is_nobodys_gives_way_to_one_that_is_somebodys(
    project: SmallProject, order: tuple[int, ...]
) -> None:
    for number in order:
        each, said = delivery(number), messages(f"Text {number}", 1)
        if number == 1:
            said = said.with_columns(record_key=pl.lit(None, pl.String))
        interactions.keep_messages(project.connection, placed(each, said))
        finish(project, each)
    assert project.rows("SELECT text, record_key FROM message") == [{"text": "Text 2", "record_key": ID.format(7)}]
    assert project.rows("SELECT DISTINCT * FROM work_queue") == [{"step": "contacts", "record_key": ID.format(7)}]


@pytest.mark.parametrize("batches", [[(None, 1), ("hello", 2)], [("hello", 1), (None, 2)]])
def test_of_one_delivery_the_fuller_message_counts(
    project: SmallProject, batches: list[tuple[str | None, int]]
) -> None:
    each = delivery(1, "whatsapp", "whatsapp_cloud")
    deliveries.begin_delivery(project.connection, each)
    found = [interactions.keep_messages(project.connection, placed(each, messages(*batch))) for batch in batches]
    finish(project, each)
    assert [frame["outcome"].to_list() for frame in found] == [["created"], ["duplicate_in_file"]]
    assert project.rows("SELECT text FROM message") == [{"text": "hello"}]


@pytest.mark.parametrize("order", list(permutations((1, 2, 3, 4))))
def test_a_message_has_come_as_far_as_any_delivery_says(project: SmallProject, order: tuple[int, ...]) -> None:
    told = {1: "sent", 2: "read", 3: "failed", 4: None}
    for number in order:
        kept(project, number, f"Text {number}", 1, state=told[number])
    assert project.rows("SELECT text, state FROM message") == [{"text": "Text 1", "state": "read"}]


@pytest.mark.parametrize("states", list(permutations(("sent", "delivered"))))
def test_of_one_delivery_the_furthest_state_counts(project: SmallProject, states: tuple[str, ...]) -> None:
    each = delivery(1, "helpdesk", "chatwoot_conversations")
    deliveries.begin_delivery(project.connection, each)
    twice = pl.concat([messages("hello", row, state=state) for row, state in enumerate(states, 1)])
    interactions.keep_messages(project.connection, placed(each, twice))
    finish(project, each)
    assert project.rows("SELECT state FROM message") == [{"state": "delivered"}]


def test_the_person_of_a_message_is_left_to_the_next_step(project: SmallProject) -> None:
    kept(project, 1, "hello", 1)
    assert project.rows("FROM work_queue") == [{"step": "contacts", "record_key": ID.format(7)}]
