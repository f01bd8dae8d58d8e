"""What one per cent of new rows costs beside the run that took in all the others, and whether the result is the same.

`python -m benchmarks.increment [--entities N]`: a list of `benchmarks/people.py` with 1.85 rows a person (55,000
people) goes through the steps of a run. CPU seconds of this process, step by step; in the end everything is matched and
merged anew, which has to change nothing.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from benchmarks.people import crowd
from pipelines.derive.match import match
from pipelines.derive.merge import merge
from pipelines.ingest.receive import receive
from pipelines.project import OpenProject, open_project
from pipelines.store.runs.work_queue import CONTACTS, MATCH, enqueue_all
from pipelines.store.warehouse.connection import Connection, query
from pipelines.store.warehouse.keys import make_keys

ENTITIES = 55_000
SETTINGS = """\
project: bench
default_region: DE
sources:
  contacts:
    {format: contacts_csv, path: "landing/*.csv", key: record_id, columns: {city: city, company: company}}
attributes:
  city: {type: text, role: city}
  company: {type: text, role: company}
"""
AS_OF = datetime(2026, 2, 1, tzinfo=UTC)
DERIVED = {
    "edges": "SELECT * EXCLUDE run_id FROM match_edge",
    "crowds": "FROM shared_identifier",
    "members": "SELECT record_key, contact_id, reason FROM membership WHERE run_to IS NULL",
    "contacts": "SELECT * EXCLUDE run_id FROM contact",
    "fields": "FROM contact_field",
    "vetoes": "FROM vetoed_edge",
}


def run(entities: int = ENTITIES) -> None:
    """Take in a list, then one per cent more, and print what each step of both costs."""
    rows, _ = crowd(entities)
    rows = rows.select("record_id", "first_name", "last_name", "email", "phone", "city", "company")
    late = pl.col("record_id").hash(seed=1) % 100 == 0
    with tempfile.TemporaryDirectory() as folder:
        project = bench_project(Path(folder))
        with project.warehouse(create=True) as connection:
            whole = costs(project, connection, rows.filter(~late), "2026-01-01")
            more = costs(project, connection, rows.filter(late), "2026-01-02")
            before = derived(connection)
            rebuild(project, connection)
            other = [name for name, print_ in derived(connection).items() if print_ != before[name]]
    print(f"{rows.height:,} rows of {entities:,} people, then 1 % of them more; CPU seconds")
    print(f"{'step':10}{'99 %':>10}{'1 %':>10}{'ratio':>10}")
    for step in whole:
        print(f"{step:10}{whole[step]:10.2f}{more[step]:10.2f}{more[step] / whole[step]:10.1%}")
    print(f"{', '.join(other)}: not what a rebuild gives" if other else "the result is that of a rebuild")


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


def rebuild(project: OpenProject, connection: Connection) -> None:
    """Match and merge every record anew."""
    records = query(connection, "SELECT record_key FROM record")["record_key"]
    for step in (MATCH, CONTACTS):
        enqueue_all(connection, step, records)
    match(project, connection, "rebuild")
    merge(project, connection, "rebuild", AS_OF)


def derived(connection: Connection) -> dict[str, tuple[object, ...]]:
    """A fingerprint of each table that matching and merging make, whatever the order of its rows."""
    return {
        name: query(connection, f"SELECT count(*), bit_xor(hash(told)) FROM ({sql}) told").row(0)  # noqa: S608  # tables as they are named above
        for name, sql in DERIVED.items()
    }


def main() -> None:
    """Measure a base of any size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.increment", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entities", type=int, default=ENTITIES, help=f"true people ({ENTITIES:,})")
    run(parser.parse_args().entities)


if __name__ == "__main__":
    main()
