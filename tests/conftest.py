from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_project import SmallProject, small_project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SmallProject]:
    """A small project with an empty landing area and an open, empty warehouse."""
    with small_project(tmp_path / "small") as made:
        yield made
