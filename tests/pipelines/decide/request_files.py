"""Files of change requests about four people, and what becomes of them."""

from typing import Any

from pipelines.decide.deliveries import decide
from pipelines.ingest.ingest_files import DeliveryResult
from tests.small_project import SmallProject

PEOPLE = """id,name,phone,email,tier
1,Anna Berg,+49 30 90182001,anna@example.com,silver
2,Ben Tal,+49 30 90182002,ben@example.com,
3,Cleo Ott,+49 30 90182003,cleo@example.com,gold
4,Dora Eck,+49 30 90182004,dora@example.com,"""
HEADER = "decision,contact,others,records,field,value,reason,by,until"


def four_people(project: SmallProject) -> None:
    """Four people of one list, received and merged."""
    project.deliver("crm", "2026-01-05", PEOPLE)
    project.run()


def ask(project: SmallProject, *rows: str, day: str = "2026-06-01", header: str = HEADER) -> DeliveryResult:
    """What becomes of a file of these requests."""
    project.deliver("decisions", day, "\n".join([header, *rows]))
    return decided(project)


def decided(project: SmallProject) -> DeliveryResult:
    """What becomes of the one file that is new."""
    [taken] = [each for each in decide(project.project, project.connection, project.run_id) if not each.known]
    return taken


def outcomes(taken: DeliveryResult) -> dict[str, int]:
    """How many rows came to what."""
    return {outcome.value: count for outcome, count in taken.outcomes.items() if count}


def derived(project: SmallProject) -> list[dict[str, Any]]:
    """The contacts, whichever run has made them."""
    return project.rows("SELECT * EXCLUDE (run_id, status_since) FROM contact ORDER BY contact_id")
