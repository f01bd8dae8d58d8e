import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from pipelines.derive import code_version
from pipelines.derive.code_version import BESIDE, PACKAGE, deciding, fingerprint, rules_of_matching

PIPELINES = Path(str(files("pipelines")))
DECIDES_NOTHING = {"progress"}  # it only tells how far a step is


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name, file in deciding(PIPELINES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(file.read_bytes())
    return tmp_path


def test_the_same_files_give_the_same_fingerprint(copied: Path) -> None:
    assert fingerprint(copied) == fingerprint(PIPELINES)


def test_a_change_in_any_file_gives_another_fingerprint(copied: Path) -> None:
    found = {fingerprint(copied)}
    names = [name for name, _ in deciding(copied)]
    for name in names:
        (copied / name).write_bytes((copied / name).read_bytes() + b"\n")
        found.add(fingerprint(copied))
    assert len(found) == 1 + len(names)


def test_a_new_module_of_the_matcher_counts_by_itself(copied: Path) -> None:
    before = fingerprint(copied)
    (copied / "match" / "model" / "moon.py").write_text("PHASE = 0.5\n", encoding="utf-8")
    assert fingerprint(copied) != before


def test_a_file_that_swaps_its_content_with_another_counts(copied: Path) -> None:
    before = fingerprint(copied)
    one, other = (copied / "match" / "comparison" / name for name in ("texts.py", "name_words.py"))
    spare = shutil.copy(one, copied / "spare")
    shutil.copy(other, one)
    shutil.copy(spare, other)
    assert fingerprint(copied) != before


def test_whatever_the_matcher_makes_use_of_counts() -> None:
    used = {
        name.replace(".", "/") + ".py"
        for file in (PIPELINES / "match").rglob("*.py")
        for name in re.findall(r"^\s*from pipelines\.(\S+) import", file.read_text(encoding="utf-8"), re.MULTILINE)
        if name.split(".")[0] != PACKAGE and name not in DECIDES_NOTHING
    }
    assert used <= set(BESIDE)


@pytest.mark.parametrize("other", ["aliases", "countries", "library"])
def test_what_libraries_bring_counts(other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rules_of_matching()
    if other == "library":
        monkeypatch.setattr(code_version, "version", lambda library: f"{library} of tomorrow")
    else:
        name = {"aliases": "known_aliases", "countries": "countries"}[other]
        monkeypatch.setattr(code_version, name, dict)
    assert rules_of_matching() != before
