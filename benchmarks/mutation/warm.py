"""Runs tests in forks of a process that has imported the libraries, and nothing of the tree.

A fork costs a second less than a new interpreter. The tree itself is imported in the fork, as changed as it is there.
"""

import os
import pickle
import resource
import shutil
import signal
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import hypothesis
import pytest

OPTIONS = [
    "-q", "-x", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin", "-W",
    "ignore::pytest.PytestAssertRewriteWarning", "--hypothesis-profile=mutation",
]  # fmt: skip
LIGHT = ["-m", "not heavy"]
THREADED = ("polars", "pandera", "duckdb", "pyarrow")  # these start threads, and threads do not survive a fork
Lines = dict[str, set[int]]


class Test(NamedTuple):
    """One test: what it costs, and the lines it runs of each module that is looked at."""

    name: str
    seconds: float  # of CPU
    lines: Lines


class Observed(NamedTuple):
    """Tests, and the lines of functions that run when a module is imported: what they make, every test may use."""

    tests: list[Test]
    imported: Lines


class Observer:
    """A pytest plugin that notes which lines of some files run on import and in each test, and what that costs."""

    def __init__(self, tree: Path, modules: Iterable[str]) -> None:
        self.modules = {str(tree / module): module for module in modules}
        self.tests: list[Test] = []
        self.imported: Lines = defaultdict(set)
        self.lines = self.imported

    def begin(self) -> None:
        """Note every line from now on."""
        sys.settrace(self.called)

    def called(self, frame: FrameType, event: str, arg: object) -> Any:
        """Follow a function of the files that are looked at."""
        watched = frame.f_code.co_filename in self.modules and frame.f_code.co_name != "<module>"
        return self.inside(frame, event, arg) if watched else None

    def inside(self, frame: FrameType, _event: str, _arg: object) -> Any:
        """Note the line that runs."""
        self.lines[self.modules[frame.f_code.co_filename]].add(frame.f_lineno)
        return self.inside

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Run one test with its setup under observation."""
        self.lines = defaultdict(set)
        begun = time.process_time()
        self.begin()
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.tests.append(Test(item.nodeid, time.process_time() - begun, dict(self.lines)))


def scratch_copy(root: Path, to: Path) -> Path:
    """A copy of the tree to put faults in, without what is hidden."""
    return Path(shutil.copytree(root, to, ignore=shutil.ignore_patterns(".*", "__pycache__")))


def warm(names: Iterable[str]) -> None:
    """Import libraries, and have Hypothesis fail at once instead of looking for the smallest example."""
    warnings.simplefilter("ignore")
    for name in sorted(name for name in names if name.split(".")[0] not in THREADED):
        with suppress(ImportError):
            import_module(name)
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "mutation", derandomize=True, deadline=None, database=None, phases=phases, max_examples=20
    )


def observe(tree: Path, modules: list[str], files: list[str], *, light: bool) -> Observed:
    """Run tests without a fault, and say which lines each of them runs. Raises SystemExit where one fails.

    With `light`, those that are marked heavy are left out.
    """
    notes = tree / "observed.pickle"

    def run() -> int:
        observer = Observer(tree, modules)
        observer.begin()
        failed = int(pytest.main([*OPTIONS, *(LIGHT if light else []), *files], plugins=[observer]))
        notes.write_bytes(pickle.dumps(Observed(observer.tests, dict(observer.imported))))
        return 0 if failed == pytest.ExitCode.NO_TESTS_COLLECTED else failed

    log = tree / "observed.txt"
    process = fork(tree, run, limit=3600, log=str(log))
    if os.waitpid(process, 0)[1]:
        raise SystemExit(f"{log.read_text(encoding='utf-8')}\nThese tests have to pass before a fault is put in.")
    found: Observed = pickle.loads(notes.read_bytes())  # noqa: S301 - written above
    return found


def start(tree: Path, tests: list[str], limit: int) -> int:
    """Run tests up to the first that fails; the process that does so ends with 0 where none does."""
    return fork(tree, lambda: int(pytest.main([*OPTIONS, *tests])), limit)


def fork(tree: Path, run: Callable[[], int], limit: int, log: str = os.devnull) -> int:
    """Call `run` in a process of its own, in that tree, for at most `limit` CPU seconds; the id of the process."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        output = os.open(log, os.O_RDWR | os.O_CREAT)
        for stream in (0, 1, 2):
            os.dup2(output, stream)
        os.chdir(tree)
        sys.path.insert(0, str(tree))
        os.environ |= {"PYTHONPATH": str(tree), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        status = run()
    finally:
        os._exit(status)


def stop(process: int) -> None:
    """End a process that has not come back, and what it started."""
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
