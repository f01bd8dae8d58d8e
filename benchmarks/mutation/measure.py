"""Puts one fault after the other into copies of a tree, and says which of them the tests notice."""

import os
import shutil
import sys
import tempfile
import time
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.mutation.mutant import Mutant
from benchmarks.mutation.neighbours import Near, libraries, python_files, tests_near
from benchmarks.mutation.warm import Observed, Test, observe, scratch_copy, start, stop, warm

PACKAGES = ("pipelines/", "schemas/")  # whose libraries are imported once
STARTUP = 15  # CPU seconds that importing the tree and collecting the tests may take
SLOWER = 5  # how much longer than without a fault tests may take before they count as hung
ORIGINAL = "module.original"
PATIENCE = 20  # seconds of the clock for each CPU second, on a machine that is busy with something else
MOST_SECONDS = 20.0  # CPU seconds of tests for one fault: nearest first, then cheapest first


class Outcome(NamedTuple):
    """What became of a fault: killed, survived, or unreached where no test runs its line."""

    mutant: Mutant
    end: str


class Running(NamedTuple):
    """A fault that is being looked at."""

    mutant: Mutant
    tree: Path
    until: float  # of the clock


def measure(root: Path, mutants: list[Mutant], jobs: int, *, light: bool = False) -> Iterator[Outcome]:
    """The outcome of each fault, as it is known. The tree at `root` is read once and never written.

    With `light`, tests that are marked heavy are left out.
    """
    modules = sorted({each.path for each in mutants})
    near = tests_near(root, modules)
    files = sorted({file for each in near.values() for file in each.files})
    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        first = scratch_copy(root, Path(scratch) / "0")
        warm(libraries(root, [path for path in python_files(root) if path.startswith(PACKAGES)]))
        observed = observe(first, modules, files, light=light) if files else Observed([], {})
        trees = [first, *(Path(shutil.copytree(first, Path(scratch) / str(nth))) for nth in range(1, jobs))]
        sys.dont_write_bytecode = True  # a fault must not outlive its process
        yield from outcomes(mutants, observed, near, trees)


def outcomes(mutants: list[Mutant], observed: Observed, near: dict[str, Near], trees: list[Path]) -> Iterator[Outcome]:
    """Keep a process running in every tree until no fault is left."""
    waiting, free, running = deque(mutants), list(trees), dict[int, Running]()
    while waiting or running:
        while waiting and free:
            mutant = waiting.popleft()
            chosen = tests_of(mutant, observed, near[mutant.path])
            if not chosen:
                yield Outcome(mutant, "unreached")
                continue
            tree, limit = free.pop(), STARTUP + int(SLOWER * sum(each.seconds for each in chosen))
            put_in(tree, mutant)
            names = list(dict.fromkeys(each.name.split("[")[0] for each in chosen))
            running[start(tree, names, limit)] = Running(mutant, tree, time.monotonic() + PATIENCE * limit)
        for process, ended in ended_processes(running):
            done = running.pop(process)
            take_out(done.tree, done.mutant)
            free.append(done.tree)
            yield Outcome(done.mutant, "killed" if ended else "survived")


def ended_processes(running: dict[int, Running]) -> list[tuple[int, int]]:
    """Processes that have ended, with their status; those that have not in time are stopped."""
    found = []
    for process, each in running.items():
        if time.monotonic() > each.until:
            stop(process)
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            found.append((process, status))
    if not found:
        time.sleep(0.02)
    return found


def tests_of(mutant: Mutant, observed: Observed, near: Near) -> list[Test]:
    """The tests that run the line of a fault; of one that acts on import, those that run or import its module.

    Of a module that holds constants alone no test runs a line: where none imports it, those near it are looked at.
    """
    first, last = mutant.lines
    on_import = mutant.at_import or any(first <= line <= last for line in observed.imported.get(mutant.path, ()))
    rank = {file: nth for nth, file in enumerate(near.files[:1])}
    reaching = [
        each
        for each in observed.tests
        if (lines := each.lines.get(mutant.path)) and (on_import or any(first <= line <= last for line in lines))
    ]
    if on_import:
        files = near.importing if near.importing or reaching else near.files
        reaching += [each for each in observed.tests if each.name.split("::")[0] in files and each not in reaching]
    reaching.sort(key=lambda each: (rank.get(each.name.split("::")[0], 1), each.seconds))
    kept: list[Test] = []
    spent = 0.0
    for each in reaching:
        if kept and spent + each.seconds > MOST_SECONDS:
            break
        kept.append(each)
        spent += each.seconds
    return kept


def put_in(tree: Path, mutant: Mutant) -> None:
    """Write a module with the fault in it; its time of change fits no compiled file."""
    file = tree / mutant.path
    shutil.copy2(file, tree / ORIGINAL)
    file.write_text(mutant.applied(file.read_text(encoding="utf-8")), encoding="utf-8")
    os.utime(file, (1, 1))


def take_out(tree: Path, mutant: Mutant) -> None:
    """Put the module back as it was, its time of change as well, so that it need not be compiled again."""
    shutil.copy2(tree / ORIGINAL, tree / mutant.path)


def equivalents(file: Path) -> dict[tuple[str, str, str], str]:
    """Faults known to change nothing: path, line before and line after, and why."""
    known = tomllib.loads(file.read_text(encoding="utf-8")).get("fault", [])
    return {(each["file"], each["was"], each["now"]): each["why"] for each in known}


def counted(mutants: Iterable[Mutant], sources: dict[str, str], known: dict[tuple[str, str, str], str]) -> list[Mutant]:
    """Faults without those that are known to change nothing."""
    return [each for each in mutants if (each.path, *each.diff(sources[each.path])) not in known]
