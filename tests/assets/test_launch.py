from pathlib import Path

import dagster as dg

from assets.launch import is_interrupt, refresh
from tests.small_project import SmallProject, small_project


def deliver(folder: Path, **settings: object) -> SmallProject:
    """A closed project with one delivery in its landing area and a Dagster home."""
    with small_project(folder, **settings) as made:
        made.deliver("crm", "2026-01-05", "id,name,email\n1,Anna Berg,anna@example.com\n2,Ben Tal,ben@example.com")
        (made.project.dagster_home).mkdir(parents=True)
        (made.project.dagster_home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    return made


def test_a_run_shows_on_the_projects_own_dagster_instance(tmp_path: Path) -> None:
    project = deliver(tmp_path / "p").project
    run = refresh(project.folder, project.dagster_home, "2026-02-01", patience=5)
    assert run.success
    assert run.told["contacts"]["dagster/row_count"] == 2
    with dg.DagsterInstance.get() as instance:
        assert [each.run_id for each in instance.get_runs()] == [run.run_id]


def test_a_run_that_fails_says_why_in_our_words(tmp_path: Path) -> None:
    project = deliver(tmp_path / "p").project
    segment = "segment: s\nwhere: {field: attr.teir, op: eq, value: gold}\ncolumns: [contact_id]\n"
    (project.folder / "segments").mkdir()
    (project.folder / "segments" / "s.yaml").write_text(segment)
    run = refresh(project.folder, project.dagster_home, "2026-02-01", patience=5)
    assert not run.success
    assert run.failures == ["segment s: where.field: no field attr.teir; did you mean attr.tier?"]


def test_a_run_waits_for_the_warehouse_and_says_who_holds_it(tmp_path: Path) -> None:
    project = deliver(tmp_path / "p").project
    with project.warehouse(purpose="a test"):
        run = refresh(project.folder, project.dagster_home, "2026-02-01", patience=0.2)
    assert not run.success
    assert any("in use by" in failure for failure in run.failures)


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
