"""What a message of a Telegram export is made of: its words, its kind, its files."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from pipelines.read.core.frames import File
from pipelines.read.meta.messenger_participant import inside, items, words
from schemas.vocabulary import MessageKind

MEDIA = ("photo", "file", "media_type")
FILES = ("photo", "file")
CALLS = ("phone_call", "group_call", "conference_call")
LEFT_OUT = "("  # "(File not included. Change data exporting settings to download.)"


def said(message: dict[str, Any]) -> str | None:
    """The words of a message without their markup; of a poll its question, of a notice what it is about."""
    text = message.get("text")
    told = words(text if isinstance(text, str) else "".join(map(_piece, items(text))))
    told = told or words(inside(message, "poll", "question"))
    if told or message.get("type") != "service":
        return told or words(inside(message, "location_information", "title"))
    action = words(message.get("action"))
    about = [words(message.get("title")), *map(words, items(message.get("members")))]
    return ": ".join(filter(None, [(action or "").replace("_", " "), ", ".join(filter(None, about))])) or None


def kind_of(message: dict[str, Any]) -> MessageKind | None:
    """What a message is made of; None for a notice, which is an event."""
    if message.get("type") == "service":
        return MessageKind.CALL if message.get("action") in CALLS else None
    if isinstance(message.get("location_information"), dict):
        return MessageKind.LOCATION
    if not message.keys().isdisjoint(MEDIA) and any(words(message.get(field)) for field in MEDIA):
        return MessageKind.MEDIA
    if "contact_information" in message or "poll" in message:
        return MessageKind.OTHER
    return MessageKind.TEXT


def files(message: dict[str, Any]) -> Sequence[File]:
    """Attached files; one that the export leaves out has no name but that which its sender gave it."""
    if message.keys().isdisjoint(FILES):
        return ()
    found = []
    for field in FILES:
        place = words(message.get(field))
        if place:
            given = words(message.get("file_name")) if field == "file" else None
            name = given or (None if place.startswith(LEFT_OUT) else PurePosixPath(place).name or None)
            found.append(File(name, words(message.get("mime_type")) or ("photo" if field == "photo" else None)))
    return found


def _piece(part: Any) -> str:
    text = part if isinstance(part, str) else inside(part, "text")
    return text if isinstance(text, str) else ""
