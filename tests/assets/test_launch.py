from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.launch import is_interrupt, refresh
from console.cli import main
from tests.small_project import SmallProject, small_project


def deliver(folder: Path, **settings: object) -> SmallProject:
    """A closed project with one delivery in its landing area and a Dagster home."""
    with small_project(folder, **settings) as made:
        made.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com\n2,Ben Tal,ben@example.com")
        (made.project.dagster_home).mkdir(parents=True)
        (made.project.dagster_home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    return made


@pytest.mark.heavy
def test_a_run_shows_on_the_projects_own_dagster_instance(tmp_path: Path) -> None:
    project = deliver(tmp_path / "p").project
    run = refresh(project.folder, project.dagster_home, "2026-02-01", patience=5)
    assert run.success
    assert run.told["contacts"]["dagster/row_count"] == 2
    with dg.DagsterInstance.get() as instance:
        assert [each.run_id for each in instance.get_runs()] == [run.run_id]


@pytest.mark.heavy
def test_a_segment_that_cannot_be_asked_is_told_and_nothing_else_stops(tmp_path: Path) -> None:
    project = deliver(tmp_path / "p").project
    segment = "segment: s\nwhere: {field: attr.teir, op: eq, value: gold}\ncolumns: [contact_id]\n"
    (project.folder / "segments").mkdir()
    (project.folder / "segments" / "s.yaml").write_text(segment)
    run = refresh(project.folder, project.dagster_home, "2026-02-01", patience=5)
    assert (run.success, run.failures) == (True, [])
    assert run.unpublished == {"s": "segment s: where.field: no field attr.teir; did you mean attr.tier?"}
    assert run.told["contacts"]["dagster/row_count"] == 2


@pytest.mark.heavy
def test_a_run_waits_for_the_warehouse_and_says_who_holds_it(tmp_path: Path) -> None:
    project = deliver(tmp_path / "p").project
    with project.warehouse(purpose="a test"):
        run = refresh(project.folder, project.dagster_home, "2026-02-01", patience=0.2)
    assert not run.success
    assert any("in use by" in failure for failure in run.failures)


SEGMENT = "segment: s\nwhere: {field: attr.tier, op: eq, value: gold}\ncolumns: [contact_id]\n"
ONCE = {  # name of what is done, where it is looked up
    "projects read": "pipelines.project.load_project",
    "segments read": "pipelines.project.load_segments",
    "landing areas listed": "assets.resources.list_arrivals",
    "landing areas listed for change requests alone": "pipelines.decide.deliveries.list_arrivals",
    "landing areas listed without them": "pipelines.ingest.receive.list_arrivals",
    "filters compiled": "pipelines.steps.segments.compile.bind",
    "warehouses opened": "pipelines.project.open_warehouse",
}


@pytest.mark.heavy
def test_a_run_reads_the_project_and_lists_the_landing_area_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = deliver(tmp_path / "p").project
    (project.folder / "segments").mkdir()
    (project.folder / "segments" / "s.yaml").write_text(SEGMENT)
    counted: Counter[str] = Counter()

    def counting(name: str, target: str) -> None:
        module, _, function = target.rpartition(".")
        whole = getattr(import_module(module), function)

        def noted(*arguments: Any, **options: Any) -> Any:
            counted[name] += 1
            return whole(*arguments, **options)

        monkeypatch.setattr(target, noted)

    for name, target in ONCE.items():
        counting(name, target)
    assert main(["run", "--project", str(project.folder), "--as-of", "2026-02-01"]) == 0
    assert counted == {
        "projects read": 1,
        "segments read": 1,
        "landing areas listed": 1,
        "filters compiled": 1,
        "warehouses opened": 2,  # for the run, and to say what came of it
    }


def test_a_run_that_somebody_stops_is_told_from_one_that_fails() -> None:
    @dg.op
    def stopped() -> None:
        raise KeyboardInterrupt

    @dg.op
    def failing() -> None:
        raise ValueError("no")

    found = {}
    for op in (stopped, failing):
        result = dg.GraphDefinition(op.name, node_defs=[op]).execute_in_process(raise_on_error=False)
        found[op.name] = (result.success, any(map(is_interrupt, result.all_events)))

    assert found == {"stopped": (False, True), "failing": (False, False)}
