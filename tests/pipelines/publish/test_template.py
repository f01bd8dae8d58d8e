import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.publish.template import Column, as_csv, as_markdown, field_column, template, unreached
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.tables.contact_table import FIELDS
from schemas.contact_list import ContactTable
from tests.small_project import SETTINGS, SmallProject, small_project

ATTRIBUTES: dict[str, Any] = {
    "account_id": {"type": "text"},
    "seats": {"type": "number"},
    "signup_date": {"type": "date"},
    "tier": {"type": "dropdown", "values": ["gold", "silver"]},
    "newsletter": {"type": "boolean"},
    "mobile": {"type": "text"},  # as a header on its own this is a phone number
}
OWN = {"key": "Nr", "columns": {"Handy": "phone", "Kunde seit": "signup_date", "Laune": "ignore"}}
SOURCES: dict[str, dict[str, Any]] = {
    "usual headers": {},
    "own headers": OWN,
    "in German": OWN | {"locale": "de_DE", "region": "AT"},
}


def columns(project: SmallProject) -> list[Column]:
    source = project.project.settings.sources["list"]
    assert isinstance(source, ContactTable)
    return template(project.project.settings, source)


@pytest.fixture(params=SOURCES.values(), ids=list(SOURCES))
def listed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallProject]:
    source = {"format": "contacts_csv", "path": "landing/list/*.csv"} | request.param
    with small_project(tmp_path / "p", sources={"list": source}, attributes=ATTRIBUTES) as project:
        yield project


def test_a_template_that_is_dropped_in_as_it_is_makes_no_contact(listed: SmallProject) -> None:
    listed.deliver("list", "2026-06-01", as_csv(columns(listed)))
    [taken] = listed.receive()
    assert (taken.state, taken.outcomes) == ("accepted", {"skipped": 1})
    assert listed.rows("SELECT code FROM problem") == [{"code": "ROW_EXAMPLE"}]
    assert listed.rows("FROM record") == []


@pytest.mark.heavy
def test_a_template_that_is_filled_in_brings_a_contact_with_every_attribute(listed: SmallProject) -> None:
    header, example = csv.reader(io.StringIO(as_csv(columns(listed))))
    text = io.StringIO()
    csv.writer(text).writerows([header, example, ["", *example[1:]]])
    listed.deliver("list", "2026-06-01", text.getvalue())
    listed.run()
    assert listed.rows("SELECT code FROM problem") == [{"code": "ROW_EXAMPLE"}]
    [contact] = listed.rows("FROM contact")
    assert (contact["name"], contact["email"], contact["tags"]) == (
        "Jane Doe",
        "jane.doe@example.com",
        ["newsletter", "vip"],
    )
    assert contact["phone"]
    assert dict(contact["attributes"]) == {
        "account_id": "some text",
        "mobile": "some text",
        "newsletter": "true",
        "seats": "12.5",
        "signup_date": "2026-01-31",
        "tier": "gold",
    }


def test_a_source_is_offered_its_own_headers_and_no_second_one_for_the_same(tmp_path: Path) -> None:
    source = {"format": "contacts_csv", "path": "landing/list/*.csv"} | OWN
    with small_project(tmp_path / "p", sources={"list": source}, attributes=ATTRIBUTES) as project:
        made = [each.header for each in columns(project)]
    assert made == [
        *("_example", "Nr", "Handy", "Kunde seit", "name", "first name", "last name", "email", "tags", "notes"),
        *("account_id", "attr.mobile", "newsletter", "seats", "tier"),
    ]


def test_without_a_source_the_usual_headers_are_offered(project: SmallProject) -> None:
    made = template(project.project.settings, None)
    usual = ["_example", "id", "name", "first name", "last name", "email", "phone", "tags", "notes"]
    assert [each.header for each in made] == [*usual, *sorted(SETTINGS["attributes"])]


def test_every_column_is_explained(project: SmallProject) -> None:
    made = template(project.project.settings, None)
    page = as_markdown(made)
    assert all(f"| {each.header} |" in page for each in made)
    assert "one of gold, silver" in page


def test_an_attribute_that_no_header_means_is_named(tmp_path: Path) -> None:
    with small_project(tmp_path / "p", attributes={"a__b": {"type": "text"}}) as project:
        made = template(project.project.settings, None)
        assert list(unreached(project.project.settings, made)) == ["a__b"]


TABLES = sorted(name for name, each in FORMATS.items() if issubclass(each.options, ContactTable))


@pytest.mark.heavy
@pytest.mark.parametrize("form", TABLES)
def test_the_template_of_every_format_comes_back_as_it_was_filled_in(tmp_path: Path, form: str) -> None:
    source = {"format": form, "path": "landing/list/*.csv"}
    with small_project(tmp_path / "p", sources={"list": source}, attributes=ATTRIBUTES) as project:
        made = columns(project)
        header, example = csv.reader(io.StringIO(as_csv(made)))
        text = io.StringIO()
        csv.writer(text).writerows([header, example, ["", *example[1:]]])
        project.deliver("list", "2026-06-01", text.getvalue())
        project.run()
        assert project.rows("SELECT code FROM problem") == [{"code": "ROW_EXAMPLE"}]
        [contact] = project.rows("FROM contact")
        assert (contact["name"], contact["email"], contact["tags"]) == (
            "Jane Doe",
            "jane.doe@example.com",
            ["newsletter", "vip"],
        )
        assert set(dict(contact["attributes"])) == set(ATTRIBUTES)
        assert not list(unreached(project.project.settings, made))


def test_the_page_is_a_table_of_five_columns(project: SmallProject) -> None:
    lines = [line for line in as_markdown(template(project.project.settings, None)).splitlines() if line[:1] == "|"]
    assert lines[:2] == ["| column | what it holds | what it takes | required | example |", "| --- " * 5 + "|"]
    assert {line.count(" | ") for line in lines} == {4}


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_has_its_column(field: str) -> None:
    column = field_column("Header", field, "DE", "; ", has_key=True)
    assert (column.header, column.meaning) == ("Header", field)
    assert all(isinstance(each, str) for each in column)
    assert field_column("Header", "record_id", "DE", "; ", has_key=False).required == "no"
