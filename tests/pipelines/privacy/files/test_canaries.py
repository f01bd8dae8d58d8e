"""Somebody planted in every format beside somebody else: gone after rewriting, and the other one still there."""

import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from pipelines.privacy.files.outcome import Fate
from pipelines.privacy.files.rewrite import name_without, replace, rewrite
from pipelines.privacy.files.search import search
from pipelines.privacy.needles import needles
from tests.pipelines.privacy.files.items import ANNA

MAIL, PHONE, BOB = "Anna.Kowalska@example.org", "0171 / 392 00 17", "bob@example.org"
CSV = f"name;email;phone\nA. K.;{MAIL};\nBob;{BOB};\nA;;{PHONE}\n"
CHAT = "12.03.24, 14:0{} - {}: {}\n"
GROUP = CHAT.format(1, "+49 171 3920017", "Hi") + CHAT.format(2, BOB, "Hi") + CHAT.format(3, "Carl", "Hi")
LETTER = "From: {}\nTo: {}\nSubject: x\nDate: Mon, 4 Mar 2026 05:06:07 +0000\n\nHello\n\n"
OPEN = "From x@example.org Mon Mar  4 05:06:07 2026\n"
CARD = "BEGIN:VCARD\r\nFN:x\r\nEMAIL:{}\r\nEND:VCARD\r\n"
SMS = '<sms address="{}" body="Hi" contact_name="x" />'
DIV = '<div class="_a6-g"><div>{}</div><div>Hi</div></div>'


def packed(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as file:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data.encode()))
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet(f"Export for {PHONE[:4]}")
        for line, row in enumerate([["Name", "Email"], ["A", MAIL], ["Bob", BOB]]):
            sheet.write_row(line, 0, row)
        book.set_properties({"comments": f"sent by {MAIL}"})
    return out.getvalue()


def table() -> bytes:
    out = io.BytesIO()
    pl.DataFrame({"email": [[MAIL], [BOB]], "n": [1, 2]}).write_parquet(out)
    return out.getvalue()


MADE: dict[str, Callable[[], str | bytes]] = {
    "people.csv": lambda: CSV,
    f"{MAIL}.csv": lambda: CSV.encode("utf-16"),
    "WhatsApp Chat with Move.txt": lambda: GROUP,
    "people.json": lambda: json.dumps({"users": [{"email": MAIL}, {"email": BOB}, {"phones": [PHONE]}]}),
    "hooks.jsonl": lambda: "".join(json.dumps({"a": [{"from": each}]}) + "\n" for each in (MAIL, BOB, PHONE)),
    "all.zip": lambda: packed({"in.zip": packed({f"{PHONE[:4]}/a.csv": CSV, "+49 171 3920017.txt": GROUP}), "x": "y"}),
    "box.mbox": lambda: OPEN + LETTER.format(MAIL, BOB) + OPEN + LETTER.format(BOB, f"c@example.org, {MAIL}"),
    "one.eml": lambda: LETTER.format(BOB, f"{MAIL}, c@example.org"),
    "cards.vcf": lambda: CARD.format(MAIL) + CARD.format(BOB),
    "people.xlsx": workbook,
    "Maildir.tar.gz": lambda: tarred(
        {"cur/1:2,S": LETTER.format(MAIL, BOB), "cur/2:2,S": LETTER.format(BOB, "x@y.org")}
    ),
    "sms.xml": lambda: f"<smses>{SMS.format(PHONE)}{SMS.format(BOB)}</smses>",
    "message_1.html": lambda: f"<html><body>{DIV.format(MAIL)}{DIV.format(BOB)}</body></html>",
    "people.parquet": table,
}


@pytest.mark.parametrize("name", MADE)
def test_nothing_of_the_person_is_left_and_the_other_one_stays(tmp_path: Path, name: str) -> None:
    content = MADE[name]()
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    others = search(path, needles(emails=[BOB])).identified
    assert search(path, ANNA).identified
    done = rewrite(path, ANNA)
    assert done.fate is Fate.REWRITTEN
    replace(path, done)
    path = path.rename(path.with_name(name_without(ANNA, name)))
    assert search(path, ANNA).is_clean
    assert 0 < search(path, needles(emails=[BOB])).identified <= others
    assert rewrite(path, ANNA).fate is Fate.UNTOUCHED
    assert list(tmp_path.iterdir()) == [path]
