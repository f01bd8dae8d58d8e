import gzip
import io
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import DeliveryError, DeliveryRefused
from pipelines.read.catalogue.detect import best, sample
from pipelines.read.containers import tar
from pipelines.read.core.batch import Batch, Sample
from pipelines.read.mail import eml, files
from pipelines.read.mail.eml import FORMAT
from pipelines.read.mail.maildir import detects
from pipelines.read.mail.mbox import FORMAT as MBOX
from pipelines.read.mail.source import Mails
from schemas import received
from schemas.error_codes import ErrorCode
from tests.examples import examples
from tests.joined import joined

MAIL = b"From: Anna <anna@example.com>\r\nTo: support@acme.example\r\nSubject: Order\r\n\r\nWhere is it?\r\n"
Pack = Callable[[Mapping[str, bytes]], bytes]


def read(path: Path, **options: Any) -> Batch:
    source = Mails(format="eml", path="x", own_addresses=["@acme.example"], timezone="UTC", **options)
    batch = joined(FORMAT.read(path, source))
    received.Message.validate(batch.messages)
    received.Refusal.validate(batch.refused)
    return batch


def placed(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zipped(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name), data)
    return packed.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as file:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def gzipped(members: Mapping[str, bytes]) -> bytes:
    return gzip.compress(tarred(members), mtime=0)  # the same bytes at any time: tests are called by them


PACKS = pytest.mark.parametrize("pack", [zipped, tarred, gzipped])


def test_a_mail_is_a_message(tmp_path: Path) -> None:
    messages = read(placed(tmp_path, "a.eml", MAIL)).messages
    assert messages.select("line", "person", "text").rows() == [(1, "mailto:anna@example.com", "Where is it?")]


@PACKS
def test_a_mail_has_the_same_key_in_whatever_it_comes(tmp_path: Path, pack: Pack) -> None:
    opening = b"From anna@example.com Mon Sep 15 09:53:20 2025\n"
    box = placed(tmp_path, "a.mbox", opening + MAIL.replace(b"\r\n", b"\n") + b"\n")
    in_mailbox = joined(MBOX.read(box, Mails(format="mbox", path="x", timezone="UTC")))
    packed = read(placed(tmp_path, "a.packed", pack({"Maildir/cur/1.host:2,S": MAIL})))
    alone = read(placed(tmp_path, "a.eml", MAIL))
    assert {*in_mailbox.messages["key"], *packed.messages["key"], *alone.messages["key"]} == {alone.messages["key"][0]}


@PACKS
def test_of_a_packed_folder_only_mails_are_read(tmp_path: Path, pack: Pack) -> None:
    members = {
        "Maildir/cur/1.host:2,RS": MAIL,
        "Maildir/new/2.host": MAIL.replace(b"Order", b"Offer"),
        "Maildir/tmp/3.host": MAIL,
        "Maildir/dovecot.index": b"\0",
        "saved/a.EML": MAIL.replace(b"Order", b"Other"),
    }
    batch = read(placed(tmp_path, "a.packed", pack(members)))
    assert batch.conversations["title"].to_list() == ["Order", "Offer", "Other"]


@pytest.mark.parametrize(
    ("flags", "kept"), [("", 1), (":2,", 1), (":2,RS", 1), (":2,ST", 0), (":2,DS", 0), (";2,T", 0)]
)
def test_trashed_mails_and_drafts_are_skipped(tmp_path: Path, flags: str, kept: int) -> None:
    batch = read(placed(tmp_path, f"cur/1.host{flags}", MAIL))
    assert (batch.messages.height, batch.refused["code"].to_list()) == (kept, ["MAIL_LABEL_SKIPPED"] * (1 - kept))


def test_what_lies_in_tmp_is_not_read(tmp_path: Path) -> None:
    refused = read(placed(tmp_path, "Maildir/tmp/1.host", MAIL)).refused
    assert refused.select("outcome", "raw").rows() == [("skipped", "")]


def test_folders_are_labels(tmp_path: Path) -> None:
    sent = read(placed(tmp_path, ".INBOX.Sent/cur/1.host:2,S", MAIL))
    spam = read(placed(tmp_path, "Spam/a.eml", MAIL))
    assert sent.messages["direction"].to_list() == ["outbound"]
    assert spam.refused["outcome"].to_list() == ["skipped"]


def test_a_mail_too_large_is_refused_and_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_MAIL", 2_000)
    batch = read(placed(tmp_path, "a.zip", zipped({"a.eml": MAIL + b"x" * 2_000, "b.eml": MAIL})))
    assert (batch.refused["code"].to_list(), batch.messages.height) == (["LIMIT_EXCEEDED"], 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ErrorCode.FILE_EMPTY),
        (b"\r\n", ErrorCode.FILE_EMPTY),
        (b"only words\n", ErrorCode.FILE_FORMAT),
        (b"\0" * 600, ErrorCode.FILE_FORMAT),
        (zipped({}), ErrorCode.FILE_FORMAT),
        (zipped({"a.txt": MAIL}), ErrorCode.FILE_FORMAT),
        (zipped({"a.eml": MAIL})[:-30], ErrorCode.FILE_FORMAT),
        (tarred({"a.txt": MAIL}), ErrorCode.FILE_FORMAT),
        (tarred({"a.eml": MAIL * 10})[:700], ErrorCode.FILE_FORMAT),
        (gzipped({"a.eml": MAIL * 10})[:100], ErrorCode.FILE_FORMAT),
        (gzipped({"a.eml": b"\0" * (32 << 20)}), ErrorCode.FILE_LIMIT),
    ],
)
def test_what_holds_no_mail_is_refused(tmp_path: Path, data: bytes, code: ErrorCode) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        read(placed(tmp_path, "a.eml", data))
    assert refused.value.code == code


def test_a_tar_header_may_not_ask_for_all_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar, "MAX_READ", 1_000)
    with pytest.raises(DeliveryRefused, match="FILE_LIMIT"):
        read(placed(tmp_path, "a.tar", tarred({"x" * 5_000 + ".eml": MAIL})))


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("a.eml", MAIL, "eml"),
        ("cur/1.host:2,S", MAIL, "eml"),
        ("a.eml", b"From      : a@example.com\n\nx", "eml"),
        ("a.txt", b"Received: x\nFrom: a@example.com\nDate: x\n\nx", "eml"),
        ("a.zip", zipped({"a.eml": MAIL}), "eml"),
        ("a.zip", zipped({"Maildir/cur/1.host": MAIL}), "maildir"),
        ("a.tar", tarred({"Maildir/new/1.host": MAIL}), "maildir"),
        ("a.tgz", gzipped({"cur/1.host": MAIL}), "maildir"),
        ("a.tar", tarred({"a.txt": MAIL}), None),
        ("a.txt", b"Note: buy milk\nDate: today\n", None),
    ],
)
def test_mails_are_known_by_how_they_look(tmp_path: Path, name: str, data: bytes, form: str | None) -> None:
    likeliest = best(sample(placed(tmp_path, name, data)))
    assert (likeliest[0][0].name if likeliest else None) == form


@pytest.mark.parametrize("start", [b"\x1f\x8b", b"\x1f\x8bxx", gzipped({})[:20]])
def test_a_broken_start_is_no_maildir(start: bytes) -> None:
    assert detects(Sample("a", start)) == 0.0


PIECES = ["From: ", "a@b.example", "\n", "\r\n\r\n", "\r", "\0", "ü", ":", "--b"]
PIECES += [
    "Content-Type: ",
    "multipart/mixed; boundary=b",
    "text/html; charset=x",
    "\n--b\n",
    "--b--",
    "message/rfc822",
]
PIECES += [
    "Content-Transfer-Encoding: base64\n\n",
    "quoted-printable",
    "=",
    "<a href=",
    "Date: ",
    "References: <x> <y>",
]
PIECES += ["List-Id: ", "Reply-To: ", "Content-Disposition: attachment; filename*0*=", "=?utf-8?b?", "multipart/digest"]


@pytest.mark.heavy
@settings(max_examples=examples(100, light=20), deadline=None)
@given(
    st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES) | st.text(max_size=5)).map("".join)),
    st.sampled_from([None, zipped, tarred, gzipped]),
    st.integers(0, 5_000),
)
def test_whatever_the_bytes_only_delivery_errors_come_and_contracts_hold(
    data: bytes | str, pack: Pack | None, cut: int
) -> None:
    mail = data if isinstance(data, bytes) else data.encode(errors="replace")
    content = pack({"cur/a": mail}) if pack else mail
    with tempfile.TemporaryDirectory() as folder:
        for each in (content, content[:cut], content[cut:]):
            try:
                batch = read(placed(Path(folder), "a", each))
            except DeliveryError:
                continue
            assert batch.messages.height + batch.refused.height == 1


TELLING = b"From: a@x.example\nTo: b@x.example\nDate: today\n"


@pytest.mark.parametrize(
    ("sample", "sure"),
    [
        (Sample("a.eml", b"X: 1\n"), 1.0),
        (Sample("a.EML", b"\xef\xbb\xbfX: 1\n"), 1.0),
        (Sample("a.eml", b"no header\n"), 0.0),
        (Sample("1.host", b"X: 1\n", folders=("Maildir", "cur")), 1.0),
        (Sample("1.host", b"X: 1\n", folders=("Maildir", "new")), 1.0),
        (Sample("1.host", b"X: 1\n", folders=("Maildir", "tmp")), 1.0),
        (Sample("1.host", b"X: 1\n", folders=("cur", "x")), 0.0),
        (Sample("a", TELLING), 0.7),
        (Sample("a", TELLING[:30]), 0.0),
        (Sample("a", b"From anna Mon\n" + TELLING), 0.0),
        (Sample("a.zip", b"PK", members=("x/a.EML", "b")), 0.9),
        (Sample("a.zip", b"PK", members=("b",)), 0.0),
    ],
)
def test_a_mail_is_known_by_its_name_its_folder_or_its_headers(sample: Sample, sure: float) -> None:
    assert eml.detects(sample) == sure


@pytest.mark.parametrize(
    ("sample", "sure"),
    [
        (Sample("a.zip", b"PK", members=("Maildir/cur/1.host",)), 1.0),
        (Sample("a.zip", b"PK", members=("Maildir/cur/1.eml",)), 0.0),
        (Sample("a.zip", b"PK", members=("a.txt",)), 0.0),
        (Sample("a.tar", tarred({"Maildir/cur/1.host": b"x"})), 1.0),
        (Sample("a.tar.gz", gzipped({"new/1.host": b"x"})), 1.0),
        (Sample("a.tar", tarred({"Maildir/x/1.host": b"x"})), 0.0),
        (Sample("a", b"/cur/"), 0.0),
    ],
)
def test_a_maildir_is_known_by_its_folders(sample: Sample, sure: float) -> None:
    assert detects(sample) == sure
