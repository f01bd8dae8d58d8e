from typing import Any

import pytest

from pipelines.steps.setting_changes import keep_settings, setting_changes
from tests.small_project import SETTINGS, SmallProject, starting_point

TIER: dict[str, Any] = SETTINGS["attributes"]["tier"]


@starting_point
def filled(project: SmallProject) -> None:
    """Three contacts of two sources with tiers and seats, after a run."""
    project.deliver("crm", "2026-01-05", "id,name,tier,seats\n1,Anna Berg,gold,4\n2,Karl Otto,silver,5")
    project.deliver("shop", "2026-01-05", "id,name,tier\n7,Robert Kern,silver")
    project.run()
    keep_settings(project.project, project.connection)


def without(name: str) -> dict[str, Any]:
    return {key: each for key, each in SETTINGS["attributes"].items() if key != name}


@pytest.mark.parametrize(
    ("attributes", "costs"),
    [
        (SETTINGS["attributes"], []),
        (without("tier") | {"tier": TIER | {"values": ["gold", "silver", "bronze"]}}, []),
        (
            without("tier") | {"tier": TIER | {"values": ["gold"]}},
            ["attribute tier no longer offers silver: 2 contacts lose that value"],
        ),
        (
            without("tier") | {"tier": {"type": "number"}},
            ["attribute tier was dropdown, is number: 3 contacts lose a value that does not fit"],
        ),
        (
            without("seats") | {"seats": {"type": "text"}},
            ["attribute seats was number, is text: no contact loses a value"],
        ),
        (without("tier"), ["attribute tier is removed: 3 contacts lose a value"]),
    ],
)
def test_a_change_says_what_it_costs(filled: SmallProject, attributes: dict[str, Any], costs: list[str]) -> None:
    filled.configure(attributes=attributes)
    found = setting_changes(filled.project, filled.connection)
    assert len(found) == len(costs)
    assert all(one.startswith(other) for one, other in zip(found, costs, strict=True))


def test_it_is_said_until_a_run_has_derived_contacts_under_it(filled: SmallProject) -> None:
    filled.configure(attributes=without("tier"))
    assert len(setting_changes(filled.project, filled.connection)) == 1
    keep_settings(filled.project, filled.connection)
    assert setting_changes(filled.project, filled.connection) == []


def test_a_source_that_is_gone_says_what_stays_of_it(filled: SmallProject) -> None:
    filled.configure(sources={name: each for name, each in SETTINGS["sources"].items() if name != "crm"})
    [cost] = setting_changes(filled.project, filled.connection)
    assert cost.startswith("source crm is gone: 2 records, of 2 contacts, of it stay and rank behind all others")


def test_a_consent_that_is_none_any_more_says_whose_no_it_forgets(project: SmallProject) -> None:
    project.configure(attributes={"newsletter": {"type": "boolean", "merge": "most_restrictive"}})
    project.deliver("crm", "2026-01-05", "id,name,email,newsletter\n1,Bert Wolf,bert@b.example,no")
    project.run()
    keep_settings(project.project, project.connection)
    forgotten = (
        "attribute newsletter is no consent any more: 1 contact said no, and exports no longer leave out others "
        "with their numbers and addresses"
    )
    project.configure(attributes={"newsletter": {"type": "boolean"}})
    assert setting_changes(project.project, project.connection) == [forgotten]
    project.configure(attributes={})
    removed = "attribute newsletter is removed: 1 contact loses a value; it comes back with the attribute"
    assert setting_changes(project.project, project.connection) == [forgotten, removed]


def test_an_attribute_that_is_called_like_a_usual_header_is_said_to_be_misread(project: SmallProject) -> None:
    project.configure(attributes={"sms": {"type": "boolean", "merge": "most_restrictive"}, "tier": TIER})
    [warning] = setting_changes(project.project, project.connection)
    assert warning.startswith("attribute sms is called like a usual header: a column `sms` is read as phone.")
    keep_settings(project.project, project.connection)
    assert setting_changes(project.project, project.connection) == []
