"""Lists of dupehell, where it is installed."""

import pytest

from benchmarks.labelled.registries import ROLES, registry


@pytest.mark.parametrize("domain", ROLES)
def test_a_registry_has_people_with_the_columns_of_its_roles(domain: str) -> None:
    pytest.importorskip("dupehell")
    plain, identified = (registry(domain, "medium", ids=ids, rows=400) for ids in (False, True))
    assert set(identified.roles) > set(plain.roles)
    assert {"cluster_id", *identified.roles} <= set(identified.records.columns)
    assert 0 < identified.records["cluster_id"].n_unique() < identified.records.height
