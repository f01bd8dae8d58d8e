"""Which format a file is of, told from a look at its beginning. Nothing here raises, whatever the bytes."""

import codecs
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pipelines.errors import DeliveryError
from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.contact_lists.contacts_xlsx import WORKBOOK
from pipelines.read.contact_lists.open_table import open_table
from pipelines.read.containers import zip as archive
from pipelines.read.core.batch import SAMPLE_BYTES, Format, Sample
from pipelines.read.csv.code_pages import LOOKED_AT, likely_among, unmarked_utf16
from pipelines.read.csv.text import BOMS
from pipelines.read.tables.header_words import fold

ZIP = b"PK"
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LEGACY = "windows-1252"  # what a contact list that is no UTF-8 is in, where its words do not tell
CHUNK = 1 << 20  # bytes
MARK_BYTES = 4
HEAD = 64  # bytes of a header


def sample(path: Path) -> Sample:
    """What formats get to see of a file: empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(SAMPLE_BYTES)
    except OSError:
        return Sample(path.name, b"")
    members = members_of(path) if start.startswith(ZIP) else ()
    return Sample(path.name, start, header_of(path, start, members), members, path.absolute().parent.parts)


def best(seen: Sample) -> list[tuple[Format, float]]:
    """The formats a file may be of with their confidence above 0, the likeliest first."""
    judged = ((form, confidence(form, seen)) for form in FORMATS.values())
    return sorted(((form, sure) for form, sure in judged if sure), key=lambda each: (-each[1], each[0].name))


def confidence(form: Format, seen: Sample) -> float:
    """How much a file looks like a format, from 0 to 1; a format that fails over it has not recognised it."""
    try:
        sure = float(form.detects(seen))
    except Exception:  # noqa: BLE001 -- it may be a plug-in's, and others have to be asked
        return 0.0
    return min(sure, 1.0) if sure > 0 else 0.0


def members_of(path: Path) -> tuple[str, ...]:
    """Names of the files in a zip; none where it is broken, or made to do harm."""
    try:
        with archive.opened(path) as opened:
            return tuple(opened.members)
    except (DeliveryError, OSError):
        return ()


def header_of(path: Path, start: bytes, members: tuple[str, ...]) -> tuple[str, ...]:
    """The header of a file that may be a table, folded as headers are compared."""
    binary = is_binary(start) and not unmarked_utf16(start[:HEAD])
    if not start or (WORKBOOK not in members and (binary or start.startswith(ZIP))):
        return ()
    try:
        with open_table(path, encoding_of(start), rows=1) as table:
            return tuple(map(fold, table.header))
    except (DeliveryError, OSError):
        return ()


def is_binary(start: bytes) -> bool:
    """Whether bytes are the beginning of something that is no text."""
    return b"\0" in start and not start.startswith(WIDE)


def encoding_of(start: bytes) -> str | None:
    """The legacy encoding a text seems to be in; None for one that is marked, UTF-8, or nothing known."""
    if start.startswith(WIDE):
        return None
    if is_binary(start):
        return next(iter(unmarked_utf16(start[:HEAD])), None)
    lines = [line for line in whole_lines(start) if not line.isascii()]
    known = [in_encoding(line, "utf-8") for line in lines]
    if known.count(False) <= known.count(True):
        return None
    return next(iter(likely_among(lines[:LOOKED_AT])), LEGACY if in_encoding(start, LEGACY) else None)


def whole_lines(start: bytes) -> Iterator[bytes]:
    """The lines of a beginning; the last of a long file is left out, it may end within a character."""
    lines = start.splitlines()
    yield from lines[:-1] if len(start) == SAMPLE_BYTES else lines


def is_utf8(path: Path) -> bool:
    """Whether a file is UTF-8 to its end, as far as it can be read."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as raw:
            for data in iter(partial(raw.read, CHUNK), b""):
                decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    except OSError:
        return True
    return True


def is_same_in(encoding: str, path: Path) -> bool:
    """Whether a file that its reader understands stays the same text where its source names an encoding.

    It does where all of it is ASCII, which most encodings hold, or where a byte order mark decides.
    """
    try:
        with path.open("rb") as raw:
            if raw.read(MARK_BYTES).startswith((*BOMS,)):
                return True
            raw.seek(0)
            is_ascii = all(data.isascii() for data in iter(partial(raw.read, CHUNK), b""))
    except OSError:
        return False
    return is_ascii and "a,1".encode(encoding) == b"a,1"


def in_encoding(data: bytes, encoding: str) -> bool:
    """Whether bytes are text in an encoding."""
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True
