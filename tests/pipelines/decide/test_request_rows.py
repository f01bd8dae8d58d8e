"""What one row of a file of change requests has to say, column by column."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from pipelines.decide.request_rows import (
    ALWAYS,
    FORMS,
    Request,
    end_of,
    field_of,
    kind_of,
    parse_request,
    stated_values,
)
from pipelines.errors import RequestRefused
from pipelines.project import OpenProject
from schemas.project import Project
from tests.small_project import SETTINGS

NO_WAREHOUSE = duckdb.connect()  # only `revoke` asks it anything
SIGNED = {"reason": "she asked", "by": "Ina"}
FULL = {
    "contact": "crm:1",
    "others": ["crm:2"],
    "records": ["crm:3"],
    "field": "tier",
    "value": "gold",
    "until": "2030-01-31",
    "name": "Eva Ruhl",
    "first_name": "Eva",
    "last_name": "Ruhl",
    "phone": "030 90182009",
    "email": "eva@example.com",
    "tags": "vip",
    "notes": "met at the fair",
}
NEEDS = {
    "create": [],
    "edit": ["contact", "field", "value"],
    "clear": ["contact", "field"],
    "pin": ["contact", "field"],
    "tag": ["contact", "value"],
    "untag": ["contact", "value"],
    "note": ["contact", "value"],
    "merge": ["contact", "others"],
    "unmerge": ["contact"],
    "block": ["contact"],
    "unblock": ["contact"],
    "dismiss": ["contact", "others"],
    "revoke": ["value"],
}
MAY_HAVE = {
    "create": ["name", "first_name", "last_name", "phone", "email", "tags", "notes", "attr.tier"],
    "pin": ["value"],
    "unmerge": ["records"],
    "block": ["until"],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """A project in Tokyo that is never opened: only its settings are asked."""
    sources = {name: {key: each[key] for key in ("format", "path")} for name, each in SETTINGS["sources"].items()}
    settings = Project.model_validate(SETTINGS | {"timezone": "Asia/Tokyo", "sources": sources})
    return OpenProject(tmp_path_factory.mktemp("project"), settings, [])


def parsed(project: OpenProject, cells: Mapping[str, Any]) -> Request:
    return parse_request(project, NO_WAREHOUSE, cells)


def answer(project: OpenProject, cells: Mapping[str, Any]) -> tuple[str, str] | None:
    """Code and column that a row is refused with; None where it is not."""
    try:
        parsed(project, cells)
    except RequestRefused as refused:
        return refused.code.value, refused.column
    return None


def row(kind: str, *more: str, without: str = "") -> dict[str, Any]:
    """A row with all that the decision needs."""
    columns = [column for column in (*NEEDS[kind], *more) if column != without]
    return {"decision": kind, **SIGNED, **{column: FULL.get(column, "gold") for column in columns}}


def test_every_decision_is_listed_here() -> None:
    assert NEEDS.keys() == FORMS.keys()


@pytest.mark.parametrize("kind", [kind for kind in NEEDS if kind != "revoke"])
def test_what_a_decision_needs_is_enough(project: OpenProject, kind: str) -> None:
    request = parsed(project, row(kind))
    assert (request.kind, request.cells, request.until) == (kind, row(kind), None)
    assert request.field == ("attr.tier" if "field" in NEEDS[kind] else "")
    assert not request.withdraws


@pytest.mark.parametrize("kind", NEEDS)
def test_a_decision_takes_the_columns_it_can_use_and_no_other(project: OpenProject, kind: str) -> None:
    others = {*FULL, "attr.tier"} - {*NEEDS[kind]}
    answers = {column: answer(project, row(kind, column)) for column in others}
    usable = MAY_HAVE.get(kind, [])
    assert answers == {column: None if column in usable else ("CELL_UNUSED", column) for column in answers}


@pytest.mark.parametrize("kind", NEEDS)
def test_a_column_that_a_decision_needs_must_be_filled(project: OpenProject, kind: str) -> None:
    answers = [answer(project, row(kind, without=column)) for column in NEEDS[kind]]
    assert answers == [("CELL_MISSING", column) for column in NEEDS[kind]]


def test_somebody_decides_for_a_reason(project: OpenProject) -> None:
    unsigned = {name: cell for name, cell in row("block").items() if name != "by"}
    without_reason = {name: cell for name, cell in row("block").items() if name != "reason"}
    assert answer(project, unsigned) == ("ACTOR_MISSING", "by")
    assert answer(project, without_reason) == ("REASON_MISSING", "reason")
    assert answer(project, {"decision": "block"}) == ("ACTOR_MISSING", "by")


def test_only_a_note_is_a_reason_by_itself(project: OpenProject) -> None:
    note = {"decision": "note", "by": "Ina", "contact": "crm:1", "value": "called"}
    assert parsed(project, note).cells["reason"] == "note"
    assert parsed(project, note | {"reason": "asked"}).cells["reason"] == "asked"


def test_two_contacts_at_most_are_told_apart(project: OpenProject) -> None:
    assert answer(project, row("dismiss") | {"others": ["crm:2", "crm:3"]}) == ("CELL_UNUSED", "others")
    assert parsed(project, row("merge") | {"others": ["crm:2", "crm:3"]}).contacts == [
        ("contact", "crm:1"),
        ("others", "crm:2"),
        ("others", "crm:3"),
    ]


def test_a_request_that_names_nobody_has_no_contacts(project: OpenProject) -> None:
    assert parsed(project, row("create", "name")).contacts == []


def test_the_last_day_of_a_block_is_one_of_the_project(project: OpenProject) -> None:
    assert parsed(project, row("block", "until")).until == datetime(2030, 1, 31, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2030-01-31", datetime(2030, 1, 31, 23, tzinfo=UTC)),
        (" 2030-01-31 ", datetime(2030, 1, 31, 23, tzinfo=UTC)),
        ("2030-01-31T09:30", datetime(2030, 1, 31, 8, 30, tzinfo=UTC)),
        ("2030-01-31T09:30Z", datetime(2030, 1, 31, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_day_is_included_and_an_instant_is_what_it_says(text: str, end: datetime) -> None:
    assert end_of(text, ZoneInfo("Europe/Berlin")) == end


@pytest.mark.parametrize("text", ["tomorrow", "31.01.2030", "9999-12-31"])
def test_an_end_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(RequestRefused, match="2026-11-20, which is included") as refused:
        end_of(text, ZoneInfo("UTC"))
    assert (refused.value.code, refused.value.column) == ("DATE_UNPARSEABLE", "until")


@pytest.mark.parametrize("text", ["block", " Block ", "BLOCK"])
def test_a_decision_is_named_in_any_case(text: str) -> None:
    assert kind_of(text) == "block"


@pytest.mark.parametrize(("text", "offered"), [("blok", "block"), ("delete it", None), ("", None)])
def test_a_decision_nobody_knows_is_answered_with_all_there_are(text: str, offered: str | None) -> None:
    with pytest.raises(RequestRefused) as refused:
        kind_of(text)
    assert (refused.value.code, refused.value.column) == ("DECISION_UNKNOWN", "decision")
    assert refused.value.expected == f"one of {', '.join(sorted(NEEDS))}"
    assert refused.value.suggestion == offered


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("name", "name"),
        (" Phone ", "phone"),
        ("email", "email"),
        ("tier", "attr.tier"),
        ("attr.tier", "attr.tier"),
        ("ATTR.Tier", "attr.tier"),
    ],
)
def test_a_field_is_named_in_any_case_and_an_attribute_with_or_without_its_prefix(text: str, field: str) -> None:
    assert field_of(text, ["seats", "tier"]) == field


@pytest.mark.parametrize(("text", "offered"), [("tear", "tier"), ("telephone", "phone"), ("zzz", None)])
def test_a_field_nobody_knows_is_answered_with_all_there_are(text: str, offered: str | None) -> None:
    with pytest.raises(RequestRefused) as refused:
        field_of(text, ["tier", "seats"])
    assert (refused.value.code, refused.value.column) == ("FIELD_UNKNOWN", "field")
    assert refused.value.expected == "one of name, phone, email, seats, tier"
    assert refused.value.suggestion == offered


def test_values_that_rows_state_are_found_as_far_as_the_rows_are_right() -> None:
    rows: list[dict[str, Any]] = [
        {"decision": "edit", "field": "phone", "value": "030 1"},
        {"decision": "pin", "field": "tier", "value": "gold"},
        {"decision": "tag", "field": None, "value": "vip"},
        {"decision": "note", "field": None, "value": "called"},
        {"decision": "pin", "field": "email", "value": None},
        {"decision": "clear", "field": "email", "value": "left over"},
        {"decision": "untag", "field": None, "value": "old"},
        {"decision": "edit", "field": "tear", "value": "gold"},
        {"decision": "edit", "field": None, "value": "gold"},
        {"decision": None, "field": "phone", "value": "030 2"},
        {"decision": "edit", "field": "name", "value": "Eva"},
    ]
    assert list(stated_values(rows, ["tier"])) == [
        ("phone", "030 1"),
        ("attr.tier", "gold"),
        ("tags", "vip"),
        ("notes", "called"),
        ("name", "Eva"),
    ]


def test_what_every_row_says_is_no_column_of_a_decision() -> None:
    assert ALWAYS == ("decision", "reason", "by")
