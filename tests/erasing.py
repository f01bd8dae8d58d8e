"""People asked to be erased, in small projects."""

from datetime import UTC, datetime

from pipelines.privacy.needles import needles
from pipelines.steps.privacy import intake
from pipelines.steps.privacy.erase_tables import erase_tables
from pipelines.steps.privacy.people import person_of
from pipelines.steps.privacy.plan import Person
from pipelines.store.privacy import requests, suppression
from pipelines.store.privacy.requests import Kind
from pipelines.store.privacy.scan import search_tables
from tests.small_project import SmallProject

INA = needles(emails=["ina@example.com"], phones=["+491713920017"])
LISTED = """id,name,phone,email
    1,Ina Sommer,0171 3920017,ina@example.com
    2,Olaf Winter,0171 3920018,olaf@example.com"""


def asked(project: SmallProject, *said: tuple[str, str]) -> int:
    """Take in and approve a request to erase somebody; its number."""
    made = intake.receive_request(project.project, project.connection, Kind.ERASE, said, "called back")
    intake.approve(project.project, project.connection, made.number)
    return made.number


def person(project: SmallProject, number: int) -> Person:
    """Who goes."""
    request = requests.request_of(project.connection, number)
    assert request is not None
    return person_of(project.connection, request, datetime.now(UTC)).person


def erased(project: SmallProject, *said: tuple[str, str]) -> int:
    """Suppress somebody and take them out of every table; the number of the request."""
    number = asked(project, *said)
    gone = person(project, number)
    suppression.suppress(project.connection, number, gone.subject, datetime.now(UTC))
    erase_tables(project.project, project.connection, {number: gone})
    return number


def left_of_ina(project: SmallProject) -> dict[str, int]:
    """How many rows of each table hold Ina's address or number."""
    return search_tables(project.connection, INA)
