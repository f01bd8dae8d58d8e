"""A file searched for a person, with all that is packed in it decoded: what is left, counted and never shown."""

import io
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path, PurePath
from typing import BinaryIO, NamedTuple, cast

import polars as pl

from pipelines.errors import DeliveryRefused
from pipelines.privacy.files.kinds import Kind, kind_of
from pipelines.privacy.files.outcome import Item, Unreachable, Wanted
from pipelines.privacy.files.packed.gzip import inflated
from pipelines.privacy.files.packed.members import DEEPEST, again
from pipelines.privacy.files.packed.zip import AsFile
from pipelines.privacy.files.texts import texts
from pipelines.privacy.needles import Needles, find, find_names
from pipelines.privacy.redact import redacted_path
from pipelines.read.containers import tar as tar_reader
from pipelines.read.containers import zip as archive
from pipelines.read.core.unread_files import is_attached

SEPARATOR = " > "  # between a packed file and what is in it


class Hits(NamedTuple):
    """In how many texts of a file a person was found, and in which members (an empty text is the file itself).

    `identified`: texts with an identifier, of which some may be mentions that were left for review. `named`: other
    texts with their full name, perhaps a namesake's, or that they wrote. A text that is looked at in several forms, as
    it stands and decoded, counts in each. Members are called by their path, with `erased` for what names the person.
    `unread`: members of which something cannot be read, and why. `opaque`: how many members hold no text (photos,
    sounds, documents), of which only the bytes were searched.
    """

    identified: int
    named: int
    identified_in: dict[str, int]
    named_in: dict[str, int]
    unread: dict[str, str]
    opaque: int

    @property
    def is_clean(self) -> bool:
        """Whether no identifier was found, and everything could be read."""
        return not self.identified and not self.unread


class _Search:
    """A search under way."""

    def __init__(self, needles: Needles, scratch: Path) -> None:
        self.needles, self.wanted = needles, Wanted(needles, scratch=scratch)
        self.identified: Counter[str] = Counter()
        self.named: Counter[str] = Counter()
        self.unread: dict[str, str] = {}
        self.opaque = 0

    def look(self, item: Item, label: str, depth: int = 0) -> None:
        """Search an item and all that is packed in it."""
        self.count(label, pl.Series([item.path]))
        try:
            kind = kind_of(item)
            if kind in PACKED:
                if depth >= DEEPEST:
                    raise Unreachable("files packed more deeply than any export")
                for member in PACKED[kind](item, self.wanted):
                    self.look(member, self.label(label, member.path), depth + 1)
            else:
                self.look_into(item, kind, label, depth)
        except Unreachable as unreachable:
            self.unread[label] = str(unreachable)
        except DeliveryRefused as refused:
            self.unread[label] = refused.way_out

    def look_into(self, item: Item, kind: Kind, label: str, depth: int) -> None:
        """Search an item that packs no other, and what is attached to mails in it."""

        def attached(name: str, content: bytes) -> None:
            within = Item(name, (*item.within, item.name), lambda: io.BytesIO(content))
            self.look(within, self.label(label, name), depth + 1)

        self.opaque += kind is Kind.OTHER and is_attached(PurePath(item.name))
        for some in texts(item, kind, attached):
            self.count(label, some)

    def count(self, label: str, some: pl.Series) -> None:
        """Count the texts that hold the person."""
        identified = find(self.needles, some)
        named = find_names(self.needles, some) & ~identified
        if identified.any():
            self.identified[label] += int(identified.sum())
        if named.any():
            self.named[label] += int(named.sum())

    def label(self, above: str, path: str) -> str:
        """What a member is called."""
        own = redacted_path(self.needles, path)
        return f"{above}{SEPARATOR}{own}" if above else own


def search(path: Path, needles: Needles) -> Hits:
    """Look for a person in a file: its name, all members of packed files, parts of mails, cells, escapes, encodings."""
    return search_item(Item(path.name, (), lambda: path.open("rb")), needles, path.parent)


def search_item(item: Item, needles: Needles, scratch: Path) -> Hits:
    """Look for a person in what is no file of its own; `scratch` as in Wanted."""
    found = _Search(needles, scratch)
    found.look(item, "")
    counts = found.identified.total(), found.named.total(), dict(found.identified), dict(found.named)
    return Hits(*counts, found.unread, found.opaque)


def _of_zip(item: Item, wanted: Wanted) -> Iterator[Item]:
    with archive.opened(AsFile(item)) as opened:
        yield from _listed(_comments(opened))
        for name, info in opened.members.items():
            if info.is_dir():
                continue
            with archive.member(opened, name) as stream, closing(wanted.spooled(stream)) as content:
                yield _member(item, name, content)


def _comments(opened: archive.Archive) -> Iterable[bytes]:
    return [opened.zip.comment, *(info.comment for info in opened.members.values())]


def _listed(comments: Iterable[bytes]) -> Iterator[Item]:
    content = b"\n".join(filter(None, comments))
    if content:
        yield Item("comments", (), lambda: io.BytesIO(content))


def _of_tar(item: Item, wanted: Wanted) -> Iterator[Item]:
    with item.open() as stream:
        is_packed = stream.read(len(tar_reader.GZIP)) == tar_reader.GZIP
    if not is_packed:
        yield from _in_tar(item, item, wanted)
        return
    with inflated(item, wanted) as content:
        yield from _in_tar(item, item._replace(open=lambda: again(content)), wanted)


def _in_tar(item: Item, plain: Item, wanted: Wanted) -> Iterator[Item]:
    try:
        with plain.open() as raw, tarfile.open(fileobj=raw, mode="r:") as tar:
            for info in tar:
                stream = tar.extractfile(info) if info.isfile() else io.BytesIO()
                with closing(wanted.spooled(cast("BinaryIO", stream))) as content:
                    yield _member(item, info.name, content)
                    if info.linkname:
                        yield _member(item, info.linkname, content)
    except tar_reader.BROKEN:
        raise Unreachable("a tar file that is damaged") from None


def _of_gzip(item: Item, wanted: Wanted) -> Iterator[Item]:
    with inflated(item, wanted) as content:
        yield _member(item, item.name.removesuffix(".gz"), content)


def _member(item: Item, path: str, content: BinaryIO) -> Item:
    return Item(path, (*item.within, item.stem), lambda: again(content))


PACKED = {Kind.ZIP: _of_zip, Kind.WORKBOOK: _of_zip, Kind.TAR: _of_tar, Kind.GZIP: _of_gzip}
