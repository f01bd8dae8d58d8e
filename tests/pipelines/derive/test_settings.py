"""Which records another configuration leaves to look at, and that what comes of it is what a rebuild gives."""

from typing import Any

import pytest

from pipelines.derive import match, merge
from pipelines.steps.rebuild import compare
from pipelines.store.runs.work_queue import CONTACTS, MATCH, queued_records
from tests.small_project import SETTINGS, SmallProject

ATTRIBUTES, SOURCES = SETTINGS["attributes"], SETTINGS["sources"]
NEW = {"partner": SOURCES["shop"] | {"path": "landing/partner/*.csv", "priority": 5}}


@pytest.fixture
def filled(project: SmallProject) -> SmallProject:
    """A contact of two records that disagree on seats, one with a tier, one with an account, one with neither."""
    project.deliver(
        "crm",
        "2026-01-05",
        """id,name,phone,seats,tier,account_id
        1,Anna Berg,0151 23456789,2,,
        2,Bernd Otto,0151 23456781,,gold,
        3,Carla Vogt,0151 23456782,,,K-1
        4,Dora Quimby,0151 23456783,,,""",
    )
    project.deliver("shop", "2026-01-06", "id,name,phone,seats\n1,Anna Berg,0151 23456789,10")
    project.run()
    return project


def waiting(project: SmallProject, step: str) -> list[str]:
    """Records that a step would look at, written `source:record id`."""
    versions = {MATCH: match.version_of(project.project, "shipped"), CONTACTS: merge.version_of(project.project)}
    names = {
        str(each["record_key"]): each["name"]
        for each in project.rows("SELECT record_key, source || ':' || record_id AS name FROM record")
    }
    return sorted(names[key] for key in queued_records(project.connection, step, versions[step]))


EVERYBODY = ["crm:1", "crm:2", "crm:3", "crm:4", "shop:1"]
CHANGES: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    "nothing": ({}, [], []),
    "a value merges otherwise": (
        {"attributes": ATTRIBUTES | {"seats": {"type": "number", "merge": "min"}}},
        [],
        ["crm:1", "shop:1"],
    ),
    "a dropdown offers less": (
        {"attributes": ATTRIBUTES | {"tier": {"type": "dropdown", "values": ["silver"]}}},
        [],
        ["crm:2"],
    ),
    "an attribute is no more": ({"attributes": {"seats": ATTRIBUTES["seats"]}}, ["crm:3"], ["crm:2", "crm:3"]),
    "an attribute is new": ({"attributes": ATTRIBUTES | {"mood": {"type": "text"}}}, [], []),
    "an attribute says who somebody is": (
        {"attributes": ATTRIBUTES | {"tier": ATTRIBUTES["tier"] | {"role": "category"}}},
        ["crm:2"],
        [],
    ),
    "two values are two people": (
        {"attributes": ATTRIBUTES | {"seats": ATTRIBUTES["seats"] | {"exclusive": True}}},
        ["crm:1", "shop:1"],
        ["crm:1", "shop:1"],
    ),
    "a pattern": ({"attributes": ATTRIBUTES | {"account_id": ATTRIBUTES["account_id"] | {"pattern": "K.*"}}}, [], []),
    "a source is new": ({"sources": SOURCES | NEW}, [], []),
    "a source counts less": ({"sources": SOURCES | {"shop": SOURCES["shop"] | {"priority": 1}}}, [], ["shop:1"]),
    "a source is no more": ({"sources": {"crm": SOURCES["crm"]}}, [], ["shop:1"]),
    "fewer days": ({"status": {"active_days": 3}}, [], EVERYBODY),
    "another threshold": ({"matching": {"auto": 0.9}}, EVERYBODY, EVERYBODY),
}


@pytest.mark.heavy
@pytest.mark.parametrize(("settings", "to_match", "to_merge"), CHANGES.values(), ids=CHANGES)
def test_another_configuration_leaves_those_to_look_at_that_it_can_change(
    filled: SmallProject, settings: dict[str, Any], to_match: list[str], to_merge: list[str]
) -> None:
    filled.configure(**settings)

    assert (waiting(filled, MATCH), waiting(filled, CONTACTS)) == (to_match, to_merge)

    filled.run()

    assert (waiting(filled, MATCH), waiting(filled, CONTACTS)) == ([], [])
    assert compare(filled.project, filled.connection).is_equal


@pytest.mark.heavy
def test_a_contact_whose_value_somebody_decided_is_derived_anew_with_its_attribute(filled: SmallProject) -> None:
    filled.connection.execute(
        """INSERT INTO decision (decision_id, kind, actor, reason, decided_at, field, value)
           VALUES (uuid(), 'edit', 'ben', 'she said so', '2026-01-07', 'attr.tier', 'gold')"""
    )
    filled.connection.execute(
        """INSERT INTO decision_record (decision_id, record_key, side)
           SELECT decision_id, record_key, 0 FROM decision, record WHERE source = 'crm' AND record_id = '4'"""
    )
    filled.configure(attributes=ATTRIBUTES | {"tier": {"type": "text"}})

    assert waiting(filled, CONTACTS) == ["crm:2", "crm:4"]
