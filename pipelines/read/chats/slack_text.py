"""The words of a Slack message without Slack's markup, and its files."""

import html
import re
from typing import Any

from pipelines.read.chats.slack_people import People
from pipelines.read.core.frames import File
from pipelines.read.meta.messenger_participant import inside, items, words

FILES = ("file", "files")

_MARKED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def said(message: dict[str, Any], people: People) -> str | None:
    """Words of a message; of one without any, those of what is attached to it."""
    own = words(message.get("text"))
    if own is None:
        attached = items(message.get("attachments"))
        told = [words(inside(each, "fallback")) or words(inside(each, "text")) for each in attached]
        own = "\n".join(filter(None, told)) or None
    if own and "<" in own:
        own = _MARKED.sub(lambda found: _plain(found, people), own)
    return words(html.unescape(own)) if own and "&" in own else (own and own.strip()) or None


def files(message: dict[str, Any]) -> list[File]:
    """Attached files; old exports have one in a field of its own."""
    if message.keys().isdisjoint(FILES):
        return []
    listed = [each for each in [message.get("file"), *items(message.get("files"))] if isinstance(each, dict)]
    return [
        File(words(each.get("name")) or words(each.get("title")), words(each.get("mimetype")))
        for each in listed
        if each.get("mode") != "tombstone"
    ]


def _plain(found: re.Match[str], people: People) -> str:
    """A mention as a name, a link as its words and where it leads."""
    sign, target, label = found.groups()
    if sign == "@":
        return f"@{label or people.name(target) or target}"
    if sign == "#":
        return f"#{label or target}"
    if sign == "!":
        return f"@{(label or target.partition('^')[0]).removeprefix('@')}"
    bare = target.removeprefix("mailto:").removeprefix("tel:")
    return f"{label} ({bare})" if label and label not in (bare, target) and not bare.endswith(label) else bare
