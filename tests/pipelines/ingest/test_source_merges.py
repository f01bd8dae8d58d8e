from itertools import permutations
from pathlib import Path

import pytest

from pipelines.store.reads import contact_details
from tests.small_project import SETTINGS, SmallProject, small_project

SOURCES = SETTINGS["sources"] | {
    "sales": {"format": "salesforce_contacts", "path": "landing/sales/*.csv", "priority": 5},
}
HEADER = "Id,IsDeleted,MasterRecordId,FirstName,LastName,Email,LastModifiedDate"
JANE, JOHN, MAX = ("003000000000001AAA", "003000000000002AAA", "003000000000003AAA")
BEFORE = f"""
    {HEADER}
    {JANE},0,,Jane,Doe,jane@example.com,2026-01-01T00:00:00Z
    {JOHN},0,,John,Smith,john@example.com,2026-01-01T00:00:00Z"""
MERGED = f"""
    {HEADER}
    {JOHN},1,{JANE},,,,"""
ONE = {frozenset({f"sales:{JANE}", f"sales:{JOHN}"})}


def outcomes(project: SmallProject) -> dict[str, int]:
    [taken] = [taken for taken in project.receive() if not taken.known]
    return {outcome.value: count for outcome, count in taken.outcomes.items()}


@pytest.mark.heavy
def test_two_records_that_their_source_has_merged_are_one_contact_whatever_their_names(tmp_path: Path) -> None:
    with small_project(tmp_path, sources=SOURCES) as project:
        project.deliver("sales", "2026-02-01", BEFORE)
        project.run()
        assert len(project.people()) == 2
        project.deliver("sales", "2026-02-02", MERGED)
        project.run()
        assert project.people() == ONE
        [edge] = project.rows("SELECT zone, rule, probability FROM match_edge")
        assert edge == {"zone": "merge", "rule": "source_merge", "probability": 1.0}
        told = contact_details.member_records(project.connection, project.contact_of(f"sales:{JOHN}"))
        assert told["rule"].to_list() == ["source_merge", "source_merge"]


@pytest.mark.heavy
@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("runs", [1, 3])
def test_neither_the_order_of_merges_and_records_nor_that_of_runs_matters(
    tmp_path: Path, order: tuple[int, ...], runs: int
) -> None:
    jane = f"{HEADER}\n{JANE},0,,Jane,Doe,jane@example.com,"
    john = f"{HEADER}\n{JOHN},0,,John,Smith,john@example.com,"
    with small_project(tmp_path, sources=SOURCES) as project:
        for nth in order:
            project.deliver("sales", f"2026-02-0{nth + 1}", (jane, john, MERGED)[nth])
            if runs > 1:
                project.run()
        project.run()
        assert project.people() == ONE


@pytest.mark.heavy
@pytest.mark.parametrize("arrives", ["never", "first", "last"])
def test_a_merge_of_a_merge_holds_even_if_the_record_between_never_came(tmp_path: Path, arrives: str) -> None:
    ends = f"""
        {HEADER}
        {JANE},0,,Jane,Doe,jane@example.com,
        {MAX},0,,Max,Roe,max@example.com,"""
    between = f"{HEADER}\n{JOHN},0,,John,Smith,john@example.com,"
    links = f"""
        {HEADER}
        {JANE},1,{JOHN},,,,
        {JOHN},1,{MAX},,,,"""
    with small_project(tmp_path, sources=SOURCES) as project:
        if arrives == "first":
            project.deliver("sales", "2026-02-01", between)
        project.deliver("sales", "2026-02-02", ends)
        project.run()
        project.deliver("sales", "2026-02-03", links)
        project.run()
        if arrives == "last":
            project.deliver("sales", "2026-02-04", between)
            project.run()
        edges = {"never": 1, "first": 3, "last": 3}[arrives]
        assert len(project.rows("FROM match_edge WHERE rule = 'source_merge'")) == edges
        assert len(project.people()) == 1


@pytest.mark.heavy
def test_merges_in_a_circle_end(tmp_path: Path) -> None:
    circle = f"""
        {HEADER}
        {JANE},1,{JOHN},,,,
        {JOHN},1,{JANE},,,,"""
    with small_project(tmp_path, sources=SOURCES) as project:
        project.deliver("sales", "2026-02-01", BEFORE)
        project.deliver("sales", "2026-02-02", circle)
        project.run()
        assert project.people() == ONE


@pytest.mark.heavy
def test_two_values_of_an_exclusive_attribute_stay_apart_even_so(tmp_path: Path) -> None:
    before = f"""
        {HEADER},account_id
        {JANE},0,,Jane,Doe,jane@example.com,,A1
        {JOHN},0,,John,Smith,john@example.com,,B2"""
    with small_project(tmp_path, sources=SOURCES) as project:
        project.deliver("sales", "2026-02-01", before)
        project.deliver("sales", "2026-02-02", MERGED)
        project.run()
        assert len(project.people()) == 2
        [vetoed] = project.rows("SELECT reason FROM vetoed_edge")
        assert vetoed == {"reason": "veto:exclusive"}


@pytest.mark.heavy
def test_a_merge_takes_the_place_of_what_comparing_found(tmp_path: Path) -> None:
    before = f"""
        {HEADER}
        {JANE},0,,Jane,Doe,jane@example.com,
        {JOHN},0,,Jane,Doe,jane@example.com,"""
    with small_project(tmp_path, sources=SOURCES) as project:
        project.deliver("sales", "2026-02-01", before)
        project.run()
        [found] = project.rows("SELECT rule FROM match_edge")
        project.deliver("sales", "2026-02-02", MERGED)
        project.run()
        [decided] = project.rows("SELECT rule FROM match_edge")
        assert (found["rule"], decided["rule"]) == ("same_email", "source_merge")


def test_each_row_that_tells_of_a_merge_has_its_outcome(tmp_path: Path) -> None:
    twice = f"""
        {HEADER}
        {JOHN},1,{JANE},,,,
        {JOHN},true,{JANE},,,,
        {MAX},1,,,,,"""
    with small_project(tmp_path, sources=SOURCES) as project:
        project.deliver("sales", "2026-02-01", twice, "one.csv")
        assert outcomes(project) == {"created": 1, "duplicate_in_file": 1, "skipped": 1}
        project.deliver("sales", "2026-02-02", MERGED, "two.csv")
        assert outcomes(project) == {"unchanged": 1}
        assert project.people() == set()


@pytest.mark.heavy
def test_a_merge_is_said_to_be_known_from_the_delivery_that_was_made_first(tmp_path: Path) -> None:
    with small_project(tmp_path, sources=SOURCES) as project:
        project.deliver("sales", "2026-02-02", MERGED, "sales-2026-02-02.csv")
        project.run()
        project.deliver("sales", "2026-02-01", f"{MERGED}\n{MAX},0,,Max,Roe,max@example.com,", "sales-2026-02-01.csv")
        project.run()
        [first] = project.rows(
            "SELECT d.file_name, m.row_number FROM source_merge m JOIN delivery d USING (delivery_id)"
        )
        assert first == {"file_name": "sales-2026-02-01.csv", "row_number": 1}


def test_rows_of_merges_come_back_with_the_others_where_a_file_is_not_taken_in(tmp_path: Path) -> None:
    strict = SOURCES | {"sales": SOURCES["sales"] | {"on_reject": "all_or_nothing"}}
    with small_project(tmp_path, sources=strict) as project:
        project.deliver("sales", "2026-02-01", f"{MERGED}\n{MAX},0,,Max,Roe,nobody,")
        assert outcomes(project) == {"quarantined": 1, "rejected": 1}
        assert project.rows("FROM source_merge") == []
        rows = project.rows("SELECT outcome, raw FROM rejected_row ORDER BY row_number")
        assert [row["outcome"] for row in rows] == ["quarantined", "rejected"]
        assert JANE in rows[0]["raw"]
