"""A page of messages in a download of Facebook or Instagram, as HTML, without a person."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from pipelines.privacy.files.decoding import encoding_of, file_names, series
from pipelines.privacy.files.outcome import Done, Item, Unreachable, Wanted
from pipelines.privacy.files.xml_text import redacted_xml
from pipelines.privacy.needles import find, find_names, find_texts, find_whole_names
from pipelines.read.containers.html_text import html_text

LARGEST = 128 << 20  # bytes
_DIV = re.compile(r"<(/?)div\b[^>]*>", re.IGNORECASE)
_MESSAGE = re.compile(r"<div\b[^>]*\bclass=\"[^\"]*\b(?:uiBoxWhite|_a6-g)\b[^\"]*\"[^>]*>", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html)", re.IGNORECASE)


def is_page(start: bytes) -> bool:
    """Whether bytes are the beginning of a page."""
    return _PAGE.match(start) is not None


def rewrite(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write a page without the messages of a person; one of a thread with them alone is emptied.

    Raises:
        Unreachable: for a page without messages that holds the person.
    """
    with item.open() as stream:
        data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unreachable(f"a page larger than {LARGEST >> 20} MB")
    encoding = encoding_of(item)
    text = data.decode(encoding, "surrogateescape")
    spans = list(_messages(text))
    if spans and _is_with_them(item, text, wanted):
        return Done(len(spans), files=file_names([text]), is_talk=True)
    gone, mentions = _judged([html_text(text[start:end]) for start, end in spans], wanted)
    return _write(out, text, encoding, spans, gone, mentions, wanted)


def _write(
    out: BinaryIO,
    text: str,
    encoding: str,
    spans: list[tuple[int, int]],
    gone: list[bool],
    mentions: int,
    wanted: Wanted,
) -> Done:
    """Write the messages that stay, and what stands between them without the person."""
    erased, at = 0, 0
    names = any(gone) or wanted.names_are_theirs
    removed = []
    for (start, end), is_gone in [*zip(spans, gone, strict=True), ((len(text), len(text)), False)]:
        between, count = redacted_xml(text[at:start].encode("utf-8", "surrogateescape"), wanted, names=names)
        if count and not spans:
            raise Unreachable("a page in which no messages can be told apart holds the person")
        erased += count
        out.write(between.decode("utf-8", "surrogateescape").encode(encoding, "surrogateescape"))
        if is_gone:
            removed.append(text[start:end])
        else:
            out.write(text[start:end].encode(encoding, "surrogateescape"))
        at = end
    kept = len(spans) - len(removed)
    return Done(len(removed), erased, mentions, kept if spans else 1, file_names(removed))


def _messages(text: str) -> Iterator[tuple[int, int]]:
    """Where messages begin and end, none within another."""
    at = 0
    while found := _MESSAGE.search(text, at):
        depth, at = 0, len(text)
        for div in _DIV.finditer(text, found.start()):
            depth += -1 if div[1] else 1
            if not depth:
                at = div.end()
                break
        yield found.start(), at


def _judged(messages: list[str], wanted: Wanted) -> tuple[list[bool], int]:
    """Which messages are the person's, by whom each names first or by its words; how many others mention them."""
    needles = wanted.needles
    lines = [[line for line in message.split("\n") if line] for message in messages]
    senders = series(each[0] if each else "" for each in lines)
    owners = [place for place, each in enumerate(lines) for _ in each]
    own = {owners[place] for place in find_texts(needles, series(line for each in lines for line in each)).arg_true()}
    called = find_whole_names(needles, senders)
    trusted = wanted.names_are_theirs or any(called[place] for place in own)
    theirs = (find(needles, senders) | (called & trusted)).to_list()
    gone = [is_theirs or place in own for place, is_theirs in enumerate(theirs)]
    whole = series(messages)
    said = (find(needles, whole) | find_names(needles, whole)).to_list()
    return gone, sum(held and not is_gone for held, is_gone in zip(said, gone, strict=True))


def _is_with_them(item: Item, text: str, wanted: Wanted) -> bool:
    """Whether a page is of a thread with the person: by the id in its path, or by its title."""
    if find(wanted.needles, series([item.path, *item.within])).any():
        return True
    title = _TITLE.search(text)
    names = series([html_text(title[1])] if title else [])
    return bool(
        find(wanted.needles, names).any() or (wanted.names_are_theirs and find_whole_names(wanted.needles, names).any())
    )
