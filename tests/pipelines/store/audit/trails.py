"""What tests of the trail have in common: a project with a history, and what is wrong with its trail."""

from datetime import UTC, datetime

from pipelines.steps.audit.verify import Verified, verify, verify_recent, verify_whole
from tests.small_project import SmallProject

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LENA, JONAS = "+491713920017", "jonas.reuter@example.com"


def deliver_two(project: SmallProject) -> None:
    """Two people of a list."""
    project.deliver(
        "crm",
        "2026-01-01",
        f"""id,name,phone,email
        1,Lena Hoffmann,{LENA},lena@example.com
        2,Jonas Reuter,+49 171 3920018,{JONAS}""",
    )


def deliver_change(project: SmallProject, phone: str = "+49 171 3920019") -> None:
    """Another number of the first of them."""
    project.deliver("crm", "2026-01-02", f"id,name,phone,email\n1,Lena Hoffmann,{phone},lena@example.com")


def wrong(project: SmallProject) -> list[str]:
    """What is wrong with all of the trail."""
    return verify_whole(project.project, project.connection).faults


def recently_wrong(project: SmallProject, since: int = 4) -> list[str]:
    """What is wrong with the end of the trail."""
    return verify_recent(project.project, project.connection, since).faults


def verified(project: SmallProject, now: datetime = NOW) -> Verified:
    """What a run verifies."""
    return verify(project.project, project.connection, now)
