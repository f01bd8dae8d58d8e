"""`onecontact dev`: Dagster's page on a project."""

import argparse
import os
import sys

from console.running.init import make_dagster_home
from console.terminal.open_project import require_init
from console.terminal.screen import say
from pipelines.project import open_project


def command(args: argparse.Namespace) -> int:
    """Become Dagster's development server, reachable from this machine alone."""
    project = open_project(args.project)
    require_init(project)
    make_dagster_home(project)
    say(f"Dagster's page: http://127.0.0.1:{args.port}  (Ctrl-C ends it)")
    environment = os.environ | {
        "DAGSTER_HOME": str(project.dagster_home),
        "ONECONTACT_PROJECT": str(project.folder),
        "PYTHONWARNINGS": "ignore",
    }
    words = ["-m", "dagster", "dev", "-m", "assets.definitions", "-h", "127.0.0.1", "-p", str(args.port)]
    os.execve(sys.executable, [sys.executable, *words], environment)  # noqa: S606 -- our own interpreter, fixed words
