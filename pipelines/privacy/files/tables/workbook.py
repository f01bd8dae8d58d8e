"""An Excel workbook without a person: their rows are empty, and so are the texts that only these rows showed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from zipfile import ZipFile

from pipelines.errors import DeliveryRefused
from pipelines.privacy.files.decoding import series
from pipelines.privacy.files.outcome import Done, Fate, Item, Unreachable, Wanted
from pipelines.privacy.files.packed.zip import AsFile, described
from pipelines.privacy.files.tables.rows import free_columns, judged
from pipelines.privacy.files.xml_text import redacted_xml
from pipelines.privacy.needles import find
from pipelines.read.containers import zip as archive
from pipelines.read.workbook.parts import found, related
from pipelines.read.workbook.sheet import rows_of
from pipelines.read.workbook.workbook import Sheet, Workbook, opened

START = "xl/workbook.xml"
SHEET_ROWS = 200_000  # judged together
XML = (".xml", ".rels", ".vml")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?(?:/>|>.*?</(?:\w+:)?row\s*>)", re.DOTALL)
_NUMBER = re.compile(rb"^<(?:\w+:)?row\b[^>]*?\sr\s*=\s*[\"'](\d+)[\"']")
_SHARED = re.compile(rb"<(?:\w+:)?c\b[^>]*?\st\s*=\s*[\"']s[\"'][^>]*>.*?<(?:\w+:)?v\b[^>]*>\s*(\d+)\s*</", re.DOTALL)
_MASTER = re.compile(rb"<(?:\w+:)?f\b[^>]*?\sref=[^>]*?\ssi=\"(\d+)\"|<(?:\w+:)?f\b[^>]*?\ssi=\"(\d+)\"[^>]*?\sref=")
_TEXT = re.compile(rb"<((?:\w+:)?)si\b[^>]*?(?:/>|>.*?</(?:\w+:)?si\s*>)", re.DOTALL)
_COMMENT = re.compile(rb"<((?:\w+:)?)comment\b[^>]*?\sref=\"[A-Z]+(\d+)\".*?</(?:\w+:)?comment\s*>", re.DOTALL)
_COMMENT_TEXT = re.compile(rb"(<(?:\w+:)?text\b[^>]*>).*(</(?:\w+:)?text\s*>)", re.DOTALL)
_CHAIN = re.compile(rb"<(?:Override|Relationship)\b[^>]*calcChain[^>]*/>")


class _Sheets(NamedTuple):
    """By part of a sheet, the numbers of the rows that go; how many rows stay, and how many mention the person."""

    gone: dict[str, set[int]]
    kept: int
    mentions: int


def rewrite(item: Item, out: BinaryIO, wanted: Wanted) -> Done:
    """Write a workbook without a person's rows (`rows.judged`). Other cells keep their places, values and formulas.

    What else names the person, in links, comments, properties and the like, is replaced.

    Raises:
        Unreachable: for one that cannot be read, or a part that holds the person and is no XML.
    """
    try:
        with opened(cast("Path", AsFile(item))) as book:
            told = _told(book, wanted)
            removed = sum(map(len, told.gone.values()))
            fresh, erased = _parts(book, told.gone, wanted, names=removed > 0 or wanted.names_are_theirs)
            done = Done(removed, erased, told.mentions, told.kept)
            if done.fate is not Fate.EMPTIED:
                _write(out, book.archive, fresh, wanted)
            return done
    except DeliveryRefused as refused:
        raise Unreachable(refused.way_out) from None


def _told(book: Workbook, wanted: Wanted) -> _Sheets:
    gone: dict[str, set[int]] = {}
    kept = mentions = 0
    for sheet in book.sheets:
        lines = []
        free: list[bool] | None = None
        for rows in _batches(book, sheet):
            free = free_columns(rows[0].cells) if free is None else free
            judgement = judged([row.cells for row in rows], free, wanted)
            lines += [row.line for row, theirs in zip(rows, judgement.theirs, strict=True) if theirs]
            mentions += len(judgement.mentions.arg_true())
            kept += len(rows)
        gone[sheet.part] = set(lines)
        kept -= len(lines) + (free is not None)  # the header is no row
    return _Sheets(gone, max(kept, 0), mentions)


def _batches(book: Workbook, sheet: Sheet) -> Iterator[list[Any]]:
    batch = []
    for row in rows_of(book, sheet):
        batch.append(row)
        if len(batch) == SHEET_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _parts(book: Workbook, gone: dict[str, set[int]], wanted: Wanted, *, names: bool) -> tuple[dict[str, bytes], int]:
    """The parts that change, by name, and at how many places a name or identifier was replaced."""
    fresh: dict[str, bytes] = {}
    shown: set[int] = set()
    hidden: set[int] = set()
    erased = 0
    sheets = {found(book.archive, part): numbers for part, numbers in gone.items()}
    comments = _comments(book, gone)
    texts = found(book.archive, "xl/sharedStrings.xml")
    for name in book.archive.members:
        if name == texts or name.endswith("/"):
            continue
        data = _content(book.archive, name)
        new, count = data, 0
        if name in sheets:
            new, of_kept, of_gone = _without_rows(data, sheets[name])
            shown |= of_kept
            hidden |= of_gone
            new, count = _redacted_around(new, wanted, names=names)
        elif name.lower().endswith(XML):
            new, count = redacted_xml(_without_comments(data, comments.get(name, set())), wanted, names=names)
        elif find(wanted.needles, series([data.decode("latin-1")])).any():
            raise Unreachable("a part of the workbook that cannot be rewritten holds an identifier")
        erased += count
        if new != data:
            fresh[name] = new
    if texts:
        fresh[texts] = _without_texts(_content(book.archive, texts), hidden - shown, _orphans(book, shown, wanted))
    if any(gone.values()):
        _forget_chain(book, fresh)
    return fresh, erased


def _without_rows(data: bytes, numbers: set[int]) -> tuple[bytes, set[int], set[int]]:
    """A sheet without some rows; which shared texts the rows that stay show, and which those that go."""
    kept, at, last = [], 0, 0
    shown: set[int] = set()
    hidden: set[int] = set()
    masters: set[bytes] = set()
    for row in _ROW.finditer(data):
        number = _NUMBER.match(row[0])
        last = int(number[1]) if number else last + 1
        used = {int(text) for text in _SHARED.findall(row[0])}
        if last in numbers:
            hidden |= used
            masters.update(one or other for one, other in _MASTER.findall(row[0]))
            kept.append(data[at : row.start()])
            at = row.end()
        else:
            shown |= used
    new = b"".join([*kept, data[at:]])
    for master in masters:  # cells that repeat a formula that has gone keep their value
        new = re.sub(rb"<(?:\w+:)?f\b[^>]*?\ssi=\"%b\"[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)" % master, b"", new)
    return new, shown, hidden


def _redacted_around(data: bytes, wanted: Wanted, *, names: bool) -> tuple[bytes, int]:
    """A sheet in which what stands before and behind its rows (links, headers of the page) names nobody."""
    rows = [row.span() for row in _ROW.finditer(data)]
    start, end = (rows[0][0], rows[-1][1]) if rows else (len(data), len(data))
    before, one = redacted_xml(data[:start], wanted, names=names)
    behind, other = redacted_xml(data[end:], wanted, names=names)
    return before + data[start:end] + behind, one + other


def _without_texts(data: bytes, hidden: set[int], orphans: set[int]) -> bytes:
    """Shared texts, of which some are blank; the others keep their places."""
    place = -1

    def bare(text: re.Match[bytes]) -> bytes:
        nonlocal place
        place += 1
        if place not in hidden and place not in orphans:
            return text[0]
        return b"<%bsi><%bt></%bt></%bsi>" % ((text[1],) * 4)

    return _TEXT.sub(bare, data)


def _orphans(book: Workbook, shown: set[int], wanted: Wanted) -> set[int]:
    """Shared texts that no cell shows and that hold the person."""
    held = find(wanted.needles, series(book.strings)).arg_true().to_list()
    return set(held) - shown


def _comments(book: Workbook, gone: dict[str, set[int]]) -> dict[str, set[int]]:
    """By part with comments, the rows of its sheet that go."""
    found_in: dict[str, set[int]] = {}
    for part, numbers in gone.items():
        try:
            others = related(book.archive, part)
        except DeliveryRefused:  # it points at nothing
            continue
        for kind, other in others.values():
            name = found(book.archive, other)
            if name and "comment" in kind.lower():
                found_in[name] = numbers
    return found_in


def _without_comments(data: bytes, numbers: set[int]) -> bytes:
    def bare(comment: re.Match[bytes]) -> bytes:
        if int(comment[2]) not in numbers:
            return comment[0]
        return _COMMENT_TEXT.sub(rb"\1<%bt></%bt>\2" % (comment[1], comment[1]), comment[0])

    return _COMMENT.sub(bare, data) if numbers else data


def _forget_chain(book: Workbook, fresh: dict[str, bytes]) -> None:
    """Leave out the order in which formulas were calculated: Excel makes it anew, and refuses one with lost cells."""
    chain = found(book.archive, "xl/calcChain.xml")
    if chain is None:
        return
    fresh[chain] = b""
    for part in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        name = found(book.archive, part)
        if name:
            fresh[name] = _CHAIN.sub(b"", fresh.get(name) or _content(book.archive, name))


def _content(parts: archive.Archive, name: str) -> bytes:
    with archive.member(parts._replace(inflated=[0]), name) as stream:
        return stream.read()


def _write(out: BinaryIO, parts: archive.Archive, fresh: dict[str, bytes], wanted: Wanted) -> None:
    with ZipFile(out, "w") as file:
        for info in parts.zip.infolist():
            data = fresh.get(info.filename)
            if data != b"":
                content = _content(parts, info.filename) if data is None else data
                file.writestr(described(info, info.filename, wanted), content)
