"""A tar file, compressed by gzip or not, of which each member is rewritten."""

import copy
import tarfile
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from typing import BinaryIO, cast

from pipelines.privacy.files.outcome import Done, Fate, Item, Rewriter, Unreachable, Wanted
from pipelines.privacy.files.packed.gzip import deflated, inflated
from pipelines.privacy.files.packed.members import Plan, inside, plan
from pipelines.privacy.redact import redacted_path
from pipelines.read.containers.tar import BROKEN, GZIP
from pipelines.read.containers.zip import MAX_MEMBERS

RENAMED = ("path", "linkpath", "size")  # headers that would say what was before


def rewrite(item: Item, out: BinaryIO, wanted: Wanted, member: Rewriter) -> Done:
    """Write a tar file of which `member` has rewritten each file; the others hold what they held.

    Raises:
        Unreachable: for one that is damaged or was made to do harm, or of which a member cannot be rewritten.
    """
    with item.open() as stream:
        is_packed = stream.read(len(GZIP)) == GZIP
    with ExitStack() as stack:
        raw = stack.enter_context(inflated(item, wanted) if is_packed else item.open())
        try:
            tar = stack.enter_context(tarfile.open(fileobj=raw, mode="r:"))
            infos = _infos(tar)
        except BROKEN:
            raise Unreachable("a tar file that is damaged") from None
        items = [_item(item, tar, info, wanted) for info in infos if info.isfile()]
        planned = plan(items, wanted, member, stack)
        if planned.done.fate is not Fate.EMPTIED:
            target = stack.enter_context(deflated(item, out) if is_packed else nullcontext(out))
            _write(target, tar, infos, planned, wanted)
        return planned.done


def _infos(tar: tarfile.TarFile) -> list[tarfile.TarInfo]:
    infos: list[tarfile.TarInfo] = []
    while info := tar.next():
        infos.append(info)
        if len(infos) > MAX_MEMBERS:
            raise Unreachable(f"a tar file of more than {MAX_MEMBERS} files")
        if info.issparse():
            raise Unreachable("a tar file with a sparse file")
    return infos


def _item(item: Item, tar: tarfile.TarFile, info: tarfile.TarInfo, wanted: Wanted) -> Item:
    def content() -> BinaryIO:
        try:
            stream = tar.extractfile(info)
            if stream is None:
                raise Unreachable("a tar file that is damaged")
            return wanted.spooled(cast("BinaryIO", stream))
        except BROKEN:
            raise Unreachable("a tar file that is damaged") from None

    return Item(info.name, inside(item, info.name), content)


def _write(
    target: BinaryIO, tar: tarfile.TarFile, infos: Sequence[tarfile.TarInfo], planned: Plan, wanted: Wanted
) -> None:
    """Write the members that stay, in their order, with folders and links."""
    place = -1
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as fresh:
        for info in infos:
            new = copy.copy(info)
            new.pax_headers = {name: value for name, value in info.pax_headers.items() if name not in RENAMED}
            if not info.isfile():
                new.name = redacted_path(wanted.needles, info.name)
                new.linkname = redacted_path(wanted.needles, info.linkname)
                fresh.addfile(new)
                continue
            place += 1
            if place in planned.gone:
                continue
            new.name = planned.paths[place]
            content = planned.fresh.get(place) or tar.extractfile(info)
            if content is not None:
                new.size = content.seek(0, 2)
                content.seek(0)
                fresh.addfile(new, content)
