"""Rows of a file that depend on each other: contacts are derived no sooner than a row needs them, and no later."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.decide.request_batch import contacts_named, identifiers_stated
from pipelines.derive.merge import Merged, rederive
from tests.pipelines.decide.request_files import PEOPLE, ask, derived, four_people, outcomes
from tests.small_project import SmallProject, small_project, starting_point


@starting_point
def people(project: SmallProject) -> None:
    four_people(project)


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one each time that contacts are derived."""
    times: list[str] = []

    def counted(*given: Any) -> Merged:
        times.append("once")
        return rederive(*given)

    monkeypatch.setattr("pipelines.decide.batch.rederive", counted)
    return times


MOVED = "edit,crm:1,,,phone,+49 30 90182099,moved,Ina,"
TAGGED = "tag,crm:1,,,,vip,x,Ina,"


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("first", "second", "derivations"),
    [
        (MOVED, TAGGED, 1),  # adds to what is there, whatever that is
        (MOVED, "pin,crm:1,,,tier,gold,x,Ina,", 1),
        (TAGGED, "untag,crm:1,,,,vip,x,Ina,", 2),  # reads what the contact has
        (MOVED, "clear,crm:1,,,tier,,x,Ina,", 2),
        (MOVED, "pin,crm:1,,,tier,,x,Ina,", 2),
        (MOVED, "clear,crm:3,,,tier,,x,Ina,", 1),  # is about somebody else
        (MOVED, "dismiss,crm:1,crm:2,,,,x,Ina,", 2),
        (MOVED, "tag,030 90182099,,,,vip,x,Ina,", 2),  # a number that only the first row has given
        (MOVED, "tag,030 90182002,,,,vip,x,Ina,", 1),
    ],
)
def test_a_row_waits_for_the_row_before_where_it_depends_on_it(
    people: SmallProject, times: list[str], first: str, second: str, derivations: int
) -> None:
    assert outcomes(ask(people, first, second)) == {"created": 2}
    assert len(times) == derivations


@pytest.mark.heavy
def test_a_number_that_a_row_before_has_given_to_somebody_else_as_well_means_nobody(people: SmallProject) -> None:
    taken = ask(people, "edit,crm:1,,,phone,+49 30 90182002,moved,Ina,", "tag,030 90182002,,,,vip,x,Ina,")
    assert outcomes(taken) == {"created": 1, "rejected": 1}
    assert people.rows("SELECT code FROM problem") == [{"code": "CONTACT_AMBIGUOUS"}]


@pytest.mark.heavy
def test_a_row_waits_for_a_merge_whoever_of_the_merged_it_names(people: SmallProject) -> None:
    taken = ask(
        people,
        "merge,crm:1,crm:2,,,,one person,Ina,",
        "tag,crm:3,,,,elsewhere,x,Ina,",
        "tag,crm:2,,,,vip,x,Ina,",
        "tag,crm:1,,,,vip,y,Ina,",
        "tag,crm:2,,,,regular,x,Ina,",
    )
    assert outcomes(taken) == {"created": 5}
    assert sorted(people.contact("crm:1")["tags"]) == ["regular", "vip"]


@pytest.mark.heavy
def test_rows_see_what_the_rows_before_them_have_done(people: SmallProject) -> None:
    taken = ask(
        people,
        "merge,crm:1,crm:2,,,,one person,Ina,",
        "tag,ben@example.com,,,,vip,x,Ina,",
        "merge,crm:2,crm:3,,,,one person,Ina,",
        "untag,cleo@example.com,,,,vip,x,Ina,",
        "edit,crm:4,,,phone,+49 30 90182044,moved,Ina,",
        "tag,030 90182044,,,,new number,x,Ina,",
        "block,anna@example.com,,,,,x,Ina,",
        "unblock,crm:3,,,,,x,Ina,",
    )
    assert outcomes(taken) == {"created": 8}
    assert people.people() == {frozenset({"crm:1", "crm:2", "crm:3"}), frozenset({"crm:4"})}
    assert people.contact("crm:1")["tags"] == []
    assert people.contact("crm:4")["tags"] == ["new number"]
    assert people.contact("crm:1")["status"] == "inactive"


@pytest.mark.heavy
def test_a_contact_that_a_row_creates_is_known_to_the_rows_behind_it(people: SmallProject) -> None:
    taken = ask(
        people,
        "create,,,called us,Ina,Eva Ruhl,eva@example.com",
        "tag,eva@example.com,vip,x,Ina,,",
        header="decision,contact,value,reason,by,name,email",
    )
    assert outcomes(taken) == {"created": 2}
    [eva] = people.rows("FROM contact WHERE email = 'eva@example.com'")
    assert eva["tags"] == ["vip"]


@pytest.mark.heavy
def test_a_contact_whose_making_a_row_takes_back_is_known_to_no_row_behind_it(people: SmallProject) -> None:
    ask(people, "create,x,Ina,Eva Ruhl,eva@example.com", header="decision,reason,by,name,email")
    [made] = people.rows("SELECT decision_id AS id FROM decision")
    before, behind = "tag,eva@example.com,,,,vip,x,Ina,", "tag,eva@example.com,,,,late,x,Ina,"
    taken = ask(people, MOVED, before, f"revoke,,,,,{made['id']},a slip,Ina,", behind, day="2026-06-02")
    assert outcomes(taken) == {"created": 3, "rejected": 1}
    assert people.rows("SELECT row_number, code FROM problem") == [{"row_number": 4, "code": "CONTACT_UNKNOWN"}]
    assert people.contact("crm:1")["phone"] == "+493090182099"
    assert people.rows("FROM contact WHERE email = 'eva@example.com'") == []


@pytest.mark.heavy
def test_contacts_are_derived_once_for_rows_that_do_not_depend_on_each_other(
    people: SmallProject, times: list[str]
) -> None:
    ask(
        people,
        "tag,crm:1,,,,vip,x,Ina,",
        "edit,crm:1,,,tier,gold,x,Ina,",
        "note,crm:2,,,,hello,,Ina,",
        "merge,crm:3,crm:4,,,,one person,Ina,",
    )
    assert times == ["once"]


@pytest.mark.heavy
def test_what_became_of_an_id_names_the_decision_also_where_many_were_derived_at_once(people: SmallProject) -> None:
    ask(people, "merge,crm:1,crm:2,,,,one person,Ina,", "merge,crm:3,crm:4,,,,one person,Ina,")
    changes = people.rows("SELECT run_id, old_id FROM id_changes ORDER BY number")
    merges = people.rows("SELECT 'decision:' || decision_id AS run_id FROM decision ORDER BY row_number")
    assert sorted(each["run_id"] for each in changes) == sorted(each["run_id"] for each in merges)


@pytest.mark.heavy
def test_many_rows_at_once_make_what_they_make_one_by_one(people: SmallProject, tmp_path: Path) -> None:
    rows = [
        "edit,crm:1,,,tier,gold,x,Ina,",
        "merge,crm:1,crm:2,,,,one person,Ina,",
        "tag,crm:2,,,,vip,x,Ina,",
        "edit,crm:2,,,name,Anna Berg,x,Ina,",
        "block,crm:3,,,,,x,Ina,",
        "unmerge,crm:1,,,,,two people,Ina,",
        "tag,crm:2,,,,second,x,Ina,",
    ]
    ask(people, *rows)
    at_once = derived(people)
    with small_project(tmp_path / "other") as other:
        other.deliver("crm", "2026-01-05", PEOPLE)
        other.run()
        for number, row in enumerate(rows, 1):
            ask(other, row, day=f"2026-06-{number:02d}")
        assert derived(other) == at_once


def test_a_row_names_contacts_in_two_columns() -> None:
    assert contacts_named({"contact": "crm:1", "others": ["crm:2", "crm:3"]}) == ["crm:1", "crm:2", "crm:3"]
    assert contacts_named({"contact": None, "others": None}) == []


@pytest.mark.parametrize(
    ("row", "stated"),
    [
        ({"phone": "030 1; 030 2", "email": "a@b.example"}, ["030 1", "030 2", "a@b.example"]),
        ({"field": " Phone ", "value": "030 1"}, ["030 1"]),
        ({"field": "EMAIL", "value": "a@b.example, c@d.example"}, ["a@b.example", "c@d.example"]),
        ({"field": "name", "value": "Anna"}, []),
        ({"field": None, "value": "030 1", "phone": None}, []),
        ({"field": "phone", "value": None}, []),
    ],
)
def test_a_row_states_identifiers_in_columns_of_theirs_and_as_values(row: dict[str, Any], stated: list[str]) -> None:
    assert identifiers_stated(row) == stated
