"""Files that cannot be rewritten: they stay as they are, unless their bytes hold the person."""

import shutil
from collections.abc import Iterator
from html import unescape
from typing import BinaryIO

import polars as pl

from pipelines.privacy.files.decoding import encoding_of, series
from pipelines.privacy.files.outcome import Done, Item, Unreachable, Wanted
from pipelines.privacy.needles import find, find_names

BLOCK = 4 << 20  # bytes looked at together
OVERLAP = 1_024  # bytes that two blocks share


def rewrite(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write a file as it is.

    Raises:
        Unreachable: for one whose bytes, as text, hold an identifier of the person.
    """
    mentions = 0
    for texts in pieces(item):
        if find(wanted.needles, texts).any():
            raise Unreachable("a file of a kind that cannot be rewritten holds an identifier")
        mentions += bool(find_names(wanted.needles, texts).any())
    with item.open() as stream:
        shutil.copyfileobj(stream, out)
    return Done(mentions=mentions, kept=1)


def pieces(item: Item) -> Iterator[pl.Series]:
    """A file as overlapping pieces of text: in the encoding it seems to be in, or as UTF-16 too; escapes undone."""
    with item.open() as stream:
        is_binary = b"\0" in stream.read(BLOCK)
    encodings = ("latin-1", "utf-16-le", "utf-16-be") if is_binary else (encoding_of(item),)
    with item.open() as stream:
        rest = b""
        while data := stream.read(BLOCK):
            texts = [(rest + data).decode(encoding, "replace") for encoding in encodings]
            yield series([*texts, *(unescape(text) for text in texts if "&" in text)])
            rest = data[-OVERLAP:]
