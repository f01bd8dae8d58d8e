"""Webhooks of the WhatsApp Business Cloud API, as a server logged them: one a line, or a JSON document of them."""

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.errors import DeliveryRefused
from pipelines.read.containers.json_lines import Line, json_lines, parsed, written
from pipelines.read.containers.json_walk import walk
from pipelines.read.core.batch import BATCH_ROWS, Batch, Format, Sample
from pipelines.read.core.frames import REMEMBERED, Entry, Message, Rejected, batches
from pipelines.read.whatsapp_cloud.content import Fields, text_in
from pipelines.read.whatsapp_cloud.entries import entries, told_by
from pipelines.read.whatsapp_cloud.fast_path import Plain, plain, told
from pipelines.read.whatsapp_cloud.participants import Met
from schemas.error_codes import ErrorCode
from schemas.source import Source
from schemas.vocabulary import MessageKind

GUIDE = """\
The Cloud API keeps no history: whoever wants one has to log what it sends to the webhook. Write each request's body to
a file as it comes, one a line (JSON Lines), and drop a file a day, or an hour, where the source lands. A JSON array of
bodies, a single one, and bodies wrapped by a logger (`{"body": {...}}`) are read too. For numbers that are also used in
the WhatsApp Business app, subscribe to `smb_message_echoes`, `history` and `smb_app_state_sync` as well.

**What is read**: messages received, with name and type of their files; what was sent from the Business app; up to 180
days of history that WhatsApp hands over when a number is connected; how far messages have come; the names of the
address book; calls; messages edited and deleted, as events. A person is known by the WhatsApp number and by the id a
business account knows them by, of which one may be missing, and by a user name. When somebody changes their number,
both are known as one person. Webhooks that come twice or out of order do no harm.

**What is not**: the words of messages that were sent through the API, which no webhook ever tells: of these there is
only when they were sent, delivered and read. Files themselves. Changes of templates, accounts and the like are skipped.
"""
MEDIA = MessageKind.MEDIA
WRAPPED = ("body", "payload", "data", "webhook")
_MARK = re.compile(rb'\\?"object\\?"\s*:\s*\\?"whatsapp_business_account')


class WhatsappCloud(Source):
    """Options of logged webhooks: none of their own."""


def read(path: Path, source: WhatsappCloud, *, rows: int = BATCH_ROWS) -> Iterator[Batch]:  # noqa: ARG001  a reader's
    """Yield logged webhooks as batches of at most `rows` entries; see `pipelines.read.core.batch.Read`."""
    yield from batches(_entries(path), rows)


def detects(sample: Sample) -> float:
    """Webhooks say whose they are."""
    return 1.0 if not sample.members and _MARK.search(sample.start) else 0.0


FORMAT = Format(
    "whatsapp_cloud",
    "WhatsApp Business Cloud API: logged webhooks",
    WhatsappCloud,
    read,
    detects=detects,
    guide=GUIDE,
    is_chat=True,
)


def _entries(path: Path) -> Iterator[Entry]:
    """Entries in their order, but for media messages of which nothing is told: of what comes twice the first counts.

    WhatsApp hands over history with placeholders, and the media messages they stand for whenever it likes. Memory is
    bounded: placeholders that no longer fit come before the end.
    """
    met, bare, known = Met(), deque[Message](), False
    for found in _values(path):
        if isinstance(found, Rejected):
            yield found
            continue
        number, value, data = found
        if isinstance(value, Plain):
            if entry_told := told(value, number, met):
                known = True
                yield from entry_told
                continue
            value = parsed(data.decode())
        webhook = _webhook(value)
        if webhook is None:
            expected = "a webhook of a whatsapp_business_account with its entries"
            yield Rejected(number or None, ErrorCode.MESSAGE_UNREADABLE, expected, written(value))
            continue
        known = True
        for entry in _changes_of(webhook, number or None, met):
            if isinstance(entry, Message) and entry.kind is MEDIA and not (entry.text or entry.attachments):
                bare.append(entry)
            else:
                yield entry
        while len(bare) > REMEMBERED:
            yield bare.popleft()
    if not known:
        raise DeliveryRefused(
            ErrorCode.FILE_FORMAT, "no webhook of the WhatsApp Business Cloud API in it: log their bodies as they come"
        )
    yield from bare


def _changes_of(webhook: Fields, line: int | None, met: Met) -> Iterator[Entry]:
    return told_by(webhook, "entry", line, _changes_in, line, met)


def _changes_in(entry: Fields, line: int | None, met: Met) -> Iterator[Entry]:
    return told_by(entry, "changes", line, entries, text_in(entry, "id") or "", line, met)


def _values(path: Path) -> Iterator[Line | Rejected]:
    """The values of JSON Lines, or of one document, whose lines are not known (0)."""
    with path.open("rb") as stream:
        if _begins_with_lines(stream.readline(1 << 20)):
            stream.seek(0)
            yield from json_lines(stream, plain)
            return
        stream.seek(0)
        for way, value in walk(stream, lambda way: not way):
            if way == ("entry",):
                yield Line(0, {"entry": value})
            elif not way or isinstance(value, dict):
                yield Line(0, value)


def _begins_with_lines(first: bytes) -> bool:
    """Whether the first line is a value of its own, or too long to tell."""
    start = first.removeprefix(b"\xef\xbb\xbf").strip()
    if not start.startswith(b"{"):
        return not start.startswith(b"[") and bool(start)
    return start.endswith(b"}") or not first.endswith(b"\n")


def _webhook(value: Any) -> Fields | None:
    """The webhook that a value is, or that a logger has wrapped in it."""
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("entry"), list):
        return value if value.get("object", "whatsapp_business_account") == "whatsapp_business_account" else None
    for key in WRAPPED:
        inner = value.get(key)
        if isinstance(inner, str):
            try:
                inner = parsed(inner)
            except ValueError:
                continue
        if isinstance(inner, dict) and isinstance(inner.get("entry"), list):
            return inner
    return None
