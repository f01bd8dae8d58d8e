"""The words of a mail and the names of the files attached to it."""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from pipelines.read.mail_headers import BROKEN, Mail, decoded, words

MAX_DEPTH = 50
MAX_PARTS = 1_000

# Not html.parser: on 3.11 it takes minutes over 100 KB of "<a <a <a". These look at every character a bounded number
# of times, and text they fail to see as a tag stays text.
_TAG = re.compile(
    r"<(?P<name>/?[a-zA-Z][a-zA-Z0-9]{0,20}+|[!?])(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>|<[/!?a-zA-Z][^<>]*+>"
)
_SPACE = re.compile(r"\s+")
_HIDDEN = (("<!--", "-->"), ("<style", "</style"), ("<script", "</script"), ("<head", "</head"), ("<title", "</title"))
_BLOCKS = {"p", "div", "br", "tr", "li", "ul", "ol", "table", "blockquote", "hr", "pre", "section", "article"}
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "header", "footer"}


class Unbounded(ValueError):
    """A mail nested deeper, or of more parts, than any mail needs."""


class Body(NamedTuple):
    """Plain words, if there are any, and names of attached files."""

    text: str | None
    attachments: list[str]


def body(mail: Mail) -> Body:
    """Words of a mail: its first plain text, else its first HTML without the markup.

    Raises:
        Unbounded: beyond `MAX_DEPTH` or `MAX_PARTS`.
    """
    texts: dict[str, str] = {}
    files: list[str] = []
    for part in _leaves(mail):
        kind, name = _kind(part), _file_name(part)
        attached = _disposition(part) == "attachment" or (name and kind not in ("text/plain", "text/html"))
        if attached or (name and kind in texts) or kind.startswith("message/"):
            files.extend([name] if name else [])
        elif kind in ("text/plain", "text/html") and not texts.get(kind):
            texts[kind] = _text(part)
    plain = texts.get("text/plain") or html_text(texts.get("text/html", ""))
    return Body(plain or None, files)


def html_text(markup: str) -> str:
    """HTML without its markup, a line for each block. Takes time linear in the length of the markup."""
    for begin, end in _HIDDEN:
        markup = _without(markup, begin, end)
    pieces: list[str] = []
    place = 0
    for tag in _TAG.finditer(markup):
        pieces.append(_SPACE.sub(" ", markup[place : tag.start()]))
        pieces.append("\n" if (tag["name"] or "").strip("/").lower() in _BLOCKS else "")
        place = tag.end()
    pieces.append(_SPACE.sub(" ", markup[place:]))
    lines = (" ".join(html.unescape(line).split()) for line in "".join(pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without(markup: str, begin: str, end: str) -> str:
    """Markup without everything from each `begin` to the `end` after it."""
    lower, kept, place = markup.lower(), [], 0
    if len(lower) != len(markup):  # a few letters grow when lowered
        lower = markup
    while (start := lower.find(begin, place)) >= 0 and (stop := lower.find(end, start)) >= 0:
        kept.append(markup[place:start])
        place = stop + len(end) if end == "-->" else lower.find(">", stop) + 1 or len(markup)
    return "".join([*kept, markup[place:]])


def _leaves(mail: Mail) -> Iterator[Mail]:
    waiting: list[tuple[int, Mail]] = [(0, mail)]
    parts = 0
    while waiting:
        depth, part = waiting.pop()
        parts += 1
        if depth > MAX_DEPTH or parts > MAX_PARTS:
            raise Unbounded
        inner = part.get_payload() if part.is_multipart() else None  # of a leaf it would decode, in any charset
        if isinstance(inner, list) and not _kind(part).startswith("message/"):
            waiting.extend((depth + 1, child) for child in reversed(inner) if isinstance(child, type(part)))
        else:
            yield part


def _text(part: Mail) -> str:
    try:
        payload = part.get_payload(decode=True)
        charset = part.get_content_charset()
    except BROKEN:
        payload, charset = part.get_payload(decode=True), None
    data = payload if isinstance(payload, bytes) else b""
    return decoded(data, charset).replace("\r\n", "\n").strip()


def _kind(part: Mail) -> str:
    try:
        kind = part.get_content_type()
    except BROKEN:
        return "text/plain"
    return "text/plain" if kind.startswith("multipart/") and not part.is_multipart() else kind


def _disposition(part: Mail) -> str | None:
    try:
        return part.get_content_disposition()
    except BROKEN:
        return None


def _file_name(part: Mail) -> str | None:
    try:
        name = part.get_filename()
        return words(decoded(name.encode("utf-8", "surrogateescape"))) or None if name else None
    except BROKEN:
        return None
