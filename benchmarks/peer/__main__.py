"""`python -m benchmarks.peer RECORDS --roles ROLES --out CLUSTERS --pairs PAIRS`: Splink on one file.

It trains, scores and clusters at .95, and keeps the pairs from .5 on, so that other thresholds can be tried. With
`--count` it only counts the pairs its blocking rules give.
"""

import argparse
from pathlib import Path

from benchmarks.peer.columns import cleaned
from benchmarks.peer.configurations import CONFIGURATIONS
from benchmarks.peer.link import counted, link
from benchmarks.resolve import read_records


def main() -> None:
    """Read, link, write; or count."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peer", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("--roles", type=Path, required=True)
    parser.add_argument("--configuration", choices=list(CONFIGURATIONS), default="docs")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--count", action="store_true")
    given = parser.parse_args()
    frame = cleaned(*read_records(given.records, given.roles))
    configuration = CONFIGURATIONS[given.configuration]
    if given.count:
        print(counted(frame, configuration))
        return
    clusters, pairs = link(frame, configuration)
    clusters.write_parquet(given.out)
    pairs.write_parquet(given.pairs)


if __name__ == "__main__":
    main()
