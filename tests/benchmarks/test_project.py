"""A list through a run of its own project."""

import polars as pl
import pytest

from benchmarks.project import contacts, settings
from pipelines.landing import arrivals

ROLES = {"first": "given_name", "last": "family_name", "tel": "phone", "town": "city", "sex": "category"}


def test_a_user_who_states_the_region_alone_declares_no_role() -> None:
    made = settings(ROLES, "DE", tuned=False)
    assert made["default_region"] == "DE"
    assert made["attributes"] == {}
    assert made["sources"]["list"]["columns"] == {
        "first": "first_name", "last": "last_name", "tel": "phone", "town": "ignore", "sex": "ignore",
    }  # fmt: skip


def test_tuned_every_other_column_is_an_attribute_with_its_role() -> None:
    made = settings(ROLES, "DE", tuned=True)
    assert [each["role"] for each in made["attributes"].values()] == ["city", "category"]
    assert made["sources"]["list"]["columns"]["town"] in made["attributes"]


@pytest.mark.heavy
def test_contacts_are_those_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "SETTLE_SECONDS", 0.0)
    people = [
        (1, "Ada", "Lind", "030 90182011"),
        (2, "Ada", "Lind", "+49 30 90182011"),
        (3, "Bo", "Ek", "030 90182012"),
    ]
    records = pl.DataFrame(people, schema=["record_id", "first", "last", "tel"], orient="row")
    found = contacts(records, {"first": "given_name", "last": "family_name", "tel": "phone"}, "DE", tuned=False)
    by_contact = found.group_by("contact_id").agg(pl.col("record_id").sort())["record_id"].to_list()
    assert sorted(by_contact) == [[1, 2], [3]]
