"""What one per cent of new rows costs beside the run that took in all the others.

CPU seconds of this process, step by step: received, matched, merged.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from benchmarks.people import contact_list
from pipelines.project import OpenProject, open_project
from pipelines.steps.match import match
from pipelines.steps.merge import merge
from pipelines.steps.receive import receive
from pipelines.store.connection import Connection
from pipelines.store.keys import make_keys

PEOPLE = 40_000
SETTINGS = """\
project: bench
default_region: DE
sources:
  contacts: {format: contacts_csv, path: "landing/*.csv", key: id}
"""
AS_OF = datetime(2026, 2, 1, tzinfo=UTC)


def run() -> None:
    """Take in a list, then one per cent more, and print what each step of both costs."""
    rows = contact_list(PEOPLE)
    late = pl.int_range(pl.len()) % 100 == 0
    with tempfile.TemporaryDirectory() as folder:
        project = bench_project(Path(folder))
        with project.warehouse(create=True) as connection:
            whole = costs(project, connection, rows.filter(~late), "2026-01-01")
            more = costs(project, connection, rows.filter(late), "2026-01-02")
    print(f"{rows.height:,} rows of {PEOPLE:,} people, then 1 % of them more; CPU seconds")
    print(f"{'step':10}{'99 %':>10}{'1 %':>10}{'ratio':>10}")
    for step in whole:
        print(f"{step:10}{whole[step]:10.2f}{more[step]:10.2f}{more[step] / whole[step]:10.1%}")


def bench_project(folder: Path) -> OpenProject:
    """An empty project with keys."""
    (folder / "landing").mkdir()
    (folder / "onecontact.yaml").write_text(SETTINGS, encoding="utf-8")
    (folder / ".onecontact").mkdir()
    project = open_project(folder)
    make_keys(folder, project.settings.keys)
    return project


def costs(project: OpenProject, connection: Connection, rows: pl.DataFrame, day: str) -> dict[str, float]:
    """CPU seconds of the steps that take in these rows."""
    rows.write_csv(project.folder / "landing" / f"contacts-{day}.csv")
    steps: dict[str, Callable[[], object]] = {
        "received": lambda: receive(project, connection, day),
        "matched": lambda: match(project, connection, day),
        "merged": lambda: merge(project, connection, day, AS_OF),
    }
    spent = {}
    for name, step in steps.items():
        before = time.process_time()
        step()
        spent[name] = time.process_time() - before
    return spent | {"together": sum(spent.values())}
