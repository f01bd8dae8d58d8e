"""Long answers: a screen at a time on a terminal, straight on everywhere else."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def paged() -> Iterator[Callable[[str], object]]:
    """Something that writes text: into a pager where somebody is looking, to standard output otherwise.

    The pager is $PAGER, else `less`, which is told to keep no history of what was searched for. Whoever leaves it has
    seen enough: the block ends early.
    """
    pager = _started() if sys.stdout.isatty() else None
    if pager is None or pager.stdin is None:
        yield sys.stdout.write
        return
    try:
        with suppress(BrokenPipeError):
            yield pager.stdin.write
    finally:
        with suppress(BrokenPipeError):
            pager.stdin.close()
        _leave(pager)


def _started() -> "subprocess.Popen[str] | None":
    command = shlex.split(os.environ.get("PAGER") or "less")
    settings = {"LESS": "FRX", "LESSHISTFILE": "-"} | dict(os.environ) | {"LESSHISTFILE": "-"}
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, text=True, encoding="utf-8", env=settings)
    except OSError:  # there is none: everything at once is better than nothing
        return None


def _leave(pager: "subprocess.Popen[str]") -> None:
    """Wait until the pager is left; Ctrl+C is for it, not for us."""
    while True:
        with suppress(KeyboardInterrupt):
            pager.wait()
            return
