"""Twelve questions to the demo, asked in the filter language and in SQL that somebody would write by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.project import OpenProject, open_project
from pipelines.steps.finding.filtered import Asked, list_contacts
from pipelines.store.warehouse.connection import Connection, query

AS_OF = "TIMESTAMPTZ '2026-11-20 00:00:00+01'"
MEMBER = "JOIN membership m ON m.record_key = {}.record_key AND m.run_to IS NULL"
MESSAGE = "conversation_entry e WHERE e.contact_id = c.contact_id AND NOT e.is_set_aside AND e.kind <> 'note'"
TALK = f"""conversation_participant p {MEMBER.format("p")} JOIN conversation t USING (conversation_id)
           WHERE m.contact_id = c.contact_id AND (p.conversation_id, m.contact_id) NOT IN
                 (SELECT conversation_id, contact_id FROM blocked_thread WHERE blocked_from IS NULL)"""
QUESTIONS = {
    "status:active": "c.status = 'active'",
    "tier:gold": "c.attributes['tier'] = 'gold'",
    "tier!=gold": "c.attributes['tier'] IS DISTINCT FROM 'gold'",
    "channel:whatsapp tag:vip": "list_contains(c.channels, 'whatsapp') AND list_contains(c.tags, 'vip')",
    "last_contact>-30d": f"c.last_interaction_at BETWEEN {AS_OF} - INTERVAL 30 DAY AND {AS_OF}",
    "last_contact<-30d": f"NOT coalesce(c.last_interaction_at BETWEEN {AS_OF} - INTERVAL 30 DAY AND {AS_OF}, FALSE)",
    "conversations(channel:facebook)": f"EXISTS (FROM {TALK} AND t.channel = 'facebook')",
    "messages(channel:whatsapp direction:inbound sent_at>-30d)": f"""EXISTS (FROM {MESSAGE}
        AND e.direction = 'inbound' AND e.channel = 'whatsapp'
        AND e.happened_at BETWEEN {AS_OF} - INTERVAL 30 DAY AND {AS_OF})""",
    "tier:gold messages(channel:whatsapp sent_at>-30d) conversations(channel:facebook)": f"""
        c.attributes['tier'] = 'gold'
        AND EXISTS (FROM {MESSAGE} AND e.direction IS NOT NULL AND e.channel = 'whatsapp'
                    AND e.happened_at BETWEEN {AS_OF} - INTERVAL 30 DAY AND {AS_OF})
        AND EXISTS (FROM {TALK} AND t.channel = 'facebook')""",
    "messages(direction:inbound)>=3": f"(SELECT count(*) FROM {MESSAGE} AND e.direction = 'inbound') >= 3",
    "!messages() email:*": f"NOT EXISTS (FROM {MESSAGE} AND e.direction IS NOT NULL) AND c.email IS NOT NULL",
    "exports(segment:gold_customers) -in:recent_whatsapp": f"""
        c.contact_id IN (SELECT contact_id FROM export_member JOIN export USING (export_id)
                         WHERE segment = 'gold_customers')
        AND NOT (c.last_inbound_at IS NOT NULL AND c.status <> 'blocked' AND list_contains(c.channels, 'whatsapp')
                 AND c.last_inbound_at BETWEEN {AS_OF} - INTERVAL 30 DAY AND {AS_OF})""",
}


@pytest.fixture(scope="module")
def demo(run_demo: Path) -> Iterator[tuple[OpenProject, Connection]]:
    project = open_project(run_demo, ingests=False)
    with project.warehouse(read_only=True) as connection:
        yield project, connection


@pytest.mark.parametrize("where", QUESTIONS)
def test_a_filter_finds_whom_sql_written_by_hand_finds(demo: tuple[OpenProject, Connection], where: str) -> None:
    project, connection = demo
    by_hand = query(connection, f"SELECT c.contact_id FROM contact c WHERE {QUESTIONS[where]} ORDER BY c.contact_id")
    found = list_contacts(project, connection, Asked(where=where, order_by=("contact_id",)))
    everybody = query(connection, "SELECT contact_id FROM contact").height
    assert found.contacts["contact_id"].to_list() == by_hand["contact_id"].to_list()
    assert 0 < found.number < everybody
