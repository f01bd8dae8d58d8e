from collections.abc import Mapping
from datetime import timedelta, timezone

import pytest

from pipelines.decide.create import create
from pipelines.errors import ConfigurationError, DecisionRefused
from pipelines.store.reads import contact_details
from pipelines.store.warehouse.database import rolled_back
from tests.deciding import rebuilt, ruling, shown
from tests.small_project import SETTINGS, SmallProject

KARL = {"name": "Karl Otto", "phone": "030 90182001", "tier": "GOLD", "tags": "fair; new"}


def created(project: SmallProject, fields: Mapping[str, str], on: int = 15) -> str:
    decision, contact = create(project.project, project.connection, fields, ruling(on))
    assert decision.kind == "create"
    return contact


def contact(project: SmallProject, contact_id: str) -> dict[str, object]:
    [found] = project.rows("FROM contact WHERE contact_id = ?", contact_id)
    return found


def test_a_contact_that_is_added_is_there_at_once_with_all_that_was_said(project: SmallProject) -> None:
    found = contact(project, created(project, KARL | {"notes": "met at the fair"}))
    said = {name: found[name] for name in ("name", "last_name", "phone", "attributes", "tags", "records")}
    assert said == {
        "name": "Karl Otto",
        "last_name": "Otto",
        "phone": "+493090182001",
        "attributes": {"tier": "gold"},
        "tags": ["fair", "new"],
        "records": 1,
    }
    texts = {each["text"] for each in project.rows("SELECT text FROM timeline")}
    assert "met at the fair" in texts


def test_each_of_its_values_says_who_added_it(project: SmallProject) -> None:
    karl = created(project, KARL)
    [found] = contact_details.origin_of(project.connection, karl, "name").to_dicts()
    assert (found["source"], found["actor"], found["reason"]) == ("manual", "Ina", "they told us")
    assert set(contact_details.identifiers(project.connection, karl)["actor"]) == {"Ina"}


def test_a_name_alone_is_enough(project: SmallProject) -> None:
    assert contact(project, created(project, {"first_name": "Karl", "last_name": "Otto"}))["name"] == "Karl Otto"


@pytest.mark.heavy
def test_the_next_run_matches_it_with_everyone_and_people_go_first(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-05", "id,name,phone\n1,Karl Friedrich Otto,030 90182001")
    project.run()
    created(project, KARL)
    project.run()
    assert len(project.people()) == 1
    assert (project.contact("crm:1")["name"], project.contact("crm:1")["records"]) == ("Karl Otto", 2)


@pytest.mark.heavy
def test_two_that_are_said_to_be_alike_are_two_records(project: SmallProject) -> None:
    one, other = created(project, KARL), created(project, KARL, on=16)
    assert one != other
    project.run()
    assert [each["records"] for each in project.rows("FROM contact")] == [2]


@pytest.mark.heavy
def test_what_was_added_survives_a_rebuild(project: SmallProject) -> None:
    created(project, KARL)
    project.run()
    before = shown(project)
    assert rebuilt(project) == before


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"tags": "vip"}, "needs a name, a phone number or an e-mail address"),
        ({}, "needs a name, a phone number or an e-mail address"),
        ({"name": " "}, "needs a name, a phone number or an e-mail address"),
        ({"name": "n/a", "phone": "030 90182001"}, "names nobody"),
        ({"name": "Karl Otto", "phone": "call me"}, "phone: PHONE_UNPARSEABLE"),
        ({"phone": "call me"}, "phone: PHONE_UNPARSEABLE"),
        ({"name": "Karl Otto", "attr.tier": "brass"}, "attr.tier: ATTR_NOT_IN_LIST"),
        ({"name": "Karl Otto", "shoe_size": "44"}, "no field or attribute `shoe_size`"),
    ],
)
def test_what_is_no_contact_is_refused_and_nothing_stored(
    project: SmallProject, fields: dict[str, str], complaint: str
) -> None:
    with pytest.raises(DecisionRefused, match=complaint):
        created(project, fields)
    assert project.rows("SELECT * FROM record") == project.rows("SELECT * FROM decision") == []


def test_without_a_reason_nothing_is_stored(project: SmallProject) -> None:
    with pytest.raises(DecisionRefused, match="reason"):
        create(project.project, project.connection, KARL, ruling(15, " "))
    assert project.rows("SELECT * FROM record") == []


def test_a_required_attribute_is_asked_for_where_it_is_left_blank(project: SmallProject) -> None:
    attributes = SETTINGS["attributes"] | {"tier": SETTINGS["attributes"]["tier"] | {"required": True}}
    project.configure(attributes=attributes)
    with pytest.raises(DecisionRefused, match="tier: ATTR_REQUIRED"):
        created(project, KARL | {"tier": ""})


def test_no_source_can_be_called_as_what_people_add(project: SmallProject) -> None:
    with pytest.raises(ConfigurationError, match="every project has already"):
        project.configure(sources=SETTINGS["sources"] | {"manual": SETTINGS["sources"]["crm"]})


@pytest.mark.heavy
def test_each_time_and_each_row_of_a_file_adds_a_contact_of_its_own(project: SmallProject) -> None:
    deliveries = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]
    said = [ruling(15), ruling(16)]
    said += [ruling(15)._replace(delivery_id=each, row_number=row) for each in deliveries for row in (1, 2)]
    made = []
    for attribution in said:
        with rolled_back(project.connection):
            made.append(create(project.project, project.connection, KARL, attribution)[1])
    assert len(set(made)) == len(said)
    elsewhere = ruling(15)._replace(decided_at=ruling(15).decided_at.astimezone(timezone(timedelta(hours=5))))
    assert create(project.project, project.connection, KARL, elsewhere)[1] == made[0]
