"""What a whole run costs, from files to exports, beside the script that people write instead.

`python -m benchmarks.pipeline [--rows N] [--messages N]`: both get the same files (`deliveries.py`), each in processes
of its own. onecontact takes them in with `onecontact run`; then once more with nothing new, and with one per cent more;
then it is asked and rebuilt. CPU seconds and MiB are of whole processes, Dagster and imports included. F1 is that of
the contacts of the lists, over all pairs of rows.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import polars as pl

from assets.cost import last_cost
from benchmarks.pipeline.deliveries import LISTS, deliveries, project
from benchmarks.process import Ran, measured_process
from benchmarks.project import contacts_in
from benchmarks.score import score

MINUTES = 120
AS_OF = "2026-01-03"
SCRIPT = "the script"
OTHERS = "others"
STAGE_OF = {  # an asset is made in, by the first part of its name
    "deliveries": "receive",
    "match_edges": "match",
    "contacts": "merge",
    "exports": "publish",
}
STAGES = (*STAGE_OF.values(), OTHERS)


class Line(NamedTuple):
    """A line of the table: what was done and what it cost; MB that are left on the disk and F1, where that is asked.

    `stages` are the CPU seconds of a run by stage; the rest of its cost is Dagster, imports and opening the warehouse.
    """

    what: str
    cost: Ran
    disk: float | None = None
    f1: float | None = None
    stages: Mapping[str, float] = MappingProxyType({})


def main(arguments: list[str]) -> int:
    """Make the files, run both, print the table; 1 if something failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="rows of five lists, about (100,000)")
    parser.add_argument("--messages", type=int, default=0, help="messages on four channels, about (0)")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        made = deliveries(folder, asked.rows, asked.messages, asked.seed)
        lines = []
        for line in measured(folder, made.truth):
            print(f"{line.what} ... {line.cost.failed or 'done'}", file=sys.stderr, flush=True)
            lines.append(line)
    print(f"{made.rows:,} rows and {made.messages:,} messages")
    print("\n".join([*table(lines), "", *stages_table(lines)]))
    return int(any(line.cost.failed for line in lines))


def measured(folder: Path, truth: pl.DataFrame) -> Iterator[Line]:
    """Each command, in the order in which a user would give them, and the script."""
    own, first = folder / "project", folder / "first" / "landing"
    own.mkdir()
    project(own)
    onecontact("init", own)
    shutil.copytree(first, own / "landing", dirs_exist_ok=True)
    known = truth.join(listed(first), on="record_id", how="semi")
    cold = run("run, all of it new", own)
    yield cold._replace(disk=megabytes(own), f1=None if cold.cost.failed else f1_of(contacts_in(own, LISTS), known))
    yield run("run, nothing new", own)
    shutil.copytree(folder / "second" / "landing", own / "landing", dirs_exist_ok=True)
    yield run("run, 1 % more", own)
    yield Line("list", onecontact("list", own))
    yield Line("show", onecontact("show", own, f"{LISTS[0]}:{some_record(first)}"))
    yield Line("search", onecontact("list", own, "anna"))
    yield Line("rebuild", onecontact("rebuild", own))
    out = folder / "script"
    out.mkdir()
    script = measured_process([sys.executable, "-m", "benchmarks.pipeline.script", str(first), str(out)], MINUTES)
    f1 = None if script.failed else f1_of(pl.read_parquet(out / "clusters.parquet"), known)
    yield Line(SCRIPT, script, megabytes(out), f1)


def run(what: str, own: Path) -> Line:
    """A run of the project, with its stages."""
    cost = onecontact("run", own, "--as-of", AS_OF)
    return Line(what, cost, stages={} if cost.failed else stages_of(own))


def stages_of(own: Path) -> dict[str, float]:
    """CPU seconds of the stages of the last run: STAGES."""
    last = last_cost(own / ".onecontact" / "dagster")
    spent = dict.fromkeys(STAGES, 0.0)
    for asset, seconds in (last["cpu_seconds"] if last else {}).items():
        spent[STAGE_OF.get(asset.split("/")[0], OTHERS)] += seconds
    return spent


def onecontact(command: str, folder: Path, *arguments: str) -> Ran:
    """A command, as a user gives it."""
    named = [str(folder)] if command == "init" else ["--project", str(folder)]
    return measured_process([sys.executable, "-m", "console.cli", command, *arguments, *named], MINUTES)


def listed(landing: Path) -> pl.DataFrame:
    """Ids of the rows in the lists: record_id."""
    files = [file for name in LISTS for file in sorted((landing / name).glob("*.csv"))]
    return pl.concat([pl.read_csv(file, columns=["record_id"], infer_schema=False) for file in files])


def some_record(landing: Path) -> str:
    """Id of a record of the first list."""
    return str(listed(landing)["record_id"][0])


def f1_of(found: pl.DataFrame, truth: pl.DataFrame) -> float:
    """F1 over all pairs of rows."""
    return score(found.with_columns(pl.col("record_id").cast(pl.String)), truth).f1


def megabytes(folder: Path) -> float:
    """What databases take on the disk."""
    return sum(file.stat().st_size for file in folder.rglob("*.duckdb")) / 1e6


def table(lines: list[Line]) -> list[str]:
    """The lines to print; `x script` is how many times the script's CPU seconds."""
    floor = next((line.cost.cpu for line in lines if line.what == SCRIPT and not line.cost.failed), None)
    told = [f"{'':20}{'CPU s':>9}{'x script':>10}{'MiB':>8}{'MB on disk':>12}{'F1':>7}"]
    for line in lines:
        if line.cost.failed:
            told.append(f"{line.what:20} {line.cost.failed}")
            continue
        times = f"{line.cost.cpu / floor:.2f}" if floor else ""
        disk = "" if line.disk is None else f"{line.disk:,.0f}"
        f1 = "" if line.f1 is None else f"{line.f1:.3f}"
        told.append(f"{line.what:20}{line.cost.cpu:9.1f}{times:>10}{line.cost.mib:8,.0f}{disk:>12}{f1:>7}")
    return told


def stages_table(lines: list[Line]) -> list[str]:
    """CPU seconds of each run by stage; `outside` is what no stage took: Dagster, imports, opening the warehouse."""
    told = [f"{'CPU s by stage':20}" + "".join(f"{stage:>9}" for stage in (*STAGES, "outside"))]
    for line in lines:
        if line.stages:
            spent = [*line.stages.values(), line.cost.cpu - sum(line.stages.values())]
            told.append(f"{line.what:20}" + "".join(f"{seconds:9.1f}" for seconds in spent))
    return told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
