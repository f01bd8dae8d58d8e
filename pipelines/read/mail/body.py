"""The words of a mail, and the files attached to it."""

from hashlib import sha256
from typing import NamedTuple

from pipelines.read.containers.html_text import html_text
from pipelines.read.core.frames import File
from pipelines.read.mail.headers import words
from pipelines.read.mail.parts import Part, Unbounded, content_of, decoded, leaves

MAX_MARKUP = 8 << 20  # characters of HTML that are looked through for words

KNOWN = ("", "7bit", "8bit", "binary", "base64", "quoted-printable")  # encodings that can be undone


class Body(NamedTuple):
    """Plain words, if there are any, and attached files."""

    text: str | None
    attachments: list[File]


def body(mail: Part) -> Body:
    """Words of a mail, quoted ones included: its plain text, else its HTML without the markup.

    Raises:
        Unbounded: beyond the limits of `pipelines.read.mail.parts`, or for HTML beyond `MAX_MARKUP`.
    """
    texts: dict[str, list[Part]] = {"text/plain": [], "text/html": []}
    files: list[File] = []
    for part in leaves(mail):
        said = part.content
        kind = "text/plain" if said.kind.startswith("multipart/") else said.kind
        if said.attached or kind not in texts or (said.name and texts[kind]):
            files.append(_file(part))
        else:
            texts[kind].append(part)
    plain = _joined(texts["text/plain"])
    if not plain and texts["text/html"]:
        markup = _joined(texts["text/html"])
        if len(markup) > MAX_MARKUP:
            raise Unbounded
        plain = html_text(markup)
    return Body(plain or None, files)


def _joined(parts: list[Part]) -> str:
    texts = (decoded(content_of(part), part.content.charset) for part in parts)
    return "\n\n".join(filter(None, (text.replace("\r\n", "\n").strip() for text in texts)))


def _file(part: Part) -> File:
    said = part.content
    digest = sha256(content_of(part)).hexdigest() if said.encoding in KNOWN else None
    return File(words(" ".join(said.name.split())) or None if said.name else None, said.kind, digest)
