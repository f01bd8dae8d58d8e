"""Bytes of files as text: in which encoding, and cells and lines as Polars takes them."""

import codecs
import re
from collections.abc import Iterable, Sequence

import polars as pl

from pipelines.privacy.files.outcome import Item
from pipelines.read.core.lines import well_formed
from pipelines.read.csv.code_pages import LOOKED_AT, likely_among, unmarked_utf16

LEGACY = "windows-1252"
START = 1 << 20  # bytes that an encoding is told from
MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF8: "utf-8"}
BOM = "\ufeff"
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_SPLIT_LETTER = re.compile(r"[\xc2-\xf4][\x80-\xbf]{1,3}")
_FILE = re.compile(r"[^\\/:*?\"<>|\r\n\t(),;]{1,200}\.[A-Za-z0-9]{2,5}\b")


def encoding_of(item: Item, stated: str | None = None) -> str:
    """The encoding of a text: as a byte order mark says, as stated, UTF-8, or what its letters make likely.

    A mark stays in the text as its first character, so that it is written again.
    """
    with item.open() as raw:
        start = raw.read(START)
    for mark, name in MARKS.items():
        if start.startswith(mark):
            return name
    if stated:
        return stated
    if wide := unmarked_utf16(start[:64]):
        return wide[0]
    lines = [line for line in start.splitlines()[: -1 if len(start) == START else None] if not line.isascii()]
    if all(_is(line, "utf-8") for line in lines):
        return "utf-8"
    return next(iter(likely_among(lines[:LOOKED_AT])), LEGACY if _is(start, LEGACY) else "latin-1")


def text_of(item: Item, stated: str | None, most: int) -> tuple[str, str] | None:
    """The whole text of an item and its encoding; None for one of more than `most` bytes.

    What is no UTF-8 becomes lone surrogates, which are written as they were.
    """
    encoding = encoding_of(item, stated)
    with item.open() as raw:
        data = raw.read(most + 1)
    if len(data) > most:
        return None
    return data.decode(encoding, errors_of(encoding)), encoding


def errors_of(encoding: str) -> str:
    """What stands for bytes that are not in an encoding, so that they can be written again."""
    return "surrogatepass" if encoding.startswith("utf-16") else "surrogateescape"


def series(texts: Iterable[str | None]) -> pl.Series:
    """Texts as a column; U+FFFD stands for what is no character."""
    held = list(texts)
    try:
        return pl.Series("text", held, dtype=pl.String)
    except UnicodeEncodeError:
        return pl.Series("text", [text and well_formed(text) for text in held], dtype=pl.String)


def unescaped(text: str) -> str:
    r"""The text of JSON as written, with its `\u00e4` as the letters they are and its slashes bare."""
    if "\\" not in text:
        return text
    spelt = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "\\u" in text else text
    return spelt.replace("\\/", "/")


def with_letters(text: str) -> str:
    """A text in which UTF-8 that Meta wrote as Latin-1 is letters again."""
    return _SPLIT_LETTER.sub(_letter, text) if not text.isascii() else text


def file_names(texts: Sequence[str]) -> frozenset[str]:
    """Names of files that texts refer to."""
    return frozenset(name.strip("\u200e\u200f .") for text in texts for name in _FILE.findall(text))


def _letter(found: re.Match[str]) -> str:
    return found[0].encode("latin-1").decode("utf-8", "replace")


def _is(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True
