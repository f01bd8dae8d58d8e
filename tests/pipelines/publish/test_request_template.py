import csv
import io

import pytest

from pipelines.publish.request_template import COLUMNS, EXAMPLES, request_template
from pipelines.publish.template import Column
from schemas.project import Project
from schemas.vocabulary import DecisionKind
from tests.small_project import SETTINGS

PROJECT = Project.model_validate(SETTINGS | {"sources": {}})


def made() -> tuple[dict[str, Column], dict[str, dict[str, str]]]:
    """The columns by header, and the example of each decision."""
    columns, text = request_template(PROJECT)
    rows = {row["decision"]: row for row in csv.DictReader(io.StringIO(text))}
    assert list(next(iter(rows.values()))) == [each.header for each in columns]
    return {each.header: each for each in columns}, rows


def test_the_columns_are_those_of_decisions_then_what_a_new_contact_can_have() -> None:
    columns, _ = made()
    assert list(columns) == [
        *("_example", "decision", "contact", "others", "records", "field", "value", "reason", "by", "until"),
        *("name", "phone", "email", "tags", "note", "attr.account_id", "attr.tier", "attr.seats"),
    ]


def test_every_decision_has_an_example_and_its_name_in_the_list_of_what_it_takes() -> None:
    columns, rows = made()
    assert columns["decision"].accepts.split(", ") == list(rows) == ["create", *(row["decision"] for row in EXAMPLES)]
    assert set(map(str, DecisionKind)) - set(rows) == {"defer"}


def test_every_row_is_marked_as_an_example_and_says_why_and_who() -> None:
    _, rows = made()
    assert {(row["_example"], row["reason"], row["by"]) for row in rows.values()} == {
        ("example: delete this row", "asked on the phone", "Ina Kern")
    }


@pytest.mark.parametrize(
    ("decision", "filled"),
    [
        ("edit", {"contact", "field", "value"}),
        ("clear", {"contact", "field"}),
        ("pin", {"contact", "field", "value"}),
        ("tag", {"contact", "value"}),
        ("untag", {"contact", "value"}),
        ("note", {"contact", "value"}),
        ("merge", {"contact", "others"}),
        ("unmerge", {"contact", "records"}),
        ("dismiss", {"contact", "others"}),
        ("block", {"contact", "until"}),
        ("unblock", {"contact"}),
        ("revoke", {"value"}),
        ("create", {"name", "phone", "email", "tags", "note", "attr.account_id", "attr.tier", "attr.seats"}),
    ],
)
def test_an_example_fills_what_its_decision_takes_and_nothing_else(decision: str, filled: set[str]) -> None:
    _, rows = made()
    every = {"_example", "decision", "reason", "by"}
    assert {header for header, cell in rows[decision].items() if cell} == every | filled


def test_a_column_shows_the_first_example_there_is_of_it() -> None:
    columns, _ = made()
    assert [columns[each].example for each in ("decision", "field", "until", "by")] == [
        *("edit", "name", "2026-12-31", "Ina Kern"),
    ]
    assert all(columns[each.header].example for each in COLUMNS)


def test_what_a_new_contact_can_have_says_so_and_what_it_needs_one_of() -> None:
    columns, _ = made()
    assert columns["attr.tier"].holds == "create: attribute, dropdown"
    assert columns["note"].holds == "create: free text"
    needed = {header for header, each in columns.items() if each.required == "to create: one of name, phone, email"}
    assert needed == {"name", "phone", "email"}
    assert columns["attr.tier"].required == columns["tags"].required == "no"
