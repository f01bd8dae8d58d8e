from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.landing import arrivals
from tests.small_project import SmallProject, small_project


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
