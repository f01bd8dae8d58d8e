"""Running the refresh job in this process, on the project's own Dagster instance, so that the run shows on its page."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import dagster as dg

from assets.definitions import REFRESH, definitions
from assets.exports import PUBLISHABLE

INTERRUPTS = ("KeyboardInterrupt", "DagsterExecutionInterruptedError")


class Launched(NamedTuple):
    """How a run ended: what each asset told of itself (counts), why steps or checks failed, and what kinds of error."""

    run_id: str
    success: bool
    told: Mapping[str, Mapping[str, Any]]
    failures: list[str]
    kinds: set[str]
    interrupted: bool = False
    unpublished: Mapping[str, str] = MappingProxyType({})  # segments, and why they could not be published


def refresh(folder: Path, home: Path, as_of: str, patience: float, *, accept_change: bool = False) -> Launched:
    """Run the refresh job for a project folder; `home` is its Dagster home.

    With `accept_change`, however far the number of contacts has moved is published.
    """
    os.environ["DAGSTER_HOME"] = str(home)
    job = definitions(folder).resolve_job_def(REFRESH)
    workspace = {"folder": str(folder), "as_of": as_of, "patience": patience, "accept_change": accept_change}
    config = {
        "resources": {"workspace": {"config": workspace}},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    with dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(instance=instance, run_config=config, raise_on_error=False)
    materializations = [event.materialization for event in result.get_asset_materialization_events()]
    reported = {
        each.asset_key.to_user_string(): {name: value.value for name, value in each.metadata.items()}
        for each in materializations
    }
    failed = [
        event.step_failure_data.user_failure_data
        for event in result.all_events
        if event.is_step_failure and event.step_failure_data.user_failure_data
    ]
    evaluations = result.get_asset_check_evaluations()
    unpublished = {each.asset_key.path[-1]: each.description or "" for each in evaluations if is_unpublished(each)}
    checks = [
        f"check {each.check_name} of {each.asset_key.to_user_string()} did not hold"
        + (f": {each.description}" if each.description else "")
        for each in evaluations
        if not each.passed and each.severity is dg.AssetCheckSeverity.ERROR and not is_unpublished(each)
    ]
    failures = [*checks, *(each.description or "a step failed" for each in failed)]
    kinds = {str(each.metadata["kind"].value) for each in failed if "kind" in each.metadata}
    interrupted = any(map(is_interrupt, result.all_events))
    return Launched(result.run_id, result.success, reported, failures, kinds, interrupted, unpublished)


def is_unpublished(evaluation: dg.AssetCheckEvaluation) -> bool:
    """Whether a check says that a segment could not be published."""
    return evaluation.check_name == PUBLISHABLE and not evaluation.passed


def is_interrupt(event: dg.DagsterEvent) -> bool:
    """Whether an event says that somebody has stopped the run."""
    error = getattr(event.event_specific_data, "error", None)
    return getattr(error, "cls_name", None) in INTERRUPTS
