"""What a file costs, beyond what is in it: many small ones, first as new files, then as known ones.

Lists of one row, mails, chats of one message and webhooks, each as a file of its own. CPU milliseconds a file of taking
them in (`pipelines.ingest.receive`), from a warehouse that is open already. FILES=N says how many; 300 without.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from pipelines.ingest.receive import receive
from pipelines.project import OpenProject, open_project
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.keys import make_keys

FILES = 300
LONG_AGO = 1_767_225_600  # seconds since 1970 at which files were written, or a run would wait for them to settle
SOURCES = {
    "lists": {"format": "contacts_csv", "path": "landing/lists/*.csv", "key": "id"},
    "mails": {"format": "eml", "path": "landing/mails/*.eml", "own_addresses": ["shop@shop.example"]},
    "chats": {"format": "whatsapp_chat", "path": "landing/chats/*.txt", "owner": "Small Shop"},
    "webhooks": {"format": "whatsapp_cloud", "path": "landing/webhooks/*.json"},
}


def run() -> None:
    """Take in files of each kind in a project of its own, and print what one costs."""
    files = int(os.environ.get("FILES", FILES))
    print(f"{files} files of each kind; CPU ms a file")
    print(f"{'kind':12}{'new':>10}{'known':>10}")
    for kind, write in WRITERS.items():
        new, known = cost(kind, write, files)
        print(f"{kind:12}{new:10.1f}{known:10.2f}")


def cost(kind: str, write: Callable[[int], tuple[str, str]], files: int) -> tuple[float, float]:
    """CPU milliseconds a file, when it is new and when it is known."""
    with tempfile.TemporaryDirectory() as folder:
        project = bench_project(Path(folder), kind)
        with project.warehouse(create=True) as connection:
            drop(project, kind, write, 0, 3)
            spent(project, connection)  # what is loaded and compiled once is not the files'
            drop(project, kind, write, 3, 3 + files)
            return spent(project, connection) / files, spent(project, connection) / files


def bench_project(folder: Path, kind: str) -> OpenProject:
    """An empty project with keys and one source."""
    settings = {"project": "bench", "default_region": "DE", "timezone": "UTC", "sources": {kind: SOURCES[kind]}}
    (folder / "onecontact.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (folder / ".onecontact").mkdir()
    project = open_project(folder)
    make_keys(folder, project.settings.keys)
    return project


def drop(project: OpenProject, kind: str, write: Callable[[int], tuple[str, str]], first: int, end: int) -> None:
    """Write files into the landing area."""
    folder = project.folder / "landing" / kind
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, end):
        name, text = write(number)
        (folder / name).write_text(text, encoding="utf-8")
        os.utime(folder / name, (LONG_AGO + number, LONG_AGO + number))


def spent(project: OpenProject, connection: Connection) -> float:
    """CPU milliseconds of taking in what lies there, which all has to get in."""
    began = time.process_time()
    taken = receive(project, connection, "bench")
    milliseconds = (time.process_time() - began) * 1000
    assert {each.state for each in taken} == {"accepted"}
    return milliseconds


def one_row(number: int) -> tuple[str, str]:
    """A contact list of one row."""
    return f"{number:05}.csv", f"id,name,email\n{number},Person {number},person{number}@example.com\n"


def mail(number: int) -> tuple[str, str]:
    """A mail; three are of one person, of whom two answer the first."""
    first = number - number % 3
    answers = f"In-Reply-To: <{first}@example.com>\n" if number != first else ""
    head = f"From: Person {first} <person{first}@example.com>\nTo: Shop <shop@shop.example>\n{answers}"
    sent = f"Date: Thu, 01 Jan 2026 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} +0000\n"
    said = f"Message-ID: <{number}@example.com>\nSubject: Order {first}\n\nWhere is it?\n"
    return f"{number:05}.eml", head + sent + said


def chat(number: int) -> tuple[str, str]:
    """An exported chat of one message."""
    return f"WhatsApp Chat with +49 1512 {number:07}.txt", f"[2026-01-01, 10:{number % 60:02}:00] Person: Hello\n"


def webhook(number: int) -> tuple[str, str]:
    """A message as WhatsApp posts it; three are of one person."""
    sender = f"491512{number // 3:07}"
    message = {"from": sender, "id": f"wamid.{number}", "timestamp": str(LONG_AGO + number), "type": "text"}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "4930901820", "phone_number_id": "106540352242922"},
        "contacts": [{"profile": {"name": f"Person {number // 3}"}, "wa_id": sender}],
        "messages": [message | {"text": {"body": "Hello"}}],
    }
    change = {"field": "messages", "value": value}
    posted = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    return f"{number:05}.json", json.dumps(posted)


WRITERS = {"lists": one_row, "mails": mail, "chats": chat, "webhooks": webhook}
