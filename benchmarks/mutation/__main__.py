"""`python -m benchmarks.mutation PACKAGE_OR_FILE ... [--changed-since REV] [--sample N --seed S]`."""

import argparse
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

from benchmarks.mutation.measure import Outcome, counted, equivalents, measure
from benchmarks.mutation.mutant import Mutant
from benchmarks.mutation.python_mutants import compiles, python_mutants

EQUIVALENT = Path(__file__).with_name("equivalent.toml")


def main(arguments: list[str]) -> int:
    """Print what survives, and a score for each package; 1 where one is below `--fail-under`."""
    asked = options(arguments)
    root = asked.root.resolve()
    sources: dict[str, str] = {}
    mutants: list[Mutant] = []
    group: dict[str, str] = {}
    for target in asked.targets:
        found = [path for path in modules(root, target) if path not in sources]
        sources |= {path: (root / path).read_text(encoding="utf-8") for path in found}
        group |= dict.fromkeys(found, target)
        faults = counted((each for path in found for each in python_mutants(path, sources[path])), sources, asked.known)
        if asked.changed_since:
            changed = changed_lines(root, asked.changed_since, found)
            faults = [each for each in faults if each.line in changed.get(each.path, ())]
        some = Random(asked.seed).sample(faults, asked.sample) if asked.sample < len(faults) else faults
        mutants += [each for each in some if compiles(each.applied(sources[each.path]))]
    ends: Counter[tuple[str, str]] = Counter()
    for outcome in measure(root, mutants, asked.jobs, light=asked.light):
        ends[group[outcome.mutant.path], outcome.end] += 1
        if outcome.end != "killed":
            print(survivor(outcome, sources[outcome.mutant.path]), flush=True)
    return report(asked.targets, ends, asked.fail_under)


def options(arguments: list[str]) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description="changes no test notices")
    parser.add_argument("targets", nargs="+", metavar="PACKAGE_OR_FILE", help="pipelines/merge, pipelines/ids.py, ...")
    parser.add_argument("--changed-since", metavar="REV", help="only lines that differ from this revision")
    parser.add_argument("--sample", type=int, default=sys.maxsize, metavar="N", help="so many of each package at most")
    parser.add_argument("--seed", type=int, default=0, help="another sample")
    parser.add_argument(
        "--light", action="store_true", help="only by tests that `make test` runs: sooner, and stricter"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--fail-under", type=float, default=0.0, metavar="PERCENT", help="end with 1 below this score")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the checkout")
    parser.add_argument("--equivalent", type=Path, default=EQUIVALENT, help="faults that change nothing")
    asked = parser.parse_args(arguments)
    asked.known = equivalents(asked.equivalent)
    return asked


def modules(root: Path, target: str) -> list[str]:
    """The modules of a package, or the one that is named."""
    path = root / target
    found = [path] if path.is_file() else sorted(path.rglob("*.py"))
    if not found:
        raise SystemExit(f"no Python in {target}")
    return [str(each.relative_to(root)) for each in found]


def changed_lines(root: Path, revision: str, paths: list[str]) -> dict[str, set[int]]:
    """The lines of each file that differ from a revision, as they are numbered now."""
    command = ["git", "-C", str(root), "diff", "--unified=0", revision, "--", *paths]
    changed: dict[str, set[int]] = {}
    path = ""
    for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
        if line.startswith("+++ b/"):
            path = line.removeprefix("+++ b/")
        elif hunk := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            first, lines = int(hunk[1]), int(hunk[2] or 1)
            changed.setdefault(path, set()).update(range(first, first + lines))
    return changed


def survivor(outcome: Outcome, source: str) -> str:
    """A fault that nothing noticed, as its place, what it is, and the line before and after."""
    before, after = outcome.mutant.diff(source)
    unreached = " (no test near it runs this line)" if outcome.end == "unreached" else ""
    return (
        f"{outcome.mutant.path}:{outcome.mutant.line}: {outcome.mutant.operator}{unreached}\n  - {before}\n  + {after}"
    )


def report(targets: list[str], ends: Counter[tuple[str, str]], fail_under: float) -> int:
    """Print the score of each package; 1 where one is too low."""
    too_low = 0
    print(f"\n{'package':32} {'faults':>7} {'noticed':>8} {'unreached':>10} {'score':>7}")
    for target in targets:
        killed, unreached = ends[target, "killed"], ends[target, "unreached"]
        faults = killed + unreached + ends[target, "survived"]
        score = 100 * killed / faults if faults else 100.0
        too_low |= score < fail_under
        print(f"{target:32} {faults:7} {killed:8} {unreached:10} {score:6.1f}%")
    return too_low


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
