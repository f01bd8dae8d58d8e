import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.publish.template import (
    Column,
    as_csv,
    as_markdown,
    attribute_column,
    field_column,
    separator,
    template,
    unreached,
)
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.tables.contact_table import FIELDS
from schemas.attribute import Attribute
from schemas.contact_list import ContactTable
from schemas.vocabulary import AttributeType
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


@pytest.mark.parametrize(
    ("kind", "more", "locale", "accepts", "example"),
    [
        ("text", {}, None, "text", "some text"),
        ("text", {"pattern": "[A-Z]{2}"}, None, "text that matches [A-Z]{2}", ""),
        ("number", {}, None, "a number such as 12.5", "12.5"),
        ("number", {}, "de_DE", "a number such as 12,5", "12,5"),
        ("date", {}, "de_DE", "a date such as 2026-01-31", "2026-01-31"),
        ("dropdown", {"values": ["gold", "silver"]}, None, "one of gold, silver", "gold"),
        ("boolean", {}, None, "true or false, yes or no", "true"),
    ],
)
def test_an_attribute_has_an_example_of_its_type(
    kind: str, more: dict[str, Any], locale: str | None, accepts: str, example: str
) -> None:
    attribute = Attribute(type=AttributeType(kind), **more)
    assert attribute_column("Header", "attr.x", attribute, locale) == Column(
        "Header", "attr.x", f"attribute, {kind}", accepts, "no", example
    )


def test_an_attribute_that_is_required_says_so() -> None:
    required = Attribute(type=AttributeType.TEXT, required=True)
    assert attribute_column("x", "attr.x", required, None).required == "yes"


def of_source(project: SmallProject, **options: Any) -> dict[str, Column]:
    """The columns of a contact list with these options, by header."""
    made = template(project.project.settings, ContactTable(format="contacts_csv", path="landing/x/*.csv", **options))
    return {each.header: each for each in made}


def test_a_phone_number_is_shown_as_the_region_of_the_source_or_of_the_project_writes_it(project: SmallProject) -> None:
    assert of_source(project)["phone"].accepts == "without a country code it is one of DE; several by ;"
    austrian = of_source(project, region="AT")["phone"]
    assert austrian.accepts == "without a country code it is one of AT; several by ;"
    assert austrian.example.startswith("+43 ")
    assert field_column("Tel", "phone", "XX", "; ", has_key=False).example == ""


def test_an_id_is_advised_where_the_source_has_a_key(project: SmallProject) -> None:
    assert of_source(project)["id"].required == "no"
    keyed = of_source(project, key="Nr")
    assert keyed["Nr"].required.startswith("recommended: ")
    assert "id" not in keyed


def test_what_a_source_ignores_has_no_column_and_what_it_names_comes_first(project: SmallProject) -> None:
    found = of_source(project, columns={"Laune": "ignore", "Stufe": "tier", "Mail": "email"})
    assert list(found)[:3] == ["_example", "Stufe", "Mail"]
    assert found["Stufe"].meaning == "attr.tier"
    assert not {"Laune", "tier", "email"} & set(found)


def test_a_usual_header_that_a_source_gives_another_meaning_is_not_offered_for_the_usual_one(
    project: SmallProject,
) -> None:
    found = of_source(project, columns={"phone": "account_id"})
    assert found["phone"].meaning == "attr.account_id"
    assert "phone" not in [each.meaning for each in found.values()]


def test_tags_are_parted_as_their_format_parts_them(project: SmallProject) -> None:
    parted = {
        form: separator(ContactTable(format=form, path="landing/x/*.csv"), ["name", "tags"])
        for form in ("contacts_csv", "google_contacts")
    }
    assert parted == {"contacts_csv": "; ", "google_contacts": " ::: "}
    assert of_source(project)["tags"].example == "vip; newsletter"
    assert field_column("Labels", "tags", "DE", " ::: ", has_key=False)[3:] == (
        *("several are parted by :::", "no", "vip ::: newsletter"),
    )


def test_the_row_of_a_template_is_as_long_as_its_header(project: SmallProject) -> None:
    header, example = csv.reader(io.StringIO(as_csv(template(project.project.settings, None))))
    assert len(header) == len(example)
    assert dict(zip(header, example, strict=True))["_example"] == "example: delete this row"


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert "| a | b\\|c | d | no | e |" in as_markdown([Column("a", "", "b|c", "d", "no", "e")])
    assert as_markdown([], "Notes.").startswith("# Columns\n\n| column |")
    assert as_markdown([], "Notes.").endswith("\n\nNotes.\n")


def test_where_nothing_tells_what_parts_tags_it_is_a_semicolon() -> None:
    assert separator(ContactTable(format="google_contacts", path="landing/x/*.csv"), ["name"]) == "; "
