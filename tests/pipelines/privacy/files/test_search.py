import base64
import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from pipelines.privacy.files.search import Hits, search
from pipelines.privacy.needles import needles
from tests.pipelines.privacy.files.items import ANNA

MAIL = "anna.kowalska@example.org"


def found(folder: Path, name: str, content: bytes | str) -> Hits:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return search(path, ANNA)


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes], mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as file:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return out.getvalue()


def attached(kind: str, name: str, content: bytes) -> str:
    encoded = base64.encodebytes(content).decode()
    head = f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n'
    return (
        'From: bob@example.org\nTo: c@example.org\nSubject: x\nContent-Type: multipart/mixed; boundary="b"\n\n'
        f"--b\n\nHi\n--b\n{head}\n{encoded}\n--b--\n"
    )


CSV = f"name;email\nA;{MAIL}\n"
ENCODED = base64.b64encode(MAIL.encode()).decode()
PLANTED: dict[str, bytes | str] = {
    "people.csv": CSV,
    "people16.csv": CSV.encode("utf-16"),
    "people.txt": f"just {MAIL}",
    "people.json": json.dumps({"a": [{MAIL.replace("@", "\u0040"): 1}]}).replace("@", "\\u0040"),
    "number.json": '{"a": 491713920017}',
    "lines.jsonl": '{"a": 1}\n{"a": "0171\\/3920017"}\n',
    "card.vcf": "BEGIN:VCARD\r\nEMAIL;ENCODING=QUOTED-PRINTABLE:anna.kow=\r\nalska=40example.org\r\nEND:VCARD\r\n",
    "fold.vcf": "BEGIN:VCARD\r\nEMAIL:anna.kow\r\n alska@example.org\r\nEND:VCARD\r\n",
    "a.eml": f"From: =?utf-8?b?{ENCODED}?= <x@example.org>\nTo: y@example.org\nDate: x\n\nHi",
    "b.eml": attached("text/plain", "a.txt", MAIL.encode()),
    "c.eml": attached("application/octet-stream", "a.zip", zipped({"x/people.csv": CSV.encode()})),
    "d.mbox": "From x@y Mon Mar  4 05:06:07 2026\n" + attached("text/csv", f"{MAIL}.csv", b"x"),
    "e.html": "<html><p>anna.kowalska&#64;<b>example</b>.org</p></html>",
    "f.xml": '<?xml version="1.0"?>\n<a b="anna.kowalska&#x40;example.org"/>',
    "sms.xml": '<smses><sms address="0171&#32;392 0017" body="x"/></smses>',
    "chat.txt": "12.03.24, 14:05 - Bob: x\n12.03.24, 14:06 - +49 171 3920017: y\n",
    "a.zip": zipped({"in.zip": zipped({"people.csv": CSV.encode("utf-16")})}),
    "b.zip": zipped({f"{MAIL}.jpg": b"\xff\xd8"}),
    "a.tar": tarred({"x": CSV.encode()}, "w"),
    "a.tar.gz": tarred({"x": CSV.encode()}, "w:gz"),
    "b.tar.gz": tarred({f"x/{MAIL}/y": b""}, "w:gz"),
    "a.csv.gz": gzip.compress(CSV.encode()),
    "a.bin": b"\0\1" + MAIL.encode("utf-16-le"),
    "WhatsApp Chat with +49 171 3920017.txt": "x",
    f"{MAIL}.csv": "x",
}


@pytest.mark.parametrize("name", PLANTED)
def test_the_person_is_found_in_every_format(tmp_path: Path, name: str) -> None:
    hits = found(tmp_path, name, PLANTED[name])
    assert hits.identified > 0
    assert not hits.is_clean
    assert "owalska" not in repr(hits)
    assert "3920017" not in repr(hits)


def test_the_person_is_found_in_workbooks_and_parquet_files(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.write_rich_string(0, 0, "anna.", bold, "kowalska", "@example.org")
    pl.DataFrame({"a": [[MAIL]]}).write_parquet(tmp_path / "a.parquet")
    for name in ("a.xlsx", "a.parquet"):
        assert search(tmp_path / name, ANNA).identified > 0


def test_members_are_told_apart(tmp_path: Path) -> None:
    hits = found(tmp_path, "a.zip", zipped({"x.csv": CSV.encode(), "y.csv": b"a;b\n", "n.txt": b"Anna Kowalska"}))
    assert set(hits.identified_in) == {"x.csv"}
    assert set(hits.named_in) == {"n.txt"}
    assert hits.unread == {}


def test_a_namesake_is_named_and_not_identified(tmp_path: Path) -> None:
    hits = found(tmp_path, "a.csv", "name;email\nAnna Kowalska;other@elsewhere.example\n")
    assert hits.identified == 0
    assert hits.named > 0
    assert hits.is_clean


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    hits = found(tmp_path, "a.zip", zipped({"in.zip": zipped({"x.csv": b"a"})[:-30], "y.csv": b"a"}))
    assert set(hits.unread) == {"in.zip"}
    assert not hits.is_clean
    assert found(tmp_path, "b.zip", zipped({"a.jpg": b"\xff\xd8\0", "b.txt": b"x"})).opaque == 1


def test_a_file_without_the_person_is_clean(tmp_path: Path) -> None:
    for name, content in PLANTED.items():
        path = tmp_path / "clean" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert search(path, needles(emails=["zoe@example.org"], phones=["+12025550123"])).is_clean
