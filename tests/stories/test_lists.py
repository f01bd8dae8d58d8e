"""What somebody may have several of is a list: asked by member, exported and read back as it was."""

import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.decide.edit import edit
from pipelines.errors import ConfigurationError
from pipelines.normalise.text import joined, split_cells
from pipelines.steps.publish import publish
from pipelines.steps.segments.compile import compile_segments
from schemas.segment import Segment
from tests.deciding import ruling
from tests.examples import examples
from tests.small_project import AS_OF, SETTINGS, SmallProject, small_project

pytestmark = pytest.mark.heavy  # whole runs of a project

HEADER = "id,name,email,hobbies,plans"
ATTRIBUTES = {
    "hobbies": {"type": "text", "merge": "union"},
    "plans": {"type": "dropdown", "values": ["mobile", "fibre", "tv"], "merge": "union"},
}


@pytest.fixture
def anna(project: SmallProject) -> SmallProject:
    """Anna, of whom the CRM and the helpdesk know different things, and Karl."""
    helpdesk = SETTINGS["sources"]["helpdesk"] | {"columns": {"hobby": "hobbies"}}
    project.configure(attributes=ATTRIBUTES, sources=SETTINGS["sources"] | {"helpdesk": helpdesk})
    project.deliver("crm", "2026-01-05", f"{HEADER}\n1,Anna Berg,anna@example.com,rock\\; roll; golf,mobile; fibre")
    project.deliver("crm", "2026-01-06", f"{HEADER}\n2,Karl Otto,karl@example.com,Tennis,tv;radio")
    project.deliver("helpdesk", "2026-01-06", "id,name,email,hobby\n7,Anna Berg,anna@example.com,golf|chess")
    project.run()
    return project


def segment(op: str, value: object, field: str = "attr.hobbies") -> Segment:
    columns = ["contact_id", "name", "emails", "attr.hobbies", "attr.plans"]
    where = {"field": field, "op": op, "value": value}
    return Segment.model_validate({"segment": "asked", "where": where, "columns": columns, "order_by": ["name"]})


def asked(project: SmallProject, op: str, *values: str, field: str = "attr.hobbies") -> list[str]:
    """Names of those who fit."""
    publish(project.project, project.connection, segment(op, list(values), field), "run", AS_OF)
    return [row["name"] for row in published(project)]


def published(project: SmallProject) -> list[dict[str, str]]:
    path = Path(project.project.folder) / "exports" / "asked" / "contacts.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_members_of_all_sources_are_asked_one_by_one(anna: SmallProject) -> None:
    assert asked(anna, "has_any", "GOLF") == ["Anna Berg"]
    assert asked(anna, "has_all", "golf", "chess", "rock; roll") == ["Anna Berg"]
    assert asked(anna, "has_none", "chess") == ["Karl Otto"]
    assert asked(anna, "has_any", "tv", "fibre", field="attr.plans") == ["Anna Berg", "Karl Otto"]


@pytest.mark.parametrize(("op", "instead"), [("eq", "has_any"), ("ne", "has_none"), ("contains", "has_any")])
def test_what_a_list_cannot_be_asked_names_the_operator_to_use(anna: SmallProject, op: str, instead: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"where\.op: {op} cannot be asked .* a list; .*; use {instead}"):
        compile_segments(anna.project._replace(segments=[segment(op, "golf")]), AS_OF)


def test_a_member_that_no_dropdown_offers_is_an_error_in_a_segment_and_a_problem_in_a_row(anna: SmallProject) -> None:
    with pytest.raises(ConfigurationError, match="one of mobile, fibre, tv"):
        compile_segments(anna.project._replace(segments=[segment("has_any", ["radio"], "attr.plans")]), AS_OF)
    assert anna.contact("crm:2")["attributes"] == {"hobbies": "Tennis", "plans": "tv"}
    assert [each["code"] for each in anna.rows("SELECT code FROM problem")] == ["ATTR_NOT_IN_LIST"]


def test_an_export_read_by_an_empty_project_is_the_same_list(anna: SmallProject, tmp_path: Path) -> None:
    assert asked(anna, "has_none", "nothing") == ["Anna Berg", "Karl Otto"]
    assert published(anna)[0]["attr.hobbies"] == r"chess; golf; rock\; roll"
    sources = {"crm": SETTINGS["sources"]["crm"] | {"key": "contact_id"}}
    with small_project(tmp_path / "other", attributes=ATTRIBUTES, sources=sources) as other:
        exported = Path(anna.project.folder) / "exports" / "asked" / "contacts.csv"
        other.deliver("crm", "2026-01-05", exported.read_text(encoding="utf-8"))
        other.run()
        assert {each["name"]: each["attributes"] for each in other.rows("SELECT name, attributes FROM contact")} == {
            each["name"]: each["attributes"] for each in anna.rows("SELECT name, attributes FROM contact")
        }


def test_an_edit_of_a_list_replaces_it_and_takes_what_is_stated_for_the_first_time_later(anna: SmallProject) -> None:
    edit(anna.project, anna.connection, anna.contact_of("crm:1"), "attr.hobbies", "golf; sailing", ruling(1))
    assert anna.contact("crm:1")["attributes"]["hobbies"] == "golf; sailing"
    anna.deliver("crm", "2026-06-20", f"{HEADER}\n1,Anna Berg,anna@example.com,golf; rock\\; roll; bridge,mobile")
    anna.run()
    assert anna.contact("crm:1")["attributes"]["hobbies"] == "bridge; golf; sailing"


@settings(max_examples=examples(100, light=15), deadline=None)
@given(
    st.lists(st.text(alphabet="ab;,|\\\"[{( '", min_size=1).filter(lambda text: text == text.strip() != ""), min_size=1)
)
def test_whatever_the_texts_a_list_is_read_back_as_it_was(texts: list[str]) -> None:
    cell = pl.select(joined(pl.lit(pl.Series([texts], dtype=pl.List(pl.String))))).to_series()
    assert split_cells(cell, ";").to_list() == [texts]
