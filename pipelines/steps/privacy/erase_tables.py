"""People taken out of every table, in one transaction, and whoever is left derived anew."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.audit.events import Action, Event
from pipelines.derive import match, merge
from pipelines.derive.withdraw import withdraw
from pipelines.project import OpenProject
from pipelines.steps.privacy.plan import Person
from pipelines.store.audit.record import record
from pipelines.store.matching import models
from pipelines.store.privacy import recalls, requests, suppression
from pipelines.store.privacy.erasers import (
    counts_before,
    erase_keyed,
    erase_texts,
    keep_mentions,
    note_decisions,
    orphaned_decisions,
)
from pipelines.store.privacy.scope import erased_contacts, erased_conversations, scoped
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction

STEP = "tables"


def run_of(number: int) -> str:
    """What the audit trail and the feed of ids say did an erasure."""
    return f"request:{number}"


def erase_tables(project: OpenProject, connection: Connection, people: Mapping[int, Person]) -> None:
    """Erase people, by the numbers of their requests, and derive anew whoever was matched with them."""
    with transaction(connection):
        now = datetime.now(UTC)
        for number, person in people.items():
            figures = erase_one(project, connection, number, person, now)
            requests.keep_step(connection, number, STEP, now, figures)
        requests.forget_subject(connection, list(people))
        as_of = runs.last_as_of(connection)
        if as_of is not None:
            run_id = run_of(min(people))
            model, _ = models.current_parameters(connection)
            match.match_pending(project, connection, model, run_id)
            merge.merge_pending(project, connection, run_id, as_of)


def erase_one(
    project: OpenProject, connection: Connection, number: int, person: Person, now: datetime
) -> dict[str, Any]:
    """Take one person out of every table; counts, by table."""
    run_id, records = run_of(number), person.subject.records
    with scoped(connection, person.subject, person.needles()) as scope:
        contacts, conversations = erased_contacts(connection), erased_conversations(connection)
        keys = conversations.to_frame("key").with_columns(number=number)
        suppression.suppress_keys(connection, keys)
        due_at = now + timedelta(days=project.settings.privacy.recall_days)
        recalled = recalls.keep_recalls(connection, number, contacts, due_at)
        before = counts_before(connection)
        note_decisions(connection)
        mark_shared_conversations(connection)
        withdraw(connection, records, run_id)
        mark_erased(connection, run_id)
        gone = [Event(Action.CONTACT_ERASED, "contact", each, run_id) for each in contacts.to_list()]
        record(connection, *gone)
        erase_keyed(connection)
        decisions = orphaned_decisions(connection)
        mentions = keep_mentions(connection, scope, number)
        texts = erase_texts(connection, scope)
    return {
        "rows": before,
        "texts": texts,
        "decisions": decisions,
        "mentions": mentions,
        "recalls": recalled,
        "held": person.held,
        "records": records.len(),
        "contacts": contacts.len(),
        "conversations": conversations.len(),
    }


def mark_shared_conversations(connection: Connection) -> None:
    """Let conversations with others in which something goes be summed up anew."""
    connection.execute("""
        INSERT INTO stale_conversation_stats
        SELECT DISTINCT conversation_id FROM (FROM message UNION ALL BY NAME FROM receipt)
        WHERE record_key IN (SELECT record_key FROM erased_record)
          AND conversation_id NOT IN (SELECT conversation_id FROM erased_conversation)""")


def mark_erased(connection: Connection, run_id: str) -> None:
    """Say of the ids of people who were erased that they are, and lead nowhere."""
    connection.execute(
        """
        UPDATE id_changes SET kind = 'erased', new_id = NULL
        WHERE run_id = ? AND kind = 'withdrawn' AND old_id IN (SELECT contact_id FROM erased_contact)""",
        [run_id],
    )
