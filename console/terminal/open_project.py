"""A project and its warehouse, as every command opens them that starts no run."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from console.terminal.screen import clock, err
from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject, open_project
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
        yield project, connection


def say_waiting(sentence: str) -> None:
    """Tell whoever waits for whom."""
    err.print(sentence, markup=False)
