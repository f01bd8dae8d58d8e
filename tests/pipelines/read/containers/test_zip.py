import zipfile
from pathlib import Path

import pytest

from pipelines.errors import DeliveryRefused
from pipelines.read.containers import zip as archive
from schemas.error_codes import ErrorCode


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path / "a.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path / "a.zip"


def drain(path: Path, member: str, limit: int) -> None:
    with archive.opened(path) as opened, archive.member(opened, member, limit) as stream:
        while stream.read(1 << 20):
            pass


def refusal(path: Path, member: str = "a.txt", limit: int = archive.MAX_INFLATED) -> ErrorCode:
    with pytest.raises(DeliveryRefused) as refused:
        drain(path, member, limit)
    return refused.value.code


def test_a_member_is_read_as_a_stream_of_its_bytes(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.txt": b"one\ntwo"})
    with archive.opened(path) as opened, archive.member(opened, "a.txt") as stream:
        assert stream.readline() == b"one\n"
        assert stream.read() == b"two"


def test_an_empty_file_is_refused_as_empty(tmp_path: Path) -> None:
    (tmp_path / "a.zip").touch()
    assert refusal(tmp_path / "a.zip") == ErrorCode.FILE_EMPTY


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and so on")
    assert refusal(tmp_path / "a.zip") == ErrorCode.FILE_FORMAT


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.txt": bytes(range(256)) * 40})
    data = bytearray(path.read_bytes())
    data[60:90] = b"\x00" * 30
    path.write_bytes(data)
    assert refusal(path) == ErrorCode.FILE_FORMAT


@pytest.mark.parametrize("name", ["../a.txt", "/a.txt", "x/../../a.txt", "..\\a.txt", "C:/a.txt"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    assert refusal(zipped(tmp_path, {name: b"x"})) == ErrorCode.FILE_FORMAT


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("a.txt", b"1")
        file.writestr("a.txt", b"2")
    assert refusal(tmp_path / "a.zip") == ErrorCode.FILE_FORMAT


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 1)
    assert refusal(zipped(tmp_path, {"a.txt": b"", "b.txt": b""})) == ErrorCode.FILE_LIMIT


def test_a_member_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    assert refusal(zipped(tmp_path, {"a.txt": b"x" * 100}), limit=99) == ErrorCode.FILE_LIMIT


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    assert refusal(zipped(tmp_path, {"a.txt": b"\x00" * (archive.RATIO_FROM * 2)})) == ErrorCode.FILE_LIMIT


def test_the_bytes_of_all_members_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_INFLATED", 15)
    path = zipped(tmp_path, {"a.txt": b"x" * 10, "b.txt": b"x" * 10})
    with archive.opened(path) as opened:
        with archive.member(opened, "a.txt") as stream:
            assert len(stream.read()) == 10
        with pytest.raises(DeliveryRefused), archive.member(opened, "b.txt") as stream:
            stream.read()


def test_a_member_may_give_as_many_bytes_as_it_is_allowed_and_no_more(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a.txt": b"12345"})
    drain(path, "a.txt", 5)
    assert refusal(path, limit=4) == ErrorCode.FILE_LIMIT


@pytest.mark.parametrize(("limit", "is_fine"), [(10, True), (9, False)])
def test_all_members_together_may_give_so_many_bytes(
    tmp_path: Path, limit: int, is_fine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path, {"a.txt": b"12345", "b.txt": b"67890"})
    monkeypatch.setattr(archive, "MAX_INFLATED", limit)
    with archive.opened(path) as opened:
        with archive.member(opened, "a.txt", 100) as first:
            assert first.read() == b"12345"
        with archive.member(opened, "b.txt", 100) as second:
            if is_fine:
                assert second.read() == b"67890"
            else:
                with pytest.raises(DeliveryRefused):
                    second.read()


@pytest.mark.parametrize(("start", "is_fine"), [(1_000, True), (999, False)])
def test_a_member_may_inflate_to_so_many_times_its_size(
    tmp_path: Path, start: int, is_fine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path, {"a.txt": b"x" * 1_000})
    monkeypatch.setattr(archive, "RATIO_FROM", start)
    monkeypatch.setattr(archive, "MAX_RATIO", 2)
    if is_fine:
        drain(path, "a.txt", 5_000)
    else:
        assert refusal(path) == ErrorCode.FILE_LIMIT
