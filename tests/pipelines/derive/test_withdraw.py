"""Whoever had to do with a record that goes is looked at again."""

import polars as pl
import pytest

from pipelines.decide.merge import merge
from pipelines.derive.withdraw import withdraw
from tests.deciding import ruling
from tests.small_project import SmallProject, starting_point


@starting_point
def four(project: SmallProject) -> None:
    """Anna and Omar share a mailbox, and Anna and Ida are one person, as somebody has decided. Max is on his own."""
    project.deliver(
        "crm",
        "2026-01-05",
        "id,name,email\n1,Anna Berg,box@acme.example\n2,Omar Said,box@acme.example\n3,Ida Lund,\n4,Max Kern,",
    )
    project.run()
    merge(project.project, project.connection, [project.contact_of("crm:1"), project.contact_of("crm:3")], ruling(15))


def gone(project: SmallProject, record_id: str) -> list[str]:
    """Take a record out; the ids of those that are left of its contact."""
    [record] = project.rows("SELECT record_key::VARCHAR AS key FROM record WHERE record_id = ?", record_id)
    left = withdraw(project.connection, pl.Series([record["key"]]), project.run_id)
    return ids(project, "SELECT unnest(?::UUID[]) AS record_key", left.to_list())


def ids(project: SmallProject, records: str, *parameters: object) -> list[str]:
    found = project.rows(f"SELECT record_id FROM record WHERE record_key IN ({records}) ORDER BY ALL", *parameters)
    return [each["record_id"] for each in found]


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("record_id", "left", "again"), [("1", ["3"], ["2", "3"]), ("2", [], ["1"]), ("3", ["1"], ["1"]), ("4", [], [])]
)
def test_who_shares_an_identifier_or_a_contact_with_it_is_matched_anew(
    four: SmallProject, record_id: str, left: list[str], again: list[str]
) -> None:
    assert gone(four, record_id) == left
    assert ids(four, "SELECT record_key FROM work_queue WHERE step = 'match'") == again
    assert four.rows("FROM record WHERE record_id = ?", record_id) == []
    assert len(four.rows("FROM record")) == 3
