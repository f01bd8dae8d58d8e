import polars as pl
import pytest

from pipelines.derive.candidate_values import by_member, load_candidate_values, priorities
from tests.small_project import SETTINGS, SmallProject


def members(*values: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    frame = pl.DataFrame(list(values), schema={"field": pl.String, "value": pl.String}, orient="row")
    return sorted(by_member(frame, ["attr.x"]).rows(), key=str)


def test_a_list_is_taken_apart_and_other_values_are_not() -> None:
    assert members(("attr.x", "a; b"), ("attr.y", "a; b")) == [("attr.x", "a"), ("attr.x", "b"), ("attr.y", "a; b")]
    assert members(("attr.x", "a\\; b")) == [("attr.x", "a; b")]


def test_a_value_that_was_cleared_stays_so() -> None:
    assert members(("attr.x", None), ("attr.x", "a;b")) == [("attr.x", "a"), ("attr.x", "b"), ("attr.x", None)]
    assert members(("attr.x", None)) == [("attr.x", None)]


def test_people_come_before_every_source(project: SmallProject) -> None:
    ranked = dict(priorities(project.project).iter_rows())
    assert ranked == {"crm": 10, "shop": 20, "helpdesk": 30, "whatsapp": 40, "manual": -1}


@pytest.mark.heavy
def test_of_what_records_state_only_lists_are_taken_apart(project: SmallProject) -> None:
    several = {"type": "text", "merge": "union"}
    project.configure(attributes=SETTINGS["attributes"] | {"topics": several, "remark": {"type": "text"}})
    project.deliver("crm", "2026-01-05", "id,name,topics,remark\n1,Anna Berg,news; sport,tall; kind")
    project.run()
    contacts = pl.Series([project.contact_of("crm:1")])
    found = load_candidate_values(project.project, project.connection, contacts)
    assert sorted(found.filter(pl.col("field").str.starts_with("attr.")).select("field", "value").rows()) == [
        ("attr.remark", "tall; kind"),
        ("attr.topics", "news"),
        ("attr.topics", "sport"),
    ]
