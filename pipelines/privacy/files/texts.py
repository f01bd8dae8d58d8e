"""All texts of a file, decoded: what is in it after mails, escapes, encodings and packing are undone.

For looking whether somebody is left in a file. Nothing here is shared with what takes them out, but for the kinds of
files and the readers of containers.
"""

import codecs
import json
import quopri
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any, cast

import polars as pl
import pyarrow.parquet as pq

from pipelines.privacy.files.decoding import encoding_of, series, unescaped, with_letters
from pipelines.privacy.files.kinds import Kind
from pipelines.privacy.files.messages.mail_text import leaves
from pipelines.privacy.files.opaque import pieces
from pipelines.privacy.files.outcome import Item, Unreachable
from pipelines.privacy.files.tables.parquet import as_text
from pipelines.read.containers.html_text import html_text
from pipelines.read.mail.headers import words
from pipelines.read.mail.mbox import as_they_stand
from pipelines.read.mail.parts import content_of, decoded, mail_of

BLOCK = 4 << 20  # bytes of lines that are yielded together
LONGEST = 512 << 20  # bytes of a text that is taken apart as a whole
OPENING = re.compile(rb"\A(?:\xef\xbb\xbf)?[ \t\r\n]*(?:From[ \r\n][^\n]*\n)?")
_FOLD = re.compile(r"\r?\n[ \t]|=\r?\n")
_TAG = re.compile(r"<[^<>]*>")
_QUOTED = re.compile(r"\"([^\"<>]*)\"|'([^'<>]*)'")

Attached = Callable[[str, bytes], None]  # is told of a file within: its name and content


def texts(item: Item, kind: Kind, attached: Attached) -> Iterator[pl.Series]:
    """The texts of a file that packs no others, some at a time. Files attached to mails are given to `attached`.

    Raises:
        Unreachable: for one that cannot be read as what it is; its bytes have been yielded as text then.
    """
    if kind in (Kind.MAIL, Kind.MAILBOX):
        yield from _of_mails(item, kind, attached)
    elif kind is Kind.PARQUET:
        yield from _of_parquet(item)
    elif kind in WHOLE or kind in LINES:
        for text in _blocks(item, LONGEST if kind in WHOLE else BLOCK):
            yield series((WHOLE | LINES)[kind](text))
    else:
        yield from pieces(item)


def _blocks(item: Item, size: int) -> Iterator[str]:
    """A text in blocks of so many bytes, each up to the end of a line where there is one."""
    decode = codecs.getincrementaldecoder(encoding_of(item))("replace").decode
    rest = ""
    with item.open() as stream:
        while data := stream.read(size):
            text = rest + decode(data)
            end = text.rfind("\n") + 1 or len(text)
            yield text[:end]
            rest = text[end:]
    yield rest + decode(b"", final=True)


def _of_lines(text: str) -> Iterator[str]:
    yield from text.splitlines()


def _of_json(text: str) -> Iterator[str]:
    """The texts and keys of JSON, of which there may be a value a line; of what is none, the text without escapes."""
    yield with_letters(unescaped(text))
    for part in [text] if _value(text) is not None else text.splitlines():
        for told in _leaves(_value(part)):
            yield told
            if not told.isascii():
                yield with_letters(told)


def _value(text: str) -> Any:
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _leaves(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield from each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
        elif each is not None:
            yield str(each)


def _of_cards(text: str) -> Iterator[str]:
    plain = _FOLD.sub("", text)
    yield from plain.splitlines()
    yield from quopri.decodestring(plain.encode("utf-8", "replace")).decode("utf-8", "replace").splitlines()
    yield from plain.replace("\\,", ",").replace("\\;", ";").splitlines()


def _of_markup(text: str) -> Iterator[str]:
    yield unescape(text)
    yield unescape(_TAG.sub("", text))
    yield unescape(_TAG.sub(" ", text))
    yield html_text(text)
    yield from (unescape(one or other) for one, other in _QUOTED.findall(text))


def _of_mails(item: Item, kind: Kind, attached: Attached) -> Iterator[pl.Series]:
    with item.open() as stream:
        mails = as_they_stand(stream) if kind is Kind.MAILBOX else iter([stream.read()])
        held: list[str] = []
        size = 0
        for data in mails:
            try:
                held += _of_mail(data, attached)
            except (ValueError, LookupError):
                yield series([*held, data.decode("utf-8", "replace")])
                raise Unreachable("a mail whose parts cannot be told") from None
            size += len(data)
            if size > BLOCK:
                yield series(held)
                held, size = [], 0
        yield series(held)


def _of_mail(data: bytes, attached: Attached) -> Iterator[str]:
    opening = OPENING.match(data)
    mail = mail_of(data[opening.end() if opening else 0 :])
    headers = data[: mail.start + (opening.end() if opening else 0)].decode("utf-8", "replace")
    yield headers
    for line in re.sub(r"\r?\n[ \t]+", " ", headers).splitlines():
        yield words(line)
    for part in leaves(mail):
        content = content_of(part)
        if part.content.name:
            yield part.content.name
        if part.content.kind.startswith(("text/", "message/", "multipart/")):
            text = decoded(content, part.content.charset)
            yield text
            yield html_text(text)
            yield unescape(text)
        else:
            attached(part.content.name or "part", content)


def _of_parquet(item: Item) -> Iterator[pl.Series]:
    with item.open() as stream:
        file = pq.ParquetFile(stream)
        yield series(str(told) for told in (file.metadata.metadata or {}).items())
        for group in range(file.num_row_groups):
            rows = cast("pl.DataFrame", pl.from_arrow(file.read_row_group(group)))
            columns = rows.select(as_text(rows, name).alias(f"c{place}") for place, name in enumerate(rows.columns))
            yield from columns.get_columns()
            yield columns.select(pl.concat_str(pl.all(), separator=" ; ", ignore_nulls=True)).to_series()


LINES: dict[Kind, Callable[[str], Iterator[str]]] = {
    Kind.JSON_LINES: _of_json,
    Kind.CARDS: _of_cards,
    Kind.CHAT: _of_lines,
    Kind.TABLE: _of_lines,
}
WHOLE: dict[Kind, Callable[[str], Iterator[str]]] = {
    Kind.JSON: _of_json,
    Kind.SMS: _of_markup,
    Kind.PAGE: _of_markup,
    Kind.XML: _of_markup,
}
