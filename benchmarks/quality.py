"""How well records are matched, and at what cost, beside Splink 5.

Every list is matched by both, each in a process of its own under the same limits. onecontact runs at its one default;
Splink as its documentation sets it up and tuned (`peer/configurations.py`), at .95, and as it would have been at the
threshold that suits each list best, which only the truth tells. F1 is that of the final clusters, over all pairs; CPU
seconds and MiB are of the whole process. `pairs` are those compared.

A second table is of the same lists with one record of each person (NAME-once): nobody is there twice, so that every
merge is wrong. `wrong` are the pairs that were put together, `review` the pairs of contacts that a person would be
shown, both per 1,000 people; Splink has no review.

`--through list` (the default) matches as `onecontact match list` does. `--through run` puts each list into a project of
its own (`benchmarks/project.py`): as a user sets it up who states the region and no more, and tuned, that is with the
role of every column. Splink is left out then.

`--once` measures the second table alone.

`make bench-quality ARGS="--large --data DIR"`: a list of a million as well, and each list of DIR (see datasets.given).
"""

import argparse
import json
import resource
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.process import Ran, measured_process

REGISTRIES = ("kyc-medium", "kyc-hell", "healthcare-medium", "healthcare-hell")
ALWAYS = (
    *("people10k", "people100k", "febrl1", "febrl2", "febrl3", "pseudopeople", "register"),
    *(name for each in REGISTRIES for name in (each, f"{each}-ids")),
)
ONCE = "-once"  # what the name of a list ends with in which nobody is there twice
SPLINK = {"docs": "Splink at .95", "tuned": "tuned at .95"}  # configuration -> what it is called
LARGE = "people1000k"
MINUTES = 60
GIB = 16  # of address space
THROUGH = ("list", "run")


class Row(NamedTuple):
    """One line of the table: figures by name, or why there are none."""

    dataset: str
    contestant: str
    figures: dict[str, Any]
    failed: str | None = None


def run(datasets: Sequence[str] = ALWAYS, through: str = "list", *, once: bool = False) -> None:
    """Measure these data sets, each a name of `datasets.MADE` or the path of a roles file, and print the tables.

    One that ends with ONCE is measured with one record of each person; with `once`, all of them and only so.
    """
    bare = [name.removesuffix(ONCE) for name in datasets if once or name.endswith(ONCE)]
    twice = [] if once else [name for name in datasets if not name.endswith(ONCE)]
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (GIB * 2**30, most))  # processes started from here on inherit it
    with tempfile.TemporaryDirectory() as scratch:
        rows: list[Row] = []
        for dataset in twice:
            print(f"{dataset} ...", file=sys.stderr, flush=True)
            rows += measured(dataset, Path(scratch), through)
        apart: list[Row] = []
        for dataset in bare:
            print(f"{dataset}{ONCE} ...", file=sys.stderr, flush=True)
            apart += measured(dataset, Path(scratch), once=True)
    tables = [table(rows, COLUMNS)] if rows else []
    if apart:
        tables.append(["Nobody twice: every merge is wrong", *table(apart, COLUMNS_ONCE)])
    print("\n\n".join("\n".join(lines) for lines in tables))


def measured(dataset: str, scratch: Path, through: str = "list", *, once: bool = False) -> list[Row]:
    """The rows of one data set; one that says why, if it cannot be had here."""
    path = Path(dataset)
    name = (path.parent.name if path.name == "roles.yaml" else path.stem) + (ONCE if once else "")
    folder = scratch / name
    made = ran("datasets", dataset, "--out", folder, *(["--once"] if once else []))
    if made.failed:
        return [Row(name, "", {}, made.failed)]
    if through == "run":
        return [run_through(name, folder, "run, region alone"), run_through(name, folder, "run, tuned", "--tuned")]
    splink = [row for configuration in SPLINK for row in linked(name, folder, configuration, once=once)]
    return [matched(name, folder), *splink]


def run_through(name: str, folder: Path, contestant: str, *options: str) -> Row:
    """The row of a run in a project of its own."""
    files = [folder / "records.parquet", "--roles", folder / "roles.yaml"]
    out = folder / "run.parquet"
    cost = ran("project", *files, "--out", out, *options)
    return Row(name, contestant, {} if cost.failed else scored(out, folder) | _costs(cost), cost.failed)


def matched(name: str, folder: Path) -> Row:
    """The row of onecontact at its default."""
    files = [folder / "records.parquet", "--roles", folder / "roles.yaml"]
    out = folder / "onecontact.parquet"
    cost = ran("resolve", *files, "--out", out, "--json")
    if cost.failed:
        return Row(name, "onecontact", {}, cost.failed)
    figures = scored(out, folder)
    review = {"review": 1000 * json.loads(cost.said)["review"] / max(figures["true_clusters"], 1)}
    return Row(name, "onecontact", figures | review | counted("resolve", files) | _costs(cost))


def linked(name: str, folder: Path, configuration: str, *, once: bool = False) -> list[Row]:
    """The rows of Splink in this configuration at its fixed threshold, and, if anybody is there twice, at the best."""
    files = [folder / "records.parquet", "--roles", folder / "roles.yaml", "--configuration", configuration]
    out, pairs = folder / f"{configuration}.parquet", folder / f"{configuration}-pairs.parquet"
    cost = ran("peer", *files, "--out", out, "--pairs", pairs)
    if cost.failed:
        return [Row(name, SPLINK[configuration], {}, cost.failed)]
    fixed = Row(name, SPLINK[configuration], scored(out, folder) | counted("peer", files) | _costs(cost))
    if once:
        return [fixed]
    best = ran("thresholds", pairs, folder / "truth.parquet")
    chosen = {} if best.failed else json.loads(best.said)
    return [fixed, Row(name, f"  best at {chosen.get('threshold', 0):g}", chosen, best.failed)]


def counted(contestant: str, files: Sequence[object]) -> dict[str, int]:
    """How many pairs a contestant compares, in a run that is not measured."""
    count = ran(contestant, *files, "--count")
    return {} if count.failed else {"compared": int(count.said)}


def scored(clusters: Path, folder: Path) -> dict[str, Any]:
    """What benchmarks.score says of these clusters."""
    found: dict[str, Any] = json.loads(ran("score", clusters, folder / "truth.parquet", "--json").said)
    wrong = found["pairs"] * (1 - found["precision"])
    return found | {"wrong": 1000 * wrong / max(found["true_clusters"], 1)}


def ran(module: str, *arguments: object) -> Ran:
    """Run a module of this package in a process of its own, for no longer than MINUTES."""
    return measured_process([sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)], MINUTES)


def _costs(cost: Ran) -> dict[str, float]:
    return {"cpu": cost.cpu, "mib": cost.mib}


Columns = tuple[tuple[str, str, str], ...]
COLUMNS: Columns = (  # heading, figure, how it is written
    *(("rows", "records", ",d"), ("F1", "f1", ".3f"), ("B3 F1", "bcubed_f1", ".3f"), ("precision", "precision", ".3f")),
    *(("recall", "recall", ".3f"), ("largest", "largest", ",d"), ("pairs", "compared", ",d")),
    *(("CPU s", "cpu", ".1f"), ("MiB", "mib", ",.0f")),
)

COLUMNS_ONCE: Columns = (
    *(("people", "records", ",d"), ("wrong", "wrong", ",.2f"), ("review", "review", ",.2f")),
    *(("largest", "largest", ",d"), ("pairs", "compared", ",d"), ("CPU s", "cpu", ".1f"), ("MiB", "mib", ",.0f")),
)
WIDEST = 26  # letters of the name of a list


def table(rows: Sequence[Row], columns: Columns = COLUMNS) -> list[str]:
    """The lines to print."""
    lines = [f"{'':{WIDEST}}{'':20}" + "".join(f"{heading:>11}" for heading, _, _ in columns)]
    for row in rows:
        cells = [f"{row.figures[name]:{form}}" if name in row.figures else "" for _, name, form in columns]
        shown = f"  {row.failed}" if row.failed else "".join(f"{cell:>11}" for cell in cells)
        lines.append(f"{row.dataset:{WIDEST}}{row.contestant:20}{shown}")
    return lines


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("datasets", nargs="*", help=f"names or roles files ({', '.join(ALWAYS)})")
    parser.add_argument("--large", action="store_true", help=f"{LARGE} as well")
    parser.add_argument("--once", action="store_true", help="only with one record of each person")
    parser.add_argument("--data", type=Path, help="folder of lists with roles: NAME.yaml, or NAME/roles.yaml")
    parser.add_argument("--through", choices=THROUGH, default="list", help="run: in a project of its own (list)")
    given = parser.parse_args()
    own = sorted([*given.data.glob("*.yaml"), *given.data.glob("*/roles.yaml")]) if given.data else []
    lists = [*(given.datasets or ALWAYS), *([LARGE] if given.large else []), *map(str, own)]
    both = [] if given.once or given.datasets or given.through == "run" else [f"{name}{ONCE}" for name in lists]
    run([*lists, *both], given.through, once=given.once)


if __name__ == "__main__":
    main()
