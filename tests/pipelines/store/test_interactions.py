from datetime import UTC, datetime

import polars as pl
import pytest

from pipelines.store import deliveries, interactions
from tests.pipelines.store.made_deliveries import ID, delivery, finish
from tests.small_project import SmallProject


def pending(project: SmallProject) -> set[tuple[str, str]]:
    """Steps that have to look at something, and the record ids of that."""
    found = project.rows("SELECT p.step, r.record_id FROM pending p JOIN record r USING (record_key)")
    return {(each["step"], each["record_id"]) for each in found}


def threads(title: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "conversation_id": [ID.format(9)],
            "channel": ["email"],
            "title": [title],
            "is_group": [False],
            "status": pl.Series([None], dtype=pl.String),
        }
    )


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_thread_is_as_the_latest_delivery_has_it(project: SmallProject, order: tuple[int, int]) -> None:
    for number in order:
        each = delivery(number, "mailbox", "mbox")
        interactions.keep_conversations(project.connection, each, threads(f"Title {number}"))
        finish(project, each)
    assert project.rows("SELECT title, delivery_id FROM conversation") == [
        {"title": "Title 2", "delivery_id": ID.format(2)}
    ]


def messages(text: str, *rows: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row": pl.Series(rows, dtype=pl.UInt32),
            "line": pl.Series(rows, dtype=pl.UInt32),
            "message_id": ID.format(8),
            "conversation_id": ID.format(9),
            "record_key": ID.format(7),
            "direction": "inbound",
            "sender": "Jane",
            "kind": "text",
            "text": text,
            "sent_at": datetime(2026, 6, 1, tzinfo=UTC),
            "precision": "second",
            "zone_source": "stated",
            "attachments": [[] for _ in rows],
        },
        schema_overrides={"attachments": pl.List(pl.String)},
    )


def kept(project: SmallProject, number: int, text: str, *rows: int) -> list[str]:
    each = delivery(number, "mailbox", "mbox")
    deliveries.begin_delivery(project.connection, each)
    found = interactions.keep_messages(project.connection, each, messages(text, *rows))["outcome"].to_list()
    finish(project, each)
    return found


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_message_is_as_the_earliest_delivery_has_it(project: SmallProject, order: tuple[int, int]) -> None:
    assert [kept(project, number, f"Text {number}", 1) for number in order] == [["created"], ["unchanged"]]
    assert project.rows("SELECT text, delivery_id FROM message") == [{"text": "Text 1", "delivery_id": ID.format(1)}]


def test_a_message_that_a_delivery_holds_twice_is_a_duplicate(project: SmallProject) -> None:
    assert kept(project, 1, "hello", 1, 2) == ["created", "duplicate_in_file"]
    assert len(project.rows("FROM message")) == 1


def test_the_person_of_a_message_is_left_to_the_next_step(project: SmallProject) -> None:
    kept(project, 1, "hello", 1)
    assert project.rows("FROM pending") == [{"step": "contacts", "record_key": ID.format(7)}]
