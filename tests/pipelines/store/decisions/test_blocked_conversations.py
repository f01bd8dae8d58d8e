from datetime import datetime

import pytest

from pipelines.store.decisions.decisions import blocked_conversations
from pipelines.store.ingest.conversation_stats import refresh_stale
from pipelines.store.reads.timeline import length
from pipelines.store.runs.chat_settings import keep_chat_settings
from pipelines.store.runs.runs import keep_as_of
from tests.small_project import AS_OF, SmallProject

ID = "00000000-0000-4000-8000-00000000000"
ANNA, CHAT, TICKET = f"{ID}1", f"{ID}2", f"{ID}3"
COUNTS = ("rows_read", "created", "updated", "unchanged", "duplicate_in_file", "rejected", "quarantined", "suppressed",
          "skipped")  # fmt: skip


@pytest.fixture
def blocked(project: SmallProject) -> SmallProject:
    """Anna, who is blocked since the fifteenth, and wrote in a chat and in a ticket on WhatsApp before."""
    keep_as_of(project.connection, AS_OF)
    keep_chat_settings(project.connection, ["whatsapp_cloud"], {"whatsapp": 3})
    for sql in (
        "INSERT INTO record (record_key, source, ingest_seq, anchor_id) VALUES ($1, 'crm', 1, $1)",
        "INSERT INTO membership VALUES ($1, $1, 'run1', NULL, 'single')",
        """INSERT INTO contact (contact_id, source, status, status_reason, status_as_of, tags, attributes, channels,
                                records, run_id)
           VALUES ($1, 'crm', 'blocked', 'blocked_by_decision', '2026-06-30', [], MAP {}, [], 1, 'run1')""",
        """INSERT INTO decision (decision_id, kind, actor, reason, decided_at)
           VALUES ($1, 'block', 'Ina', 'spam', '2026-06-15 00:00:00Z')""",
        "INSERT INTO decision_record (decision_id, record_key) VALUES ($1, $1)",
    ):
        project.connection.execute(sql, [ANNA])
    for conversation, form in ((CHAT, "whatsapp_cloud"), (TICKET, "zendesk_tickets")):
        project.connection.execute(
            f"""INSERT INTO delivery BY NAME
                SELECT $1::UUID AS delivery_id, $2 AS format, 'x' AS source, 'x' AS file_name, 'x' AS file_digest,
                       0 AS size_bytes, now() AS declared_at, 'file_name' AS declared_from, 'accepted' AS state,
                       'x' AS config_digest, {", ".join(f"0 AS {each}" for each in COUNTS)}, now() AS received_at,
                       'run1' AS run_id""",
            [conversation, form],
        )
        project.connection.execute(
            """INSERT INTO conversation (conversation_id, source, channel, is_group, delivery_id)
               VALUES ($1, 'x', 'whatsapp', FALSE, $1)""",
            [conversation],
        )
        said(project, conversation, "2026-06-10")
    return project


def said(project: SmallProject, conversation: str, *days: str | None) -> None:
    """Anna writes in a thread, on a day or at a time nobody knows."""
    for day in days:
        project.connection.execute(
            """INSERT INTO message (message_id, conversation_id, record_key, direction, kind, text, sent_at, precision,
                                    zone_source, attachments, delivery_id, row_number)
               VALUES (uuid(), $1, $2, 'inbound', 'text', $3, $4, 'second', 'stated', [], $1, 1)""",
            [conversation, ANNA, day, datetime.fromisoformat(f"{day}T10:00:00Z") if day else None],
        )
    project.connection.execute("INSERT INTO stale_conversation_stats VALUES (?)", [conversation])
    refresh_stale(project.connection)


def aside(project: SmallProject) -> list[tuple[int, int]]:
    """Day and number of messages of each conversation that is set aside."""
    found = blocked_conversations(project.connection).sort("started_at")
    return [(at.day, number) for at, number in found["started_at", "messages"].rows()]


def shown(project: SmallProject) -> list[str | None]:
    """What she wrote and is in her timeline, which is as long as it is said to be."""
    assert length(project.connection) == len(project.rows("FROM timeline"))
    return [each["text"] for each in project.rows("SELECT text FROM timeline WHERE kind = 'text' ORDER BY text")]


def test_in_a_chat_what_came_after_the_block_is_aside_and_a_silence_parts_it(blocked: SmallProject) -> None:
    said(blocked, CHAT, "2026-06-24", "2026-06-16", "2026-06-18", "2026-06-21")
    assert aside(blocked) == [(16, 2), (21, 1), (24, 1)]
    assert shown(blocked) == ["2026-06-10", "2026-06-10"]


def test_a_thread_that_has_an_end_goes_on_whatever_its_channel(blocked: SmallProject) -> None:
    said(blocked, TICKET, "2026-06-20")
    assert aside(blocked) == []
    assert shown(blocked) == ["2026-06-10", "2026-06-10", "2026-06-20"]


def test_a_message_without_a_time_stays(blocked: SmallProject) -> None:
    said(blocked, CHAT, None, "2026-06-20")
    assert aside(blocked) == [(20, 1)]
    assert shown(blocked) == ["2026-06-10", "2026-06-10", None]


@pytest.mark.parametrize("thread", [CHAT, TICKET])
def test_a_thread_that_began_after_the_block_is_aside_as_a_whole(blocked: SmallProject, thread: str) -> None:
    blocked.connection.execute("DELETE FROM message WHERE conversation_id = ?", [thread])
    said(blocked, thread, "2026-06-20", None)
    assert aside(blocked) == [(20, 2)]
    assert shown(blocked) == ["2026-06-10"]
