"""What tests of decisions have in common: who decides and when, and contacts exactly as they are shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from pipelines.decide.commit import Attribution
from pipelines.store.runs.work_queue import CONTACTS, MATCH, enqueue_all
from tests.small_project import SmallProject

SHOWN = {
    "contact": "SELECT * EXCLUDE (run_id) FROM contact ORDER BY contact_id",
    "contact_field": "FROM contact_field ORDER BY contact_id, field, value, record_key",
    "contact_identifier": "FROM contact_identifier ORDER BY ALL",
    "membership": "SELECT record_key, contact_id, reason FROM membership WHERE run_to IS NULL ORDER BY ALL",
    "timeline": "SELECT * FROM timeline ORDER BY contact_id, happened_at, entry_id",
    "suppressed_conversation": "FROM suppressed_conversation ORDER BY ALL",
    "vetoed_edge": "FROM vetoed_edge ORDER BY ALL",
}


def day(number: int) -> datetime:
    """Noon of a day of June 2026; July comes after the thirtieth."""
    return datetime(2026, 6, 1, 12, tzinfo=UTC) + timedelta(days=number - 1)


def ruling(on: int, reason: str = "they told us", actor: str = "Ina") -> Attribution:
    """What Ina decides on a day."""
    return Attribution(actor, reason, day(on))


def shown(project: SmallProject, but: tuple[str, ...] = ()) -> dict[str, list[dict[str, Any]]]:
    """Contacts, provenance, identifiers, timelines and who is in which contact."""
    return {name: project.rows(sql) for name, sql in SHOWN.items() if name not in but}


def rebuilt(project: SmallProject) -> dict[str, list[dict[str, Any]]]:
    """What a run derives anew of all that was received and decided."""
    records = pl.Series([each["record_key"] for each in project.rows("SELECT record_key FROM record")], dtype=pl.String)
    enqueue_all(project.connection, MATCH, records)
    enqueue_all(project.connection, CONTACTS, records)
    project.run()
    return shown(project)


def decision_rows(project: SmallProject) -> list[dict[str, Any]]:
    """Decisions as they are stored, in the order in which they were taken."""
    return project.rows(
        "SELECT kind, actor, reason, decided_at, revoked_at, revoked_by FROM decision ORDER BY decided_at"
    )
