"""An address book without a person: their cards are left out, every other byte stays."""

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from pipelines.privacy.files.decoding import series
from pipelines.privacy.files.outcome import Done, Item, Unreachable, Wanted
from pipelines.privacy.needles import find, find_names, find_record_ids
from pipelines.read.vcard.cards import BEGINS, NARROW, Property, encoding_of, parameters_of, pieces
from pipelines.read.vcard.values import text_of, unescaped

START = 1 << 16
LONGEST = 64 << 20  # characters of a card with the photos in it
FREE = ("NOTE", "AGENT", "RELATED")  # what a card says of others
OTHER = ("PHOTO", "LOGO", "SOUND", "KEY")  # what holds no text
_ENDS = re.compile(r"\s*END\s*:\s*VCARD\s*", re.IGNORECASE)
_HEAD = re.compile(r"(?:([\w-]+)\.)?([\w-]+)((?:;(?:[^\":;]|\"[^\"]*\")*)*):", re.ASCII)


class _Card(NamedTuple):
    """The lines of a card as they stand; `is_card` is false of what stands between two."""

    lines: list[str]
    is_card: bool


def rewrite(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write an address book without the cards of a person.

    A card is theirs if a value is an identifier of theirs, or if it bears their name and the id of one of their
    records. A note about them in the card of somebody else is a mention.

    Raises:
        Unreachable: for one that cannot be read, or a card larger than any.
    """
    with item.open() as stream:
        start = stream.read(START)
    encoding = encoding_of(start)
    if encoding is None:
        raise Unreachable("no address book that can be read")
    removed = kept = mentions = 0
    wide = encoding != NARROW
    with item.open() as stream:
        text = io.TextIOWrapper(stream, _kept_mark(encoding, start), "surrogatepass" if wide else "strict", newline="")
        for card in _cards(text):
            theirs, mentioned = _judged(card, encoding, wanted)
            mentions += mentioned
            removed += theirs
            if not theirs:
                kept += card.is_card
                out.write("".join(card.lines).encode(text.encoding, text.errors or "strict"))
    return Done(removed, 0, mentions, kept)


def _kept_mark(encoding: str, start: bytes) -> str:
    """An encoding that leaves a byte order mark in the text, so that it is written again."""
    if encoding != "utf-16":
        return encoding
    return "utf-16-le" if start.startswith(b"\xff\xfe") else "utf-16-be"


def _cards(text: io.TextIOWrapper) -> Iterator[_Card]:
    """The cards of a text, cards of agents with those they are in, and what stands between cards."""
    lines: list[str] = []
    depth = size = 0
    for line in text:
        bare = line.rstrip("\r\n").lstrip("\ufeff\u00ef\u00bb\u00bf")
        if BEGINS.fullmatch(bare):
            if not depth and lines:
                yield _Card(lines, is_card=False)
                lines, size = [], 0
            depth += 1
        lines.append(line)
        size += len(line)
        if size > LONGEST:
            raise Unreachable(f"a card larger than {LONGEST >> 20} MB")
        if depth and _ENDS.fullmatch(bare):
            depth -= 1
            if not depth:
                yield _Card(lines, is_card=True)
                lines, size = [], 0
    if lines:
        yield _Card(lines, is_card=depth > 0)


def _judged(card: _Card, encoding: str, wanted: Wanted) -> tuple[bool, bool]:
    """Whether a card is the person's, and if not, whether it mentions them."""
    own: list[str] = []
    free: list[str] = []
    for each in _properties("".join(card.lines)):
        told = unescaped(text_of(each, encoding, None, strict=False), is_old=False)
        (free if each.name in FREE else own).append(told)
    values, name = series(own), series([" ; ".join(own)])
    named = find_names(wanted.needles, name).any()
    theirs = card.is_card and (
        find(wanted.needles, values).any() or (named and find_record_ids(wanted.needles, values).any())
    )
    notes = series(free)
    mentioned = named or find(wanted.needles, notes).any() or find_names(wanted.needles, notes).any()
    return bool(theirs), bool(mentioned and not theirs)


def _properties(text: str) -> Iterator[Property]:
    """All properties of a card with their values unfolded; those of the card of an agent count as AGENT."""
    depth = 0
    for each in _unfolded(text):
        head = _HEAD.match(each)
        if not head or head[2].upper() in OTHER:
            continue
        value = each[head.end() :]
        name = head[2].upper()
        depth += (name == "BEGIN") - (name == "END")
        yield Property(0, "AGENT" if depth > 1 else name, parameters_of(head[3]), value)


def _unfolded(text: str) -> Iterator[str]:
    """Lines put together: one that begins with a blank goes on from the last, as does one behind a soft break."""
    whole = ""
    end = "\n" if "\n" in text else "\r"
    for piece in pieces(io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", newline=end), end):
        is_soft = whole.endswith("=") and "QUOTED-PRINTABLE" in whole[:200].upper()
        if is_soft:
            whole = whole[:-1] + piece.text
        elif piece.text[:1] in (" ", "\t") and piece.text.strip():
            whole += piece.text[1:]
        elif not piece.is_first:
            whole += piece.text
        else:
            yield whole
            whole = piece.text
    yield whole
