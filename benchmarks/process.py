"""What a process costs: its CPU seconds and its peak memory."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

# A process counts the memory of the one that has started it as its own, so a small one does.
START = """
import os, sys
_, status, used = os.wait4(os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ), 0)
with open(sys.argv[1], "w") as told:
    print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, file=told)
sys.exit(os.waitstatus_to_exitcode(status))
"""


class Ran(NamedTuple):
    """CPU seconds and peak MiB of a process, the last line it printed, and why it failed, if it did."""

    cpu: float
    mib: float
    said: str
    failed: str | None


def measured_process(command: Sequence[str], minutes: float) -> Ran:
    """Run a command in a process of its own, for no longer than so many minutes."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.NamedTemporaryFile() as cost:
        start = [sys.executable, "-S", "-c", START, cost.name, *command]
        process = subprocess.Popen(start, stdout=out, stderr=err, start_new_session=True)
        late = threading.Timer(minutes * 60, os.killpg, (process.pid, signal.SIGKILL))
        late.start()
        code = process.wait()
        timed_out = late.finished.is_set()
        late.cancel()
        cpu, mib = map(float, _text(cost).split() or (0, 0))
        said, wrong = ([line for line in _text(file).splitlines() if line.strip()] or [""] for file in (out, err))
    failed = None
    if code:
        failed = f"stopped after {minutes:g} minutes" if timed_out else wrong[-1] or f"ended with {code}"
    return Ran(cpu, mib, said[-1], failed)


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode(errors="replace"))
