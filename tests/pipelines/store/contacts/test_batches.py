from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipelines.match.clusters.pooled_evidence import LIKELY
from pipelines.store.contacts.batches import batches
from pipelines.store.warehouse.connection import query
from tests.small_project import SmallProject, small_project, starting_point

LIST = """\
id,name,phone,email
1,Anna Berg,0151 23456781,anna@example.com
2,Anna Berg,0151 23456781,berg@example.com
3,Anna Berg,,berg@example.com
4,Otto Kern,0151 23456782,
5,Ben Tal,0151 23456783,
6,Ben Tal,0151 23456783,"""
CHANGED = """\
id,name,phone,email
2,Cem Arslan,0151 23456785,cem@example.com
4,Otto Kern,0151 23456783,ben@example.com
5,Otto Kern,0151 23456783,ben@example.com"""
DERIVED = (
    "SELECT record_key, contact_id, reason, run_from, run_to FROM membership ORDER BY ALL",
    "FROM contact ORDER BY ALL",
    "FROM contact_field ORDER BY ALL",
    "FROM contact_identifier ORDER BY ALL",
    "FROM vetoed_edge ORDER BY ALL",
    "SELECT number, kind, old_id, new_id, run_id FROM id_changes ORDER BY number",
)


@starting_point
def six(project: SmallProject) -> None:
    """Six records of three people, matched."""
    project.deliver("crm", "2026-01-05", LIST)
    project.receive()
    project.match()


def dealt(project: SmallProject, most: int) -> list[list[str]]:
    """The batches that all records are dealt into, by their ids."""
    records = query(project.connection, "SELECT record_key FROM record ORDER BY record_key")["record_key"]
    ids = {each["record_key"]: each["record_id"] for each in project.rows("SELECT record_key, record_id FROM record")}
    return [[ids[key] for key in batch] for batch in batches(project.connection, records, LIKELY, most)]


@pytest.mark.parametrize("most", [1, 2, 4])
def test_records_that_edges_may_join_are_never_parted(six: SmallProject, most: int) -> None:
    found = dealt(six, most)

    for together in ({"1", "2", "3"}, {"4"}, {"5", "6"}):
        assert sum(not together.isdisjoint(batch) for batch in found) == 1
    assert sorted(record for batch in found for record in batch) == ["1", "2", "3", "4", "5", "6"]


def test_batches_begin_anew_where_there_are_as_many_as_asked(six: SmallProject) -> None:
    assert len(dealt(six, 1)) == 3
    assert len(dealt(six, 6)) == 1


def test_the_members_of_a_contact_stay_in_one_batch_when_no_edge_ties_them_any_more(six: SmallProject) -> None:
    six.merge()
    six.connection.execute("DELETE FROM match_edge")

    assert sorted(sorted(batch) for batch in dealt(six, 1)) == [["1", "2", "3"], ["4"], ["5", "6"]]


@pytest.mark.heavy
def test_contacts_and_what_becomes_of_ids_do_not_depend_on_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_project(tmp_path / "whole") as project:
        whole = history(project)
    monkeypatch.setattr("pipelines.derive.merge.batches", partial(batches, most=1))
    with small_project(tmp_path / "parts") as project:
        parts = history(project)

    assert {each["kind"] for each in whole[-1]} >= {"merged", "split"}
    assert parts == whole


def history(project: SmallProject) -> list[list[dict[str, Any]]]:
    """Contacts come, become one and part again."""
    project.deliver("crm", "2026-01-05", LIST)
    project.run()
    project.deliver("shop", "2026-01-06", "id,name,phone\n1,Otto Kern,0151 23456782\n2,Ben Tal,0151 23456783")
    project.deliver("crm", "2026-01-06", CHANGED)
    project.run()
    return [project.rows(sql) for sql in DERIVED]
