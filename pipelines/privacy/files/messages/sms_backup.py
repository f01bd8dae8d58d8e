"""A backup of text messages and calls in XML without a person: their elements are left out, all else stays."""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import BinaryIO, NamedTuple

from pipelines.privacy.files.decoding import series
from pipelines.privacy.files.outcome import Done, Item, Unreachable, Wanted
from pipelines.privacy.files.xml_text import redacted_xml
from pipelines.privacy.needles import find, find_names, find_texts
from pipelines.read.chats.sms_xml import CHUNK, LONGEST_ENTRY

BATCH = 2_000  # elements that are judged together
BATCH_BYTES = 32 << 20
SENDER = "137"  # type of the address that an MMS is from
BETWEEN = "~"  # addresses of a group
NOBODY = "insert-address-token"  # the phone itself
_ROOTS = (b"<smses", b"<calls")
_ELEMENT = re.compile(rb"<(sms|mms|call)\b((?:[^\"'<>]|\"[^\"]*\"|'[^']*')*?)(/?)>")
_ATTRIBUTE = re.compile(r"(?<![\w-])(address|contact_name|body|subject|number|text)\s*=\s*(\"[^\"]*\"|'[^']*')")
_ADDRESS = re.compile(r"<addr\b((?:[^\"'<>]|\"[^\"]*\"|'[^']*')*)/?>")
_TYPE = re.compile(r"\btype\s*=\s*[\"'](\d+)[\"']")
_NAMING = re.compile(rb"(?<![\w-])(?:address|contact_name)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


class _Element(NamedTuple):
    """An element with what stands before it; without one, what stands at the end.

    `others`: whom it was exchanged with. `listed`: all addresses within it. `words`: what somebody wrote.
    """

    before: bytes
    data: bytes
    sender: str
    others: list[str]
    listed: str
    name: str
    words: list[str]


def is_backup(start: bytes) -> bool:
    """Whether bytes are the beginning of a backup."""
    return any(root in start[:4_096] for root in _ROOTS)


def rewrite(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write a backup without a person's messages and calls.

    Messages to and from them go. Of a group, what they wrote goes; in the others their number and name are replaced.

    Raises:
        Unreachable: for a message larger than any.
    """
    done = Done()
    with item.open() as stream:
        for batch in _batches(stream):
            told = _write(out, batch, wanted)
            done = done.with_(told)._replace(kept=done.kept + told.kept)
    return done


def _batches(stream: BinaryIO) -> Iterator[list[_Element]]:
    batch: list[_Element] = []
    size = 0
    for element in _elements(stream):
        batch.append(element)
        size += len(element.data)
        if len(batch) == BATCH or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    yield batch


def _elements(stream: BinaryIO) -> Iterator[_Element]:
    held, at = b"", 0
    while data := stream.read(max(CHUNK, len(held))):
        held, at = held[at:] + data, 0
        while found := _ELEMENT.search(held, at):
            end = found.end()
            if not found[3]:
                closing = b"</%b>" % found[1]
                place = held.find(closing, end)
                if place < 0:
                    break
                end = place + len(closing)
            yield _read(held[at : found.start()], held[found.start() : end])
            at = end
        if len(held) - at > LONGEST_ENTRY:
            raise Unreachable(f"a message larger than {LONGEST_ENTRY >> 20} MB")
    yield _Element(held[at:], b"", "", [], "", "", [])


def _read(before: bytes, data: bytes) -> _Element:
    text = data.decode("utf-8", "replace")
    own, _, _ = text.partition(">") if text.startswith("<mms") else (text, "", "")
    stated = {name: unescape(value[1:-1]) for name, value in reversed(_ATTRIBUTE.findall(own))}
    others = [each for each in (stated.get("address") or stated.get("number", "")).split(BETWEEN) if each != NOBODY]
    listed, sender = _ADDRESS.findall(text), ""
    for address in listed:
        kind, told = _TYPE.search(address), dict(_ATTRIBUTE.findall(address)).get("address", "")
        if kind and kind[1] == SENDER:
            sender = unescape(told[1:-1])
    words = [unescape(value[1:-1]) for name, value in _ATTRIBUTE.findall(text) if name in ("body", "subject", "text")]
    return _Element(before, data, sender, others, unescape(" ; ".join(listed)), stated.get("contact_name", ""), words)


def _write(out: BinaryIO, batch: Sequence[_Element], wanted: Wanted) -> Done:
    needles = wanted.needles
    sent = find(needles, series(each.sender for each in batch)).to_list()
    every = [address for each in batch for address in each.others]
    known = iter(find(needles, series(every)).to_list())
    hit = [[next(known) for _ in each.others] for each in batch]
    listed = find(needles, series(each.listed for each in batch)).to_list()
    words = series("\n".join(each.words) for each in batch)
    said = (find(needles, words) | find_names(needles, words)).to_list()
    own = iter(find_texts(needles, series(word for each in batch for word in each.words)).to_list())
    own_words = [[next(own) for _ in each.words] for each in batch]
    named = find_names(needles, series(each.name for each in batch)).to_list()
    removed = erased = mentions = kept = 0
    for place, each in enumerate(batch):
        out.write(each.before)
        if not each.data:
            continue
        if sent[place] or any(own_words[place]) or (hit[place] and all(hit[place])):
            removed += 1
            continue
        data, count = _without(each.data, wanted) if any(hit[place]) or listed[place] else (each.data, 0)
        out.write(data)
        erased += count
        kept += 1
        mentions += bool(said[place] or (named[place] and not count))
    return Done(removed, erased, mentions, kept)


def _without(data: bytes, wanted: Wanted) -> tuple[bytes, int]:
    """An element of a group whose addresses and names do not tell of the person."""
    erased = 0

    def bare(attribute: re.Match[bytes]) -> bytes:
        nonlocal erased
        new, count = redacted_xml(attribute[0], wanted, names=True)
        erased += count
        return new

    return _NAMING.sub(bare, data), erased
