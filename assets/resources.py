"""The one resource: the project's warehouse, open for writing as long as a run lasts."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import dagster as dg
from pydantic import Field, PrivateAttr

from pipelines.landing.arrivals import Arrivals, every_source, list_arrivals
from pipelines.progress import progress
from pipelines.project import OpenProject, digest, open_project
from pipelines.steps.segments.compile import Compiled, compile_each
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection
from schemas.configuration import PROJECT_FILE

PROJECT_VARIABLE = "ONECONTACT_PROJECT"


def project_folder() -> Path | None:
    """The project Dagster works on: the one the environment names, else the current folder if it is one."""
    named = os.environ.get(PROJECT_VARIABLE)
    folder = Path(named) if named else Path.cwd()
    return folder if named or (folder / PROJECT_FILE).is_file() else None


class Opened(NamedTuple):
    """What a step works with."""

    project: OpenProject
    connection: Connection
    moment: datetime


class Workspace(dg.ConfigurableResource["Workspace"]):
    """A project and its open warehouse. A second run waits here until the first has ended."""

    folder: str = Field(description="The project folder")
    as_of: str = Field(default="", description="The moment to look at the world from, ISO 8601; empty: now")
    patience: float = Field(default=60, description="Seconds to wait for another process that holds the warehouse")
    accept_change: bool = Field(default=False, description="Publish however far the number of contacts has moved")

    _stack: ExitStack | None = PrivateAttr(default=None)
    _opened: Opened | None = PrivateAttr(default=None)
    _arrived: Arrivals | None = PrivateAttr(default=None)
    _compiled: Compiled | None = PrivateAttr(default=None)
    _run_id: str = PrivateAttr(default="")

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Workspace"]:
        """Keep the warehouse open from the first step that needs it to the end of the run."""
        run_id = context.run.run_id if context.run else ""
        with ExitStack() as stack:
            self._stack, self._run_id = stack, run_id
            try:
                yield self
                if self._opened is not None:
                    runs.end_run(self._opened.connection, run_id, failed_steps(context))
            finally:
                self._stack = self._opened = self._arrived = self._compiled = None

    def opened(self) -> Opened:
        """The project, its warehouse and the moment of the run; waits for whoever else has the warehouse open."""
        if self._opened is None:
            found = self.looked_into("onecontact run")
            configuration = digest(found.project.settings, *found.project.segments)
            runs.begin_run(found.connection, self._run_id, found.moment, datetime.now(UTC), configuration)
            self._opened = found
        return self._opened

    def arrived(self) -> Arrivals:
        """What lies where deliveries come from; looked for once a run."""
        if self._arrived is None:
            project, connection, moment = self.opened()
            self._arrived = list_arrivals(connection, project.folder, every_source(project.settings), moment)
        return self._arrived

    def segments(self) -> Compiled:
        """The filters of segments as of the run, by name, and the segments that cannot be published."""
        if self._compiled is None:
            project, _, moment = self.opened()
            self._compiled = compile_each(project, moment)
        return self._compiled

    def looked_into(self, purpose: str) -> Opened:
        """The same, for work that is no run of the pipeline; others are told its purpose while they wait."""
        if self._stack is None:
            raise RuntimeError("the workspace is only open during a run")
        project = open_project(Path(self.folder))
        moment = moment_of(self.as_of, ZoneInfo(project.settings.timezone))
        warehouse = project.warehouse(
            patience=self.patience, purpose=purpose, waiting=lambda sentence: progress(sentence, 0)
        )
        return Opened(project, self._stack.enter_context(warehouse), moment)


def failed_steps(context: dg.InitResourceContext) -> list[str]:
    """Names of the steps of a run that have failed until now."""
    if context.run is None or context.instance is None:
        return []
    failures = context.instance.all_logs(context.run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    return sorted({each.step_key for each in failures if each.step_key})


def moment_of(text: str, zone: ZoneInfo) -> datetime:
    """A moment as it was written, on the walls of `zone` if it says nothing else; now if nothing was."""
    stated = datetime.fromisoformat(text) if text else datetime.now(UTC)
    return (stated if stated.tzinfo else stated.replace(tzinfo=zone)).astimezone(UTC)
