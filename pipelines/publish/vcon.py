"""The history of one contact as a vCon, the conversation container of the IETF (draft-ietf-vcon-vcon-core-04).

Messages are dialogs, files are listed as attachments without their content, nothing is analysed. What was no exchange
with the contact is left out: events, notes that were written for colleagues, and what mail servers sent back.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha1
from secrets import randbits
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

from schemas.vocabulary import MessageKind

VERSION = "0.4.0"  # of the syntax
CONTACT, COMPANY = 0, 1  # their places among the parties; agents come after
EXCHANGED = frozenset(map(str, MessageKind)) - {MessageKind.NOTE.value, MessageKind.BOUNCE.value}


class Kept(NamedTuple):
    """How many messages went into a vCon, and how many could not, for a dialog has to have a time."""

    dialogs: int
    undated: int


def write_vcon(
    file: BinaryIO, company: str, contact: dict[str, Any], entries: Iterable[dict[str, Any]], created_at: datetime
) -> Kept:
    """Write entries of a timeline (`pipelines.store.reads.timeline`) as a vCon of one contact.

    Messages are written as they come; only parties and what is said of files are held until the end.

    Args:
        file: Where to; UTF-8.
        company: The name of whoever the contact talked to.
        contact: The golden record.
        entries: Rows of its timeline, in order.
        created_at: When the vCon is made.
    """
    parties = [customer(contact), {"name": company, "validation": "none"}]
    agents: dict[str, int] = {}
    attachments: list[dict[str, Any]] = []
    dialogs = undated = 0
    head = {
        "vcon": VERSION,
        "uuid": str(uuid8(f"{contact['contact_id']}.{company}", created_at)),
        "created_at": instant(created_at),
        "subject": f"Messages between {called(contact)} and {company}",
    }
    file.write(encoded(head).removesuffix(b"}") + b',"dialog":[')
    for row in entries:
        if row["kind"] not in EXCHANGED or row["direction"] is None:
            continue
        if row["happened_at"] is None:
            undated += 1
            continue
        sender = CONTACT if row["direction"] == "inbound" else place_of(row["actor"], agents, parties)
        file.write((b",\n" if dialogs else b"\n") + encoded(dialog(row, sender)))
        attachments.extend(listed(row, sender, dialogs))
        dialogs += 1
    rest = {"parties": parties, "attachments": attachments}
    file.write(b"\n]," + encoded(rest).removeprefix(b"{") + b"\n")
    return Kept(dialogs, undated)


def called(contact: dict[str, Any]) -> str:
    """What people call the contact, by what is known of it."""
    return next((str(contact[each]) for each in ("name", "email", "phone") if contact[each]), "a contact")


def customer(contact: dict[str, Any]) -> dict[str, Any]:
    """The contact as a party: what is not known of it is not there."""
    name = {"name": contact["name"], "validation": "none"} if contact["name"] else {}
    points = {"tel": contact["phone"], "mailto": contact["email"], "uuid": contact["contact_id"]}
    return name | {key: point for key, point in points.items() if point}


def place_of(agent: str | None, agents: dict[str, int], parties: list[dict[str, Any]]) -> int:
    """The index of the party who wrote for the company: the agent, else the company."""
    if agent is None:
        return COMPANY
    if agent not in agents:
        agents[agent] = len(parties)
        parties.append({"name": agent, "validation": "none"})
    return agents[agent]


def dialog(row: dict[str, Any], sender: int) -> dict[str, Any]:
    """A message: whoever wrote it comes first among its parties."""
    return {
        "type": "text",
        "start": instant(row["happened_at"]),
        "parties": [sender, COMPANY if sender == CONTACT else CONTACT],
        "originator": sender,
        "mediatype": "text/plain",
        "body": row["text"] or "",
        "encoding": "none",
        "application": row["channel"],
    }


def listed(row: dict[str, Any], sender: int, dialog: int) -> Iterator[dict[str, Any]]:
    """The files of a message, without their content, which is not kept."""
    for each in row["attachments"] or []:
        about = {"filename": each["name"], "mediatype": each["type"]}
        yield {"start": instant(row["happened_at"]), "party": sender, "dialog": dialog} | {
            key: text for key, text in about.items() if text
        }


def uuid8(domain: str, at: datetime) -> UUID:
    """A UUID of version 8 as vCons have it: a version 7 whose last 62 bits are the SHA-1 of a domain."""
    milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
    last = int.from_bytes(sha1(domain.encode(), usedforsecurity=False).digest()[:8]) >> 2
    return UUID(int=milliseconds << 80 | 8 << 76 | randbits(12) << 64 | 0b10 << 62 | last)


def instant(moment: datetime) -> str:
    """A moment as RFC 3339 has it, in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def encoded(part: dict[str, Any]) -> bytes:
    """A part of the document."""
    return json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()
