import os
from pathlib import Path

import pytest

from pipelines.privacy.files import kinds
from pipelines.privacy.files.outcome import Fate, Unreachable
from pipelines.privacy.files.rewrite import discard, name_without, replace, rewrite, sweep
from tests.pipelines.privacy.files.items import ANNA

PEOPLE = "name,email\nBob,bob@example.org\nAnna,anna.kowalska@example.org\n"
BOB = "name,email\nBob,bob@example.org\n"


def written(folder: Path, content: str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_text(content)
    return path


def test_the_new_file_lies_beside_until_it_takes_the_place(tmp_path: Path) -> None:
    path = written(tmp_path, PEOPLE)
    done = rewrite(path, ANNA)
    assert path.read_text() == PEOPLE
    assert (done.fate, done.removed) == (Fate.REWRITTEN, 1)
    replace(path, done)
    assert path.read_text() == BOB
    assert list(tmp_path.iterdir()) == [path]


def test_mode_and_time_stay(tmp_path: Path) -> None:
    path = written(tmp_path, PEOPLE)
    path.chmod(0o640)
    os.utime(path, ns=(1_000_000_000, 1_700_000_000_123_456_789))
    replace(path, rewrite(path, ANNA))
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.stat().st_mtime_ns == 1_700_000_000_123_456_789


def test_a_file_of_nobody_else_goes(tmp_path: Path) -> None:
    path = written(tmp_path, "name,email\nAnna,anna.kowalska@example.org\n")
    done = rewrite(path, ANNA)
    assert done.fate is Fate.EMPTIED
    replace(path, done)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_others_is_untouched(tmp_path: Path) -> None:
    path = written(tmp_path, BOB)
    before = path.stat()
    done = rewrite(path, ANNA)
    replace(path, done)
    assert done == (Fate.UNTOUCHED, 0, 0, 0, "", None)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "content", [b"\0\1 anna.kowalska@example.org", "\0anna.kowalska@example.org".encode("utf-16-le")]
)
def test_what_cannot_be_rewritten_says_why_and_names_nobody(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.dat"
    path.write_bytes(content)
    done = rewrite(path, ANNA)
    assert done.fate is Fate.UNREACHABLE
    assert done.why
    assert "kowalska" not in done.why
    assert list(tmp_path.iterdir()) == [path]


def test_a_rewriting_that_fails_leaves_the_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, PEOPLE)
    monkeypatch.setattr(kinds, "rewrite", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rewrite(path, ANNA)
    assert path.read_text() == PEOPLE
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    path = written(tmp_path, PEOPLE)
    rewrite(path, ANNA)
    (tmp_path / "below").mkdir()
    written(tmp_path / "below", "x", ".onecontact-rewrite-0123.part")
    assert sweep(tmp_path) == 2
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [path]


def test_a_new_file_can_be_given_up(tmp_path: Path) -> None:
    path = written(tmp_path, PEOPLE)
    discard(rewrite(path, ANNA))
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == PEOPLE


def test_the_name_of_a_file_loses_who_it_names() -> None:
    assert name_without(ANNA, "WhatsApp Chat with +49 171 3920017.txt") == "WhatsApp Chat with erased.txt"
    assert str(Unreachable("x")) == "x"
