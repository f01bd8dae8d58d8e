"""Which column comes of which."""

from pathlib import Path

import dagster as dg
import pytest

from assets import lineage
from assets.definitions import definitions

DEMO = Path(__file__).parents[2] / "examples" / "demo"


@pytest.fixture(scope="module")
def specs() -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in definitions(DEMO).resolve_all_asset_specs()}


def columns(spec: dg.AssetSpec) -> set[str]:
    return {column.name for column in spec.metadata["dagster/column_schema"].columns}


def deps(spec: dg.AssetSpec) -> dict[str, list[dg.TableColumnDep]]:
    found: dict[str, list[dg.TableColumnDep]] = dict(spec.metadata["dagster/column_lineage"].deps_by_column)
    return found


def test_every_column_of_contacts_and_of_every_export_says_what_it_is_made_of(specs: dict[str, dg.AssetSpec]) -> None:
    told = [name for name in specs if name == "contacts" or name.startswith("exports/")]
    assert len(told) > 2
    for name in told:
        assert columns(specs[name]) == {column for column, parts in deps(specs[name]).items() if parts}, name


def test_whatever_a_column_is_made_of_is_there(specs: dict[str, dg.AssetSpec]) -> None:
    named = {
        (dep.asset_key.to_user_string(), dep.column_name)
        for spec in specs.values()
        if "dagster/column_lineage" in spec.metadata
        for parts in deps(spec).values()
        for dep in parts
    }
    assert {column for column in named if column[1] not in columns(specs[column[0]])} == set()


def test_a_column_of_an_export_leads_to_that_of_contacts_which_it_shows() -> None:
    assert lineage.of_export(["email", "phones", "attr.tier"]) == {
        "email": {("contacts", "email")},
        "phones": {("contacts", "phone")},
        "attr.tier": {("contacts", "attributes")},
    }


def test_a_moment_comes_of_messages_and_their_direction() -> None:
    made = lineage.of_contacts()
    assert made["last_interaction_at"] == {("conversations", "sent_at")}
    assert made["last_inbound_at"] == {("conversations", "sent_at"), ("conversations", "direction")}
    assert made["status"] >= made["last_inbound_at"]
