import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pipelines.landing import arrivals
from pipelines.store.warehouse import database
from tests.examples import LIGHT
from tests.small_project import SmallProject, small_project

settings.register_profile(LIGHT, settings.get_profile("ci"), max_examples=25)


def pytest_collection_finish() -> None:
    """What has been loaded stays to the end: the garbage collector need not look through it again and again."""
    gc.freeze()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SmallProject]:
    """A small project with an empty landing area and an open, empty warehouse."""
    with small_project(tmp_path / "small") as made:
        yield made


@pytest.fixture(scope="session", autouse=True)
def nobody_waits() -> Iterator[None]:
    """Files that tests deliver are complete the moment they are there."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(arrivals, "SETTLE_SECONDS", 0.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def one_thread_each() -> Iterator[None]:
    """Where a test process runs on each core, a DuckDB of several threads would only wait for itself."""
    with pytest.MonkeyPatch.context() as patched:
        if "PYTEST_XDIST_WORKER" in os.environ:
            patched.setattr(database, "THREADS", 1)
        yield
