"""What rows may do: by the mode of their source, and by column."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.ingest.batches import batched
from tests.small_project import SETTINGS, SmallProject, small_project

CRM = SETTINGS["sources"]["crm"]
FIRST = "id,name,email\n1,Anna Berg,anna@example.com\n2,Ben Tal,ben@example.com"
SECOND = "id,name,email\n1,Anna Maria Berg,anna@example.com\n2,Ben Tal,ben@example.com\n3,Cleo Ott,cleo@example.com"


def configured(project: SmallProject, source: str = "crm", **options: Any) -> None:
    sources = SETTINGS["sources"]
    project.configure(sources=sources | {source: sources[source] | options})


def outcomes(project: SmallProject) -> list[dict[str, int]]:
    return [{str(name): count for name, count in each.outcomes.items()} for each in project.receive() if not each.known]


def codes(project: SmallProject) -> list[tuple[int, str, str]]:
    found = project.rows("SELECT row_number, code, action FROM problem ORDER BY ALL")
    return [(each["row_number"], each["code"], each["action"]) for each in found]


# Modes


def test_add_only_leaves_out_what_says_something_new_of_a_known_record(project: SmallProject) -> None:
    configured(project, mode="add_only")
    project.deliver("crm", "2026-06-01", FIRST)
    project.deliver("crm", "2026-06-02", SECOND)
    assert outcomes(project) == [{"created": 2}, {"skipped": 1, "unchanged": 1, "created": 1}]
    assert codes(project) == [(1, "ROW_KNOWN", "row_skipped")]
    assert project.rows("SELECT row_number, outcome FROM rejected_row") == [{"row_number": 1, "outcome": "skipped"}]


@pytest.mark.parametrize("size", [1, 2, 20_000])
def test_what_a_file_brings_itself_is_not_known_to_it(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    batched(monkeypatch, size)
    configured(project, mode="add_only")
    project.deliver("crm", "2026-06-01", "id,name\n1,Anna Berg\n1,Anna Maria Berg\n1,Anna Berg")
    assert outcomes(project) == [{"created": 1, "updated": 1, "duplicate_in_file": 1}]


def test_update_only_leaves_out_what_nobody_knows(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", FIRST)
    project.receive()
    configured(project, mode="update_only")
    project.deliver("crm", "2026-06-02", SECOND)
    assert outcomes(project) == [{"updated": 1, "unchanged": 1, "skipped": 1}]
    assert codes(project) == [(3, "ROW_UNKNOWN", "row_skipped")]


@pytest.mark.parametrize("size", [1, 20_000])
def test_update_only_knows_people_by_their_identifiers_in_any_source(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    batched(monkeypatch, size)
    project.deliver("crm", "2026-06-01", "id,name,phone\n1,Anna Berg,0151 23456789")
    configured(project, "shop", mode="update_only")
    project.deliver(
        "shop", "2026-06-02", "id,name,whatsapp,email\n7,A. Berg,+49 151 23456789,x@example.com\n8,B,,x@example.com"
    )
    assert outcomes(project) == [{"created": 1}, {"created": 1, "skipped": 1}]


def test_a_mode_that_is_changed_later_leaves_alone_what_was_read(project: SmallProject) -> None:
    project.deliver("crm", "2026-06-01", FIRST)
    project.receive()
    configured(project, mode="update_only")
    assert [each.known for each in project.receive()] == [True]


# Columns


def test_a_column_that_is_ignored_is_not_read_and_not_complained_about(project: SmallProject) -> None:
    configured(project, update={"E-Mail": "ignore", "mood": "ignore", "not there": "ignore"})
    project.deliver("crm", "2026-06-01", "id,name,e-mail,Mood\n1,Anna Berg,call me,good")
    assert outcomes(project) == [{"created": 1}]
    assert codes(project) == []


@pytest.mark.heavy
def test_a_column_that_fills_blanks_does_not_replace_a_value(project: SmallProject) -> None:
    configured(project, update={"tier": "fill_blank", "Phone": "fill_blank", "first name": "fill_blank"})
    project.deliver("crm", "2026-06-01", "id,first name,phone,tier\n1,Anna,0151 23456781,gold")
    project.deliver("crm", "2026-06-02", "id,first name,phone,tier\n1,Anne,0151 23456782,silver")
    project.run()
    contact = project.contact("crm:1")
    assert (contact["name"], contact["phone"], dict(contact["attributes"])) == (
        "Anna",
        "+4915123456781",
        {"tier": "gold"},
    )


@pytest.mark.heavy
def test_a_value_stated_elsewhere_wins_over_one_that_fills_blanks(project: SmallProject) -> None:
    configured(project, update={"tier": "fill_blank", "tags": "fill_blank"})
    project.deliver(
        "crm", "2026-06-02", "id,name,email,tier,tags\n1,Anna Berg,anna@example.com,gold,vip\n2,Ben Tal,,gold,vip"
    )
    project.deliver("shop", "2026-06-01", "id,name,email,tier,tags\n1,Anna Berg,anna@example.com,silver,b2b")
    project.run()
    assert dict(project.contact("crm:1")["attributes"]) == {"tier": "silver"}
    assert project.contact("crm:1")["tags"] == ["b2b"]
    assert dict(project.contact("crm:2")["attributes"]) == {"tier": "gold"}
    assert project.field("crm:1", "attr.tier")["rule"] == "not_only_filling"


@pytest.mark.heavy
def test_a_field_with_a_firm_column_of_its_own_is_firm_where_that_says_something(project: SmallProject) -> None:
    configured(project, columns={"Other": "phone"}, update={"Other": "fill_blank"})
    project.deliver("crm", "2026-06-01", "id,name,phone,other\n1,Anna Berg,,0151 23456781\n2,Ben Tal,0151 23456785,")
    project.deliver("crm", "2026-06-02", "id,name,phone,other\n1,Anna Berg,0151 23456782,\n2,Ben Tal,,0151 23456786")
    project.run()
    assert project.contact("crm:1")["phone"] == "+4915123456782"
    assert project.contact("crm:2")["phone"] == "+4915123456785"


@pytest.mark.heavy
def test_a_column_that_fills_blanks_clears_nothing(project: SmallProject) -> None:
    configured(project, update={"tier": "fill_blank"})
    project.deliver("crm", "2026-06-01", "id,name,tier\n1,Anna Berg,gold")
    project.deliver("crm", "2026-06-02", "id,name,tier\n1,Anna Berg,\\N")
    project.run()
    assert dict(project.contact("crm:1")["attributes"]) == {"tier": "gold"}


@pytest.mark.heavy
def test_the_same_words_under_another_policy_are_another_content(tmp_path: Path) -> None:
    text = "id,name,tier\n1,Anna Berg,{}"
    steps = [
        ("overwrite", "2026-06-01", "gold"),
        ("fill_blank", "2026-06-02", "gold"),
        ("overwrite", "2026-06-03", "silver"),
    ]
    found = []
    for number, order in enumerate(permutations(steps)):
        with small_project(tmp_path / str(number)) as project:
            for policy, day, tier in order:
                configured(project, update={"tier": policy})
                project.deliver("crm", day, text.format(tier))
                project.run()
            found.append(dict(project.contact("crm:1")["attributes"]))
    assert found == [{"tier": "silver"}] * 6


@pytest.mark.parametrize("options", [{"update": {"Phne": "fill_blank"}}, {"columns": {"Phne": "phone"}}])
def test_a_column_that_an_option_speaks_of_and_the_file_has_not_is_told_of_once(
    project: SmallProject, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    batched(monkeypatch, 1)
    configured(project, **options)
    project.deliver("crm", "2026-06-01", "id,name,Phone\n1,Anna Berg,0151 23456781\n2,Ben Tal,")
    project.receive()
    assert project.rows("SELECT field, code, severity, suggestion FROM problem") == [
        {"field": "Phne", "code": "HEADER_NOT_FOUND", "severity": "info", "suggestion": "Phone"}
    ]


def test_add_only_leaves_alone_people_whom_another_source_knows(project: SmallProject) -> None:
    configured(project, mode="add_only")
    project.deliver("shop", "2026-06-01", "id,name,email\n1,Anna Berg,anna@example.com")
    project.receive()
    project.deliver("crm", "2026-06-02", "id,name,email\n9,Anna Bergmann,anna@example.com\n8,Ben,ben@example.com")
    assert outcomes(project) == [{"skipped": 1, "created": 1}]
    assert codes(project) == [(1, "ROW_KNOWN", "row_skipped")]
