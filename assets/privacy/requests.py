"""The job that carries out approved requests. Dagster hears of their numbers, and of nobody they are about."""

from collections import Counter
from functools import partial
from pathlib import Path

import dagster as dg

from assets.boundary import without_values
from assets.resources import Workspace
from pipelines.project import open_project
from pipelines.steps.privacy.erase import run_requests
from pipelines.store.privacy.requests import State

REQUESTS = "requests"
COMMAND = "onecontact request run"


@dg.op(description="Erase everybody whose request is approved, and go on with what was interrupted")
@without_values
def carry_out(context: dg.OpExecutionContext, workspace: Workspace) -> None:
    """Carry out requests, as `onecontact request run` does; fails if something is left of somebody."""
    project = open_project(Path(workspace.folder))
    ended = run_requests(
        project, partial(project.warehouse, replays=True, patience=workspace.patience, purpose=COMMAND)
    )
    counts = Counter(str(each.state) for each in ended)
    context.log.info("requests: %s", ", ".join(f"{state} {number}" for state, number in counts.items()) or "none")
    context.add_output_metadata({"numbers": [each.number for each in ended], **counts})
    if failed := [str(each.number) for each in ended if each.state is State.FAILED]:
        raise dg.Failure(
            description=f"something is left of whom request {', '.join(failed)} is about: `{COMMAND}` says where",
            allow_retries=False,
        )


@dg.job(name=REQUESTS, description="Carry out requests of people about their data that are approved")
def requests_job() -> None:
    """One step."""
    carry_out()
