import shutil
from pathlib import Path

import pytest

from tests.end_to_end.demo_project import AS_OF, new_demo, onecontact


@pytest.fixture(scope="session")
def fresh_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with its keys and an empty warehouse: copies of it give people the same ids."""
    folder = new_demo(tmp_path_factory.mktemp("fresh") / "nordlicht")
    onecontact("init", str(folder))
    return folder


@pytest.fixture(scope="session")
def run_demo(fresh_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo after one run; tests that change it take a copy."""
    folder = Path(shutil.copytree(fresh_demo, tmp_path_factory.mktemp("demo") / "nordlicht"))
    said = onecontact("run", "--project", str(folder), "--as-of", AS_OF)
    (folder / "said.txt").write_text(said, encoding="utf-8")
    return folder
