"""What a process costs: its CPU seconds and its peak memory."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple


class Ran(NamedTuple):
    """CPU seconds and peak MiB of a process, the last line it printed, and why it failed, if it did."""

    cpu: float
    mib: float
    said: str
    failed: str | None


def measured_process(command: Sequence[str], minutes: float) -> Ran:
    """Run a command in a process of its own, for no longer than so many minutes."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdout=out, stderr=err)
        late = threading.Timer(minutes * 60, process.kill)
        late.start()
        _, status, used = os.wait4(process.pid, 0)
        timed_out = late.finished.is_set()
        late.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        said, wrong = ([line for line in _text(file).splitlines() if line.strip()] or [""] for file in (out, err))
    failed = None
    if process.returncode:
        failed = f"stopped after {minutes:g} minutes" if timed_out else wrong[-1] or f"ended with {process.returncode}"
    return Ran(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said[-1], failed)


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode(errors="replace"))
