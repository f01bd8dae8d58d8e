"""A run that is killed goes on where it stopped, and ends where an undisturbed one would have."""

import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from tests.end_to_end.demo_project import AS_OF, busy_with, derived, onecontact, started

KILLS = 4


@pytest.mark.heavy
def test_killed_while_it_merges_a_run_still_ends_at_the_same_contacts(
    fresh_demo: Path, run_demo: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(fresh_demo, tmp_path / "killed"))
    process = busy_with("merging", started("run", "--project", str(folder), "--as-of", AS_OF))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    onecontact("run", "--project", str(folder), "--as-of", AS_OF)
    same_result(folder, run_demo)


@pytest.mark.heavy
def test_killed_at_random_moments_a_run_still_ends_at_the_same_contacts(fresh_demo: Path, tmp_path: Path) -> None:
    undisturbed = Path(shutil.copytree(fresh_demo, tmp_path / "undisturbed"))
    lasts = seconds_of_work(undisturbed)
    moments = random.Random(20261120)
    cut_short = 0
    for attempt in range(KILLS):
        folder = Path(shutil.copytree(fresh_demo, tmp_path / f"killed-{attempt}"))
        process = at_work(folder)
        time.sleep(moments.uniform(0, lasts))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        cut_short += process.returncode == -signal.SIGKILL
        onecontact("run", "--project", str(folder), "--as-of", AS_OF)
        same_result(folder, undisturbed)
    assert cut_short >= KILLS // 2  # the moments are spread over the run, so most fall into it


def same_result(folder: Path, undisturbed: Path) -> None:
    """Assert that two projects hold, give back and export the same."""
    after = derived(folder)
    for name, frame in derived(undisturbed).items():
        assert_frame_equal(frame, after[name])
    assert files(folder / "rejected") == files(undisturbed / "rejected")
    for path in (undisturbed / "exports").rglob("contacts.csv"):
        assert path.read_bytes() == (folder / path.relative_to(undisturbed)).read_bytes()


def at_work(folder: Path) -> "subprocess.Popen[str]":
    """A run that has begun to read."""
    return busy_with("reading", started("run", "--project", str(folder), "--as-of", AS_OF))


def seconds_of_work(folder: Path) -> float:
    """How long a run takes from its first file to its end."""
    process = at_work(folder)
    begun = time.monotonic()
    process.communicate()
    assert process.returncode == 0
    return time.monotonic() - begun


def files(folder: Path) -> list[str]:
    """Names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir())
