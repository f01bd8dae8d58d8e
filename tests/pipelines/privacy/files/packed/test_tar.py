import gzip
import io
import tarfile

import pytest

from pipelines.privacy.files.kinds import rewrite
from pipelines.privacy.files.outcome import Done, Fate, Unreachable
from tests.pipelines.privacy.files.items import rewritten

MAIL = "From: {}\nTo: support@acme.example\nSubject: x\nDate: Mon, 4 Mar 2026 05:06:07 +0000\n\nHello\n"
BOBS, ANNAS = MAIL.format("bob@example.org").encode(), MAIL.format("anna.kowalska@example.org").encode()


def packed(members: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as file:  # type: ignore[call-overload]
        folder = tarfile.TarInfo("Maildir")
        folder.type = tarfile.DIRTYPE
        file.addfile(folder)
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode, info.uname = len(data), 1_700_000_000, 0o640, "mail"
            file.addfile(info, io.BytesIO(data))
    return out.getvalue()


def bare(data: bytes, path: str) -> tuple[dict[str, bytes], Done]:
    new, done = rewritten(rewrite, data, path)
    if not new:
        return {}, done
    with tarfile.open(fileobj=io.BytesIO(new), mode="r:*") as file:
        infos = file.getmembers()
        assert infos[0].isdir()
        assert {(info.mtime, info.mode, info.uname) for info in infos[1:]} <= {(1_700_000_000, 0o640, "mail")}
        return {info.name: file.extractfile(info).read() for info in infos[1:]}, done  # type: ignore[union-attr]


@pytest.mark.parametrize(("mode", "path"), [("w", "Maildir.tar"), ("w:gz", "Maildir.tar.gz")])
def test_mails_of_a_packed_maildir_go_and_others_stay(mode: str, path: str) -> None:
    members = {"Maildir/cur/1.host:2,S": BOBS, "Maildir/cur/2.host:2,S": ANNAS, "Maildir/new/3.host": BOBS}
    kept, done = bare(packed(members, mode), path)
    assert kept == {"Maildir/cur/1.host:2,S": BOBS, "Maildir/new/3.host": BOBS}
    assert (done.removed, done.kept) == (1, 2)


def test_long_names_that_name_the_person_are_replaced() -> None:
    name = "x" * 120 + " anna.kowalska@example.org.eml"
    kept, _ = bare(packed({name: BOBS}), "a.tar")
    assert kept == {"x" * 120 + " erased.eml": BOBS}


def test_a_tar_of_nobody_else_is_emptied() -> None:
    assert bare(packed({"1.eml": ANNAS}), "a.tar")[1].fate is Fate.EMPTIED


def test_a_gzip_file_keeps_its_time_and_loses_its_name() -> None:
    people = b"name,email\nBob,bob@example.org\nAnna,anna.kowalska@example.org\n"
    out = io.BytesIO()
    with gzip.GzipFile("anna.kowalska@example.org.csv", "wb", fileobj=out, mtime=1_700_000_000) as file:
        file.write(people)
    data, done = rewritten(rewrite, out.getvalue(), "people.csv.gz")
    assert gzip.decompress(data) == b"name,email\nBob,bob@example.org\n"
    assert int.from_bytes(data[4:8], "little") == 1_700_000_000
    assert b"kowalska" not in data
    assert done.removed == 1


def test_bombs_and_damage_are_unreachable() -> None:
    bomb = gzip.compress(b"\0" * (16 << 20))
    for data in (bomb, packed({"1.eml": ANNAS}, "w:gz")[:-20], packed({"1.eml": ANNAS})[:1100]):
        with pytest.raises(Unreachable):
            rewritten(rewrite, data, "a.tar.gz")
