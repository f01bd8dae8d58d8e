"""Dagster's job carries out what is approved, and hears of numbers alone."""

from pathlib import Path

import dagster as dg
import pytest

from assets.definitions import definitions
from assets.privacy import requests
from assets.privacy.requests import REQUESTS
from pipelines.steps.privacy.erase import Ended
from pipelines.store.privacy.requests import State
from tests.erasing import LISTED, asked, left_of_ina
from tests.small_project import SmallProject, closed_starting_point, reopened


@closed_starting_point
def approved(project: SmallProject) -> None:
    """Ina's request is approved."""
    project.configure(privacy={"second_person": False})
    project.deliver("crm", "2026-05-01", LISTED)
    project.run()
    asked(project, ("email", "ina@example.com"))


def run(folder: Path) -> dg.ExecuteInProcessResult:
    job = definitions(folder).resolve_job_def(REQUESTS)
    return job.execute_in_process(raise_on_error=False)


def test_the_job_erases_and_tells_numbers(approved: Path) -> None:
    result = run(approved)
    assert result.success
    [output] = [each for each in result.all_events if each.event_type_value == "STEP_OUTPUT"]
    metadata = output.event_specific_data.metadata  # type: ignore[union-attr]
    assert (metadata["numbers"].value, metadata["completed"].value) == ([1], 1)
    assert not [each for each in result.all_events if "ina@" in str(each)]
    with reopened(approved) as made:
        assert left_of_ina(made) == {}


def test_the_job_fails_where_something_is_left(approved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [Ended(1, State.FAILED, "something is left in landing/ina.csv (1)")]
    monkeypatch.setattr(requests, "run_requests", lambda *_: left)
    result = run(approved)
    assert not result.success
    [failed] = [each for each in result.all_events if each.is_step_failure]
    assert "request 1" in str(failed)
    assert "ina.csv" not in str(failed)
