import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

PAGE = Path(__file__).parents[3] / "docs" / "adding-a-format.md"
FILE = re.compile(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The files of the page as an installed package: what an installer would write of `pyproject.toml` beside them."""
    for name, content in FILE.findall(PAGE.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(content, encoding="utf-8")
    declared = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [(group, entries)] = declared["entry-points"].items()
    info = tmp_path / "acme_lines-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {declared['name']}\nVersion: {declared['version']}\n")
    lines = [f"{name} = {module}" for name, module in entries.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines, ""]))
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    """What Python says to these arguments where the package is installed."""
    root = str(PAGE.parents[1])
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(folder), root]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "110",
    }
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.heavy
def test_the_tests_of_the_page_pass(package: Path) -> None:
    assert "5 passed" in run(package, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider")


@pytest.mark.heavy
def test_the_format_of_the_page_is_listed_and_shown(package: Path) -> None:
    assert re.search(r"address_lines .* contacts +acme-lines", run(package, "-m", "console.cli", "formats"))
    assert "A tag for everybody on the list" in run(package, "-m", "console.cli", "formats", "address_lines")


@pytest.mark.heavy
def test_the_format_of_the_page_is_proposed_for_its_files(package: Path) -> None:
    (package / "people.txt").write_text("Jane Doe <jane@example.com>\n")
    told = run(package, "-m", "console.cli", "sources", "suggest", "people.txt")
    assert [each["format"] for each in yaml.safe_load(told)["sources"].values()] == ["address_lines"]
