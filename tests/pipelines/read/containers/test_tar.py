import gzip
import io
import tarfile
from pathlib import Path, PurePosixPath

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.containers import tar
from pipelines.read.containers.tar import files, is_tar
from schemas.error_codes import ErrorCode


def tarred(*names: str, size: int = 5) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as file:
        for name in names:
            info = tarfile.TarInfo(name)
            if name.endswith("/"):
                info.type = tarfile.DIRTYPE
            elif name.endswith("@"):
                info.type, info.linkname = tarfile.SYMTYPE, "a"
            else:
                info.size = size
            file.addfile(info, io.BytesIO(b"x" * info.size))
    return packed.getvalue()


def found(folder: Path, data: bytes, limit: int = 100) -> list[tuple[str, int]]:
    path = folder / "a.tar"
    path.write_bytes(data)
    return [(str(name), len(content)) for name, content in files(path, limit)]


def refused(folder: Path, data: bytes) -> ErrorCode:
    with pytest.raises(DeliveryRefused) as told:
        found(folder, data)
    return told.value.code


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_files_are_read_in_their_order_and_links_and_folders_left_out(tmp_path: Path, pack: type[bytes]) -> None:
    data = pack(tarred("a", "folder/", "link@", "folder/b"))
    assert is_tar(data)
    assert found(tmp_path, data) == [("a", 5), ("folder/b", 5)]
    assert found(tmp_path, data, 3) == [("a", 3), ("folder/b", 3)]


@pytest.mark.parametrize("start", [b"", b"x" * 600, b"\x1f\x8b", b"\x1f\x8bxx", gzip.compress(b"x" * 600)], ids=len)
def test_what_is_no_tar_is_known(start: bytes) -> None:
    assert not is_tar(start)


@pytest.mark.parametrize("data", [tarred("a")[:600], b"x" * 600, gzip.compress(tarred("a"))[:-20]], ids=len)
def test_a_damaged_file_is_refused(tmp_path: Path, data: bytes) -> None:
    assert refused(tmp_path, data) == ErrorCode.FILE_FORMAT


def test_a_file_that_inflates_too_far_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = gzip.compress(tarred("a", size=1 << 20))
    monkeypatch.setattr(tar, "SKIPPED", 1 << 12)
    assert found(tmp_path, data) == [("a", 100)]
    monkeypatch.setattr(tar, "RATIO_FROM", 1 << 10)
    monkeypatch.setattr(tar, "MAX_RATIO", 2)
    assert refused(tmp_path, data) == ErrorCode.FILE_LIMIT
    assert found(tmp_path, tarred("a", size=1 << 20)) == [("a", 100)]


def test_a_header_may_ask_for_so_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar, "MAX_READ", 1 << 10)
    assert found(tmp_path, tarred("a")) == [("a", 5)]
    assert refused(tmp_path, tarred("n" * 5_000)) == ErrorCode.FILE_LIMIT


def test_a_stream_goes_onward_only() -> None:
    onward = tar._Onward(io.BytesIO(b"0123456789"), io.BytesIO())
    assert (onward.readable(), onward.seekable(), onward.tell()) == (True, True, 0)
    assert (onward.read(2), onward.tell()) == (b"01", 2)
    assert (onward.seek(5), onward.read(1), onward.tell()) == (5, b"5", 6)
    assert onward.seek(6) == 6
    assert onward.seek(50) == 10
    for place, whence in ((3, io.SEEK_SET), (0, io.SEEK_END)):
        with pytest.raises(OSError, match=r"^$"):
            onward.seek(place, whence)
    for size in (-1, None, tar.MAX_READ + 1):
        with pytest.raises(DeliveryRefused):
            onward.read(size)
    assert onward.read(tar.MAX_READ) == b""


def test_names_are_paths_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tarred("new/1.host:2,S"))
    assert [name for name, _ in files(path, 9)] == [PurePosixPath("new/1.host:2,S")]
