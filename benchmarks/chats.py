"""WhatsApp chats and logged webhooks: read to frames, beside a plain loop over `re` or `json` that keeps nothing.

The plain loop matches one expression on each line, or parses each line as JSON. onecontact does what a delivery goes
through before it is stored: who wrote to whom, when, what kind of message, a key that is the same in every export. One
chat is as large as WhatsApp exports them, one much larger. Each reading is a process of its own; MB/s of its best.
"""

import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
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
TRIES = 3
LINE = re.compile(
    r"[\u200e\u200f]*\[?(\d{1,4})[./-](\d{1,2})[./-](\d{1,4}),? (\d{1,2})[:.](\d\d)(?:[:.](\d\d))?"
    r"(?:[ \u202f]?([AaPp])\.?[Mm]\.?)?(?:\]| -) (?:([^:]+): )?(.*)"
)


def run() -> None:
    """Time both on a chat of each size and on a log of webhooks."""
    made = {
        "chat": (chat, EXPORTED, CHAT),
        "large chat": (chat, LARGE, CHAT),
        "webhooks": (webhooks, HOOKS, "log.jsonl"),
    }
    print(f"{'':12}{'MB':>8}{'plain MB/s':>12}{'ours MB/s':>12}{'times':>8}{'MiB':>8}")
    for name, (lines, count, file) in made.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / file
            with path.open("w", encoding="utf-8") as out:
                out.writelines(lines(count))
            size = path.stat().st_size / 1e6
            tries = [(measured("plain", path), measured("onecontact", path)) for _ in range(TRIES)]
        plain, ours = (min(each[nth][0] for each in tries) for nth in (0, 1))
        memory = max(each[1][1] for each in tries)
        print(f"{name:12}{size:8.0f}{size / plain:12.0f}{size / ours:12.0f}{ours / plain:8.1f}{memory:8.0f}")


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


def measured(name: str, path: Path) -> tuple[float, float]:
    """Seconds and peak memory (MiB) of a contestant in a process of its own, its imports not counted in the seconds."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.chats", name, str(path)], capture_output=True, check=True)
    seconds, memory = json.loads(done.stdout)
    return seconds, memory


def plain(path: Path) -> Callable[[], int]:
    """One expression, or one JSON value, a line."""
    look: Callable[[str], object] = LINE.match if path.suffix == ".txt" else json.loads

    def work() -> int:
        with path.open(encoding="utf-8") as lines:
            return sum(look(line) is not None for line in lines)

    return work


def onecontact(path: Path) -> Callable[[], int]:
    """Batches in the unified schema."""
    from pipelines.read.whatsapp_chat import FORMAT as CHATS
    from pipelines.read.whatsapp_chat import WhatsappChat
    from pipelines.read.whatsapp_cloud import FORMAT as CLOUD
    from pipelines.read.whatsapp_cloud import WhatsappCloud

    if path.suffix == ".txt":
        chats = WhatsappChat(format=CHATS.name, path="*", timezone="Europe/Berlin")
        return lambda: sum(batch.messages.height for batch in CHATS.read(path, chats))
    hooks = WhatsappCloud(format=CLOUD.name, path="*", timezone="UTC")
    return lambda: sum(batch.messages.height for batch in CLOUD.read(path, hooks))


if __name__ == "__main__":
    work = {"plain": plain, "onecontact": onecontact}[sys.argv[1]](Path(sys.argv[2]))
    began = time.perf_counter()
    work()
    print(json.dumps([time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
