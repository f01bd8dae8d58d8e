"""A correction holds until somebody knows something newer, and says where it stands."""

import pytest

from pipelines.decide.edit import edit, pin
from pipelines.store.decisions.decision_log import list_decisions
from tests.deciding import ruling
from tests.small_project import SmallProject

pytestmark = pytest.mark.heavy  # whole runs of a project

CRM = "id,name,phone,email\n1,{},{},anna@example.com"
WRONG, RIGHT, NEW = "+49 151 23456789", "+49 30 90182001", "+49 151 23456780"


@pytest.fixture
def corrected(project: SmallProject) -> SmallProject:
    """Anna, in the CRM under a wrong number and in the helpdesk; a colleague corrects her number and her name."""
    project.deliver("crm", "2026-01-05", CRM.format("Ana Berg", WRONG))
    project.deliver("helpdesk", "2026-01-06", "id,name,email,phone_number\n7,Ana Berg,anna@example.com,")
    project.run()
    assert project.people() == {frozenset({"crm:1", "helpdesk:7"})}
    anna = project.contact_of("crm:1")
    edit(project.project, project.connection, anna, "phone", RIGHT, ruling(1))
    edit(project.project, project.connection, anna, "name", "Anna Berg", ruling(2))
    return project


def known(project: SmallProject) -> tuple[str, str]:
    contact = project.contact("crm:1")
    return contact["name"], contact["phone"]


def standing(project: SmallProject) -> dict[str, tuple[str, str]]:
    """Where each edit stands, and whose value counts, by field."""
    found = list_decisions(project.connection, project.contact_of("crm:1"))
    return {field: (where, record) for field, where, record in found["field", "standing", "stated_by"].rows()}


def test_what_a_source_merely_repeats_changes_nothing(corrected: SmallProject) -> None:
    corrected.deliver("crm", "2026-06-20", CRM.format("Ana Berg", WRONG))
    corrected.run()
    assert known(corrected) == ("Anna Berg", "+493090182001")
    assert standing(corrected) == {"phone": ("in_force", "crm:1"), "name": ("in_force", "crm:1")}


def test_what_a_list_or_a_helpdesk_states_for_the_first_time_afterwards_wins(corrected: SmallProject) -> None:
    corrected.deliver("crm", "2026-06-20", CRM.format("Ana Berg", NEW))
    corrected.deliver("helpdesk", "2026-06-21", "id,name,email,phone_number\n7,Anna Maria Berg,anna@example.com,")
    corrected.run()
    assert known(corrected) == ("Anna Maria Berg", "+4915123456780")
    assert standing(corrected) == {"phone": ("gave_way", "crm:1"), "name": ("gave_way", "helpdesk:7")}


def test_an_edit_holds_again_when_the_source_returns_to_the_old_value(corrected: SmallProject) -> None:
    corrected.deliver("crm", "2026-06-20", CRM.format("Ana Berg", NEW))
    corrected.deliver("crm", "2026-06-21", CRM.format("Ana Berg", WRONG))
    corrected.run()
    assert known(corrected) == ("Anna Berg", "+493090182001")


def test_a_pinned_value_stays_and_a_confirmed_edit_says_so(corrected: SmallProject) -> None:
    pin(corrected.project, corrected.connection, corrected.contact_of("crm:1"), "name", None, ruling(3))
    corrected.deliver("crm", "2026-06-20", CRM.format("Antonia Lund", RIGHT))
    corrected.run()
    assert known(corrected) == ("Anna Berg", "+493090182001")
    assert standing(corrected)["phone"] == ("confirmed", "crm:1")
    names = list_decisions(corrected.connection).filter(field="name")
    assert dict(names["kind", "standing"].rows()) == {"pin": "in_force", "edit": "replaced"}
