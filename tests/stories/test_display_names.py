"""What a chat calls somebody never beats the name that a list, a helpdesk or a mail states."""

import pytest

from pipelines.decide.edit import edit
from pipelines.steps.rebuild import compare
from tests.chat_deliveries import NUMBER, SOURCES, on_cloud, on_sms
from tests.deciding import ruling
from tests.small_project import SETTINGS, SmallProject

pytestmark = pytest.mark.heavy

LATE = SETTINGS["sources"]["crm"] | {"priority": 90}  # even where the list counts for less than every chat


@pytest.fixture
def oskar(project: SmallProject) -> SmallProject:
    """Oskar Lund, whom two chats call otherwise later and more often."""
    project.configure(sources=SOURCES | {"crm": LATE})
    project.deliver("crm", "2026-01-05", f"id,name,phone\n1,Oskar Lund,{NUMBER}")
    on_cloud(project, "Oskar L", "2026-06-10")
    on_sms(project, "Oskar L", "2026-06-12")
    project.run()
    assert len(project.people()) == 1
    return project


def test_oskar_lund_stays_oskar_lund(oskar: SmallProject) -> None:
    name = oskar.field("crm:1", "name")
    assert (name["value"], name["rule"], name["record"]) == ("Oskar Lund", "stated_name", "crm:1")
    assert compare(oskar.project, oskar.connection).is_equal


def test_a_helpdesk_states_names_as_a_list_does(oskar: SmallProject) -> None:
    oskar.deliver("helpdesk", "2026-06-20", f"id,name,email,phone_number\n7,Oskar Lund,,{NUMBER}")
    oskar.deliver("crm", "2026-06-21", f"id,name,phone\n1,\\N,{NUMBER}")
    oskar.run()
    assert oskar.contact("crm:1")["name"] == "Oskar Lund"
    assert oskar.field("crm:1", "name")["record"] == "helpdesk:7"


def test_without_a_stated_name_the_usual_rule_decides_among_display_names(project: SmallProject) -> None:
    project.configure(sources=SOURCES)
    on_cloud(project, "Oskar", "2026-06-10")
    on_sms(project, "Oskar L", "2026-06-12")
    project.run()
    assert project.field(f"cloud:wa:{NUMBER[1:]}", "name")["value"] == "Oskar L"
    assert project.field(f"cloud:wa:{NUMBER[1:]}", "name")["rule"] != "stated_name"


def test_an_edited_name_does_not_give_way_to_a_display_name(oskar: SmallProject) -> None:
    edit(oskar.project, oskar.connection, oskar.contact_of("crm:1"), "name", "Oskar Lund Olsen", ruling(15))
    on_cloud(oskar, "Ossi", "2026-06-20")
    oskar.run()
    assert oskar.contact("crm:1")["name"] == "Oskar Lund Olsen"
