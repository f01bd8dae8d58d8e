"""A file compressed by gzip, of which the content is rewritten; a tar file in one is for `tar`."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from pipelines.privacy.files.outcome import Done, Item, Rewriter, Unreachable, Wanted
from pipelines.privacy.files.packed.members import again
from pipelines.read.containers.zip import MAX_INFLATED, MAX_RATIO, RATIO_FROM

CHUNK = 1 << 20
TIME = slice(4, 8)  # where a gzip file says when its content was changed


def rewrite(item: Item, out: BinaryIO, wanted: Wanted, member: Rewriter) -> Done:
    """Write a gzip file of which `member` has rewritten the content.

    Raises:
        Unreachable: for one that is damaged, was made to do harm, or whose content cannot be rewritten.
    """
    with inflated(item, wanted) as content, deflated(item, out) as target:
        inner = Item(item.path.removesuffix(".gz"), item.within, lambda: again(content))
        return member(inner, target, wanted)


@contextmanager
def inflated(item: Item, wanted: Wanted) -> Iterator[BinaryIO]:
    """The content of a gzip file, as a stream that can seek."""
    with item.open() as packed, wanted.spool() as held:
        size = packed.seek(0, 2)
        packed.seek(0)
        given = 0
        try:
            with gzip.GzipFile(fileobj=packed) as stream:
                while data := stream.read(CHUNK):
                    given += len(data)
                    if given > MAX_INFLATED or (given > RATIO_FROM and given > MAX_RATIO * size):
                        raise Unreachable("a file that inflates to more than any of its kind")
                    held.write(data)
        except (OSError, EOFError, zlib.error):
            raise Unreachable("a compressed file that is damaged") from None
        held.seek(0)
        yield cast("BinaryIO", held)


@contextmanager
def deflated(item: Item, out: BinaryIO) -> Iterator[BinaryIO]:
    """A stream whose content is compressed to `out`, as old as the item says that its own is; it names no file."""
    with item.open() as packed:
        time = int.from_bytes(packed.read(TIME.stop)[TIME], "little")
    with gzip.GzipFile("", "wb", fileobj=out, mtime=time) as target:
        yield cast("BinaryIO", target)
