"""A zip file of which each member is rewritten."""

import shutil
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import PurePath
from typing import BinaryIO, Literal, NamedTuple

from pipelines.errors import DeliveryRefused
from pipelines.privacy.files.outcome import Done, Fate, Item, Rewriter, Unreachable, Wanted
from pipelines.privacy.files.packed.members import Plan, inside, plan
from pipelines.privacy.redact import redacted, redacted_path
from pipelines.read.containers import zip as archive

ZIP64_FROM = 1 << 30  # bytes of a member
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


class Size(NamedTuple):
    """As much of `os.stat_result` as readers use."""

    st_size: int


class AsFile:
    """An item as readers of containers take a file."""

    def __init__(self, item: Item) -> None:
        self._item = item
        self.name, self.stem, self.suffix, self.parent = item.name, item.stem, item.ending, PurePath(*item.within)

    def open(self, _: Literal["rb"], /) -> BinaryIO:
        """Its content."""
        return self._item.open()

    def stat(self) -> Size:
        """Its size in bytes."""
        with self._item.open() as stream:
            return Size(stream.seek(0, 2))


def rewrite(item: Item, out: BinaryIO, wanted: Wanted, member: Rewriter) -> Done:
    """Write a zip file of which `member` has rewritten each file; the others hold what they held.

    Raises:
        Unreachable: for one that is damaged or has a password, that was made to do harm, or of which a member cannot
            be rewritten.
    """
    try:
        with ExitStack() as stack:
            opened = stack.enter_context(archive.opened(AsFile(item)))
            infos = [info for info in opened.zip.infolist() if not info.is_dir()]
            items = [_item(item, opened, info, wanted) for info in infos]
            planned = plan(items, wanted, member, stack)
            if planned.done.fate is not Fate.EMPTIED:
                _write(out, opened, infos, items, planned, wanted)
            return planned.done
    except DeliveryRefused as refused:
        raise Unreachable(refused.way_out) from None


def _item(item: Item, opened: archive.Archive, info: zipfile.ZipInfo, wanted: Wanted) -> Item:
    def content() -> BinaryIO:
        with archive.member(opened, info.filename) as stream:
            return wanted.spooled(stream)

    return Item(info.filename, inside(item, info.filename), content)


def _write(
    out: BinaryIO,
    opened: archive.Archive,
    infos: Sequence[zipfile.ZipInfo],
    items: Sequence[Item],
    planned: Plan,
    wanted: Wanted,
) -> None:
    """Write the members that stay, in their order. Of a folder of which all members went, nothing stays either."""
    with zipfile.ZipFile(out, "w") as fresh:
        fresh.comment = opened.zip.comment if not _names(opened.zip.comment, wanted) else b""
        for info in opened.zip.infolist():
            if info.is_dir() and not _had_all_removed(info.filename, items, planned):
                path = redacted_path(wanted.needles, info.filename)
                fresh.writestr(described(info, path, wanted), b"")
        for place, info in enumerate(infos):
            if place in planned.gone:
                continue
            fresh_info = described(info, planned.paths[place], wanted)
            with fresh.open(fresh_info, "w", force_zip64=info.file_size > ZIP64_FROM) as target:
                if place in planned.fresh:
                    planned.fresh[place].seek(0)
                    shutil.copyfileobj(planned.fresh[place], target)
                else:
                    with archive.member(opened._replace(inflated=[0]), info.filename) as stream:
                        shutil.copyfileobj(stream, target)


def described(info: zipfile.ZipInfo, path: str, wanted: Wanted) -> zipfile.ZipInfo:
    """What a zip says of a member beside its content, but for what programs added to it."""
    fresh = zipfile.ZipInfo(path, info.date_time)
    fresh.compress_type = info.compress_type if info.compress_type in COMPRESSIONS else zipfile.ZIP_DEFLATED
    fresh.external_attr, fresh.create_system = info.external_attr, info.create_system
    fresh.comment = b"" if _names(info.comment, wanted) else info.comment
    return fresh


def _had_all_removed(folder: str, items: Sequence[Item], planned: Plan) -> bool:
    within = [place for place, item in enumerate(items) if item.path.startswith(folder)]
    return bool(within) and planned.gone.issuperset(within)


def _names(comment: bytes, wanted: Wanted) -> bool:
    text = comment.decode("utf-8", "replace")
    return redacted(wanted.needles, text)[0] != text
