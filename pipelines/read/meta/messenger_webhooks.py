"""Webhooks of the Messenger Platform, logged one a line: Messenger of a page, and Instagram of an account."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from pipelines.read.containers.json_lines import Line, json_lines, parsed, written
from pipelines.read.core.batch import BATCH_ROWS, SAMPLE_BYTES, Batch, Format, Sample
from pipelines.read.core.frames import Entry, Rejected, batches
from pipelines.read.meta import messenger_graph
from pipelines.read.meta.messenger_event import entries_of
from pipelines.read.meta.messenger_graph import MessengerGraph
from pipelines.read.meta.messenger_participant import an_id, inside, items
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Channel, Outcome

GUIDE = """\
Meta sends what happens on a page or an Instagram account to the webhook of your app and keeps no file of it. Log each
request body as it comes, **one JSON object a line** (`.jsonl`), and drop the log. Redelivered and unordered webhooks
are no matter: a message is kept once, by Meta's id of it.

**What is read**: messages with time, text, kind, and names of attached files; echoes, which are the page's own
messages; buttons that were pressed, reactions; how far messages have come; who has the thread, bot or people, as
handovers; referrals and opt-ins as events. People are known by the id that the page or account has for them.

**What is not**: names, which Meta does not send (a [Graph dump](messenger_graph.md) has them, and one in the same
source names the same people and messages), attached files, what a message answers to, and comments on posts.

Word that everything up to some time was delivered or read names no message: it is kept as an event. An echo sent from
the Page Inbox was written by a person, one sent by another app by a bot; of one without an app it is not known.
"""
CHANNELS = {"page": Channel.FACEBOOK, "instagram": Channel.INSTAGRAM}


class MessengerWebhooks(MessengerGraph):
    """Options of logged webhooks, beside which Graph dumps may lie."""


def read(path: Path, source: MessengerWebhooks, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Yield a log as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    with path.open("rb") as stream:
        if messenger_graph.is_dump(stream.read(SAMPLE_BYTES)):
            yield from messenger_graph.read(path, source, rows=rows)
            return
        stream.seek(0)
        yield from batches(chain.from_iterable(map(_entries, json_lines(stream))), rows)


def detects(sample: Sample) -> float:
    """A line that is a webhook of a page or an Instagram account."""
    first = sample.start.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
    if not first.startswith(b"{"):
        return 0.0
    try:
        value = parsed(first.decode())
    except ValueError:  # of a line longer than the sample, too
        return 0.7 if b'"messaging"' in first and b'"entry"' in first else 0.0
    return 1.0 if inside(value, "object") in CHANNELS and isinstance(inside(value, "entry"), list) else 0.0


FORMAT = Format(
    "messenger_webhooks",
    "Messenger and Instagram webhooks, logged as JSON Lines",
    MessengerWebhooks,
    read,
    detects=detects,
    guide=GUIDE,
    is_chat=True,
)


def _entries(line: Line | Rejected) -> list[Entry]:
    if isinstance(line, Rejected):
        return [line]
    entries: list[Entry] = []
    for value in line.value if isinstance(line.value, list) else [line.value]:
        of_pages = value.get("entry") if isinstance(value, dict) else None
        channel = CHANNELS.get(str(value["object"])) if of_pages and "object" in value else None
        if channel and isinstance(of_pages, list):
            for entry in of_pages:
                entries += _of_page(entry, channel, line.number)
        else:
            expected = "a webhook of a page or an Instagram account: an object with object and entry"
            entries.append(Rejected(line.number, ErrorCode.MESSAGE_UNREADABLE, expected, written(value)))
    return entries


def _of_page(entry: Any, channel: Channel, line: int) -> list[Entry]:
    fields = entry if isinstance(entry, dict) else {}
    page, received = an_id(fields.get("id")), fields.get("time")
    told = [*items(fields.get("messaging")), *items(fields.get("standby"))]
    entries: list[Entry] = []
    for change in items(fields.get("changes")):
        if inside(change, "value", "sender"):
            told.append(change["value"])
        else:
            expected = "a message: changes of other fields, such as comments on posts, are left out"
            entries.append(Rejected(line, ErrorCode.ENTRY_SKIPPED, expected, written(change), Outcome.SKIPPED))
    for event in told:
        entries += entries_of(event, page, received, channel, line)
    if not entries:
        expected = "an entry with messaging, standby or changes"
        entries.append(Rejected(line, ErrorCode.MESSAGE_UNREADABLE, expected, written(entry)))
    return entries
