"""Conversations of several formats: read to frames, beside a plain loop over `re` or `json` that keeps nothing.

The plain loop matches one expression on each line, or parses each line, or each document, as JSON. onecontact does what
a delivery goes through before it is stored: who wrote to whom, when, what kind of message, a key that is the same in
every export. One chat is as large as WhatsApp exports them, one much larger. Each reading is a process of its own; MB/s
of its best, and of what the zip of Slack inflates to.
"""

import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

WORDS = [
    "ok",
    "thanks",
    "is",
    "it",
    "still",
    "in",
    "stock",
    "can",
    "you",
    "send",
    "the",
    "invoice",
    "tomorrow",
    "please",
]
CHAT = "WhatsApp Chat with Anna Weber.txt"
EXPORTED = 40_000  # messages of one chat that WhatsApp exports
LARGE = 1_200_000
HOOKS = 200_000
OTHERS = 100_000  # messages of the other formats
TRIES = 3
LINE = re.compile(
    r"[\u200e\u200f]*\[?(\d{1,4})[./-](\d{1,2})[./-](\d{1,4}),? (\d{1,2})[:.](\d\d)(?:[:.](\d\d))?"
    r"(?:[ \u202f]?([AaPp])\.?[Mm]\.?)?(?:\]| -) (?:([^:]+): )?(.*)"
)


def run() -> None:
    """Time both on a chat of each size, a log of webhooks, and exports of Telegram, Slack and Chatwoot."""
    made = {
        "chat": (chat, EXPORTED, CHAT),
        "large chat": (chat, LARGE, CHAT),
        "webhooks": (webhooks, HOOKS, "whatsapp_cloud.jsonl"),
        "telegram": (telegram, OTHERS, "telegram.json"),
        "slack": (slack, OTHERS, "slack_export.zip"),
        "chatwoot": (chatwoot, OTHERS, "chatwoot_conversations.json"),
    }
    print(f"{'':12}{'MB':>8}{'plain MB/s':>12}{'ours MB/s':>12}{'times':>8}{'MiB':>8}")
    for name, (lines, count, file) in made.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / file
            size = written(path, lines(count)) / 1e6
            tries = [(measured("plain", path), measured("onecontact", path)) for _ in range(TRIES)]
        plain, ours = (min(each[nth][0] for each in tries) for nth in (0, 1))
        memory = max(each[1][1] for each in tries)
        print(f"{name:12}{size:8.0f}{size / plain:12.0f}{size / ours:12.0f}{ours / plain:8.1f}{memory:8.0f}")


def written(path: Path, lines: Iterator[str]) -> int:
    """Write a file, of Slack a zip with a member a line; bytes of the lines."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as export:
            for line in lines:
                name, _, text = line.partition("\t")
                export.writestr(name, text)
            return sum(member.file_size for member in export.infolist())
    with path.open("w", encoding="utf-8") as out:
        out.writelines(lines)
    return path.stat().st_size


def chat(messages: int) -> Iterator[str]:
    """Lines of a chat between two, as Android exports them; one in ten is a notice, a file, or more than one line."""
    chance = random.Random(1)
    now = datetime(2022, 1, 1)
    for _ in range(messages):
        now += timedelta(minutes=chance.choice((0, 0, 0, 1, 1, 2)))
        who, kind = chance.choice(("Anna Weber", "Acme Support")), chance.random()
        words = " ".join(chance.choices(WORDS, k=chance.randint(1, 20)))
        head = f"{now:%d/%m/%Y, %H:%M} - "
        if kind < 0.01:
            yield f"{head}Messages and calls are end-to-end encrypted.\n"
        elif kind < 0.04:
            yield f"{head}{who}: <Media omitted>\n"
        elif kind < 0.05:
            yield f"{head}{who}: IMG-20220101-WA{chance.randrange(10**4):04}.jpg (file attached)\n"
        else:
            yield f"{head}{who}: {words}\n{'and one more line' + chr(10) if kind > 0.95 else ''}"


def webhooks(count: int) -> Iterator[str]:
    """Lines of a log: of three webhooks two are messages, one says how far an answer has come; 20 to a person."""
    chance = random.Random(1)
    metadata = {"display_phone_number": "4930901820", "phone_number_id": "106540352242922"}
    for nth in range(count):
        number = f"1202555{chance.randrange(count // 20):06}"
        contact = {"profile": {"name": f"Anna {number}"}, "wa_id": number, "user_id": f"US.{number}"}
        key, stamp = f"wamid.HBgLMTIwMjU1NT{nth:08}", str(1739230955 + nth)
        value: dict[str, object] = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": [contact]}
        if nth % 3:
            body = " ".join(chance.choices(WORDS, k=chance.randint(1, 20)))
            text = {"from": number, "id": key, "timestamp": stamp, "type": "text", "text": {"body": body}}
            value["messages"] = [text]
        else:
            state, price = chance.choice(("sent", "delivered", "read")), {"billable": True, "category": "service"}
            told = {"id": key, "status": state, "timestamp": stamp, "recipient_id": number, "pricing": price}
            value["statuses"] = [told]
        entry = {"id": "102290129340398", "changes": [{"value": value, "field": "messages"}]}
        yield json.dumps({"object": "whatsapp_business_account", "entry": [entry]}) + "\n"


def telegram(count: int) -> Iterator[str]:
    """The export of one chat, as Telegram Desktop indents it; one in thirty messages is a photo."""
    chance = random.Random(1)
    yield '{\n "name": "Anna Weber",\n "type": "personal_chat",\n "id": 700000001,\n "messages": [\n'
    for nth in range(count):
        words = " ".join(chance.choices(WORDS, k=chance.randint(1, 20)))
        who = chance.choice((("Anna Weber", "user700000001"), ("Acme Support", "user700000002")))
        more = {"photo": "photos/photo.jpg", "width": 800, "height": 600} if nth % 30 == 0 else {}
        said = {
            "id": nth + 1,
            "type": "message",
            "date": "2023-11-14T22:13:20",
            "date_unixtime": str(1_700_000_000 + nth),
            "from": who[0],
            "from_id": who[1],
            **more,
            "text": words,
            "text_entities": [{"type": "plain", "text": words}],
        }
        yield f"{json.dumps(said, indent=1)}{',' if nth + 1 < count else ''}\n"
    yield " ]\n}\n"


def slack(count: int) -> Iterator[str]:
    """The members of an export: lists, and fifty messages a day of a channel, each as the client writes it."""
    chance, team = random.Random(1), "T00000001"
    users = [{"id": f"U{nth:08}", "team_id": team, "profile": {"real_name": f"User {nth}"}} for nth in range(30)]
    yield f"users.json\t{json.dumps(users)}"
    yield f"channels.json\t{json.dumps([{'id': 'C00000001', 'name': 'general', 'members': []}])}"
    for day in range(count // 50):
        said = []
        for nth in range(50):
            user, text = chance.choice(users), " ".join(chance.choices(WORDS, k=chance.randint(1, 20)))
            stamp = f"{1_600_000_000 + 86_400 * day + nth}.{nth:06}"
            section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
            own = {"user": user["id"], "type": "message", "ts": stamp, "text": text, "team": team}
            said.append(
                {**own, "user_profile": user["profile"], "blocks": [{"type": "rich_text", "elements": [section]}]}
            )
        name = f"general/{datetime(2000, 1, 1) + timedelta(days=day):%Y-%m-%d}.json"
        yield f"{name}\t{json.dumps(said, indent=4)}"


def chatwoot(count: int) -> Iterator[str]:
    """Pages of conversations of twenty messages, of which one is a sentence about what was done."""
    chance, agent = random.Random(1), {"id": 7, "name": "Ben Agent", "type": "user"}
    yield '{"data": {"payload": [\n'
    for nth in range(count // 20):
        who = {"id": nth // 3, "name": f"Anna {nth}", "phone_number": f"+1202555{nth % 10_000:04}", "type": "contact"}
        said: list[dict[str, object]] = []
        for each in range(20):
            kind = 2 if each == 10 else each % 2
            text = " ".join(chance.choices(WORDS, k=chance.randint(1, 20)))
            told = {
                "id": nth * 20 + each,
                "content": "Assigned to Ben Agent by Cleo" if kind == 2 else text,
                "message_type": kind,
                "content_type": "text",
                "private": False,
                "status": "sent",
                "created_at": 1_700_000_000 + nth * 1000 + each,
                "inbox_id": 3,
                "conversation_id": nth + 1,
                "sender": (who, agent, None)[kind],
            }
            said.append(told)
        meta = {"sender": who, "channel": "Channel::WebWidget", "assignee": agent}
        own = {"id": nth + 1, "meta": meta, "messages": said, "inbox_id": 3, "status": "open", "labels": ["vip"]}
        yield f"{json.dumps(own)}{',' if nth + 1 < count // 20 else ''}\n"
    yield "]}}\n"


def measured(name: str, path: Path) -> tuple[float, float]:
    """Seconds and peak memory (MiB) of a contestant in a process of its own, its imports not counted in the seconds."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.chats", name, str(path)], capture_output=True, check=True)
    seconds, memory = json.loads(done.stdout)
    return seconds, memory


def plain(path: Path) -> Callable[[], int]:
    """One expression, or one JSON value, a line, a document, or a member of a zip."""
    look: Callable[[str], object] = LINE.match if path.suffix == ".txt" else json.loads

    def documents() -> Iterator[str | bytes]:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as export:
                yield from map(export.read, export.namelist())
        else:
            yield path.read_text(encoding="utf-8")

    def work() -> int:
        if path.suffix in (".json", ".zip"):
            return sum(json.loads(document) is not None for document in documents())
        with path.open(encoding="utf-8") as lines:
            return sum(look(line) is not None for line in lines)

    return work


def onecontact(path: Path) -> Callable[[], int]:
    """Batches in the unified schema."""
    from pipelines.read.catalogue.registry import FORMATS

    form = FORMATS["whatsapp_chat" if path.suffix == ".txt" else path.stem]
    options = form.options(format=form.name, path="*", timezone="Europe/Berlin")
    return lambda: sum(batch.messages.height for batch in form.read(path, options))


if __name__ == "__main__":
    work = {"plain": plain, "onecontact": onecontact}[sys.argv[1]](Path(sys.argv[2]))
    began = time.perf_counter()
    work()
    print(json.dumps([time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
