import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from assets.definitions import REFRESH, definitions
from assets.proofs import REBUILD_COMPARE

DEMO = Path(__file__).parents[2] / "examples" / "demo"


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return definitions(DEMO)


def test_the_graph_goes_from_received_to_published(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    parents = {
        key.to_user_string(): {parent.to_user_string() for parent in graph.get(key).parent_keys}
        for key in graph.get_all_asset_keys()
    }
    assert parents["source_records"] == parents["conversations"] == parents["rejected_rows"] == {"deliveries"}
    assert parents["match_edges"] == {"source_records"}
    assert parents["contacts"] == {"match_edges", "conversations"}
    assert parents["timeline"] == {"contacts", "conversations", "decisions"}
    assert parents["decisions"] == {"contacts"}
    assert parents["review_queue"] == parents["cluster_health"] == {"contacts", "decisions"}
    segments = parents["exports/gold_customers"], parents["exports/recent_whatsapp"]
    assert segments == ({"contacts", "timeline", "cluster_health", "audit_trail"},) * 2
    assert parents["exports/id_changes"] == {"contacts", "cluster_health", "audit_trail"}
    assert parents["audit_trail"] == {"contacts", "decisions"}


def test_every_asset_says_what_it_is_and_where_it_belongs(defs: dg.Definitions) -> None:
    specs = list(defs.resolve_all_asset_specs())
    assert {spec.group_name for spec in specs} == {"received", "identity", "contacts", "audit", "exports"}
    assert all(spec.description for spec in specs)


def test_publication_waits_for_the_checks_that_guard_it(defs: dg.Definitions) -> None:
    checks = {key.name for key in defs.resolve_asset_graph().asset_check_keys}
    assert {
        "rows_conserved",
        "rows_accounted_for",
        "one_contact_per_record",
        "provenance_complete",
        "exclusive_kept",
        "chain_verifies",
    } <= checks


def test_the_job_runs_in_one_process(defs: dg.Definitions) -> None:
    assert defs.resolve_job_def(REFRESH).executor_def.name == "in_process"


def test_a_run_does_not_rebuild_everything(defs: dg.Definitions) -> None:
    checks = {key.name for key in defs.resolve_job_def(REFRESH).asset_layer.asset_graph.asset_check_keys}
    assert "contacts_moved" in checks
    assert "equals_a_rebuild" not in checks


def test_the_comparison_with_a_rebuild_is_scheduled_by_the_clock_of_the_project_and_off(defs: dg.Definitions) -> None:
    [schedule] = defs.schedules or []
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.job_name, schedule.cron_schedule) == (REBUILD_COMPARE, "0 3 * * 0")
    assert schedule.execution_timezone == "Europe/Berlin"
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED


def test_without_a_project_there_are_the_assets_that_every_project_has() -> None:
    keys = {key.to_user_string() for key in definitions(None).resolve_asset_graph().get_all_asset_keys()}
    assert "contacts" in keys
    assert {key for key in keys if key.startswith("exports/")} == {"exports/id_changes"}


@pytest.mark.heavy
def test_the_code_location_loads_from_any_folder(tmp_path: Path) -> None:
    workspace = Path(__file__).parents[2] / "workspace.yaml"
    words = ["-m", "dagster", "definitions", "validate", "-w", str(workspace)]
    environment = os.environ | {"DAGSTER_HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
