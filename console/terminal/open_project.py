"""A project and its warehouse, as every command opens them that starts no run."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from console.terminal.screen import clock, err
from pipelines.audit.events import Action, Event, Outcome
from pipelines.errors import ConfigurationError, DecisionRefused
from pipelines.project import OpenProject, open_project
from pipelines.store.audit.record import record
from pipelines.store.warehouse.connection import Connection


def require_init(project: OpenProject) -> None:
    """Raise ConfigurationError for a project that has no warehouse yet."""
    if not project.warehouse_path.exists():
        raise ConfigurationError(f"{project.folder} has no warehouse yet: `onecontact init {project.folder}` makes it")


@contextmanager
def session(
    args: argparse.Namespace, writes_as: str | None = None, *, ingests: bool = True
) -> Iterator[tuple[OpenProject, Connection]]:
    """The project a command was given, with its warehouse open for reading, or for writing under the command's name.

    A command that only looks at what there is does not ingest, and starts sooner.
    """
    project = open_project(args.project, ingests=ingests)
    require_init(project)
    clock.zone = ZoneInfo(project.settings.timezone)
    purpose = writes_as or "onecontact"
    with project.warehouse(
        read_only=writes_as is None, patience=args.wait, purpose=purpose, waiting=say_waiting
    ) as connection:
        try:
            yield project, connection
        except DecisionRefused:
            if writes_as is not None and not getattr(args, "dry_run", False):
                record(connection, Event(Action.DECISION_REFUSED, "command", writes_as, outcome=Outcome.DENIED))
                project.seal(connection)
            raise


def note_read(project: OpenProject, action: Action, object_id: str = "contacts", **details: int) -> None:
    """Leave word in the audit trail that somebody has read of people, or say that this could not be done."""
    try:
        project.note_read(Event(action, "contact", object_id, details=details))
    except OSError as failure:
        err.print(f"this could not be noted in the audit trail: {os.strerror(failure.errno or 0)}", markup=False)


def say_waiting(sentence: str) -> None:
    """Tell whoever waits for whom."""
    err.print(sentence, markup=False)
