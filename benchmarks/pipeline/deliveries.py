"""Files as they land in a project: five lists, webhooks, chats, mails, a helpdesk. The same seed, the same bytes.

Nearly all of it is there on the first day; one per cent of the rows and messages comes on the second, in files of its
own. The people of the conversations are those of the list of WhatsApp numbers, and some whom no list has.
"""

import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl
import yaml

from benchmarks.chats import WORDS, chat, chatwoot
from benchmarks.day import webhook
from benchmarks.mail import written as mailbox
from benchmarks.people import crowd

FIRST_DAY, SECOND_DAY = "2026-01-01", "2026-01-02"
LATE = 100  # one of so many rows and messages comes on the second day
SHARES = {"webhooks": 0.75, "chats": 0.15, "helpdesk": 0.1}  # of the messages; mails are counted in megabytes
ONE_CHAT = 2_000  # messages
ONE_LOG = 250_000
MAIL_SIZE = 5_000  # bytes of one, about
COLUMNS = ["record_id", "full_name", "first_name", "last_name", "email", "phone", "city", "company", "country"]
LISTS = ("crm", "webform", "phonebook", "whatsapp", "mailbox")


class Made(NamedTuple):
    """How much there is, and who is who: record_id (text), cluster_id."""

    rows: int
    messages: int
    truth: pl.DataFrame


def settings() -> dict[str, object]:
    """What onecontact.yaml says of these files."""
    meanings = {"full_name": "name", "city": "city", "company": "company", "country": "country"}
    lists = {
        name: {"format": "contacts_csv", "path": f"landing/{name}/*.csv", "priority": 10 * nth, "key": "record_id",
               "columns": meanings}
        for nth, name in enumerate(LISTS, start=1)
    }  # fmt: skip
    conversations = {
        "cloud": {"format": "whatsapp_cloud", "path": "landing/cloud/*.jsonl", "priority": 60},
        "chats": {"format": "whatsapp_chat", "path": "landing/chats/*.zip", "owner": "Acme Support", "priority": 60,
                  "date_order": "day_first"},
        "mails": {"format": "mbox", "path": "landing/mails/*.mbox", "own_addresses": ["@acme.example"]},
        "helpdesk": {"format": "chatwoot_conversations", "path": "landing/helpdesk/*.json"},
    }  # fmt: skip
    return {
        "project": "measured",
        "default_region": "US",
        "timezone": "UTC",
        "sources": {**lists, **conversations},
        "attributes": {name: {"type": "text", "role": name} for name in ("city", "company", "country")},
    }


SEGMENTS: dict[str, dict[str, object]] = {
    "everybody": {
        "where": {"all": []},
        "columns": ["contact_id", "name", "email", "phone", "channels", "last_interaction_at", "attr.city"],
    },
    "recent": {
        "where": {
            "all": [
                {"field": "last_inbound_at", "op": "within_last", "value": {"days": 30}},
                {"field": "channels", "op": "has_any", "value": ["whatsapp"]},
            ]
        },
        "columns": ["contact_id", "name", "phone", "channels", "last_inbound_at"],
    },
}


def project(folder: Path) -> None:
    """The settings and segments of a project."""
    (folder / "onecontact.yaml").write_text(yaml.safe_dump(settings(), sort_keys=False), encoding="utf-8")
    (folder / "segments").mkdir(exist_ok=True)
    for name, segment in SEGMENTS.items():
        text = yaml.safe_dump({"segment": name, **segment}, sort_keys=False)
        (folder / "segments" / f"{name}.yaml").write_text(text, encoding="utf-8")


def deliveries(folder: Path, rows: int, messages: int, seed: int = 7) -> Made:
    """Write about so many rows and messages into `folder`/first and `folder`/second."""
    records, truth = crowd(max(rows * 100 // 185, 20), seed)
    late = pl.col("record_id").hash(seed=1) % LATE == 0
    for part, day, of_part in (("first", FIRST_DAY, ~late), ("second", SECOND_DAY, late)):
        for name in LISTS:
            own = folder / part / "landing" / name
            own.mkdir(parents=True)
            chosen = records.filter(pl.col("source") == name, of_part).select(COLUMNS)
            chosen.write_csv(own / f"{name}-{day}.csv")
    digits = pl.col("phone").str.replace_all(r"\D", "")
    numbers = records.filter(pl.col("source") == "whatsapp").select(digits).to_series().drop_nulls().unique().sort()
    for part, day, share in (("first", FIRST_DAY, 1.0), ("second", SECOND_DAY, 1 / LATE)):
        wanted = int(messages * share)
        if wanted:
            conversations(folder / part / "landing", day, numbers.to_list() or ["12025550100"], wanted, seed)
    known = truth.select(pl.col("record_id").cast(pl.String), "cluster_id")
    return Made(records.height, messages, known)


def conversations(landing: Path, day: str, numbers: list[str], messages: int, seed: int) -> None:
    """Webhooks, zipped chats, a mailbox and pages of a helpdesk, of one day."""
    counts = {name: int(messages * share) for name, share in SHARES.items()}
    for name in ("cloud", "chats", "mails", "helpdesk"):
        (landing / name).mkdir(parents=True)
    for nth, begin in enumerate(range(0, counts["webhooks"], ONE_LOG)):
        lines = webhooks(numbers, f"{day}-{nth}", min(ONE_LOG, counts["webhooks"] - begin), seed + nth)
        with (landing / "cloud" / f"log-{day}-{nth:03}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(lines)
    said = "".join(chat(min(ONE_CHAT, max(counts["chats"], 1))))
    for nth in range(max(counts["chats"] // ONE_CHAT, 1)):
        called = f"WhatsApp Chat with +49 151 {seed}{0 if day == FIRST_DAY else 1}{nth:06}"
        with zipfile.ZipFile(landing / "chats" / f"{called}.zip", "w", zipfile.ZIP_DEFLATED) as export:
            export.writestr(f"{called}.txt", said)
    (landing / "helpdesk" / f"pages-{day}.json").write_text("".join(chatwoot(max(counts["helpdesk"], 20))), "utf-8")
    mailbox(landing / "mails" / f"all-{day}.mbox", max(messages // 20 * MAIL_SIZE // 1_000_000, 1))


def webhooks(numbers: list[str], name: str, count: int, seed: int) -> Iterator[str]:
    """Lines of a log: of three webhooks two are messages, one says how far an answer has come."""
    chance = random.Random(seed)
    texts = [" ".join(chance.choices(WORDS, k=chance.randint(1, 20))) for _ in range(1_000)]
    for nth in range(count):
        number, key, stamp = chance.choice(numbers), f"wamid.{name}-{nth:08}", str(1_735_700_000 + nth * 30)
        if nth % 3:
            text = {"body": chance.choice(texts)}
            message = {"from": number, "id": key, "timestamp": stamp, "type": "text", "text": text}
            person = {"profile": {"name": f"Anna {number[-5:]}"}, "wa_id": number}
            yield webhook({"contacts": [person], "messages": [message]})
        else:
            state = chance.choice(("sent", "delivered", "read"))
            yield webhook({"statuses": [{"id": key, "status": state, "timestamp": stamp, "recipient_id": number}]})
