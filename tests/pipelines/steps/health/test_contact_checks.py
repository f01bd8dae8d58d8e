from datetime import UTC, datetime, timedelta

from pipelines.steps.health.contact_checks import check_contacts
from pipelines.store.reads.health import Finding, count
from tests.small_project import SmallProject, starting_point

MONDAY = datetime(2026, 6, 15, 9, tzinfo=UTC)
LOST = "DELETE FROM contact_field WHERE field = 'phone'"


@starting_point
def two(project: SmallProject) -> None:
    """Two contacts that nobody has checked yet."""
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Anna Berg,0151 23456789\n2,Ben Ode,0151 23456788")
    project.run()


def provenance(project: SmallProject, now: datetime) -> Finding:
    return check_contacts(project.project, project.connection, now)["provenance_complete"]


def test_the_first_check_looks_at_everybody(two: SmallProject) -> None:
    two.connection.execute(LOST)
    two.connection.execute("DELETE FROM unchecked_contact")
    assert provenance(two, MONDAY).broken == 2


def test_the_next_check_looks_at_what_was_derived_since(two: SmallProject) -> None:
    assert provenance(two, MONDAY).checked > 0
    assert provenance(two, MONDAY + timedelta(days=1)) == Finding(0, 0)
    two.deliver("crm", "2026-01-06", "id,name,phone\n2,Ben Ode,0151 23456787")
    two.run()
    two.connection.execute(LOST)
    assert provenance(two, MONDAY + timedelta(days=2)).broken == 1


def test_everybody_is_looked_at_again_a_week_later(two: SmallProject) -> None:
    assert provenance(two, MONDAY).broken == 0
    two.connection.execute(LOST)
    assert provenance(two, MONDAY + timedelta(days=6)).broken == 0
    assert provenance(two, MONDAY + timedelta(days=7)).broken == 2


def test_a_clock_that_was_set_back_does_not_put_the_check_of_everybody_off(two: SmallProject) -> None:
    assert provenance(two, MONDAY).broken == 0
    two.connection.execute(LOST)
    assert provenance(two, MONDAY - timedelta(days=400)).broken == 2


def test_what_is_wrong_is_found_until_it_is_mended(two: SmallProject) -> None:
    two.connection.execute("CREATE TEMP TABLE kept AS FROM contact_field WHERE field = 'phone'")
    two.connection.execute(LOST)
    assert provenance(two, MONDAY).broken == 2
    assert provenance(two, MONDAY).broken == 2
    two.connection.execute("INSERT INTO contact_field FROM kept")
    assert provenance(two, MONDAY).broken == 0
    assert count(two.connection, "unchecked_contact") == 0
