import os
import stat
from pathlib import Path

import pytest

from pipelines.publish.files import atomic_write, sha256_of


def test_a_file_takes_its_place_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    with atomic_write(path) as file:
        file.write(b"id\r\n")
        assert not path.exists()
    assert path.read_bytes() == b"id\r\n"
    assert list(tmp_path.iterdir()) == [path]


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "contacts.csv"
    with atomic_write(path) as file:
        draft = next(path.parent.iterdir())
        file.write(b"id\r\n")
        assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_its_owners_again(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.touch(mode=0o644)
    with atomic_write(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file_and_no_draft(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes(b"old")

    def interrupted() -> None:
        with atomic_write(path) as file:
            file.write(b"new")
            raise error

    with pytest.raises(error):
        interrupted()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_what_is_no_file_has_no_hash(tmp_path: Path) -> None:
    assert sha256_of(tmp_path) is sha256_of(tmp_path / "none") is None


def test_what_a_killed_run_left_of_a_draft_is_gone_after_the_next(tmp_path: Path) -> None:
    (tmp_path / ".contacts.csv.tmp").write_text("rows of people")
    with atomic_write(tmp_path / "contacts.csv") as file:
        file.write(b"new")
    [path] = tmp_path.iterdir()
    assert (path.name, path.read_bytes()) == ("contacts.csv", b"new")


def test_all_of_it_is_on_the_disk_before_it_takes_its_place_and_its_place_is_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "contacts.csv"
    synced: list[tuple[bool, int, bool]] = []

    def note(descriptor: int) -> None:
        found = os.fstat(descriptor)
        folder = stat.S_ISDIR(found.st_mode)
        synced.append((folder, 0 if folder else found.st_size, path.exists()))

    monkeypatch.setattr(os, "fsync", note)
    with atomic_write(path) as file:
        file.write(b"id\r\n")
    assert synced == [(False, 4, False), (True, 0, True)]
