import csv
import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.definitions import definitions
from assets.launch import Launched, refresh
from assets.proofs import REBUILD_COMPARE
from pipelines.steps.health.contact_count import count
from tests.small_project import SmallProject, small_project

AS_OF = "2026-06-30"
SEGMENT = "segment: everybody\nwhere: {all: []}\ncolumns: [contact_id]\n"


def people(first: int, last: int) -> str:
    """A list of people who have nothing in common."""
    rows = [f"{number},P{number} Q{number},p{number}@example.com" for number in range(first, last + 1)]
    return "\n".join(["id,name,email", *rows])


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    """A closed project of 120 people that were accepted, with a dataset of everybody and a Dagster home."""
    with small_project(tmp_path / "p") as made:
        folder = made.project.folder
        (folder / "segments").mkdir()
        (folder / "segments" / "everybody.yaml").write_text(SEGMENT, encoding="utf-8")
        made.project.dagster_home.mkdir(parents=True)
        (made.project.dagster_home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
        made.deliver("crm", "2026-01-05", people(1, 120))
        made.run()
        assert count(made.project, made.connection, made.run_id, accept=False).is_accepted
    return made


def run(project: SmallProject, *, accept_change: bool = False) -> Launched:
    return refresh(project.project.folder, project.project.dagster_home, AS_OF, 5, accept_change=accept_change)


def exported(project: SmallProject, name: str = "everybody/contacts.csv") -> list[dict[str, str]]:
    with (project.project.folder / "exports" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def census(project: SmallProject) -> list[int]:
    """Contacts that were counted in accepted runs."""
    with project.project.warehouse(read_only=True) as connection:
        return [
            row[0]
            for row in connection.execute("SELECT contacts FROM contact_count_history ORDER BY accepted_at").fetchall()
        ]


# how far the number of contacts moves ---------------------------------------------------------------------------------


@pytest.mark.heavy
def test_a_run_that_moves_the_contacts_too_far_publishes_nothing_until_somebody_accepts_it(
    project: SmallProject,
) -> None:
    project.deliver("shop", "2026-01-06", people(201, 270))
    ended = run(project)
    assert not ended.success
    [said] = ended.failures
    assert said.startswith("check contacts_moved of cluster_health did not hold: 120 contacts (120 records)")
    assert "are 190 (190 records) now: 58% of them, and `health: max_change` allows 50%" in said
    assert "`onecontact run --accept-change`" in said
    assert "cluster_health" in ended.told
    assert not any(asset.startswith("exports/") for asset in ended.told)
    assert not (project.project.folder / "exports").exists()

    assert run(project, accept_change=True).success
    assert len(exported(project)) == 190
    assert census(project) == [120, 190]


# what is told of clusters ---------------------------------------------------------------------------------------------


@pytest.mark.heavy
def test_clusters_are_told_in_numbers_and_ids_and_the_feed_is_published(project: SmallProject) -> None:
    project.deliver("crm", "2026-01-07", "id,name,email\n2,P1 Q1,p1@example.com;p2@example.com")
    ended = run(project)
    assert ended.success
    told = ended.told["cluster_health"]
    assert (told["records"], told["contacts"], told["largest"]) == (120, 119, 2)
    [largest] = [record.data for record in told["largest_contacts"].records]
    assert largest["records"] == 2
    tied = {record.data["tie"]: record.data["records"] for record in told["tied_by"].records}
    assert tied == {"none": 118, "identifier": 2}
    assert [record.data for record in told["id_changes"].records] == [{"kind": "merged", "ids": 1}]
    assert "p1@" not in str(told)

    [change] = exported(project, "id_changes/id_changes.csv")
    assert (change["number"], change["kind"], change["new_id"]) == ("1", "merged", largest["contact_id"])
    manifest = json.loads((project.project.folder / "exports" / "id_changes" / "manifest.json").read_text())
    assert (manifest["rows"], manifest["columns"][3]) == (1, {"name": "old_id", "pii": "keyed"})
    assert not run(project).told["exports/id_changes"]["published"]


# the proof as a job ---------------------------------------------------------------------------------------------------


def compared(project: SmallProject) -> dg.ExecuteInProcessResult:
    job = definitions(project.project.folder).resolve_job_def(REBUILD_COMPARE)
    config: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(instance=instance, run_config=config, raise_on_error=False)


@pytest.mark.heavy
def test_the_job_succeeds_where_a_rebuild_gives_what_is_stored_and_counts_as_no_run(project: SmallProject) -> None:
    with project.project.warehouse(read_only=True) as connection:
        before = connection.execute("FROM run").fetchall()
    result = compared(project)
    [check] = result.get_asset_check_evaluations()
    assert result.success
    assert check.passed
    assert check.metadata["rows_that_differ"].value == 0
    with project.project.warehouse(read_only=True) as connection:
        assert connection.execute("FROM run").fetchall() == before


@pytest.mark.heavy
def test_the_job_fails_where_anything_differs(project: SmallProject) -> None:
    with project.project.warehouse() as connection:
        connection.execute("UPDATE contact SET name = 'Zacharias' WHERE name = 'P7 Q7'")
    result = compared(project)
    [check] = result.get_asset_check_evaluations()
    assert not result.success
    assert (check.metadata["rows_that_differ"].value, check.metadata["contacts_that_differ"].value) == (2, 1)
    assert "P7" not in str(check)
