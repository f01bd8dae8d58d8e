"""What a day of messages costs in a warehouse of one million of them, and in one of ten million.

Both have the same people. They are filled by SQL: one message of each person and word of one answer go through the
steps and are then multiplied into the past. The day holds messages of one person in a hundred and of some new ones, and
word of answers to them. CPU seconds, step by step, from opening the warehouse to closing it.
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from pipelines.derive.match import match
from pipelines.derive.merge import merge
from pipelines.ingest.receive import receive
from pipelines.project import OpenProject, open_project
from pipelines.store.reads import health
from pipelines.store.reads.timeline import length
from pipelines.store.runs.work_queue import CONTACTS, enqueue_all
from pipelines.store.warehouse.connection import Connection, query
from pipelines.store.warehouse.keys import make_keys

SIZES = (1_000_000, 10_000_000)
PEOPLE = 50_000
DAY = 10_000  # messages and receipts, two to one as in all that is stored
NEW = 100  # people of the day
FIRST, LAST = 1_767_225_600, 1_767_312_000  # seconds since 1970: 2026-01-01, and the day after
AS_OF = (datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC))
SETTINGS = """\
project: bench
default_region: DE
timezone: UTC
sources:
  whatsapp: {format: whatsapp_cloud, path: "landing/*.jsonl"}
"""
METADATA = {"display_phone_number": "4930901820", "phone_number_id": "106540352242922"}


def run() -> None:
    """Fill a warehouse of each size, add the same day to each, and print what that took."""
    found = {size: cost_of_a_day(size) for size in SIZES}
    print(f"{DAY:,} messages and receipts; CPU seconds")
    print(f"{'step':12}" + "".join(f"{size:>14,}" for size in found) + f"{'ratio':>8}")
    for step in found[SIZES[0]]:
        seconds = [spent[step] for spent in found.values()]
        print(f"{step:12}" + "".join(f"{each:14.2f}" for each in seconds) + f"{seconds[-1] / seconds[0]:8.1f}")


def cost_of_a_day(size: int) -> dict[str, float]:
    """CPU seconds of each step of the day."""
    with tempfile.TemporaryDirectory() as folder:
        project = bench_project(Path(folder))
        with project.warehouse(create=True) as connection:
            fill(project, connection, size)
        print(f"{size:,}: {project.warehouse_path.stat().st_size / 1e6:,.0f} MB", file=sys.stderr)
        (project.folder / "landing" / "2026-01-02.jsonl").write_text("".join(the_day()), encoding="utf-8")
        return costs(project)


def bench_project(folder: Path) -> OpenProject:
    """An empty project with keys."""
    (folder / "landing").mkdir()
    (folder / "onecontact.yaml").write_text(SETTINGS, encoding="utf-8")
    (folder / ".onecontact").mkdir()
    project = open_project(folder)
    make_keys(folder, project.settings.keys)
    return project


def the_day() -> Iterator[str]:
    """Messages of some of the people and of new ones, and word of answers to them."""
    chance = random.Random(2)
    known = chance.sample(range(PEOPLE), PEOPLE // 100)
    said = [chance.choice(known) for _ in range(DAY * 2 // 3 - NEW)]
    return chain(webhooks([*said, *range(PEOPLE, PEOPLE + NEW)], "day"), statuses(said[: DAY // 3], "day"))


def webhooks(people: Iterable[int], name: str, began: int = LAST) -> Iterator[str]:
    """A message of each of these people as a webhook, a second after the other."""
    for nth, person in enumerate(people):
        number, stamp = f"1202{person:07}", str(began + nth)
        text = {"body": f"message {nth} about an order that has not arrived yet"}
        message = {"from": number, "id": f"wamid.{name}{nth:08}", "timestamp": stamp, "type": "text", "text": text}
        yield webhook({"contacts": [{"profile": {"name": f"Person {person}"}, "wa_id": number}], "messages": [message]})


def statuses(people: Iterable[int], name: str, began: int = LAST) -> Iterator[str]:
    """Word that an answer, of which nothing else is seen, has reached each of these people."""
    for nth, person in enumerate(people):
        stamp, answer = str(began + nth), f"wamid.{name}{nth:08}answer"
        yield webhook(
            {
                "statuses": [
                    {"id": answer, "status": "delivered", "timestamp": stamp, "recipient_id": f"1202{person:07}"}
                ]
            }
        )


def webhook(value: dict[str, object]) -> str:
    """A line of a log."""
    told = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": METADATA} | value}
    entry = {"id": "102290129340398", "changes": [told]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}) + "\n"


def fill(project: OpenProject, connection: Connection, size: int) -> None:
    """A message of each person and word of an answer through the steps; then the same, further back, up to `size`."""
    everybody, began = range(PEOPLE), FIRST - PEOPLE
    lines = chain(webhooks(everybody, "first", began), statuses(everybody, "first", began))
    (project.folder / "landing" / "2026-01-01.jsonl").write_text("".join(lines), encoding="utf-8")
    receive(project, connection, "fill")
    match(project, connection, "fill")
    connection.execute(
        """
        INSERT INTO message BY NAME
        SELECT m.* REPLACE (uuid() AS message_id, m.sent_at - to_days(n::INTEGER) AS sent_at)
        FROM message m, generate_series(? - 1, 1, -1) s(n) ORDER BY n DESC""",
        [size * 2 // 3 // PEOPLE],
    )
    connection.execute(
        """
        INSERT INTO receipt BY NAME
        SELECT r.* REPLACE (uuid() AS receipt_id, uuid() AS message_id,
                           r.reached_at - to_days(n::INTEGER) AS reached_at)
        FROM receipt r, generate_series(? - 1, 1, -1) s(n) ORDER BY n DESC""",
        [size // 3 // PEOPLE],
    )
    connection.execute("""
        INSERT INTO receipt_only_message BY NAME
        SELECT message_id, conversation_id, record_key, reached_at AS sent_at, delivery_id, row_number, line_number
        FROM receipt ANTI JOIN receipt_only_message USING (message_id)""")
    connection.execute("INSERT INTO stale_conversation_stats SELECT conversation_id FROM conversation")
    enqueue_all(connection, CONTACTS, query(connection, "SELECT record_key FROM record")["record_key"])
    merge(project, connection, "fill", AS_OF[0])


def costs(project: OpenProject) -> dict[str, float]:
    """CPU seconds of each step that takes in what has landed."""
    opened: list[Connection] = []
    stack = ExitStack()
    steps: dict[str, Callable[[], object]] = {
        "opened": lambda: opened.append(stack.enter_context(project.warehouse())),
        "received": lambda: receive(project, opened[0], "day"),
        "matched": lambda: match(project, opened[0], "day"),
        "merged": lambda: merge(project, opened[0], "day", AS_OF[1]),
        "checked": lambda: checks(opened[0]),
        "closed": stack.close,
    }
    spent = {}
    for name, step in steps.items():
        before = time.process_time()
        step()
        spent[name] = time.process_time() - before
    return spent | {"together": sum(spent.values())}


def checks(connection: Connection) -> None:
    """What the assets count after their steps."""
    health.rows_conserved(connection)
    health.one_contact_each(connection)
    health.provenance_complete(connection)
    health.interactions_in_future(connection, AS_OF[1])
    for table in ("message", "conversation", "conversation_event", "blocked_conversation", "contact"):
        health.count(connection, table)
    length(connection)
