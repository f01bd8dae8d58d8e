"""Names, numbers, addresses and words are in the encrypted warehouse and in files meant for people, nowhere else."""

import os
import shutil
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.end_to_end.demo_project import AS_OF, busy_with, new_demo, onecontact, started

CANARIES = (
    "Zacharias",
    "Quittenbaum",
    "zq.quittenbaum",
    "+493023125999",
    "493023125999",
    "030 23125-999",
    "Geheimratsecken",
    "K-CANARY-77",
    "zq-typo@@example",
    "4.93023E+11",
    "Zebulon",  # a header: in a sheet that was turned on its side it is a name
)
CRM = """Record ID,First Name,Last Name,Email,Phone Number,Customer no,Tier,Signup date,Seats,Newsletter,Notes,Zebulon
9001,Zacharias,Quittenbaum,zq.quittenbaum@example.org,030 23125-999,K-CANARY-77,K-CANARY-77,31/02/25,K-CANARY-77,?,x,y
9002,Zacharias,Quittenbaum,zq-typo@@example,,K-CANARY-77,,,,,K-CANARY-77,
9003,Zacharias,Quittenbaum,,4.93023E+11,,,,,,,
9004,Zacharias,Quittenbaum,zq.quittenbaum@example.org,,,,,,,Geheimratsecken,,Geheimratsecken
"""
CHAT = """[12.11.26, 09:38:00] Zacharias Quittenbaum: Geheimratsecken
[13.11.26, 09:38:00] Nordlicht Räder: Moin Zacharias Quittenbaum
"""
MAIL = """From 1790000000000000777@xxx Mon Nov 16 09:53:20 +0000 2026
From: Zacharias Quittenbaum <zq.quittenbaum@example.org>
To: support@nordlicht.example
Subject: Geheimratsecken
Date: Zacharias Quittenbaum
Message-ID: <zq.quittenbaum.1@example.org>

Geheimratsecken, Zacharias Quittenbaum, +493023125999
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with a person planted in every kind of delivery, also where it is broken; nothing has run yet."""
    folder = new_demo(tmp_path_factory.mktemp("planted") / "nordlicht")
    landing = folder / "landing"
    (landing / "crm" / "crm-quittenbaum-2026-11-19.csv").write_text(CRM, encoding="utf-8")
    (landing / "crm" / "broken-2026-11-19.csv").write_bytes(
        b"Zacharias,Quittenbaum\nzq.quittenbaum@example.org,\xff\xfe"
    )
    (landing / "chatwoot" / "contacts-2026-11-19.csv").write_text(
        "id,name,email,phone_number\n9001,Zacharias Quittenbaum,zq.quittenbaum@example.org,+493023125999\n"
    )
    (landing / "whatsapp" / "WhatsApp Chat with Zacharias Quittenbaum.txt").write_text(CHAT, encoding="utf-8")
    (landing / "mail" / "quittenbaum-2026-11-19.mbox").write_text(MAIL, encoding="utf-8")
    with zipfile.ZipFile(landing / "facebook" / "quittenbaum-2026-11-19.zip", "w") as archive:
        archive.writestr(
            "your_activity_across_facebook/messages/inbox/quittenbaum_4711/message_1.json",
            '{"participants": [{"name": "Zacharias Quittenbaum"}, {"name": "Nordlicht Räder"}], "messages": '
            '[{"sender_name": "Zacharias Quittenbaum", "timestamp_ms": "Geheimratsecken", "content": 7}]}',
        )
    onecontact("init", str(folder))
    return folder


class Ran(NamedTuple):
    """A project after its run, the folder the run had for temporary files, and all that it printed."""

    folder: Path
    temporary: Path
    said: str


@pytest.fixture(scope="module")
def ran(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run over what was planted."""
    folder = Path(shutil.copytree(planted, tmp_path_factory.mktemp("ran") / "nordlicht"))
    temporary = tmp_path_factory.mktemp("temporary")
    process = started("run", "--project", str(folder), "--as-of", AS_OF, TMPDIR=str(temporary))
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return Ran(folder, temporary, out + err)


def found_in(*folders: Path) -> list[tuple[str, str]]:
    """Canaries in files, by any encoding a log or database would keep them in."""
    return sorted((canary, str(path)) for folder in folders for path in files(folder) for canary in sung_in(path))


def files(folder: Path) -> Iterator[Path]:
    """Every file below a folder."""
    return (path for path in folder.rglob("*") if path.is_file())


def sung_in(path: Path) -> Iterator[str]:
    """Canaries that a file holds, in its bytes or its name."""
    held = path.read_bytes() + os.fsencode(path.name)
    for canary in CANARIES:
        if any(canary.encode(encoding) in held for encoding in ("utf-8", "utf-16-le", "utf-16-be")):
            yield canary


@pytest.mark.heavy
def test_a_planted_person_is_found_where_people_belong(ran: Ran) -> None:
    assert "Quittenbaum" in onecontact("show", "zq.quittenbaum@example.org", "--project", str(ran.folder))
    assert {canary for canary, _ in found_in(ran.folder / "rejected")} >= {
        "Quittenbaum",
        "zq-typo@@example",
        "4.93023E+11",
    }


def test_a_planted_person_is_nowhere_else(ran: Ran) -> None:
    hidden = ran.folder / ".onecontact"
    assert (hidden / "warehouse.duckdb").stat().st_size > 100_000
    assert any(files(hidden / "dagster"))
    assert found_in(hidden, ran.temporary) == []
    assert [canary for canary in CANARIES if canary in ran.said] == []


@pytest.mark.heavy
def test_a_killed_run_leaves_nothing_readable_behind(planted: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    folder = Path(shutil.copytree(planted, tmp_path / "killed"))
    process = busy_with("merging", started("run", "--project", str(folder), "--as-of", AS_OF, TMPDIR=str(temporary)))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (folder / ".onecontact" / "warehouse.duckdb.wal").exists()
    assert found_in(folder / ".onecontact", temporary) == []
